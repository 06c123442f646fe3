/** Erasure of a person: where they stand, counted; other spellings, ticked by a person; then the deed, and what it could not reach. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Erasure, ErasurePreview } from '../../../shared/retention.ts';
import { call } from '../../api/client.ts';
import { retentionQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock, FromQuery, Loading } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatBytes, formatCount, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Time } from '../../ui/time.tsx';
import { readRetentionAgain } from './retention-again.ts';
import { Setting } from './setting.tsx';
import classes from './settings.module.css';

function Counts({ rows }: { rows: readonly { text: string; count: number | null }[] }) {
  return <ul className={classes.counts}>{rows.map((row) => <li key={row.text}><span className={classes.count}>{row.count === null ? '' : formatCount(row.count)}</span><span>{row.text}</span></li>)}</ul>;
}

interface FoundProps { readonly preview: ErasurePreview; readonly aliases: readonly string[]; readonly onTick: (text: string) => void }

function Found({ preview, aliases, onTick }: FoundProps) {
  return (
    <>
      {preview.warnings.map((text) => <p key={text} className={classes.message}>{text}</p>)}
      <p>{preview.total === 0 ? 'Nothing in the history names this person so.' : `Named in ${plural(preview.total, 'place')}:`}</p>
      <Counts rows={preview.found} />
      {preview.aliases.length > 0 && (
        <fieldset className={classes.aliases}>
          <legend>Also this person? Tick only what means nobody else.</legend>
          {preview.aliases.map(({ text, count }) => <label key={text}><input type="checkbox" checked={aliases.includes(text)} onChange={() => onTick(text)} /> {inertString(text, 80)} <span className={classes.says}>{formatCount(count)}</span></label>)}
          {preview.moreAliases > 0 && <span className={classes.says}>and {plural(preview.moreAliases, 'more')}: name them one by one</span>}
        </fieldset>
      )}
      <p className={classes.says}>Not reached, or left as it is:</p>
      <Counts rows={preview.remains} />
    </>
  );
}

function EraseDialog({ onClose }: { onClose: () => void }) {
  const [person, setPerson] = useState('');
  const [aliases, setAliases] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const [rewrite, setRewrite] = useState(true);
  const look = useMutation({ mutationFn: async (ticked: readonly string[]) => ({ ticked, person, preview: await call('erasure.preview', { person, aliases: [...ticked] }) }) });
  const run = useMutation({ mutationFn: async () => call('erasure.run', { person, aliases: [...aliases], reason: reason.trim(), rewrite }), onSuccess: async () => { await readRetentionAgain(); onClose(); } });
  const seen = look.data !== undefined && look.data.person === person && look.data.ticked === aliases ? look.data.preview : null;
  const lookAgain = (ticked: readonly string[]): void => { if (person.trim().length >= 2 && !look.isPending) look.mutate(ticked); };
  const tick = (text: string): void => {
    const next = aliases.includes(text) ? aliases.filter((one) => one !== text) : [...aliases, text];
    setAliases(next);
    lookAgain(next);
  };
  const missing = seen === null ? 'a look first' : seen.total === 0 ? 'somebody who stands in the history' : reason.trim() === '' ? 'a reason' : null;
  const act = (): void => { if (seen === null) lookAgain(aliases); else if (missing === null && !run.isPending) run.mutate(); };
  return (
    <Dialog title="Erase a person" width={640} onClose={onClose} onConfirm={act} unsaved={person !== ''}
      foot={<><Button onClick={onClose}>Cancel</Button>{missing !== null && person !== '' && <span className={classes.says}>Missing: {missing}</span>}<Button variant="filled" disabled={missing !== null || run.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{seen === null ? 'Erase' : `Erase from ${plural(seen.total, 'place')}`}</Button></>}>
      <p>Names become “erased person”, records that carry them are emptied, entries of the audit log by or about them lose their words. Digests and the chain stay whole. It cannot be undone.</p>
      <form className={classes.operatorForm} onSubmit={(event) => { event.preventDefault(); lookAgain(aliases); }}>
        <label className={classes.field}>Name, e-mail address or account<span className={classes.inline}><input className={classes.text} data-autofocus maxLength={200} value={person} onChange={(event) => { setPerson(event.currentTarget.value); setAliases([]); }} /><Button type="submit" disabled={person.trim().length < 2 || look.isPending}>Look where</Button></span></label>
      </form>
      {look.isPending && <Loading what="Reading the whole history" rows={2} />}
      {look.error !== null && <ErrorBlock error={look.error} what="The history could not be looked through." kept="Nothing was erased." />}
      {seen !== null && (
        <>
          <Found preview={seen} aliases={aliases} onTick={tick} />
          <div className={classes.operatorForm}>
            <label className={classes.field}>Reason, without the name<input className={classes.text} maxLength={1000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} /></label>
            <label className={classes.tick}><input type="checkbox" checked={rewrite} onChange={() => setRewrite(!rewrite)} /><span>Write the file anew at the end ({formatBytes(seen.fileBytes)}). Only then is nothing left between the rows. Nothing else is written meanwhile, stops and approvals among it; not done while a stop order is open.</span></label>
          </div>
        </>
      )}
      {run.error !== null && <ErrorBlock error={run.error} what="Nobody was erased." kept="Everything is as before." />}
    </Dialog>
  );
}

function Line({ erasure }: { erasure: Erasure }) {
  const { chore, found, remains } = erasure;
  const total = found.reduce((sum, one) => sum + one.count, 0);
  const left = remains.filter((one) => one.count !== null);
  return (
    <li>
      <div className={classes.words}>
        <div>{erasure.replacement} <span className={classes.says}>{chore.state === 'done' ? `in ${plural(total, 'place')}` : chore.state === 'running' || chore.state === 'waiting' ? 'being erased' : 'not wholly erased: erase again'}</span></div>
        <p className={classes.says}><Time iso={chore.startedAt} /> by {inertString(chore.by, 60)}: {inertString(erasure.reason, 200)}</p>
        {left.length > 0 && <Counts rows={left} />}
      </div>
    </li>
  );
}

export function Erasures() {
  const query = useQuery(retentionQueries.erasures());
  const [erasing, setErasing] = useState(false);
  return (
    <div className={classes.section}>
      <Setting name="Erasure of a person" says="What names somebody is found, counted and taken out. Whom it was of is kept nowhere; that somebody was can be checked later by whoever knows the name (gatehouse erase list).">
        <Button onClick={() => setErasing(true)}>Erase a person…</Button>
      </Setting>
      <FromQuery query={query} what="Reading erasures" failed="The erasures could not be read." rows={1}>
        {({ rows }) => (rows.length === 0 ? null : <ul className={classes.operators} aria-label="Erasures">{rows.map((erasure) => <Line key={erasure.id} erasure={erasure} />)}</ul>)}
      </FromQuery>
      {erasing && <EraseDialog onClose={() => setErasing(false)} />}
    </div>
  );
}
