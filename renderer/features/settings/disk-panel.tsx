/** What takes how much room, and giving it back. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DiskPart, DiskUse } from '../../../shared/retention.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { retentionQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatBytes, formatPercent } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { readRetentionAgain } from './retention-again.ts';
import classes from './settings.module.css';

const words: Record<DiskPart, string> = {
  activity: 'Activity and tasks', payloads: 'Kept records', texts: 'Names and texts', sums: 'Sums', access: 'Access', cost: 'Prices and bills', orders: 'Stops, approvals, alerts, budgets', audit: 'Audit log', proof: 'Digests', reports: 'Reports', free: 'Free pages', other: 'The rest',
};

function FreeDialog({ bytes, onClose }: { bytes: number; onClose: () => void }) {
  const [rewrite, setRewrite] = useState(false);
  const free = useMutation({ mutationFn: async () => call('retention.free', { rewrite, wait: false }), onSuccess: async () => { await readRetentionAgain(); await queryClient.invalidateQueries({ queryKey: retentionQueries.disk().queryKey }); onClose(); } });
  const act = (): void => { if (!free.isPending) free.mutate(); };
  return (
    <Dialog title="Free room" onClose={onClose} onConfirm={act} foot={<><Button onClick={onClose} data-autofocus>Cancel</Button><Button variant="filled" disabled={free.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Free room</Button></>}>
      <p>Free pages are given back to the disk, some at a time. Nothing is deleted by this.</p>
      <label className={classes.tick}><input type="checkbox" checked={rewrite} onChange={() => setRewrite(!rewrite)} /><span>Write the whole file anew ({formatBytes(bytes)}). It gets as small as it can. Nothing else is written meanwhile, stops and approvals among it; not done while a stop order is open.</span></label>
      {free.error !== null && <ErrorBlock error={free.error} what="No room was freed." kept="Everything is as before." />}
    </Dialog>
  );
}

/** The head counts the log beside the file, so the log is a line like the others: the lines add up to the head. */
function linesOf({ parts, walBytes }: Pick<DiskUse, 'parts' | 'walBytes'>): { name: string; bytes: number; tip?: string }[] {
  const lines = parts.map(({ part, bytes }) => ({ name: words[part], bytes }));
  if (walBytes === 0) return lines;
  return [...lines, { name: 'Log of the newest changes', bytes: walBytes, tip: 'What was written last; the store moves it into the file bit by bit, and uses the same room again' }].toSorted((a, b) => b.bytes - a.bytes);
}

function Bars({ rows, whole }: { rows: readonly { name: string; bytes: number; tip?: string }[]; whole: number }) {
  return (
    <ul className={classes.bars}>
      {rows.map(({ name, bytes, tip }) => <li key={name} data-tip={tip}><span>{name}</span><span className={classes.bar} aria-hidden="true"><i style={{ width: `${whole === 0 ? 0 : Math.max(1, (bytes / whole) * 100)}%` }} /></span><span className={classes.size}>{formatBytes(bytes)}</span><span className={classes.share}>{formatPercent(whole === 0 ? 0 : bytes / whole)}</span></li>)}
    </ul>
  );
}

export function DiskPanel() {
  const query = useQuery(retentionQueries.disk());
  const [freeing, setFreeing] = useState(false);
  return (
    <Panel title="Disk use" aside={query.data === undefined ? undefined : formatBytes(query.data.fileBytes + query.data.walBytes)}>
      <FromQuery query={query} what="Measuring the file" failed="The file could not be measured." rows={4}>
        {({ parts, connections, copies, fileBytes, walBytes }) => (
          <>
            <Bars whole={fileBytes + walBytes} rows={linesOf({ parts, walBytes })} />
            {connections.length > 0 && (
              <>
                <p className={classes.says}>By connection, estimated: activity, records and texts shared out by how many activities each has.</p>
                <Bars whole={fileBytes + walBytes} rows={connections.slice(0, 10).map((one) => ({ name: inertString(one.connectionName, 40), bytes: one.estimatedBytes }))} />
              </>
            )}
            {copies.length > 0 && <p className={classes.says}>Copies of earlier files stand beside it, as upgrades or damage left them: {copies.map((one) => `${one.name} (${formatBytes(one.bytes)})`).join(', ')}. Neither retention nor erasure reaches into them.</p>}
            <div className={classes.aboutFoot}><Changes><Button onClick={() => setFreeing(true)}>Free room…</Button></Changes></div>
            {freeing && <FreeDialog bytes={fileBytes} onClose={() => setFreeing(false)} />}
          </>
        )}
      </FromQuery>
    </Panel>
  );
}
