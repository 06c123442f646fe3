import { useCallback } from 'react';
import type { AuditEntry } from '../../../shared/domain.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { formatClock, formatCount, formatDay } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { useClock } from '../../ui/now.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { localOffset, Time } from '../../ui/time.tsx';
import { entryNumber, outcomeLooks } from './log-view.ts';
import classes from './audit.module.css';

export const numberWords = (id: string): string => { const number = entryNumber(id); return number === null ? id : `#${formatCount(number)}`; };

/** Beside the report there is room for the clock of today, else for the day. */
function ShortTime({ iso }: { iso: string }) {
  const date = new Date(iso);
  const text = useClock(useCallback((now: number) => (formatDay(new Date(iso)) === formatDay(new Date(now)) ? formatClock(new Date(iso)) : formatDay(new Date(iso)).replace(/ \d{4}$/, '')), [iso]));
  return <time dateTime={iso} className={classes.mono} data-tip={`${formatDay(date)} ${formatClock(date)}, ${iso.replace('T', ' ').replace('Z', '')} UTC`}>{text}</time>;
}

/** What ended as it was meant is quiet. */
function Did({ row, withOutcome }: { row: AuditEntry; withOutcome: boolean }) {
  const look = outcomeLooks[row.outcome];
  const tone = row.outcome === 'failed' ? classes.stopShape : row.outcome === 'refused' ? classes.denyShape : classes.quietShape;
  return <span className={classes.did}>{withOutcome && row.outcome !== 'done' && <><StateShape state={look.state} className={tone} /><span className="gh-visually-hidden">{look.word}: </span></>}<InertName text={row.text === '' ? row.action : row.text} most={240} /></span>;
}

const number: DataColumn<AuditEntry> = { id: 'entry', head: 'Entry', name: 'Entry', min: 76, grow: 0, fixed: true, sortBy: (row) => entryNumber(row.id), cell: (row) => <span className={classes.mono}>{numberWords(row.id)}</span> };
const who = (row: AuditEntry) => (row.actorKind === 'engine' ? <span className={classes.muted}>console</span> : <strong className={classes.who}><InertName text={row.actor} most={60} /></strong>);

export const shortColumns: readonly DataColumn<AuditEntry>[] = [
  number,
  { id: 'at', head: 'When', name: 'When', min: 72, grow: 0, cell: (row) => <ShortTime iso={row.at} /> },
  { id: 'who', head: 'Who', name: 'Who', min: 104, grow: 0, cell: who },
  { id: 'did', head: 'Did', name: 'Did', min: 150, cell: (row) => <Did row={row} withOutcome /> },
];

const outcome: DataColumn<AuditEntry> = { id: 'outcome', head: 'Outcome', name: 'Outcome', min: 84, grow: 0, cell: (row) => <StateBadge {...outcomeLooks[row.outcome]} /> };
const at: DataColumn<AuditEntry> = { id: 'at', head: `When, ${localOffset()}`, name: 'When', min: 136, grow: 0, cell: (row) => <Time iso={row.at} mono /> };
const did: DataColumn<AuditEntry> = { id: 'did', head: 'Did', name: 'Did', min: 180, grow: 3, cell: (row) => <Did row={row} withOutcome={false} /> };
const whoWide: DataColumn<AuditEntry> = { id: 'who', head: 'Who', name: 'Who', min: 104, grow: 0.6, cell: who };

/** Beside the entry that is open, which tells the rest. */
export const besideColumns: readonly DataColumn<AuditEntry>[] = [number, at, whoWide, outcome, { ...did, min: 120 }];

export const wholeColumns: readonly DataColumn<AuditEntry>[] = [
  number, at, whoWide, outcome, did,
  { id: 'action', head: 'Action', name: 'Action', min: 140, grow: 0.6, cell: (row) => <code className={classes.cut}><InertName text={row.action} most={60} /></code> },
  { id: 'subject', head: 'About', name: 'About', min: 100, grow: 0, cell: (row) => (row.subject === null ? <span className={classes.muted}>the console</span> : <Id id={row.subject} copy={false} />) },
];
