/** The record of one stop order, complete in itself: everything that is known of it, with what is not known said. Pure. */
import type { StopCertificate, StopEvent, StopOrderDetail } from '../../../shared/stop.ts';

export function certificateOf(detail: StopOrderDetail, madeAtMs: number, productVersion: string): StopCertificate {
  const { plan, orderLevers, events, moreEvents: _moreEvents, landedActs, stillOpen, residual, notSeen, next: _next, auditIds, levers: _levers, landed: _landed, ...order } = detail;
  return {
    format: 'gatehouse.stop-certificate', version: 1, madeAt: new Date(madeAtMs).toISOString(), madeBy: { product: 'Gatehouse', version: productVersion },
    open: detail.endedAt === null && detail.state !== 'withdrawn',
    order, verdict: { state: detail.state, text: detail.headline, grounds: groundsOf(detail) }, times: timesOf(detail),
    plan, levers: orderLevers, evidence: events, landedAfterTheCommand: landedActs,
    stillAlive: [...stillOpen.map(({ title, detail: text }) => ({ title, detail: text, endsAt: null })), ...residual.map(({ title, detail: text, endsAt }) => ({ title, detail: `Named by the plan, before the command: ${text}`, endsAt }))],
    notSeen, auditIds,
  };
}

function timesOf(detail: StopOrderDetail): StopCertificate['times'] {
  const { intentAt, commandedAt, firstAnswerAt, answeredAt, lastActAt, containedAt, verifiedAt } = detail;
  return {
    intentAt, commandedAt, firstAnswerAt, answeredAt, lastActAt, containedAt, verifiedAt,
    firstAnswerMs: between(commandedAt, firstAnswerAt), timeToLastActMs: between(commandedAt, lastActAt), timeToContainMs: between(commandedAt, containedAt),
  };
}

/** What lies before the command took no time after it: zero, not negative. What is not known is not zero. */
const between = (from: string | null, to: string | null): number | null => (from === null || to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from)));

function groundsOf(detail: StopOrderDetail): string[] {
  const deciding = (kind: StopEvent['kind']): readonly string[] => [...new Set(detail.events.filter((event) => event.kind === kind).map((event) => `${event.at} (${event.by}) ${event.text}`))];
  return [
    ...deciding('state').slice(-1), ...deciding('reopened'), ...deciding('against'), ...deciding('for'), ...leversSaid(detail), ...unseen(detail), ...notCovered(detail),
    ...(detail.moreEvents > 0 ? [`This record holds the newest ${detail.events.length} events of the order; ${detail.moreEvents} older ones are not in it.`] : []),
    ...(detail.landedActs.length < detail.landed ? [`${detail.landed} acts began or ended after the command; ${detail.landedActs.length} of them are listed.`] : []),
    ...(detail.landedActs.some((act) => !act.began && act.at > (detail.commandedAt ?? act.at)) ? ['What began within half a second of the command counts as given with it: it is among what landed, and moves the last act, but does not speak against the stop.'] : []),
    ...(detail.endedAt === null && detail.state !== 'withdrawn' ? ['The order is still watched: this record may grow.'] : []),
  ];
}

const confirmedWords = { yes: 'confirmed from outside', no: 'found to have no effect', cannot: 'cannot be confirmed from outside', not_yet: 'not confirmed yet' } as const;
function leversSaid({ orderLevers }: StopOrderDetail): readonly string[] {
  return orderLevers.map((lever) => `Lever "${lever.title}" at ${lever.connectionName}: ${lever.state === 'reported' ? `the runtime reported ${(lever.reported ?? 'nothing').replaceAll('_', ' ')}` : lever.state === 'unknown' ? 'it may have been sent, no answer is known' : lever.state}; ${confirmedWords[lever.confirmed]}${lever.confirmedText === null ? '' : ` (${lever.confirmedText})`}.`);
}

/** What the verdict does not speak of, such as what a run started and left running inside its server. */
const notCovered = ({ plan }: StopOrderDetail): readonly string[] => plan.checks.filter((check) => !check.can).map((check) => `Not covered by the verdict, as the plan said before the command: ${check.text}.`);

const unseen = ({ notSeen }: StopOrderDetail): readonly string[] => notSeen.map((period) => `Not seen${period.connectionName === null ? '' : ` at ${period.connectionName}`} from ${period.from} ${period.to === null ? 'on' : `to ${period.to}`}: ${period.text}`);
