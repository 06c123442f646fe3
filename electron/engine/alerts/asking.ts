/** What must be asked for, so that these rules can be judged. Pure. */
import type { AlertRuleFact } from '../store/alert-commands.ts';
import type { AlertFacts, AlertFactsAsked, Cursors, WindowAsked } from './facts.ts';

export const nothingAsked: AlertFactsAsked = { windows: [], heads: [], gapsS: null, approvalsUs: null, stops: null, after: { failures: null, grants: null, budgets: null }, keys: [], open: false };

/** `about`: agents and stops with an open alert. */
export function askedBy(rules: readonly AlertRuleFact[], cursors: Cursors, about: { readonly heads: readonly number[]; readonly stops: readonly number[] }, nowUs: number): AlertFactsAsked {
  const has = (kind: AlertRuleFact['trigger']['kind']): boolean => rules.some((rule) => rule.trigger.kind === kind);
  const windows = windowsOf(rules);
  const waits = rules.flatMap(({ trigger }) => (trigger.kind === 'approval' ? [trigger.afterS] : []));
  return {
    windows, heads: windows.length > 0 ? about.heads : [], gapsS: windows.length > 0 || has('gap') ? Math.max(0, ...windows.map((one) => one.withinS)) : null,
    approvalsUs: waits.length > 0 ? nowUs - Math.min(...waits) * 1_000_000 : null, stops: has('stop') ? about.stops : null,
    after: { failures: has('new_failure') ? cursors.failures : null, grants: has('grant') ? cursors.grants : null, budgets: has('budget') ? cursors.budgets : null }, keys: [], open: true,
  };
}

/** Whole hours and days of every agent are more to read than minutes: each long stretch is a question of its own, so that nobody else waits long for the reader. */
const shortS = 7_200;
const mostShort = 4;

export function questionsOf(asked: AlertFactsAsked): AlertFactsAsked[] {
  const short = asked.windows.filter((one) => one.withinS <= shortS);
  const groups = [...Array.from({ length: Math.ceil(short.length / mostShort) }, (_, at) => short.slice(at * mostShort, (at + 1) * mostShort)), ...asked.windows.filter((one) => one.withinS > shortS).map((one) => [one])];
  return [{ ...asked, windows: groups[0] ?? [] }, ...groups.slice(1).map((windows) => ({ ...nothingAsked, windows }))];
}

/** As if they had been one. */
export function merged(first: AlertFacts, others: readonly AlertFacts[]): AlertFacts {
  return { ...first, windows: [first, ...others].flatMap((one) => one.windows), agents: [...new Map([first, ...others].flatMap((one) => one.agents).map((one) => [one.id, one])).values()] };
}

/** A share of so many is as good as one of all. A rule that asks for more gets more. */
const newest = 1_000;

interface Wanted { failed: WindowAsked['failed']; denied: number | null; readonly spent: Map<string, number> }
const least = (one: number | null, other: number): number => (one === null ? other : Math.min(one, other));

/** One for each length of time, with the least that any rule of it asks. */
function windowsOf(rules: readonly AlertRuleFact[]): WindowAsked[] {
  const byLength = new Map<number, Wanted>();
  for (const { trigger } of rules) {
    if (trigger.kind !== 'failure_rate' && trigger.kind !== 'denials' && trigger.kind !== 'spend_rate') continue;
    const wanted = byLength.get(trigger.withinS) ?? { failed: null, denied: null, spent: new Map<string, number>() };
    byLength.set(trigger.withinS, wanted);
    if (trigger.kind === 'failure_rate') wanted.failed = { least: least(wanted.failed?.least ?? null, Math.max(1, Math.ceil((trigger.percent * trigger.least) / 100))), percent: least(wanted.failed?.percent ?? null, trigger.percent), newest: Math.max(wanted.failed?.newest ?? newest, trigger.least) };
    else if (trigger.kind === 'denials') wanted.denied = least(wanted.denied, trigger.count);
    else wanted.spent.set(trigger.currency, least(wanted.spent.get(trigger.currency) ?? null, trigger.amountMicros));
  }
  return [...byLength].map(([withinS, { failed, denied, spent }]) => ({ withinS, failed, denied, spent: [...spent].map(([currency, micros]) => ({ currency, micros })) }));
}
