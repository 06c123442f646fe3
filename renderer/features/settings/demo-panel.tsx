import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Connection } from '../../../shared/domain.ts';
import { call, useDemoState } from '../../api/client.ts';
import { demoFleet } from '../../api/demo-fleet.ts';
import { queryClient } from '../../api/query-client.ts';
import { connectionQueries } from '../../api/queries.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Setting } from './setting.tsx';

const activitiesOf = (rows: readonly Connection[]): number => rows.reduce((sum, row) => sum + row.activities, 0);

/** Stops the fleet first: what it would still send finds no connection. */
async function removeDemo(rows: readonly Connection[]): Promise<void> {
  await demoFleet.stop();
  for (const row of rows) await call('connections.remove', { id: row.id, history: 'delete' });
}

function RemoveDemoDialog({ rows, onClose }: { rows: readonly Connection[]; onClose: () => void }) {
  const remove = useMutation({ mutationFn: async () => removeDemo(rows), onSuccess: onClose, onSettled: async () => queryClient.invalidateQueries() });
  const act = (): void => { if (!remove.isPending) remove.mutate(); };
  return (
    <Dialog title="Remove the demo" subject={plural(rows.length, 'connection')} onClose={onClose} onConfirm={act}
      foot={<><Button onClick={onClose} data-autofocus>Cancel</Button><Button variant="filled" disabled={remove.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Remove the demo</Button></>}>
      <p>The demo fleet stops, and {rows.map((row) => row.name).join(', ')} are removed with {plural(activitiesOf(rows), 'activity', 'activities')} of pretend history. Everything else stays.</p>
      {remove.error !== null && <ErrorBlock error={remove.error} what="The demo was not wholly removed." kept="What is left stands on Connections, marked “demo”." retry={act} />}
    </Dialog>
  );
}

export function DemoPanel() {
  const demo = useDemoState();
  const { data } = useQuery(connectionQueries.list());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [removing, setRemoving] = useState(false);
  const running = demo.state === 'running' || demo.state === 'starting';
  const rows = data?.rows.filter((row) => row.demo) ?? [];
  const toggle = (): void => {
    setBusy(true);
    setError(null);
    (running ? demoFleet.stop() : demoFleet.start()).catch(setError).finally(() => setBusy(false));
  };
  return (
    <Panel title="Demo fleet" aside={<StateBadge state={demo.state === 'failed' ? 'failed' : running ? 'running' : 'suspended'} word={demo.state === 'failed' ? 'Failed' : running ? 'Running' : 'Off'} />}>
      <Setting name="Pretend agents on this machine" says={demo.text === '' ? '8 agents in 3 pretend companies that speak real OpenTelemetry. Their connections are marked “demo”.' : demo.text}>
        <Button onClick={toggle} disabled={busy}>{running ? 'Stop' : 'Start'}</Button>
      </Setting>
      {rows.length > 0 && (
        <Setting name={plural(rows.length, 'demo connection')} says={`${formatCount(activitiesOf(rows))} activities of pretend history.`}>
          <Button onClick={() => setRemoving(true)}>Remove…</Button>
        </Setting>
      )}
      {error !== null && <ErrorBlock error={error} what={running ? 'The demo fleet did not stop.' : 'The demo fleet did not start.'} kept="Nothing else was changed." />}
      {removing && <RemoveDemoDialog rows={rows} onClose={() => setRemoving(false)} />}
    </Panel>
  );
}
