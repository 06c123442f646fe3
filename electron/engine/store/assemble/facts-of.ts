/** A draft as the facts of a row. */
import { priceUnits } from '../../../../shared/cost.ts';
import type { DraftBilling } from '../../ingest/draft.ts';
import { bounded } from '../bounded.ts';
import { FLAG, KIND, OUTCOME, STATUS, type KindCode } from '../codes.ts';
import type { Dictionary } from '../dictionary.ts';
import { recordHash } from '../hash.ts';
import type { Told, ToldDraft } from './assembler.ts';
import type { BillingBook } from './billing.ts';
import { setEnd } from './merge.ts';
import { blankFacts, RANK, type Facts } from './row.ts';

/** No agent of this kind ran before. */
const earliestUs = Date.UTC(2020, 0, 1) * 1000;
const mostAheadUs = 5 * 60_000_000;

export function isSkewed(us: number, receivedUs: number): boolean {
  return us < earliestUs || us > receivedUs + mostAheadUs;
}

/** When it happened; a sender's clock that cannot be right is replaced by ours. */
export function placed(us: number, receivedUs: number): number {
  return isSkewed(us, receivedUs) ? receivedUs : us;
}

const longestMessage = 1_024;

export function factsOf({ draft, service, receivedUs, ids }: Told, parentSpan: number, dictionary: Dictionary, billing: BillingBook): Facts {
  const { span, key } = ids;
  const f = blankFacts();
  const isSpan = span !== 0;
  const skewed = isSkewed(draft.startUs, receivedUs);
  const point = !isSpan && draft.endUs === draft.startUs;
  f.ts = skewed ? receivedUs : draft.startUs;
  f.kind = KIND[draft.kind] as KindCode;
  f.status = STATUS[draft.status];
  f.flags = (draft.statusExplicit ? FLAG.explicit : 0) | (skewed ? FLAG.clockSkew : 0) | (draft.role === 'agent' ? FLAG.agentRole : 0) | (draft.joins === 'parent' ? FLAG.joins : 0);
  f.startRank = isSpan ? RANK.span : point ? RANK.weak : RANK.log;
  if (draft.endUs !== undefined) {
    f.endRank = isSpan ? RANK.span : RANK.log;
    if (draft.endUs < draft.startUs) f.flags |= FLAG.badDuration;
    setEnd(f, f.ts + draft.endUs - draft.startUs);
  }
  f.name = dictionary.id(draft.name);
  f.nameRank = draft.name === '' || draft.namePlaceholder === true ? RANK.none : isSpan ? RANK.span : RANK.log;
  if (draft.model !== undefined) f.model = dictionary.id(draft.model);
  if (draft.error !== undefined) {
    f.errorType = dictionary.id(draft.error.type ?? '');
    f.errorMessage = dictionary.id(bounded(draft.error.message ?? '', longestMessage));
    f.errorStack = dictionary.id(bounded(draft.error.stackTop ?? '', longestMessage));
  }
  fillUnits(f, draft, dictionary);
  if (draft.billing !== undefined) fillBilling(f, draft.billing, billing);
  f.service = dictionary.id(service);
  f.source = dictionary.id(draft.source);
  f.key = key;
  f.span = span;
  f.parentSpan = parentSpan;
  f.record = recordHash(f.source, span, draft.startUs, draft.endUs ?? -1, f.status, f.name);
  return f;
}

function fillUnits(f: Facts, draft: ToldDraft, dictionary: Dictionary): void {
  if (draft.usage !== undefined) {
    f.hasUsage = true;
    f.input = units(draft.usage.inputTokens);
    f.output = units(draft.usage.outputTokens);
    f.cacheRead = units(draft.usage.cacheReadTokens);
    f.cacheWrite = units(draft.usage.cacheWriteTokens);
    f.reasoning = units(draft.usage.reasoningTokens);
  }
  if (draft.reportedCost !== undefined) {
    f.micros = units(draft.reportedCost.micros);
    f.currency = dictionary.id(draft.reportedCost.currency.slice(0, 3).toUpperCase().padEnd(3, 'X'));
  }
}

function fillBilling(f: Facts, told: DraftBilling, billing: BillingBook): void {
  f.billing = billing.told(told);
  if (f.hasUsage && told.cacheWrite1h !== undefined) f.cacheWrite1h = units(told.cacheWrite1h);
  if (told.units === undefined) return;
  const counted = Object.entries(told.units).filter(([unit]) => isUnit(unit)).map(([unit, count]) => [unit, units(count)] as const).filter(([, count]) => count > 0);
  if (counted.length > 0) f.units = Object.fromEntries(counted);
}

const isUnit = (unit: string): boolean => (priceUnits as readonly string[]).includes(unit);

/** SECURITY: sums of these go into 64-bit columns and JavaScript numbers: one absurd figure must not spoil them. */
function units(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(0, Math.round(value)), 1_000_000_000_000) : 0;
}

/** How the task ended, when the span at its top has ended. */
export function outcomeAtTop(draft: ToldDraft): number {
  return draft.taskOutcome === undefined ? outcomeOfSpan(STATUS[draft.status]) : OUTCOME[draft.taskOutcome];
}

export function outcomeOfSpan(status: number): number {
  if (status === STATUS.error || status === STATUS.denied) return OUTCOME.failed;
  return status === STATUS.cancelled || status === STATUS.interrupted ? OUTCOME.cancelled : OUTCOME.completed;
}
