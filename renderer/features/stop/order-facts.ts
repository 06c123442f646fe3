/** What the screens say about one stop order, in words and figures. Pure. */
import type { OrderLever, StopOrder, StopOrderDetail, StopState } from '../../../shared/stop.ts';
import { formatClock, formatCount, formatDuration, plural } from '../../ui/format.ts';
import { msBetween, spanWords } from './stop-words.ts';

/** Nobody has to do anything about it now: it was withdrawn, or nobody watches it any more and it is verified. */
export const failing = (state: StopState): boolean => state === 'still_acting' || state === 'unverified';
export const running = (order: Pick<StopOrder, 'state' | 'endedAt'>): boolean => order.endedAt === null && (order.state === 'stopping' || failing(order.state));

const rank: Record<StopState, number> = { still_acting: 0, unverified: 1, waiting_second: 2, stopping: 3, verified: 4, withdrawn: 5 };

/** What acts on stands first; then the newest. */
export const worstFirst = (orders: readonly StopOrder[]): StopOrder[] => orders.toSorted((a, b) => rank[a.state] - rank[b.state] || b.intentAt.localeCompare(a.intentAt) || b.number - a.number);

export interface OrderFilter { text: string; state: StopState | null; agentId: string | null }

export function filterOrders(orders: readonly StopOrder[], filter: OrderFilter): StopOrder[] {
  const words = filter.text.trim().toLowerCase().split(/\s+/).filter((word) => word !== '');
  return orders.filter((order) => {
    if (filter.state !== null && order.state !== filter.state) return false;
    if (filter.agentId !== null && !order.agents.some((agent) => agent.id === filter.agentId)) return false;
    const text = [order.id, String(order.number), order.scopeName, order.headline, order.reason, order.ticket ?? '', order.orderedBy, order.level, ...order.agents.map((agent) => agent.name)].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Every agent that an order of these named, by name. */
export function agentsOf(orders: readonly StopOrder[]): { value: string; label: string }[] {
  const known = new Map(orders.flatMap((order) => order.agents.map((agent) => [agent.id, agent.name] as const)));
  return [...known].map(([value, label]) => ({ value, label })).toSorted((a, b) => a.label.localeCompare(b.label));
}

export interface Fact { readonly id: 'requested' | 'reported' | 'confirmed' | 'contained'; readonly name: string; readonly time: string; readonly says: string; readonly reached: boolean }

const clock = (iso: string | null): string | null => (iso === null ? null : formatClock(new Date(iso), { millis: true }));
const took = (from: string | null, to: string | null): string => {
  const ms = msBetween(from, to);
  return ms === null ? '' : ` in ${formatDuration(Math.max(0, ms))}`;
};

function reportedFact(order: StopOrder): Fact {
  const { all, reported, failed } = order.levers;
  const count = `${formatCount(reported)} of ${plural(all, 'lever')} answered${order.answeredAt === null ? '' : took(order.commandedAt, order.answeredAt)}`;
  return { id: 'reported', name: 'Reported', time: clock(order.answeredAt) ?? (order.commandedAt === null ? 'not yet' : 'in progress'), says: failed === 0 ? count : `${count}, ${formatCount(failed)} failed`, reached: order.answeredAt !== null && failed === 0 };
}

function containedFact(order: StopOrder): Fact {
  const waits = `waits for ${spanWords(order.silenceS)} with no act`;
  if (order.containedAt !== null) return { id: 'contained', name: 'Contained', time: clock(order.containedAt) ?? '', says: `no act since, seen for ${spanWords(order.silenceS)}`, reached: true };
  return { id: 'contained', name: 'Contained', time: 'not yet', says: order.reopened > 0 ? `${waits}; it came back ${plural(order.reopened, 'time')}` : waits, reached: false };
}

/** Requested, reported and confirmed are three facts; contained is what follows from them. */
export function factsOf(order: StopOrder): Fact[] {
  const { all, confirmed } = order.levers;
  const by = order.secondBy === null ? order.orderedBy : `${order.orderedBy}, second ${order.secondBy}`;
  return [
    { id: 'requested', name: 'Requested', time: clock(order.commandedAt) ?? 'not sent', says: by, reached: order.commandedAt !== null },
    reportedFact(order),
    { id: 'confirmed', name: 'Confirmed', time: clock(order.verifiedAt) ?? (order.commandedAt === null ? 'not yet' : order.endedAt === null ? 'in progress' : 'open'), says: `${formatCount(confirmed)} of ${plural(all, 'lever')} confirmed from outside`, reached: all > 0 && confirmed === all },
    containedFact(order),
  ];
}

/** After the command; null: nothing acted after it, or nothing was sent. */
export function lastActAfter(order: Pick<StopOrder, 'commandedAt' | 'lastActAt'>): number | null {
  const ms = msBetween(order.commandedAt, order.lastActAt);
  return ms === null || ms <= 0 ? null : ms;
}

export interface CertificateFact { readonly name: string; readonly value: string; readonly iso: string | null; readonly against: boolean }

const openWord = 'open';

/** The times of the certificate. "Time to" stays open until the order is contained: before that nobody knows which act was the last. */
export function timesOf(order: StopOrder): { firstAnswer: string; lastAct: string; timeToLastAct: string; timeToContain: string } {
  const nothing = order.commandedAt === null;
  const first = msBetween(order.commandedAt, order.firstAnswerAt);
  const lastAct = lastActAfter(order);
  const contain = msBetween(order.commandedAt, order.containedAt);
  const contained = order.containedAt !== null;
  return {
    firstAnswer: nothing ? 'nothing was sent' : first === null ? 'none yet' : formatDuration(Math.max(0, first)),
    lastAct: order.lastActAt === null ? 'none seen' : lastAct === null ? `${formatClock(new Date(order.lastActAt), { millis: true })}, before the command` : `${formatClock(new Date(order.lastActAt), { millis: true })}, after ${formatDuration(lastAct)}`,
    timeToLastAct: contained ? (lastAct === null ? 'no act after the command' : formatDuration(lastAct)) : openWord,
    timeToContain: contained ? (contain === null ? openWord : formatDuration(Math.max(0, contain))) : openWord,
  };
}

/** Levers whose change can be put back, in the order in which they are put back: the last first. */
export const undoable = (levers: readonly OrderLever[]): OrderLever[] => levers.filter((lever) => lever.undoState === 'open' || lever.undoState === 'failed').toReversed();

/** A lever that did not do its work and could be pulled once more. One whose answer is unknown is never sent again. */
export const worthRetrying = (lever: OrderLever): boolean => lever.state === 'failed' || (lever.state === 'reported' && lever.confirmed === 'no' && lever.kind !== 'hold');

const numbers = (levers: readonly { at: number }[]): string => (levers.length === 1 ? `Lever ${levers[0]?.at ?? ''} stays` : `Levers ${levers.slice(0, -1).map((lever) => lever.at).join(', ')} and ${levers.at(-1)?.at ?? ''} stay`);

/** "If this machine closes, levers 1, 2 and 5 stay. Lever 4 (hold) ends and resumes at the next start." Null: no hold stands. */
export function closingWords(levers: readonly OrderLever[]): string | null {
  const numbered = levers.map((lever, index) => ({ lever, at: index + 1 }));
  const holds = numbered.filter(({ lever }) => lever.kind === 'hold' && (lever.undoState === 'open' || lever.undoState === 'failed'));
  if (holds.length === 0) return null;
  const stay = numbered.filter(({ lever }) => lever.kind !== 'hold' && lever.state === 'reported');
  const held = holds.length === 1 ? `Lever ${holds[0]?.at ?? ''} (hold) ends and resumes` : `${formatCount(holds.length)} holds end and resume`;
  return `If this machine closes, ${stay.length === 0 ? '' : `${numbers(stay).replace(/^L/, 'l')}. `}${stay.length === 0 ? held.replace(/^L/, 'l') : held} at the next start.`;
}

/** Who else was hit, each once. */
export function alsoHit(order: Pick<StopOrderDetail, 'orderLevers'>): { agentId: string | null; name: string }[] {
  const known = new Map(order.orderLevers.filter((lever) => lever.state !== 'skipped' && lever.sentAt !== null).flatMap((lever) => lever.alsoHits.map((hit) => [hit.agentId ?? `name ${hit.name}`, { agentId: hit.agentId, name: hit.name }] as const)));
  return [...known.values()];
}

const halfDayMs = 43_200_000;
/** The sentence is kept with times in UTC; on the page all other times are local ones. Each is of the day that is nearest to the order. */
export function headlineOf({ headline, intentAt }: Pick<StopOrder, 'headline' | 'intentAt'>, zone?: string): string {
  const around = Date.parse(intentAt);
  return headline.replaceAll(/(\d\d:\d\d:\d\d) UTC/g, (_whole, clock: string) => {
    const sameDay = Date.parse(`${intentAt.slice(0, 10)}T${clock}Z`);
    // What is told of an order comes after it, by hours at most.
    const ms = sameDay < around - halfDayMs ? sameDay + 2 * halfDayMs : sameDay;
    return formatClock(new Date(ms), zone === undefined ? {} : { zone });
  });
}
