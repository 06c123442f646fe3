/** What people did in the console and what the console did to runtimes, newest first. */
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditEntry } from '../../../shared/domain.ts';
import { auditQueries } from '../../api/queries.ts';
import { AgentText, InertName } from '../../ui/agent-text-view.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { readJson, writeJson } from '../../ui/json-text.ts';
import { Id } from '../../ui/id.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import type { State } from '../../ui/state-shapes.tsx';
import { Time, localOffset } from '../../ui/time.tsx';
import classes from './settings.module.css';

const outcomes: Record<AuditEntry['outcome'], { state: State; word: string }> = {
  asked: { state: 'stop_requested', word: 'Asked' }, done: { state: 'completed', word: 'Done' }, failed: { state: 'failed', word: 'Failed' }, refused: { state: 'denied', word: 'Refused' },
};
const actorKinds: Record<AuditEntry['actorKind'], string> = { desktop: 'in this window', command_line: 'on the command line', engine: 'by itself' };

const laidOut = (text: string): string => {
  const node = readJson(text);
  return node === null ? text : writeJson(node);
};

function Entry({ entry }: { entry: AuditEntry }) {
  const [open, setOpen] = useState(false);
  return (
    <li className={classes.entry}>
      <span className={classes.entryTime}><Time iso={entry.at} /></span>
      <StateBadge {...outcomes[entry.outcome]} />
      <span className={classes.entryWords}>
        <span><InertName text={entry.text} most={600} /></span>
        <span className={classes.says}><InertName text={entry.actor} most={80} />, {actorKinds[entry.actorKind]}; <code><InertName text={entry.action} most={60} /></code>{entry.subject !== null && <> <Id id={entry.subject} /></>}</span>
      </span>
      <button type="button" className={classes.entryMore} aria-expanded={open} onClick={() => setOpen(!open)}>{open ? 'Fold' : 'Details'}<span className="gh-visually-hidden"> of {inertString(entry.text, 80)}</span></button>
      {open && <span className={classes.entryDetails}><AgentText title="Details as kept" text={laidOut(entry.details)} from="the audit log" /></span>}
    </li>
  );
}

export function AuditDialog({ onClose }: { onClose: () => void }) {
  const query = useInfiniteQuery(auditQueries.list({ limit: 100 }));
  const entries = query.data?.pages.flatMap((page) => page.rows);
  return (
    <Dialog title="Decisions and changes" subject={`newest first, ${localOffset()}`} onClose={onClose} width={860} height={680}
      foot={<><span className={classes.says}>Kept on this machine, append-only. Not yet chained: that nothing was taken out cannot be proven from it.</span><Button onClick={onClose} data-autofocus>Close</Button></>}>
      {entries === undefined && (query.error === null ? <Loading what="Reading the log" rows={8} height={40} /> : <ErrorBlock error={query.error} what="The log could not be read." retry={() => { void query.refetch(); }} />)}
      {entries !== undefined && entries.length === 0 && <Empty title="Every decision and change will stand here" why="Nothing was decided or changed yet." />}
      {entries !== undefined && entries.length > 0 && (
        <div className={classes.entries} tabIndex={0} role="group" aria-label="Entries">
          <ol>{entries.map((entry) => <Entry key={entry.id} entry={entry} />)}</ol>
          {query.hasNextPage && <button type="button" className={classes.entryMore} disabled={query.isFetchingNextPage} onClick={() => { void query.fetchNextPage(); }}>Older entries</button>}
        </div>
      )}
    </Dialog>
  );
}
