/** The fields by which a person says how a runtime is reached. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { CredentialInput } from '../../../shared/contract.ts';
import { Segmented } from '../../ui/segmented.tsx';
import type { RuntimeAddKind } from './kind-words.ts';
import { usualName, type CredentialForm, type RuntimeForm } from './runtime-form.ts';
import classes from './add-connection.module.css';

interface FieldProps { label: string; hint?: ReactNode; value: string; onChange: (value: string) => void; placeholder?: string; /** has the focus when it appears. */ first?: boolean; mono?: boolean; type?: 'text' | 'password'; max?: number }

/** A field whose text is no prose: no spelling, no completion, and a password never shown. */
export function Field({ label, hint, value, onChange, placeholder, first = false, mono = false, type = 'text', max = 2048 }: FieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => { if (first) input.current?.focus(); }, [first]);
  return (
    <label className={classes.label}>
      <span>{label}</span>
      <input ref={input} className={`${classes.input} ${mono ? classes.mono : ''}`} type={type} value={value} maxLength={max} placeholder={placeholder} spellCheck={false} autoComplete="off" {...(first ? { 'data-autofocus': true } : {})} onChange={(event) => onChange(event.currentTarget.value)} />
      {hint !== undefined && <span className={classes.hint}>{hint}</span>}
    </label>
  );
}

function Lines({ label, hint, value, onChange, rows, placeholder }: { label: string; hint: ReactNode; value: string; onChange: (value: string) => void; rows: number; placeholder: string }) {
  return (
    <label className={classes.label}>
      <span>{label}</span>
      <textarea className={`${classes.input} ${classes.lines} ${classes.mono}`} rows={rows} value={value} placeholder={placeholder} spellCheck={false} onChange={(event) => onChange(event.currentTarget.value)} />
      <span className={classes.hint}>{hint}</span>
    </label>
  );
}

const examples: Record<Exclude<RuntimeAddKind, 'mcp-stdio'>, { url: string; hint: string }> = {
  langgraph: { url: 'http://127.0.0.1:2024', hint: 'The address of the Agent Server itself, without a path: a local one, one of yours, or a LangSmith Deployment.' },
  a2a: { url: 'https://agents.example.com', hint: 'The server, or its agent card (…/.well-known/agent-card.json).' },
  'mcp-http': { url: 'https://tools.example.com/mcp', hint: 'The endpoint of Streamable HTTP.' },
};

interface FormProps { kind: RuntimeAddKind; form: RuntimeForm; onForm: (form: RuntimeForm) => void }

function HowSent({ form, onForm }: Omit<FormProps, 'kind'>) {
  const [open, setOpen] = useState(form.header !== '' || form.scheme !== 'usual');
  if (!open) return <button type="button" className={classes.more} onClick={() => setOpen(true)}>The credential is sent in another header than usual…</button>;
  return (
    <div className={classes.sent}>
      <Field label="Header" mono max={64} value={form.header} placeholder="as usual for this kind" onChange={(header) => onForm({ ...form, header })} />
      <div className={classes.label}><span>Written as</span><Segmented label="Written as" name="scheme" value={form.scheme} options={[{ value: 'usual', label: 'As usual' }, { value: 'bearer', label: 'Bearer …' }, { value: 'plain', label: 'The credential alone' }]} onChange={(scheme) => onForm({ ...form, scheme })} /></div>
    </div>
  );
}

/** The address or command alone: for a new connection and for one that moves. */
export function AddressFields({ kind, form, onForm }: FormProps) {
  if (kind !== 'mcp-stdio') {
    return (
      <>
        <Field label="Address" mono first value={form.url} placeholder={examples[kind].url} hint={examples[kind].hint} onChange={(url) => onForm({ ...form, url })} />
        <HowSent form={form} onForm={onForm} />
      </>
    );
  }
  return (
    <>
      <Field label="Command" mono first max={1024} value={form.command} placeholder="npx" hint="The program alone. It is started without a shell: nothing in it is expanded." onChange={(command) => onForm({ ...form, command })} />
      <Lines label="Arguments, one a line" rows={4} value={form.args} placeholder={'-y\n@modelcontextprotocol/server-filesystem\n/srv/share'} hint="A line is one argument, blanks and all." onChange={(args) => onForm({ ...form, args })} />
      <Field label="Working folder" mono max={4096} value={form.cwd} placeholder="as Gatehouse’s own" onChange={(cwd) => onForm({ ...form, cwd })} />
      <Field label="Environment variables that it may see" mono value={form.env} placeholder="none" hint="Names only, for example FILES_TOKEN. It gets PATH, HOME and these, and nothing else." onChange={(env) => onForm({ ...form, env })} />
    </>
  );
}

export function WayInFields({ kind, form, onForm }: FormProps) {
  return (
    <>
      <AddressFields kind={kind} form={form} onForm={onForm} />
      <Field label="Name of the connection" max={80} value={form.name} placeholder={usualName(kind, form) || 'Finance runtime'} hint="As it will stand on every screen." onChange={(name) => onForm({ ...form, name })} />
    </>
  );
}

const sources: readonly { value: CredentialInput['from']; label: string }[] = [{ value: 'value', label: 'Type it in' }, { value: 'env', label: 'Environment variable' }, { value: 'file', label: 'File' }, { value: 'none', label: 'None' }];

const says: Record<CredentialInput['from'], (words: CredentialWords) => string> = {
  value: (words) => `Kept in this system’s keyring, handed only to ${words.handedTo}. It is never shown again, and stands in no database, log or export.`,
  env: (words) => `Read from the engine’s own environment each time it is used. Nothing is stored; when the variable is gone, ${words.tells} says so.`,
  file: () => 'Read each time it is used. Nothing is stored. Only its owner may be able to read the file.',
  none: (words) => words.none,
};

/** What a credential is called and stands for, where that is not a connection to a runtime. */
export interface CredentialWords { /** label of what is typed in. */ value: string; /** examples. */ variable: string; path: string; /** what happens without any. */ none: string; handedTo: string; /** what says that it is gone. */ tells: string }

const ofConnection: CredentialWords = { value: 'Key or token', variable: 'LANGGRAPH_API_KEY', path: '/run/secrets/langgraph-key', none: 'The runtime is asked without any. What it then refuses, the test says.', handedTo: 'the connector of this connection', tells: 'the connection' };

interface CredentialProps { form: CredentialForm; onForm: (form: CredentialForm) => void; /** to give none is no choice here. */ needed?: boolean; words?: CredentialWords; /** its field takes the focus when it appears. */ focused?: boolean }

export function CredentialFields({ form, onForm, needed = false, words = ofConnection, focused = true }: CredentialProps) {
  return (
    <div className={classes.form}>
      <div className={classes.label}>
        <span>Where the credential comes from</span>
        <Segmented label="Where the credential comes from" name="credential-from" value={form.from} options={needed ? sources.filter((one) => one.value !== 'none') : sources} onChange={(from) => onForm({ ...form, from })} />
      </div>
      {form.from === 'value' && <Field key="value" label={words.value} type="password" first={focused} max={16_384} value={form.value} onChange={(value) => onForm({ ...form, value })} />}
      {form.from === 'env' && <Field key="env" label="Name of the variable" mono first={focused} max={128} value={form.variable} placeholder={words.variable} onChange={(variable) => onForm({ ...form, variable })} />}
      {form.from === 'file' && <Field key="file" label="Path of the file" mono first={focused} max={4096} value={form.path} placeholder={words.path} onChange={(path) => onForm({ ...form, path })} />}
      <p className={classes.hint}>{says[form.from](words)}</p>
    </div>
  );
}
