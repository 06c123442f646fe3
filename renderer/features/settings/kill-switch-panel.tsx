/** How stops are verified, who must agree to them, and how long a drill counts. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Settings } from '../../../shared/domain.ts';
import type { Operator } from '../../../shared/stop.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { operatorQueries } from '../../api/queries.ts';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Time } from '../../ui/time.tsx';
import { spanWords } from '../stop/stop-words.ts';
import { Setting } from './setting.tsx';
import type { SectionProps } from './use-settings.ts';
import { wholeNumber } from './whole-number.ts';
import classes from './settings.module.css';

interface NumberSettingProps { name: string; says: string; unit: string; value: number; least: number; most: number; pending: boolean; onSave: (value: number) => void }

function NumberSetting({ name, says, unit, value, least, most, pending, onSave }: NumberSettingProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? String(value);
  const number = wholeNumber(text, least, most);
  const changed = number !== null && number !== value;
  const save = (): void => {
    if (!changed) return;
    onSave(number);
    setTyped(null);
  };
  return (
    <Setting name={name} says={number === null ? `A whole number from ${formatCount(least)} to ${formatCount(most)}.` : says}>
      <form className={classes.inline} onSubmit={(event) => { event.preventDefault(); save(); }}>
        <input className={classes.port} inputMode="numeric" aria-label={`${name}, ${unit}`} aria-invalid={number === null} value={text} onChange={(event) => setTyped(event.currentTarget.value)} />
        <span className={classes.unit}>{unit}</span>
        <Button type="submit" disabled={!changed || pending}>Change</Button>
      </form>
    </Setting>
  );
}

const rules: readonly { value: Settings['twoPerson']; label: string }[] = [{ value: 'off', label: 'One is enough' }, { value: 'wide', label: 'Wide scopes' }, { value: 'all', label: 'Every stop' }];
const ruleSays: Record<Settings['twoPerson'], string> = {
  off: 'Whoever orders a stop sends it.', wide: 'A stop wider than one agent waits for a second operator and their passphrase.', all: 'Every stop waits for a second operator and their passphrase. Nothing is sent meanwhile.',
};

const leastPassphrase = 12;
const readOperatorsAgain = async (): Promise<void> => queryClient.invalidateQueries({ queryKey: operatorQueries.list().queryKey });

function AddOperatorDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const add = useMutation({ mutationFn: async () => call('operators.add', { name: name.trim(), passphrase }), onSuccess: readOperatorsAgain });
  const problem = name.trim() === '' ? 'A name.' : passphrase.length < leastPassphrase ? `A passphrase of at least ${leastPassphrase} characters.` : again !== passphrase ? 'The same passphrase twice.' : null;
  const act = (): void => { if (problem === null && !add.isPending) add.mutate(undefined, { onSuccess: onClose }); };
  return (
    <Dialog title="Add operator" onClose={onClose} onConfirm={act} unsaved={name !== '' || passphrase !== ''}
      foot={<><Button onClick={onClose}>Cancel</Button>{problem !== null && (name !== '' || passphrase !== '') && <span className={classes.says}>Missing: {problem}</span>}<Button variant="filled" disabled={problem !== null || add.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Add operator</Button></>}>
      <p>An operator confirms stops as the second person, at this machine. The passphrase is theirs: let them type it here. Only its salted hash is kept; it cannot be shown again.</p>
      <form className={classes.operatorForm} onSubmit={(event) => { event.preventDefault(); act(); }}>
        <label className={classes.field}>Name<input className={classes.text} data-autofocus maxLength={80} value={name} onChange={(event) => setName(event.currentTarget.value)} /></label>
        <label className={classes.field}>Passphrase<input className={classes.text} type="password" autoComplete="new-password" maxLength={1000} value={passphrase} onChange={(event) => setPassphrase(event.currentTarget.value)} /></label>
        <label className={classes.field}>Passphrase again<input className={classes.text} type="password" autoComplete="new-password" maxLength={1000} value={again} onChange={(event) => setAgain(event.currentTarget.value)} /></label>
      </form>
      {add.error !== null && <ErrorBlock error={add.error} what="The operator was not added." kept="The others stand as before." />}
    </Dialog>
  );
}

function RemoveOperatorDialog({ operator, onClose }: { operator: Operator; onClose: () => void }) {
  const remove = useMutation({ mutationFn: async () => call('operators.remove', { id: operator.id }), onSuccess: readOperatorsAgain });
  const act = (): void => { if (!remove.isPending) remove.mutate(undefined, { onSuccess: onClose }); };
  return (
    <Dialog title="Remove operator" subject={inertString(operator.name, 80)} onClose={onClose} onConfirm={act}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" data-autofocus disabled={remove.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Remove operator</Button></>}>
      <p>They confirm no stop any more. What they confirmed stays in the audit log and in the certificates.</p>
      {remove.error !== null && <ErrorBlock error={remove.error} what="The operator was not removed." kept="They stand as before." />}
    </Dialog>
  );
}

function Operators() {
  const query = useQuery(operatorQueries.list());
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Operator | null>(null);
  return (
    <>
      <Setting name="Operators" says="Who may confirm as the second person.">
        <Button onClick={() => setAdding(true)}>Add operator…</Button>
      </Setting>
      <FromQuery query={query} what="Reading operators" failed="The operators could not be read." rows={1}>
        {({ rows }) => (rows.length === 0
          ? <p className={classes.says}>Nobody yet: with the two-person rule on, no stop that needs a second could be sent.</p>
          : <ul className={classes.operators}>{rows.map((one) => <li key={one.id}><span>{inertString(one.name, 80)} <span className={classes.says}>since <Time iso={one.createdAt} /></span></span><Button onClick={() => setRemoving(one)}>Remove…<span className="gh-visually-hidden"> {inertString(one.name, 80)}</span></Button></li>)}</ul>)}
      </FromQuery>
      {adding && <AddOperatorDialog onClose={() => setAdding(false)} />}
      {removing !== null && <RemoveOperatorDialog operator={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

export function KillSwitchPanel({ settings, change }: SectionProps) {
  const pending = change.isPending;
  return (
    <Panel title="Kill switch">
      <NumberSetting name="Silence before a stop is verified" unit="s" value={settings.stopSilenceS} least={5} most={3_600} pending={pending} onSave={(stopSilenceS) => change.mutate({ stopSilenceS })} says={`No act for ${spanWords(settings.stopSilenceS)}, in which it could be seen. Shorter verifies sooner and proves less. Holds for stops ordered from now on.`} />
      <NumberSetting name="Watch after that" unit="s" value={settings.stopWatchS} least={0} most={86_400} pending={pending} onSave={(stopWatchS) => change.mutate({ stopWatchS })} says={settings.stopWatchS === 0 ? 'A verified stop is not watched on: what comes back is not noticed by its order.' : `A verified stop is watched for ${spanWords(settings.stopWatchS)} more: an act reopens it, with an alarm.`} />
      <NumberSetting name="A drill counts for" unit="days" value={settings.drillStaleDays} least={1} most={365} pending={pending} onSave={(drillStaleDays) => change.mutate({ drillStaleDays })} says={`After ${plural(settings.drillStaleDays, 'day')} readiness says that it is stale.`} />
      <Setting name="Two-person rule" says={ruleSays[settings.twoPerson]}>
        <Segmented label="Two-person rule" name="two-person" value={settings.twoPerson} options={rules} onChange={(twoPerson) => change.mutate({ twoPerson })} />
      </Setting>
      <Operators />
    </Panel>
  );
}
