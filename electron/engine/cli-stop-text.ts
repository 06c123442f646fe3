/** The kill switch in a terminal: a plan, what happens, an order, as lines for people. Every text of a runtime is shown inert. */
import type { OrderLever, PlanLever, StopCertificate, StopEvent, StopOrder, StopOrderDetail, StopPlan } from '../../shared/stop.ts';
import { count, formatTable, time, visible } from './cli-text.ts';
import type { Column } from './cli-text.ts';

export const ms = (value: number | null): string => (value === null ? '' : value < 1_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`);

const leverColumns: readonly Column<PlanLever & { readonly at: number }>[] = [
  { head: '', cell: ({ at, wanted }) => `${wanted ? '[x]' : '[ ]'} ${at}` }, { head: 'KIND', cell: (row) => row.kind }, { head: 'LEVER', cell: (row) => row.title, most: 44 }, { head: 'ID', cell: (row) => row.leverId }, { head: 'CONNECTION', cell: (row) => row.connectionName, most: 24 },
  { head: 'ACTS UPON', cell: (row) => row.target, most: 60 }, { head: 'USUAL', cell: (row) => (row.usual === null ? 'not tried' : ms(row.usual.p50Ms)) }, { head: 'UNDO', cell: (row) => row.undo.replace('_', ' ') },
];

const some = (many: number, one: string): string => `${count(many)} ${one}${many === 1 ? '' : 's'}`;

const bullets = (head: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [head, ...lines.map((line) => `  ${visible(line)}`)]);

/** All that the dialog shows: what a lever does not stop and who else it hits is never left out. */
export function planText(plan: StopPlan): string {
  const head = [`Stop ${visible(plan.scopeName)}, level ${plan.level}: ${some(plan.agents.length, 'agent')}, ${some(plan.tasksOpen, 'task')} open${plan.lastActAt === null ? '' : `, last act ${time(plan.lastActAt)}`}`];
  const { survey } = plan;
  const asked = survey === null ? ['Made from the history alone; no runtime was asked.'] : survey.failed.map((one) => `Could not be asked: ${visible(one.connectionName)}: ${visible(one.text)}`);
  const table = plan.levers.length === 0 ? 'No lever is known.\n' : formatTable(leverColumns, plan.levers.map((lever, index) => ({ ...lever, at: index + 1 })));
  const notes = plan.levers.flatMap((lever, index) => [
    ...lever.doesNotStop.map((text) => `${index + 1} does not stop: ${text}`), ...lever.alsoHits.map((hit) => `${index + 1} also hits: ${hit.name} (${hit.why})`),
    ...(lever.problem === null ? [] : [`${index + 1} cannot be pulled: ${lever.problem}`]), ...(lever.after === null ? [] : [`${index + 1} comes later: ${lever.after}`]),
  ]);
  const residual = plan.residual.map((one) => `${one.title}: ${one.endsAt === null ? 'no end that we can see' : `until ${time(one.endsAt)}`}. ${one.detail}`);
  return [
    ...head, ...asked, '', table.trimEnd(), ...bullets('Limits', notes), ...bullets('Outlives this plan', residual),
    ...bullets('Will count as confirmed', plan.checks.filter((one) => one.can).map((one) => one.text)), ...bullets('Cannot be checked here', plan.checks.filter((one) => !one.can).map((one) => one.text)),
    ...bullets('Attention', plan.warnings), '',
  ].join('\n');
}

const clock = (iso: string): string => iso.slice(11, 23);

export const eventLine = (event: StopEvent): string => `${clock(event.at)}  ${event.kind.replace('_', ' ').padEnd(9)} ${visible(event.text)}`;

export const stateLine = (order: StopOrder, at: string): string => `${clock(at)}  ${order.state.replaceAll('_', ' ').toUpperCase()}  ${visible(order.headline)}`;

export const orderColumns: readonly Column<StopOrder>[] = [
  { head: 'NO', cell: (row) => String(row.number), right: true }, { head: 'ID', cell: (row) => row.id }, { head: 'STATE', cell: (row) => row.state.replaceAll('_', ' ') }, { head: 'SCOPE', cell: (row) => row.scopeName, most: 40 }, { head: 'LEVEL', cell: (row) => row.level },
  { head: 'ORDERED', cell: (row) => time(row.intentAt) }, { head: 'BY', cell: (row) => row.orderedBy, most: 24 }, { head: 'LAST ACT', cell: (row) => time(row.lastActAt) }, { head: 'CONTAINED', cell: (row) => time(row.containedAt) },
  { head: 'LANDED', cell: (row) => count(row.landed), right: true }, { head: 'REASON', cell: (row) => row.reason, most: 40 },
];

const orderLeverColumns: readonly Column<OrderLever>[] = [
  { head: 'LEVER', cell: (row) => row.title, most: 44 }, { head: 'CONNECTION', cell: (row) => row.connectionName, most: 24 }, { head: 'REQUESTED', cell: (row) => (row.sentAt === null ? row.state : `${clock(row.sentAt)}${row.attempts > 1 ? `, ${row.attempts} attempts` : ''}`) },
  { head: 'REPORTED', cell: (row) => (row.reportedAt === null ? row.state.replace('_', ' ') : `${clock(row.reportedAt)} ${row.reported?.replaceAll('_', ' ') ?? ''}`) }, { head: 'CONFIRMED', cell: (row) => (row.confirmedAt === null ? row.confirmed.replace('_', ' ') : `${clock(row.confirmedAt)} ${row.confirmed}`) },
  { head: 'UNDO', cell: (row) => row.undoState }, { head: 'SAID', cell: (row) => row.reportedText ?? '', most: 80 },
];

export function detailText(order: StopOrderDetail): string {
  return [
    `Order ${order.number}  ${order.id}  ${order.state.replaceAll('_', ' ')}`, visible(order.headline), '', formatTable(orderLeverColumns, order.orderLevers).trimEnd(),
    ...bullets('Events', order.events.map(eventLine)), ...(order.moreEvents > 0 ? [`  ${count(order.moreEvents)} earlier events are not shown.`] : []),
    ...bullets(`Landed after the command (${count(order.landed)})`, order.landedActs.map((act) => `${time(act.at)} ${act.kind} ${act.name} ${act.status}`)),
    ...bullets('Still there', order.stillOpen.map((one) => `${one.title}: ${one.detail}`)), ...bullets('Outlives it', order.residual.map((one) => `${one.title}: ${one.endsAt === null ? 'no end that we can see' : `until ${time(one.endsAt)}`}`)),
    ...bullets('Not seen', order.notSeen.map((gap) => `${time(gap.from)} to ${gap.to === null ? 'now' : time(gap.to)}: ${gap.text}`)), '',
  ].join('\n');
}

/** An order that only cancelled work changed nothing that could be put back: that is no failure, and no success either. */
export function releasedText(order: StopOrderDetail): string {
  const nothing = order.orderLevers.every((lever) => lever.undoState === 'none');
  return nothing ? `There was nothing to put back: this order changed nothing that lasts. What it cancelled stays cancelled.\n${detailText(order)}` : detailText(order);
}

export function certificateText({ order, verdict, times, levers, evidence, landedAfterTheCommand, stillAlive, notSeen, open, auditIds }: StopCertificate): string {
  const facts: [string, string][] = [
    ['Certificate of stop order', `${order.number} (${order.id})${open ? ', still watched: it may grow' : ''}`], ['Scope and level', `${visible(order.scopeName)}, ${order.level}`], ['Verdict', visible(verdict.text)],
    ['Ordered by', `${visible(order.orderedBy)}${order.secondBy === null ? '' : `, confirmed by ${visible(order.secondBy)}`}`], ['Reason', `${order.reasonKind.replaceAll('_', ' ')}${order.reason === '' ? '' : `: ${visible(order.reason)}`}${order.ticket === null ? '' : ` (${visible(order.ticket)})`}`],
    ['Intent written', times.intentAt], ['Commanded', times.commandedAt ?? 'nothing was sent'], ['First answer', times.firstAnswerAt === null ? 'none' : `${times.firstAnswerAt}, after ${ms(times.firstAnswerMs)}`],
    ['Last act seen', times.lastActAt ?? 'none'], ['Time to last act', ms(times.timeToLastActMs) || 'none seen after the command'], ['Contained', times.containedAt === null ? 'no' : `${times.containedAt}, after ${ms(times.timeToContainMs)}; verified ${times.verifiedAt ?? ''}`],
    ['Landed after the command', count(landedAfterTheCommand.length)], ['Audit entries', auditIds.join(', ')],
  ];
  const wide = Math.max(...facts.map(([name]) => name.length));
  return [
    ...facts.map(([name, text]) => `${name.padEnd(wide)}  ${text}`), ...bullets('Grounds', verdict.grounds), '', formatTable(orderLeverColumns, levers).trimEnd(), ...bullets('Evidence', evidence.map(eventLine)),
    ...bullets('Landed after the command', landedAfterTheCommand.map((act) => `${act.at} ${act.kind} ${act.name} ${act.status}`)), ...bullets('Still alive', stillAlive.map((one) => `${one.title}: ${one.detail}${one.endsAt === null ? '' : ` (until ${one.endsAt})`}`)),
    ...bullets('Not seen', notSeen.map((gap) => `${gap.from} to ${gap.to ?? 'now'}: ${gap.text}`)), '',
  ].join('\n');
}
