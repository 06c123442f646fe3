/** Failures for a report: the groups that happened within the days of the period, each day of them, which tasks they hit and at what cost, and what people said. */
import { columnsOf } from '../../export/columns.ts';
import { kindWord, outcomeWord } from '../codes.ts';
import { publicId } from '../ids.ts';
import { agentCells, at, atOrNull, connectionCells, dayText, rowMaker } from './report-cells.ts';
import { daysOf } from './report-cost.ts';
import { both, oneOf, part } from './report-part.ts';
import type { Part, Where } from './report-part.ts';
import type { Selection } from './report-scope.ts';
import type { Reading } from './reading.ts';

const make = rowMaker(columnsOf.failures);
const inDays = (alias: string, selection: Selection): Where => both({ sql: `${alias}.day BETWEEN ? AND ?`, values: daysOf(selection) }, oneOf(`${alias}.agent`, selection.agents));
const agentAndConnection = (reading: Reading, agent: number): Record<string, string | null> => ({ ...agentCells(reading, agent), ...connectionCells(reading, reading.agent(agent).connection) });

interface Group { readonly id: number; readonly kind: number; readonly name: number; readonly errorType: number | null; readonly errorMessage: number | null; readonly firstUs: number; readonly lastUs: number; readonly count: number; readonly state: string | null; readonly by: string | null; readonly until: number | null }

function groupPart(selection: Selection): Part {
  const days = inDays('d', selection);
  return part<Group>({
    row: 'group', from: 'failure f', walk: 'failure f LEFT JOIN failure_state s ON s.failure = f.id', key: ['f.id'], where: { sql: `f.id IN (SELECT d.failure FROM failure_day d WHERE ${days.sql})`, values: days.values },
    select: 'f.id, f.kind, f.name, f.error_type AS errorType, f.error_message AS errorMessage, f.first_us AS firstUs, f.last_us AS lastUs, f.count, s.state, s.actor AS "by", s.until_us AS until',
    rowOf: (reading, f) => make({
      row: 'group', failureId: publicId('failure', f.id), kind: kindWord(f.kind), name: reading.texts.of(f.name), errorType: reading.texts.of(f.errorType) || null, errorMessage: reading.texts.of(f.errorMessage) || null,
      firstSeen: at(f.firstUs), lastSeen: at(f.lastUs), count: f.count, state: f.state, by: f.by, until: atOrNull(f.until),
    }),
  });
}

interface Day { readonly failure: number; readonly agent: number; readonly day: number; readonly count: number }

const dayPart = (selection: Selection): Part => part<Day>({
  row: 'day', from: 'failure_day d', key: ['d.failure', 'd.agent', 'd.day'], where: inDays('d', selection), select: 'd.failure, d.agent, d.day, d.count',
  rowOf: (reading, d) => make({ row: 'day', failureId: publicId('failure', d.failure), day: dayText(d.day), ...agentAndConnection(reading, d.agent), count: d.count }),
});

interface Hit { readonly failure: number; readonly day: number; readonly agent: number; readonly version: number; readonly outcome: number; readonly currency: number; readonly tasks: number; readonly own: number; readonly lost: number; readonly computed: number; readonly unpriced: number }

const hitPart = (selection: Selection): Part => part<Hit>({
  row: 'hit', from: 'failure_hit h', key: ['h.failure', 'h.day', 'h.agent', 'h.version', 'h.outcome', 'h.currency'], where: inDays('h', selection), select: 'h.failure, h.day, h.agent, h.version, h.outcome, h.currency, h.tasks, h.own, h.lost, h.computed, h.unpriced',
  rowOf: (reading, h) => make({
    row: 'hit', failureId: publicId('failure', h.failure), day: dayText(h.day), ...agentAndConnection(reading, h.agent), tasks: h.tasks, taskOutcome: outcomeWord(h.outcome), agentVersion: reading.texts.of(h.version) || null,
    ownCost: h.currency === 0 ? null : h.own, lostCost: h.currency === 0 ? null : h.lost, currency: reading.texts.of(h.currency) || null, computedTasks: h.computed, unpricedTasks: h.unpriced,
  }),
});

interface Said { readonly id: number; readonly failure: number; readonly atUs: number; readonly actor: string; readonly state: string | null; readonly note: string | null }

function saidPart(selection: Selection): Part {
  const { sql, values } = oneOf('fa.agent', selection.agents);
  return part<Said>({
    row: 'said', from: 'failure_said t', key: ['t.id'], select: 't.id, t.failure, t.at_us AS atUs, t.actor, t.state, t.note',
    where: both({ sql: 't.at_us >= ? AND t.at_us < ?', values: [selection.fromUs, selection.toUs] }, selection.agents === null ? { sql: '1', values: [] } : { sql: `t.failure IN (SELECT fa.failure FROM failure_agent fa WHERE ${sql})`, values }),
    rowOf: (_reading, t) => make({ row: 'said', failureId: publicId('failure', t.failure), at: at(t.atUs), by: t.actor, state: t.state, note: t.note }),
  });
}

export const failureParts = (selection: Selection): Part[] => [groupPart(selection), dayPart(selection), hitPart(selection), saidPart(selection)];
