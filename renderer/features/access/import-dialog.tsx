/** Imports a grant document: what it is, for whom, and how it reads before anything is kept. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type DragEvent } from 'react';
import type { DocumentRole, Enforcement, ImportFormat } from '../../../shared/access.ts';
import { agentQueries } from '../../api/queries.ts';
import { useAskedPeriod } from '../../app/period.ts';
import { inertString } from '../../ui/agent-text.ts';
import { Empty, ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { documentRoleWords, enforcementWords, formatWords } from './access-words.ts';
import { emptyForm, guessFormat, importOf, missing, mostCharacters, typedAnything, type ImportForm } from './import-form.ts';
import { ReadingView } from './reading-view.tsx';
import { useImport, useReadDocument } from './use-access-commands.ts';
import classes from './access.module.css';

interface PartProps { form: ImportForm; set: (changes: Partial<ImportForm>) => void }
const formats = Object.keys(formatWords) as ImportFormat[];
const roles = Object.keys(documentRoleWords) as DocumentRole[];
const enforcements = Object.keys(enforcementWords) as Enforcement[];

/** Choosing or dropping a file only fills the field: what is sent is what stands there. */
function SourceField({ form, set }: PartProps) {
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const take = async (taken: File | undefined): Promise<void> => {
    if (taken === undefined) return;
    if (taken.size > mostCharacters) {
      setFault(`${inertString(taken.name, 60)} is longer than 1,000,000 characters.`);
      return;
    }
    const text = await taken.text();
    setFault(null);
    set({ text, ...(form.name.trim() === '' ? { name: taken.name.slice(0, 200) } : {}), format: guessFormat(text) ?? form.format });
  };
  const drop = (event: DragEvent): void => {
    const [taken] = event.dataTransfer.files;
    setOver(false);
    if (taken === undefined) return;
    event.preventDefault();
    void take(taken);
  };
  return (
    <div className={classes.block}>
      <label className={classes.label}>Document, word for word
        <textarea
          className={`${classes.area} ${classes.source} ${over ? classes.over : ''}`} data-autofocus value={form.text} spellCheck={false} placeholder="Paste it here, or drop a file"
          onChange={(event) => set({ text: event.currentTarget.value, format: (form.text === '' ? guessFormat(event.currentTarget.value) : null) ?? form.format })}
          onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}
        />
      </label>
      <div className={classes.buttons}>
        <Button onClick={() => file.current?.click()}>Choose a file…</Button>
        <input ref={file} type="file" className="gh-visually-hidden" tabIndex={-1} aria-label="File with the document" accept=".json,.cedar,.txt,.policy" onChange={(event) => { void take(event.currentTarget.files?.[0]); event.currentTarget.value = ''; }} />
        {form.text !== '' && <span className={classes.hint}>{plural(form.text.length, 'character')}. It is kept as it is, on this machine.</span>}
      </div>
      {fault !== null && <p className={classes.complaint}>{fault}</p>}
    </div>
  );
}

function KindFields({ form, set }: PartProps) {
  const format = formatWords[form.format];
  return (
    <>
      <div className={classes.inline}>
        <label className={classes.label}>Format
          <select className={classes.select} value={form.format} onChange={(event) => set({ format: formats.find((one) => one === event.currentTarget.value) ?? 'iam' })}>{formats.map((one) => <option key={one} value={one}>{formatWords[one].word}</option>)}</select>
        </label>
        {format.roles && (
          <label className={classes.label}>What it does
            <select className={classes.select} value={form.role} onChange={(event) => set({ role: roles.find((one) => one === event.currentTarget.value) ?? 'identity' })}>{roles.map((one) => <option key={one} value={one}>{documentRoleWords[one].word}</option>)}</select>
          </label>
        )}
        <label className={classes.label}>Held to it
          <select className={classes.select} value={form.enforcement} onChange={(event) => set({ enforcement: enforcements.find((one) => one === event.currentTarget.value) ?? 'unknown' })}>{enforcements.map((one) => <option key={one} value={one}>{enforcementWords[one].word}</option>)}</select>
        </label>
      </div>
      <p className={classes.hint}>{format.says}{format.roles && ` ${documentRoleWords[form.role].says}`} {enforcementWords[form.enforcement].says}</p>
    </>
  );
}

