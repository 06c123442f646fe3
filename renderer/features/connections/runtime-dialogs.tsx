/** Dialogs that change or ask one runtime. */
import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Connection } from '../../../shared/domain.ts';
import { ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { ConsentText } from './consent-step.tsx';
import { KeyringChoice, isWithoutKeyring } from './keyring-choice.tsx';
import type { RuntimeAddKind } from './kind-words.ts';
import { AddressFields, CredentialFields } from './runtime-fields.tsx';
import { credentialOf, emptyCredential, emptyForm, targetOf } from './runtime-form.ts';
import { SightLists } from './sight-lists.tsx';
import { TestChecks } from './test-checks.tsx';
import { useConsent, useRetarget, useSetCredential, useTestRuntime, useWeakVault } from './use-connection-commands.ts';
import classes from './change-dialogs.module.css';

interface ChangeProps { connection: Connection; onClose: () => void }

export function TestDialog({ connection, onClose }: ChangeProps) {
  const test = useTestRuntime();
  const { mutate } = test;
  const began = useRef(false);
  useEffect(() => {
    if (began.current) return;
    began.current = true;
    mutate({ id: connection.id });
  }, [connection.id, mutate]);
  const again = (): void => { if (!test.isPending) mutate({ id: connection.id }); };
  return (
    <Dialog title="Test" subject={connection.name} onClose={onClose} width={760} foot={<><Button onClick={again} disabled={test.isPending}>Test again</Button><Button variant="filled" onClick={onClose} data-autofocus>Close</Button></>}>
      {test.isPending && <Loading what="Asking the runtime" rows={4} height={28} />}
      {test.error !== null && <ErrorBlock error={test.error} what="The test could not be run." kept="The connection stands as before." retry={again} />}
      {test.data !== undefined && !test.isPending && <><TestChecks test={test.data} /><SightLists capabilities={test.data.capabilities} visibility={test.data.visibility} levers={connection.runtime?.levers ?? null} /></>}
    </Dialog>
  );
}

const credentialUses = {
  read: { title: 'Change credential', save: 'Use from now on', after: 'The one before is forgotten. The runtime is asked with the new one at once.', failed: 'The credential was not changed.', kept: 'The one before stands.' },
  stop: {
    title: 'Stop credential', save: 'Stop with it from now on', failed: 'The stop credential was not changed.', kept: 'Levers use what they used before.',
    after: 'Only stop levers and the looks that check them use it; everything else is read with the other one. Give it the right to cancel, and to see what everybody runs.',
  },
} as const;

export const CredentialDialog = (props: ChangeProps) => <GiveCredential {...props} use="read" />;
export const StopCredentialDialog = (props: ChangeProps) => <GiveCredential {...props} use="stop" />;

export function RemoveStopCredentialDialog({ connection, onClose }: ChangeProps) {
  const set = useSetCredential();
  const act = (): void => {
    if (!set.isPending) set.mutate({ id: connection.id, use: 'stop', credential: { from: 'none' } }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Remove stop credential" subject={connection.name} onClose={onClose} onConfirm={act} width={600}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" disabled={set.isPending} onClick={act} data-autofocus rightSection={<Kbd keys="mod+enter" />}>Remove, stop with the other</Button></>}>
      <p>It is forgotten. Stop levers use the credential that reads from now on; whether that one may stop anything, the readiness check says.</p>
      {set.error !== null && <ErrorBlock error={set.error} what="The stop credential was not removed." kept="Levers use it as before." />}
    </Dialog>
  );
}

function GiveCredential({ connection, onClose, use }: ChangeProps & { use: 'read' | 'stop' }) {
  const words = credentialUses[use];
  const [form, setForm] = useState(() => emptyCredential('value'));
  const set = useSetCredential();
  const weak = useWeakVault();
  const given = credentialOf(form);
  const save = (keep?: 'session'): void => {
    if (!given.ok || set.isPending) return;
    set.mutate({ id: connection.id, use, credential: keep === 'session' && given.value.from === 'value' ? { ...given.value, keep } : given.value }, { onSuccess: onClose });
  };
  return (
    <Dialog title={words.title} subject={connection.name} onClose={onClose} onConfirm={() => save()} unsaved={form.value !== ''} width={600}
      foot={<><Button onClick={onClose}>Cancel</Button><span className={classes.muted} role="status">{given.ok ? '' : given.misses}</span><Button variant="filled" disabled={!given.ok || set.isPending} onClick={() => save()} rightSection={<Kbd keys="mod+enter" />}>{words.save}</Button></>}>
      <form onSubmit={(event) => { event.preventDefault(); save(); }}><CredentialFields form={form} onForm={setForm} needed={use === 'stop'} /></form>
      <p className={classes.muted}>{words.after}</p>
      {set.error !== null && (isWithoutKeyring(set.error)
        ? <KeyringChoice error={set.error} busy={weak.isPending || set.isPending} onSession={() => save('session')} onWeak={() => weak.mutate(true, { onSuccess: () => save() })} />
        : <ErrorBlock error={set.error} what={words.failed} kept={words.kept} />)}
    </Dialog>
  );
}

const kindOf = (connection: Connection): RuntimeAddKind => {
  if (connection.kind === 'langgraph' || connection.kind === 'a2a') return connection.kind;
  return /^https?:\/\//.test(connection.runtime?.address ?? '') ? 'mcp-http' : 'mcp-stdio';
};

export function AddressDialog({ connection, onClose }: ChangeProps) {
  const kind = kindOf(connection);
  const [form, setForm] = useState(() => ({ ...emptyForm, url: kind === 'mcp-stdio' ? '' : connection.runtime?.address ?? '' }));
  const retarget = useRetarget();
  const target = targetOf(kind, form);
  const save = (): void => {
    if (target.ok && !retarget.isPending) retarget.mutate({ id: connection.id, target: target.value }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Change address" subject={connection.name} onClose={onClose} onConfirm={save} unsaved={form.command !== ''} width={600}
      foot={<><Button onClick={onClose}>Cancel</Button><span className={classes.muted} role="status">{target.ok ? '' : target.misses}</span><Button variant="filled" disabled={!target.ok || retarget.isPending} onClick={save} rightSection={<Kbd keys="mod+enter" />}>{kind === 'mcp-stdio' ? 'Save, run nothing yet' : 'Ask there from now on'}</Button></>}>
      <p className={classes.muted}>{kind === 'mcp-stdio' ? `Now: ${connection.runtime?.address ?? ''}. A changed command needs your consent anew.` : 'For the same runtime at another address: agents, history and credential stay, and so does how it is sent unless you say it anew.'}</p>
      <AddressFields kind={kind} form={form} onForm={setForm} />
      {retarget.error !== null && <ErrorBlock error={retarget.error} what="The address was not changed." kept="The old one stands." />}
    </Dialog>
  );
}

export function ConsentDialog({ connection, onClose }: ChangeProps) {
  const consent = useConsent();
  const run = (): void => {
    if (connection.runtime !== null && !consent.isPending) consent.mutate({ id: connection.id, command: connection.runtime.address }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Consent" subject={connection.name} onClose={onClose} width={640}
      foot={<><Button onClick={onClose} data-autofocus>Not now</Button><Button variant="filled" disabled={consent.isPending} onClick={run}>Run this command</Button></>}>
      <ConsentText connection={connection} />
      {consent.error !== null && <ErrorBlock error={consent.error} what="The program was not started." kept="It waits for your consent." />}
    </Dialog>
  );
}
