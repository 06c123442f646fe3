/** What the stop plan shows, asks and fires, apart from drawing. Pure. */
import type { Params } from '../../../../shared/contract.ts';
import type { StopLevel } from '../../../../shared/domain.ts';
import type { PlanLever, ReasonKind, Residual, StopPlan, StopScope, UndoKind } from '../../../../shared/stop.ts';
import { formatCount, formatCountdown, formatDuration, plural } from '../../../ui/format.ts';

// Written out here: importing the contract's values would bring all its checks into the page.
export const levels: readonly { value: StopLevel; label: string }[] = [{ value: 'cancel', label: 'Cancel' }, { value: 'suspend', label: 'Suspend' }, { value: 'revoke', label: 'Revoke' }];
export const levelNotes: Record<StopLevel, string> = {
  cancel: 'Cancel ends what runs; new work may begin',
  suspend: 'Suspend includes cancel',
  revoke: 'Revoke includes cancel and suspend',
};

/**
 * A task that is cancelled is over. An agent that is only cancelled takes its next task a moment later, so for an agent,
 * and for everything wider, the first choice is suspend: it also refuses new work, and it is put back exactly by a
 * release. Revoke takes away credentials that others may share, so it is never the first choice.
 */
export const defaultLevel = (scope: StopScope): StopLevel => (scope.kind === 'task' ? 'cancel' : 'suspend');

/** What is stopped, as the title says it: an agent is called by its name alone, and a name that says its kind is not said twice. */
export function scopeTitle(scope: StopScope, name: string): string {
  if (scope.kind === 'everything') return 'everything';
  return scope.kind === 'agent' || new RegExp(`\\b${scope.kind}\\b`, 'i').test(name) ? name : `${scope.kind} ${name}`;
}

const mostOnButton = 44;
/** As the button says it: a task's name is long and stands in the title already. */
export function buttonName(scope: StopScope, name: string): string {
  if (scope.kind === 'task') return 'this task';
  const whole = Array.from(scopeTitle(scope, name));
  return whole.length <= mostOnButton ? whole.join('') : `${whole.slice(0, mostOnButton - 1).join('')}…`;
}

export const scopeKey = (scope: StopScope): string => (scope.kind === 'everything' ? 'everything' : scope.kind === 'tag' ? `tag ${scope.tag}` : `${scope.kind} ${scope.id}`);

/** `drill` and `rule` are not a person's reasons: drills and rules give them themselves. */
export const reasonKindWords: readonly { value: ReasonKind; label: string }[] = [
  { value: 'other', label: 'Other reason' }, { value: 'acting_beyond_task', label: 'Acting beyond task' }, { value: 'wrong_data', label: 'Wrong data' },
  { value: 'cost', label: 'Cost' }, { value: 'security', label: 'Security' }, { value: 'maintenance', label: 'Maintenance' },
];
/** Who only presses the two keys has said nothing about why, so nothing more is written down for them. */
export const defaultReasonKind: ReasonKind = 'other';

/** What the person ticked or unticked by hand; everything else stands as the plan proposes it. */
export type Ticks = ReadonlyMap<string, boolean>;
export const canTick = (lever: PlanLever): boolean => lever.problem === null;
export const isTicked = (lever: PlanLever, ticks: Ticks): boolean => canTick(lever) && (ticks.get(lever.id) ?? lever.wanted);
export const tickedOf = (plan: StopPlan, ticks: Ticks): PlanLever[] => plan.levers.filter((lever) => isTicked(lever, ticks));

export function withTick(ticks: Ticks, lever: PlanLever): Ticks {
  return canTick(lever) ? new Map(ticks).set(lever.id, !isTicked(lever, ticks)) : ticks;
}

const minuteMs = 60_000;
const coarse = (ms: number): string => (ms < minuteMs ? formatDuration(ms) : `${formatCount(Math.round(ms / minuteMs))} min`);

/** "3 s", "1 to 4 min"; null: we have never seen how long it takes. */
export function usualWords(usual: PlanLever['usual']): string {
  if (usual === null) return 'not tried';
  const [from, to] = [coarse(usual.p50Ms), coarse(usual.mostMs)];
  if (usual.mostMs < 1.5 * usual.p50Ms || from === to) return from;
  const unit = / (ms|s|min)$/;
  return unit.exec(from)?.[1] === unit.exec(to)?.[1] ? `${from.replace(unit, '')} to ${to}` : `${from} to ${to}`;
}

export const undoWords: Record<UndoKind, string> = { exact: 'exact', lossy: 'in part', none: 'none', not_needed: 'not needed' };

