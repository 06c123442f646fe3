/** Stop orders and drills for a report, whole: every order that was open within the period, with its levers and events, and firings of rules. */
import type { PlanLever, StopScope } from '../../../../shared/stop.ts';
import { columnsOf } from '../../export/columns.ts';
import { publicId } from '../ids.ts';
import { agentCells, at, atOrNull, connectionCells, idOrNull, rowMaker } from './report-cells.ts';
import { both, oneOf, part } from './report-part.ts';
import type { Part, Where } from './report-part.ts';
import type { Selection } from './report-scope.ts';

const make = rowMaker(columnsOf.stops);

/** A stop order that is asked for by itself is told whatever the period says of it. */
function orders({ fromUs, toUs, stops, kind }: Selection): Where {
  const open: Where = { sql: 'o.intent_us < ? AND (o.ended_us IS NULL OR o.ended_us >= ?)', values: [toUs, fromUs] };
  return kind === 'stop' ? oneOf('o.id', stops) : both(open, oneOf('o.id', stops));
}

const ofOrders = (selection: Selection, column: string): Where => {
  const { sql, values } = orders(selection);
  return { sql: `${column} IN (SELECT o.id FROM stop_order o WHERE ${sql})`, values };
};

interface Order {
  readonly id: number; readonly scope: string; readonly scopeName: string; readonly agents: string; readonly level: string; readonly origin: string; readonly state: string; readonly headline: string; readonly orderedBy: string; readonly secondBy: string | null;
  readonly reasonKind: string; readonly reason: string; readonly ticket: string | null; readonly intentUs: number; readonly commandedUs: number | null; readonly firstAnswerUs: number | null; readonly answeredUs: number | null; readonly lastActUs: number | null;
  readonly containedUs: number | null; readonly verifiedUs: number | null; readonly silenceS: number; readonly reopened: number; readonly endedUs: number | null; readonly releasedUs: number | null; readonly landed: number | null;
}

function ordersPart(selection: Selection, row: 'order' | 'drill'): Part {
  return part<Order>({
    row, from: 'stop_order o', key: ['o.id'], where: both({ sql: `o.origin ${row === 'drill' ? '=' : '<>'} 'drill'`, values: [] }, orders(selection)),
    select: `o.id, o.scope, o.scope_name AS scopeName, o.agents, o.level, o.origin, o.state, o.headline, o.ordered_by AS orderedBy, o.second_by AS secondBy, o.reason_kind AS reasonKind, o.reason, o.ticket, o.intent_us AS intentUs,
      o.commanded_us AS commandedUs, o.first_answer_us AS firstAnswerUs, o.answered_us AS answeredUs, o.last_act_us AS lastActUs, o.contained_us AS containedUs, o.verified_us AS verifiedUs, o.silence_s AS silenceS, o.reopened,
      o.ended_us AS endedUs, o.released_us AS releasedUs, o.landed`,
    rowOf: (_reading, o) => make({
      row, id: publicId('stop', o.id), at: at(o.intentUs), number: o.id, stopId: publicId('stop', o.id), scopeKind: (JSON.parse(o.scope) as StopScope).kind, scopeName: o.scopeName, agents: agentList(o.agents),
      level: o.level, origin: o.origin, state: o.state, headline: o.headline, orderedBy: o.orderedBy, secondBy: o.secondBy, reasonKind: o.reasonKind, reason: o.reason, ticket: o.ticket,
      intentAt: at(o.intentUs), commandedAt: atOrNull(o.commandedUs), firstAnswerAt: atOrNull(o.firstAnswerUs), answeredAt: atOrNull(o.answeredUs), lastActAt: atOrNull(o.lastActUs), containedAt: atOrNull(o.containedUs), verifiedAt: atOrNull(o.verifiedUs),
      silenceS: o.silenceS, reopened: o.reopened, endedAt: atOrNull(o.endedUs), releasedAt: atOrNull(o.releasedUs), landed: o.landed,
    }),
  });
}

const agentList = (agents: string): string => JSON.stringify((JSON.parse(agents) as { id: number; name: string }[]).map(({ id, name }) => ({ id: publicId('agent', id), name })));

