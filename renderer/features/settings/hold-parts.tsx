/** Legal holds: what stands, and how one is placed and lifted. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Hold, HoldScope } from '../../../shared/retention.ts';
import { call } from '../../api/client.ts';
import { agentQueries, retentionQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Time } from '../../ui/time.tsx';
import { readRetentionAgain } from './retention-again.ts';
import { Setting } from './setting.tsx';
import classes from './settings.module.css';

const activities = (count: number): string => plural(count, 'activity', 'activities');
const ever = { key: 'ever', toPeriod: () => ({ from: '1970-01-01T00:00:00.000Z', to: null }) };
const kinds: readonly { value: HoldScope['kind']; label: string }[] = [{ value: 'everything', label: 'Everything' }, { value: 'connection', label: 'A connection' }, { value: 'agent', label: 'An agent' }];

function Choice({ kind, value, onChange }: { kind: 'connection' | 'agent'; value: string; onChange: (value: string) => void }) {
  const policies = useQuery({ ...retentionQueries.policies(), enabled: kind === 'connection' });
  const agents = useQuery({ ...agentQueries.list(ever), enabled: kind === 'agent' });
  const options = kind === 'connection' ? (policies.data?.rows ?? []).map((row) => ({ id: row.connectionId, name: row.connectionName })) : agents.data?.rows ?? [];
  return (
    <select className={classes.select} aria-label={kind === 'connection' ? 'Connection' : 'Agent'} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{kind === 'connection' ? 'Choose a connection' : 'Choose an agent'}</option>
      {options.map((one) => <option key={one.id} value={one.id}>{inertString(one.name, 60)}</option>)}
    </select>
  );
}

function PlaceDialog({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<HoldScope['kind']>('everything');
  const [id, setId] = useState('');
  const [reason, setReason] = useState('');
  const place = useMutation({ mutationFn: async () => call('holds.place', { scope: kind === 'everything' ? { kind } : { kind, id }, reason: reason.trim() }), onSuccess: async () => { await readRetentionAgain(); onClose(); } });
  const missing = kind !== 'everything' && id === '' ? 'what it is on' : reason.trim() === '' ? 'a reason' : null;
  const act = (): void => { if (missing === null && !place.isPending) place.mutate(); };
  return (
    <Dialog title="Place a legal hold" onClose={onClose} onConfirm={act} unsaved={reason !== ''}
      foot={<><Button onClick={onClose}>Cancel</Button>{missing !== null && <span className={classes.says}>Missing: {missing}</span>}<Button variant="filled" disabled={missing !== null || place.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Place the hold</Button></>}>
      <p>Until it is lifted nothing that it covers goes: not by its period, not with its connection, not by an erasure. While any hold stands the audit log is not shortened either.</p>
      <div className={classes.operatorForm}>
        <div className={classes.inline}><Segmented label="Covers" name="hold-scope" value={kind} options={kinds} onChange={(next) => { setKind(next); setId(''); }} />{kind !== 'everything' && <Choice kind={kind} value={id} onChange={setId} />}</div>
        <label className={classes.field}>Reason<input className={classes.text} data-autofocus maxLength={1000} placeholder="Case or request, without names where they are not needed" value={reason} onChange={(event) => setReason(event.currentTarget.value)} /></label>
      </div>
      {place.error !== null && <ErrorBlock error={place.error} what="The hold was not placed." kept="Nothing was changed." />}
    </Dialog>
  );
}

function LiftDialog({ hold, onClose }: { hold: Hold; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const lift = useMutation({ mutationFn: async () => call('holds.lift', { id: hold.id, reason: reason.trim() }), onSuccess: async () => { await readRetentionAgain(); onClose(); } });
  const act = (): void => { if (reason.trim() !== '' && !lift.isPending) lift.mutate(); };
  return (
    <Dialog title="Lift the legal hold" subject={inertString(hold.scopeName, 60)} onClose={onClose} onConfirm={act} unsaved={reason !== ''}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" disabled={reason.trim() === '' || lift.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Lift the hold</Button></>}>
      <p>{hold.due === 0 ? 'Nothing that it covers is past its period now.' : `${activities(hold.due)} that it covers ${hold.due === 1 ? 'is' : 'are'} past the period: they go with the next run, unless another hold keeps them, and cannot be brought back.`}</p>
      <label className={classes.field}>Reason<input className={classes.text} data-autofocus maxLength={1000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} /></label>
      {lift.error !== null && <ErrorBlock error={lift.error} what="The hold was not lifted." kept="It stands." />}
    </Dialog>
  );
}

export function Holds() {
  const query = useQuery(retentionQueries.holds(false));
  const [placing, setPlacing] = useState(false);
  const [lifting, setLifting] = useState<Hold | null>(null);
  return (
    <div className={classes.section}>
      <Setting name="Legal holds" says="What a hold covers stays, whatever its period says and whoever asks.">
        <Button onClick={() => setPlacing(true)}>Place a hold…</Button>
      </Setting>
      <FromQuery query={query} what="Reading holds" failed="The holds could not be read." rows={1}>
        {({ rows }) => (rows.length === 0 ? null : (
          <ul className={classes.operators} aria-label="Legal holds">
            {rows.map((hold) => (
              <li key={hold.id}>
                <div className={classes.words}>
                  <div>{inertString(hold.scopeName, 60)} <span className={classes.says}>{activities(hold.activities)} covered{hold.due === 0 ? '' : `, ${activities(hold.due)} past the period`}</span></div>
                  <p className={classes.says}>Placed <Time iso={hold.placedAt} /> by {inertString(hold.placedBy, 60)}: {inertString(hold.reason, 300)}</p>
                </div>
                <Button onClick={() => setLifting(hold)}>Lift…<span className="gh-visually-hidden"> the hold on {inertString(hold.scopeName, 60)}</span></Button>
              </li>
            ))}
          </ul>
        ))}
      </FromQuery>
      {placing && <PlaceDialog onClose={() => setPlacing(false)} />}
      {lifting !== null && <LiftDialog hold={lifting} onClose={() => setLifting(null)} />}
    </div>
  );
}
