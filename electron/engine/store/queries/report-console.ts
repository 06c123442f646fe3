/** The audit log for a report: entries in the order of the log, each with the hashes that prove it. */
import { columnsOf } from '../../export/columns.ts';
import { publicId } from '../ids.ts';
import { at, atOrNull, rowMaker } from './report-cells.ts';
import { both, part } from './report-part.ts';
import type { Part, Where } from './report-part.ts';
import { subjectsWithin } from './report-scope.ts';
import type { Selection } from './report-scope.ts';
import type { Reading } from './reading.ts';

interface Raw {
  readonly id: number; readonly atUs: number; readonly actor: string; readonly actorKind: string; readonly action: string; readonly subject: string | null; readonly outcome: string; readonly text: string; readonly details: string;
  readonly body: string; readonly hash: string; readonly previous: string | null; readonly erasedUs: number | null;
}

const make = rowMaker(columnsOf.console);
const inPeriod = ({ fromUs, toUs }: Selection): Where => ({ sql: 'e.at_us >= ? AND e.at_us < ?', values: [fromUs, toUs] });

export function consolePart(reading: Reading, selection: Selection): Part {
  return part<Raw>({
    row: 'entry', from: 'audit_entry e', key: ['e.id'], where: both(inPeriod(selection), within(reading, selection)),
    // What was before the first entry that is left stands in the tombstone that took it.
    select: `e.id, e.at_us AS atUs, e.actor, e.actor_kind AS actorKind, e.action, e.subject, e.outcome, e.text, e.details, lower(hex(e.body)) AS body, lower(hex(e.hash)) AS hash,
      lower(hex(coalesce((SELECT p.hash FROM audit_entry p WHERE p.id = e.id - 1), (SELECT t.last FROM audit_tombstone t WHERE t.up_to = e.id - 1), zeroblob(32)))) AS previous,
      (SELECT x.at_us FROM audit_entry x WHERE x.id = e.erasure) AS erasedUs`,
    rowOf: (_reading, { id, atUs, erasedUs, body, ...row }) => make({
      seq: id, id: publicId('audit', id), at: at(atUs), actorKind: row.actorKind, action: row.action, subject: row.subject, outcome: row.outcome, bodyHash: body, previous: row.previous, hash: row.hash, erasedAt: atOrNull(erasedUs),
      ...(erasedUs === null ? { actor: row.actor, text: row.text, details: row.details } : {}),
    }),
  });
}

function within(reading: Reading, selection: Selection): Where {
  if (selection.agents === null) return { sql: '1', values: [] };
  const period = inPeriod(selection);
  const subjects = reading.sql<(string | number)[], string>(`SELECT DISTINCT e.subject FROM audit_entry e WHERE ${period.sql} AND e.subject IS NOT NULL`).pluck().all(...period.values);
  return { sql: 'e.subject IN (SELECT value FROM json_each(?))', values: [JSON.stringify(subjectsWithin(reading, selection, subjects))] };
}

/** Entries of the period, whatever they are about: those outside of a scope are counted, not silently left out. */
export function countEntries(reading: Reading, selection: Selection): number {
  const period = inPeriod(selection);
  return reading.sql<(string | number)[], { n: number }>(`SELECT count(*) AS n FROM audit_entry e WHERE ${period.sql}`).get(...period.values)?.n ?? 0;
}
