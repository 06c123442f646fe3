/** One way to count tokens, whatever the source means by "input" and "output". */
import type { Usage } from '../../../../shared/domain.ts';

export interface Counted {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
  readonly reasoning: number | undefined;
  /** the source's own sum, when it gives one: it tells what is counted apart. */
  readonly total?: number | undefined;
}

export interface CountRules {
  /** does the source's input figure contain the cache reads and writes? */
  readonly inputHasCache: boolean;
  /** does the source's output figure contain the reasoning? */
  readonly outputHasReasoning: boolean;
}

/** What the conventions say; most sources follow them. */
export const byConvention: CountRules = { inputHasCache: true, outputHasReasoning: true };

/** A total that exceeds input + output by exactly the cached part says that input leaves it out; likewise for reasoning. */
function rulesByTotal(counted: Counted, cached: number, reasoning: number, rules: CountRules): CountRules {
  const extra = (counted.total ?? 0) - (counted.input ?? 0) - (counted.output ?? 0);
  if (extra <= 0) return rules;
  if (extra === cached) return { ...rules, inputHasCache: false };
  if (extra === reasoning) return { ...rules, outputHasReasoning: false };
  return extra === cached + reasoning ? { inputHasCache: false, outputHasReasoning: false } : rules;
}

export function usageOf(counted: Counted, stated: CountRules): Usage | undefined {
  const { input, output } = counted;
  if (input === undefined && output === undefined && counted.cacheRead === undefined && counted.cacheWrite === undefined) return undefined;
  const cacheReadTokens = counted.cacheRead ?? 0;
  const cacheWriteTokens = counted.cacheWrite ?? 0;
  const reasoningTokens = counted.reasoning ?? 0;
  const total = input ?? 0;
  const cached = cacheReadTokens + cacheWriteTokens;
  const rules = rulesByTotal(counted, cached, reasoningTokens, stated);
  // An input smaller than its own cached part cannot contain it: the source counts it apart, whatever its rule says.
  const inputTokens = rules.inputHasCache && total >= cached ? total - cached : total;
  const generated = output ?? 0;
  // The same the other way round: reasoning that does not fit into the output was not counted in it.
  const outputTokens = rules.outputHasReasoning && generated >= reasoningTokens ? generated : generated + reasoningTokens;
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens };
}