function AgentsField({ form, set }: PartProps) {
  const agents = useQuery(agentQueries.list(useAskedPeriod()));
  const [text, setText] = useState('');
  const rows = agents.data?.rows ?? [];
  const shown = rows.filter((agent) => form.agentIds.includes(agent.id) || agent.name.toLowerCase().includes(text.trim().toLowerCase()));
  const toggle = (id: string): void => set({ agentIds: form.agentIds.includes(id) ? form.agentIds.filter((one) => one !== id) : [...form.agentIds, id] });
  return (
    <fieldset className={classes.label}>
      <legend>For which agents <span className={classes.hint}>{form.agentIds.length === 0 ? 'none chosen' : `${formatCount(form.agentIds.length)} chosen`}</span></legend>
      {rows.length > 8 && <input className={classes.input} value={text} aria-label="Find an agent" placeholder="Find an agent" onChange={(event) => setText(event.currentTarget.value)} />}
      <div className={classes.agents} role="group" aria-label="Agents" tabIndex={0}>
        {agents.data !== undefined && rows.length === 0 && <span className={classes.hint}>No agent is known yet.</span>}
        {shown.map((agent) => <label key={agent.id}><input type="checkbox" checked={form.agentIds.includes(agent.id)} onChange={() => toggle(agent.id)} /><span>{inertString(agent.name, 60)} <span className={classes.muted}>{inertString(agent.connectionName, 40)}</span></span></label>)}
      </div>
    </fieldset>
  );
}

/** The reading belongs to the text, format and role that were read; when one of them changes it is asked anew, a moment after the last key. */
function useReading(form: ImportForm) {
  const { mutate, reset, data, error, isPending } = useReadDocument();
  const { text, format, role } = form;
  useEffect(() => {
    if (text.trim() === '' || text.length > mostCharacters) {
      reset();
      return undefined;
    }
    const timer = setTimeout(() => mutate({ format, role: format === 'iam' ? role : 'identity', text }), 400);
    return () => clearTimeout(timer);
  }, [text, format, role, mutate, reset]);
  return { reading: data, error, reads: isPending };
}

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [form, setForm] = useState<ImportForm>(emptyForm);
  const set = (changes: Partial<ImportForm>): void => setForm((now) => ({ ...now, ...changes }));
  const save = useImport();
  const { reading, error, reads } = useReading(form);
  const lacks = missing(form);
  const ready = lacks.length === 0 && reading !== undefined && error === null && !save.isPending;
  const act = (): void => { if (ready) save.mutate(importOf(form), { onSuccess: onClose }); };
  return (
    <Dialog
      title="Import grant document" subject="a policy, a scope list, what a runtime does not tell by itself" width={1040} height={680} flush onClose={onClose} onConfirm={act} unsaved={typedAnything(form)}
      foot={(leave) => (
        <>
          <Button onClick={leave}>Cancel</Button>
          <span className={classes.hint}>{lacks.length > 0 ? `Missing: ${lacks.join(', ')}.` : reading === undefined ? (reads ? 'Reading…' : 'It was not read yet.') : `${plural(reading.readings.length, 'grant')} for ${plural(form.agentIds.length, 'agent')}.`}</span>
          <Button variant="filled" disabled={!ready} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{save.isPending ? 'Importing…' : 'Import'}</Button>
        </>
      )}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          <SourceField form={form} set={set} />
          <KindFields form={form} set={set} />
          <div className={classes.inline}>
            <label className={classes.label}>Name<input className={classes.input} value={form.name} maxLength={200} onChange={(event) => set({ name: event.currentTarget.value })} placeholder="fin-agents-exec, inline policy" /></label>
            <label className={classes.label}>Role, key or account that holds it<input className={classes.input} value={form.credential} maxLength={400} onChange={(event) => set({ credential: event.currentTarget.value })} placeholder="optional" /></label>
          </div>
          <AgentsField form={form} set={set} />
        </div>
        <div className={classes.column} role="group" aria-label="How it reads" tabIndex={0}>
          {save.error !== null && <ErrorBlock error={save.error} what="The document was not imported." kept="Nothing was changed; what you typed is still here." />}
          {error !== null && <ErrorBlock error={error} what="The document could not be read." kept="Nothing was kept of it." />}
          {reading === undefined
            ? error === null && <Empty title="How it reads will stand here" why="Every statement, scope or tool of it, with its classes, and what was not understood word for word. Nothing is kept before you import." />
            : <ReadingView reading={reading} />}
        </div>
      </div>
    </Dialog>
  );
}