/** What the ticked levers amount to: "5 levers, 1 reaches other agents." and what can be put back. */
export function summaryOf(ticked: readonly PlanLever[]): { levers: string; undo: string } {
  if (ticked.length === 0) return { levers: 'No lever is ticked: nothing would be stopped.', undo: '' };
  const others = ticked.filter((lever) => lever.alsoHits.length > 0).length;
  const levers = `${plural(ticked.length, 'lever')}${others > 0 ? `, ${formatCount(others)} ${others === 1 ? 'reaches' : 'reach'} other agents` : ''}.`;
  const count = (undo: UndoKind): number => ticked.filter((lever) => lever.undo === undo).length;
  const back = [...(count('exact') > 0 ? [`${formatCount(count('exact'))} is exact`] : []), ...(count('lossy') > 0 ? [`${formatCount(count('lossy'))} only in part`] : [])];
  const says = [
    ...(back.length === 0 ? [] : [`Undo of ${back.join(', of ')}`]),
    ...(count('not_needed') > 0 ? [`${formatCount(count('not_needed'))} ${count('not_needed') === 1 ? 'changes' : 'change'} nothing that lasts`] : []),
    ...(ticked.some((lever) => lever.undo === 'none' || lever.step === 'cut' || lever.step === 'end_sessions') ? ['ended work stays ended'] : []),
  ];
  const undo = says.join('; ');
  return { levers, undo: undo === '' ? '' : `${undo.charAt(0).toUpperCase()}${undo.slice(1)}.` };
}

export interface Clock { left: string; share: number | null; long: boolean }
const longMs = 10 * 60_000;

/** How long an authority still lives. `share`: of its whole life, null when we do not know when that began. Null: no end that we can see. */
export function clockOf(residual: Residual, now: number): Clock | null {
  if (residual.endsAt === null) return null;
  const left = Date.parse(residual.endsAt) - now;
  if (left <= 0) return { left: 'ended', share: 0, long: false };
  const life = residual.startedAt === null ? null : Date.parse(residual.endsAt) - Date.parse(residual.startedAt);
  return { left: formatCountdown(left), share: life === null || life <= 0 ? null : Math.min(1, left / life), long: left > longMs };
}

/** The runtimes that a survey asks: one for each connection that has a lever. */
export const runtimesOf = (plan: StopPlan): number => new Set(plan.levers.map((lever) => lever.connectionId)).size;

export interface Shown { plan: StopPlan; at: number }
/** Nobody can have read it before; the press that opened the plan has passed. */
export const lookMs = 400;

/**
 * The plan that a press fires: the newest one that has stood on the screen for 400 ms. An update that came in a moment
 * before the press is not what the person decided on; the plan before it was, and the engine still keeps that one.
 */
export function planToFire(shown: readonly Shown[], now: number): StopPlan | null {
  const newest = shown.at(-1);
  if (newest === undefined) return null;
  const same = (plan: StopPlan): boolean => scopeKey(plan.scope) === scopeKey(newest.plan.scope) && plan.level === newest.plan.level;
  return shown.findLast((one) => same(one.plan) && now - one.at >= lookMs)?.plan ?? null;
}

export interface Form { reasonKind: ReasonKind; reason: string; ticket: string; typed: string }
export const emptyForm: Form = { reasonKind: defaultReasonKind, reason: '', ticket: '', typed: '' };
/** What Escape would lose. */
export const hasTyped = (form: Form): boolean => form.reason.trim() !== '' || form.ticket.trim() !== '' || form.typed.trim() !== '';

/** What is missing before it may be fired, in words; null: nothing. */
export function missing(plan: StopPlan, ticked: readonly PlanLever[], form: Form): string | null {
  if (plan.levers.length === 0) return 'No lever reaches it from here.';
  if (ticked.length === 0) return 'Tick at least one lever.';
  if (plan.needs.reason && form.reason.trim() === '') return 'A reason is needed for this.';
  if (plan.needs.typed !== null && form.typed.trim() !== plan.needs.typed) return `Type ${plan.needs.typed} to confirm.`;
  return null;
}

export function orderOf(plan: StopPlan, ticks: Ticks, form: Form): Params<'stop.order'> {
  const [reason, ticket] = [form.reason.trim(), form.ticket.trim()];
  return {
    planId: plan.id, levers: tickedOf(plan, ticks).map((lever) => lever.id), reasonKind: form.reasonKind, reason,
    ...(ticket === '' ? {} : { ticket }), ...(plan.needs.typed === null ? {} : { typed: form.typed.trim() }),
  };
}

/** The plan as a file: what was shown, and which levers were ticked. */
export const planAsJson = (plan: StopPlan, ticks: Ticks): string => JSON.stringify({ format: 'gatehouse.stop-plan', version: 1, ticked: tickedOf(plan, ticks).map((lever) => lever.id), plan }, null, 2);

/** "last tried 34 days ago": a drill says how long it takes only while it is fresh. */
export function triedWords({ lastTried }: StopPlan): { text: string; stale: boolean } {
  if (lastTried === null) return { text: 'Never tried at this level.', stale: true };
  const ago = lastTried.days === 0 ? 'today' : `${plural(lastTried.days, 'day')} ago`;
  return lastTried.stale
    ? { text: `Last tried ${ago} (limit ${formatCount(lastTried.limitDays)}): times above are from then.`, stale: true }
    : { text: `Last tried ${ago}.`, stale: false };
}
