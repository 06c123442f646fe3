/** What was chosen, kept under a name: loaded, written over, or let go. */
import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReportTemplate } from '../../../shared/reports.ts';
import { reportQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { announce } from '../../ui/announce.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { changeDraft, setDraft } from './draft-memory.ts';
import { complaintOf, draftOf, firstDraft, isChanged, templateOf, type Draft } from './report-draft.ts';
import { presetWords } from './report-words.ts';
import { auditorReason, useReadOnly } from '../../ui/read-only.ts';
import { useRemoveTemplate, useSaveTemplate } from './use-audit-commands.ts';
import classes from './audit.module.css';

function SaveDialog({ draft, now, taken, onClose }: { draft: Draft; now: number; taken: readonly string[]; onClose: () => void }) {
  const [name, setName] = useState(draft.name);
  const save = useSaveTemplate();
  const template = templateOf(draft, name, now);
  const same = taken.includes(name.trim());
  const act = (): void => {
    if (template === null || same || save.isPending) return;
    save.mutate(template, { onSuccess: (kept) => { changeDraft({ templateId: kept.id, name: kept.name }); announce(`Template ${inertString(kept.name, 80)} saved`); onClose(); } });
  };
  return (
    <Dialog title="Save template" onClose={onClose} onConfirm={act} width={440} unsaved={name !== draft.name}
      foot={(leave) => <><Button onClick={leave}>Cancel</Button><Button variant="filled" disabled={template === null || same || save.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Save template</Button></>}>
      <div className={classes.form}>
        <label className={classes.formLabel}>Name<input className={classes.field} data-autofocus value={name} maxLength={80} onChange={(event) => setName(event.currentTarget.value)} /></label>
        <p className={classes.says}>Everything that is chosen here is kept. {draft.period === 'fixed' ? 'The days stay these days.' : `“${presetWords[draft.period]}” is counted anew each time.`} Nothing is written by a template alone.</p>
        {same && <p className={classes.complaint}>A template has this name already: load it, and save over it.</p>}
        {save.error !== null && <ErrorBlock error={save.error} what="The template was not saved." kept="What is chosen stays chosen." />}
      </div>
    </Dialog>
  );
}

function RemoveDialog({ template, onClose }: { template: ReportTemplate; onClose: () => void }) {
  const remove = useRemoveTemplate();
  const act = (): void => { if (!remove.isPending) remove.mutate(template.id, { onSuccess: () => { changeDraft({ templateId: null }); announce('Template removed'); onClose(); } }); };
  return (
    <Dialog title="Remove template" subject={inertString(template.name, 80)} onClose={onClose} onConfirm={act} width={440}
      foot={(leave) => <><Button onClick={leave} data-autofocus>Keep it</Button><Button disabled={remove.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Remove template</Button></>}>
      <p>Reports that were written from it stay as they are. What is chosen on the screen stays chosen.</p>
      {remove.error !== null && <ErrorBlock error={remove.error} what="The template was not removed." kept="It stands as before." />}
    </Dialog>
  );
}

export function TemplateMenu({ draft, now }: { draft: Draft; now: number }) {
  const { data } = useQuery(reportQueries.templates());
  const [dialog, setDialog] = useState<'save' | 'remove' | null>(null);
  const save = useSaveTemplate();
  const readOnly = useReadOnly();
  const rows = data?.rows ?? [];
  const loaded = rows.find((row) => row.id === draft.templateId);
  const changed = loaded !== undefined && isChanged(draft, loaded);
  const whole = complaintOf(draft, now) === null;
  const over = (): void => {
    const template = loaded === undefined ? null : templateOf(draft, draft.name, now);
    if (loaded !== undefined && template !== null) save.mutate({ ...template, id: loaded.id }, { onSuccess: () => announce('Template saved') });
  };
  return (
    <>
      {save.error !== null && <span className={classes.complaint}>Not saved: {inertString(save.error.message, 120)}</span>}
      <Menu position="bottom-end">
        <Menu.Target>
          <button type="button" className={classes.linkButton}><span className={classes.cut}>{loaded === undefined ? 'Templates' : `${changed ? 'changed from' : 'saved as'} “${inertString(loaded.name, 40)}”`}</span><IconChevronDown size={12} stroke={1.75} aria-hidden="true" /></button>
        </Menu.Target>
        <Menu.Dropdown>
          {rows.map((row) => <Menu.Item key={row.id} aria-current={row.id === draft.templateId} onClick={() => setDraft(draftOf(row))}>{inertString(row.name, 60)}</Menu.Item>)}
          {rows.length > 0 && <Menu.Divider />}
          {changed && <Menu.Item disabled={!whole || readOnly} onClick={over}>Save over “{inertString(loaded.name, 40)}”</Menu.Item>}
          <Menu.Item disabled={!whole || readOnly} onClick={() => setDialog('save')}>Save as a template…</Menu.Item>
          {loaded !== undefined && <Menu.Item disabled={readOnly} onClick={() => setDialog('remove')}>Remove “{inertString(loaded.name, 40)}”…</Menu.Item>}
          <Menu.Item onClick={() => setDraft(firstDraft(Date.now()))}>Begin anew</Menu.Item>
          {readOnly && <Menu.Label>{auditorReason}</Menu.Label>}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'save' && <SaveDialog draft={draft} now={now} taken={rows.map((row) => row.name)} onClose={() => setDialog(null)} />}
      {dialog === 'remove' && loaded !== undefined && <RemoveDialog template={loaded} onClose={() => setDialog(null)} />}
    </>
  );
}
