/** A runtime that Gatehouse asks: way in, credential or consent, test, and only then a connection that polls. */
import { Button } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Connection, ConnectionTest } from '../../../shared/domain.ts';
import type { CredentialInput } from '../../../shared/contract.ts';
import { ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { ConsentText } from './consent-step.tsx';
import { kindIcons } from './kind-icons.ts';
import { KeyringChoice, isWithoutKeyring } from './keyring-choice.tsx';
import { addKindWords, type RuntimeAddKind } from './kind-words.ts';
import { credentialOf, emptyCredential, emptyForm, targetOf, usualName, type CredentialForm, type Read } from './runtime-form.ts';
import { CredentialFields, WayInFields } from './runtime-fields.tsx';
import { SightLists } from './sight-lists.tsx';
import { StepRail, type RailStep } from './step-rail.tsx';
import { TestChecks } from './test-checks.tsx';
import { useAddRuntime, useConsent, useTestRuntime, useTryRuntime, useWeakVault } from './use-connection-commands.ts';
import classes from './add-connection.module.css';

type Step = 'way' | 'credential' | 'consent' | 'test';

const stepsOf = (kind: RuntimeAddKind): readonly Step[] => (kind === 'mcp-stdio' ? ['way', 'consent', 'test'] : ['way', 'credential', 'test']);
const stepTitles: Record<Step, string> = { way: 'Way in', credential: 'Credential', consent: 'Consent', test: 'Test' };
const notes: Record<Step, string> = {
  way: 'Nothing is asked yet, and nothing is saved.',
  credential: 'The next step asks the runtime, by reading only. Nothing is saved before you connect.',
  consent: 'The connection is saved and nothing was started. You can close this window and consent later on Connections.',
  test: 'Reading only: a test starts, changes and answers nothing.',
};
const credentialSeconds: Record<CredentialInput['from'], string> = { none: 'none', value: 'typed in', env: 'environment variable', file: 'file' };

interface AddRuntimeProps { kind: RuntimeAddKind; onBack: () => void; onClose: () => void; onAdded: (id: string) => void }

/** All that the dialog knows and does; drawn below. */
function useAdding({ kind, onAdded }: AddRuntimeProps) {
  const [step, setStep] = useState<Step>('way');
  const [form, setForm] = useState(emptyForm);
  const [credential, setCredential] = useState<CredentialForm>(() => emptyCredential(kind === 'langgraph' || kind === 'a2a' ? 'value' : 'none'));
  const tried = useTryRuntime();
  const add = useAddRuntime();
  const weak = useWeakVault();
  const consent = useConsent();
  const tested = useTestRuntime();
  const target = targetOf(kind, form);
  const given: Read<CredentialInput> = kind === 'mcp-stdio' ? { ok: true, value: { from: 'none' } } : credentialOf(credential);
  const name = form.name.trim() === '' ? usualName(kind, form) : form.name.trim();
  const saved: Connection | null = consent.data ?? add.data ?? null;
  const tryNow = (): void => { if (target.ok && given.ok && !tried.isPending) tried.mutate({ target: target.value, credential: given.value }); };
  const save = (keep?: 'session'): void => {
    if (!target.ok || !given.ok || add.isPending || add.data !== undefined) return;
    const value: CredentialInput = keep === 'session' && given.value.from === 'value' ? { ...given.value, keep } : given.value;
    add.mutate({ name: name.slice(0, 80), target: target.value, credential: value }, {
      onSuccess: (connection) => {
        // SECURITY: the typed credential has gone to the vault; the page forgets it.
        setCredential(emptyCredential(credential.from));
        onAdded(connection.id);
        if (kind === 'mcp-stdio') setStep('consent');
      },
    });
  };
  const saveWeakly = (): void => { weak.mutate(true, { onSuccess: () => save() }); };
  const run = (): void => {
    if (saved?.runtime === null || saved === null || consent.isPending) return;
    consent.mutate({ id: saved.id, command: saved.runtime.address }, { onSuccess: () => { setStep('test'); tested.mutate({ id: saved.id }); } });
  };
  const misses = step === 'way' ? (!target.ok ? target.misses : name === '' ? 'The name is missing.' : null) : step === 'credential' && !given.ok ? given.misses : null;
  const next = (): void => {
    if (misses !== null) return;
    if (step === 'way') { if (kind === 'mcp-stdio') save(); else setStep('credential'); }
    else if (step === 'credential') { setStep('test'); tryNow(); }
    else if (step === 'consent') run();
    else if (saved === null && tried.data !== undefined) save();
  };
  return { step, setStep, form, setForm, credential, setCredential, tried, add, weak, consent, tested, name, saved, misses, tryNow, save, saveWeakly, next };
}

type Adding = ReturnType<typeof useAdding>;

function railOf(kind: RuntimeAddKind, { step, name, credential, saved, tried, tested }: Adding): RailStep[] {
  const order = stepsOf(kind);
  const seconds: Record<Step, string> = {
    way: name === '' ? 'address or command' : name,
    credential: order.indexOf(step) > order.indexOf('credential') ? credentialSeconds[credential.from] : 'if it needs one',
    consent: order.indexOf(step) > order.indexOf('consent') ? 'given' : 'to one command',
    test: tried.isPending || tested.isPending ? 'asking' : saved !== null && step === 'test' ? 'connected' : 'what is reachable',
  };
  return [
    { id: 'runtime', title: 'Runtime', second: addKindWords[kind].title, state: 'done' },
    ...order.map((one): RailStep => ({ id: one, title: stepTitles[one], second: seconds[one], state: one === step ? 'now' : order.indexOf(one) < order.indexOf(step) ? 'done' : 'later' })),
  ];
}

function Tested({ test, saved }: { test: ConnectionTest; saved: Connection | null }) {
  return (
    <>
      {saved !== null && <p className={classes.hint}><strong>Connected.</strong> {saved.healthText} It is read from now on, and says on Connections when it cannot be.</p>}
      <TestChecks test={test} />
      <SightLists capabilities={saved?.runtime?.capabilities ?? test.capabilities} visibility={test.visibility} levers={saved?.runtime?.levers ?? null} />
    </>
  );
}

function TestStep({ adding }: { adding: Adding }) {
  const { tried, tested, saved, tryNow } = adding;
  const test = tested.data ?? tried.data;
  const error = tested.error ?? tried.error;
  return (
    <div className={classes.form}>
      {(tried.isPending || tested.isPending) && <Loading what="Asking the runtime" rows={4} height={28} />}
      {error !== null && <ErrorBlock error={error} what="The test could not be run." kept="Nothing was changed. What you typed is still here." retry={saved === null ? tryNow : undefined} />}
      {test !== undefined && !tried.isPending && !tested.isPending && <Tested test={test} saved={saved} />}
    </div>
  );
}

function AddFailed({ adding }: { adding: Adding }) {
  const { add, weak, consent, save, saveWeakly } = adding;
  if (add.error !== null && isWithoutKeyring(add.error)) return <KeyringChoice error={add.error} busy={weak.isPending} onSession={() => save('session')} onWeak={saveWeakly} />;
  return (
    <>
      {add.error !== null && <ErrorBlock error={add.error} what="The connection was not made." kept="Nothing was changed. What you typed is still here." />}
      {weak.error !== null && <ErrorBlock error={weak.error} what="The choice was not kept." kept="No credential was kept." />}
      {consent.error !== null && <ErrorBlock error={consent.error} what="The program was not started." kept="The connection is saved, and waits for your consent." />}
    </>
  );
}

function Foot({ kind, adding, onBack, onClose }: { kind: RuntimeAddKind; adding: Adding; onBack: () => void; onClose: () => void }) {
  const { step, setStep, misses, next, tried, add, consent, saved, tryNow } = adding;
  if (saved !== null && step === 'test') return <><span /><Button variant="filled" onClick={onClose}>Finish</Button></>;
  const order = stepsOf(kind);
  const back = step === 'way' ? onBack : () => setStep(order[order.indexOf(step) - 1] ?? 'way');
  const words: Record<Step, ReactNode> = {
    way: kind === 'mcp-stdio' ? 'Save, run nothing yet' : 'Next', credential: 'Test', consent: 'Run this command',
    test: tried.data?.ok === false ? 'Connect anyway' : 'Connect',
  };
  const busy = tried.isPending || add.isPending || consent.isPending;
  return (
    <>
      {step === 'consent' ? <Button onClick={onClose}>Not now</Button> : <Button onClick={back}>Back</Button>}
      <span className={classes.misses} role="status">{misses ?? ''}</span>
      {step === 'test' && <Button onClick={tryNow} disabled={tried.isPending}>Test again</Button>}
      <Button variant="filled" disabled={misses !== null || busy || (step === 'test' && tried.data === undefined)} onClick={next} {...(step === 'consent' ? {} : { rightSection: <Kbd keys="mod+enter" /> })}>{words[step]}</Button>
    </>
  );
}

export function AddRuntime(props: AddRuntimeProps) {
  const { kind, onBack, onClose } = props;
  const adding = useAdding(props);
  const { step, form, setForm, credential, setCredential, saved, next, name } = adding;
  const pane = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The step before took its focused field with it.
    if (step !== 'way') (pane.current?.querySelector<HTMLElement>('input[type="password"]') ?? pane.current)?.focus();
  }, [step]);
  const Icon = kindIcons[kind];
  const title = addKindWords[kind].title;
  const done = saved !== null && step === 'test';
  // SECURITY: no key consents. The one that saved the connection would, pressed twice, also run its command.
  return (
    <Dialog title="Add connection" subject={name === '' ? title : `${name}, ${title}`} icon={<Icon size={18} stroke={1.75} aria-hidden="true" />} width={884} height={764} flush
      onClose={onClose} onConfirm={done ? onClose : step === 'consent' ? undefined : next} unsaved={saved === null && (form.url !== '' || form.command !== '' || form.name !== '' || credential.value !== '')} foot={<Foot kind={kind} adding={adding} onBack={onBack} onClose={onClose} />}>
      <StepRail steps={railOf(kind, adding)} note={notes[step]} />
      <div ref={pane} className={classes.pane} tabIndex={-1}>
        {step === 'way' && <form className={classes.form} onSubmit={(event) => { event.preventDefault(); next(); }}><WayInFields kind={kind} form={form} onForm={setForm} /><button type="submit" className="gh-visually-hidden" tabIndex={-1}>Next</button></form>}
        {step === 'credential' && <form onSubmit={(event) => { event.preventDefault(); next(); }}><CredentialFields form={credential} onForm={setCredential} /><button type="submit" className="gh-visually-hidden" tabIndex={-1}>Test</button></form>}
        {step === 'consent' && saved !== null && <ConsentText connection={saved} />}
        {step === 'test' && <TestStep adding={adding} />}
        <AddFailed adding={adding} />
      </div>
    </Dialog>
  );
}