interface Lever {
  readonly id: number; readonly stop: number; readonly leverId: string; readonly connection: number; readonly state: string; readonly attempts: number; readonly sentUs: number | null; readonly reportedUs: number | null; readonly reported: string | null; readonly reportedText: string | null;
  readonly confirmed: string; readonly confirmedUs: number | null; readonly confirmedText: string | null; readonly undoState: string; readonly undoneUs: number | null; readonly undoneText: string | null; readonly plan: string;
}

const leversPart = (selection: Selection): Part => part<Lever>({
  row: 'lever', from: 'stop_lever l', key: ['l.id'], where: ofOrders(selection, 'l.stop'),
  select: `l.id, l.stop, l.lever_id AS leverId, l.connection, l.state, l.attempts, l.sent_us AS sentUs, l.reported_us AS reportedUs, l.reported, l.reported_text AS reportedText, l.confirmed, l.confirmed_us AS confirmedUs, l.confirmed_text AS confirmedText,
    l.undo_state AS undoState, l.undone_us AS undoneUs, l.undone_text AS undoneText, l.plan`,
  rowOf: (reading, l) => {
    const plan = JSON.parse(l.plan) as Partial<Pick<PlanLever, 'title' | 'target' | 'step' | 'level'>>;
    return make({
      row: 'lever', id: publicId('stop', l.stop), at: atOrNull(l.sentUs), number: l.stop, stopId: publicId('stop', l.stop), level: plan.level ?? null, ...connectionCells(reading, l.connection),
      lever: l.leverId, leverTitle: plan.title ?? null, leverTarget: plan.target ?? null, leverStep: plan.step ?? null, leverState: l.state, attempts: l.attempts, sentAt: atOrNull(l.sentUs), reportedAt: atOrNull(l.reportedUs), reported: l.reported, reportedText: l.reportedText,
      confirmed: l.confirmed, confirmedAt: atOrNull(l.confirmedUs), confirmedText: l.confirmedText, undoState: l.undoState, undoneAt: atOrNull(l.undoneUs), undoneText: l.undoneText,
    });
  },
});

interface Event { readonly id: number; readonly stop: number; readonly atUs: number; readonly kind: string; readonly by: string; readonly text: string }

const eventsPart = (selection: Selection): Part => part<Event>({
  row: 'event', from: 'stop_event v', key: ['v.id'], where: ofOrders(selection, 'v.stop'), select: 'v.id, v.stop, v.at_us AS atUs, v.kind, v.by, v.text',
  rowOf: (_reading, v) => make({ row: 'event', id: publicId('stop', v.stop), at: at(v.atUs), number: v.stop, stopId: publicId('stop', v.stop), eventKind: v.kind, by: v.by, text: v.text }),
});

interface Firing { readonly id: number; readonly rule: number; readonly ruleName: string | null; readonly atUs: number; readonly agent: number; readonly activity: number | null; readonly fired: number; readonly stop: number | null; readonly text: string }

const firingsPart = (selection: Selection): Part => part<Firing>({
  row: 'firing', from: 'rule_firing f', key: ['f.id'],
  where: selection.kind === 'stop' ? oneOf('f.stop', selection.stops) : both({ sql: 'f.at_us >= ? AND f.at_us < ?', values: [selection.fromUs, selection.toUs] }, oneOf('f.agent', selection.agents)),
  select: 'f.id, f.rule, (SELECT name FROM stop_rule WHERE id = f.rule) AS ruleName, f.at_us AS atUs, f.agent, f.activity, f.fired, f.stop, f.text',
  rowOf: (reading, f) => make({
    row: 'firing', id: publicId('firing', f.id), at: at(f.atUs), stopId: idOrNull('stop', f.stop), ruleId: publicId('rule', f.rule), ruleName: f.ruleName, ...agentCells(reading, f.agent), activityId: idOrNull('activity', f.activity), fired: f.fired === 1, text: f.text,
  }),
});

export const stopParts = (selection: Selection): Part[] => [ordersPart(selection, 'order'), ordersPart(selection, 'drill'), leversPart(selection), eventsPart(selection), firingsPart(selection)];
