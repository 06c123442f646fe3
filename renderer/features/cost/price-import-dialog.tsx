/** Imports a list of prices: tried first, so that what would change and what is wrong stands there before anything is kept. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Empty, ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { inertString } from '../../ui/agent-text.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { FileText } from './file-text.tsx';
import { useImportPrices, useTryPrices } from './use-cost-commands.ts';
import classes from './cost.module.css';

export const mostPriceCharacters = 5_000_000;

export function PriceImportDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const { mutate, reset, data, error, isPending } = useTryPrices();
  const save = useImportPrices();
  useEffect(() => {
    if (text.trim() === '' || text.length > mostPriceCharacters) {
      reset();
      return undefined;
    }
    const timer = setTimeout(() => mutate({ name: 'try', text }), 400);
    return () => clearTimeout(timer);
  }, [text, mutate, reset]);
  const problems = data?.problems ?? [];
  const lacks = text.trim() === '' ? 'Missing: the list.' : text.length > mostPriceCharacters ? 'Too long: at most 5,000,000 characters.' : name.trim() === '' ? 'Missing: a name for where it comes from.' : data === undefined ? (isPending ? 'Reading…' : 'It was not read yet.') : problems.length > 0 ? `${plural(problems.length, 'entry is', 'entries are')} wrong: nothing would be kept.` : null;
  const ready = lacks === null && !save.isPending;
  const act = (): void => { if (ready) save.mutate({ name: name.trim(), text }, { onSuccess: onClose }); };
  return (
    <Dialog
      title="Import prices" subject="a JSON list of entries" width={900} height={560} flush onClose={onClose} onConfirm={act} unsaved={text.trim() !== ''}
      foot={(leave) => (
        <>
          <Button onClick={leave}>Cancel</Button>
          <span className={classes.hint}>{lacks ?? `${plural(data?.entries ?? 0, 'price')}, ${formatCount(data?.replaced ?? 0)} of them instead of others.`}</span>
          <Button variant="filled" disabled={!ready} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{save.isPending ? 'Importing…' : 'Import'}</Button>
        </>
      )}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          <FileText label="List, word for word" value={text} most={mostPriceCharacters} accept=".json" onText={(next, file) => { setText(next); if (file !== null && name.trim() === '') setName(file.slice(0, 200)); }} />
          <label className={classes.label}>Where it comes from<input className={classes.input} value={name} maxLength={200} placeholder="prices-2026.json, contract of May" onChange={(event) => setName(event.currentTarget.value)} /></label>
          <p className={classes.hint}>Each entry as the price book gives it when copied: model, provider, units with unit, per and price as a decimal text, currency, from, to, source. History is computed anew afterwards.</p>
        </div>
        <div className={classes.column} role="group" aria-label="What would happen" tabIndex={0}>
          {save.error !== null && <ErrorBlock error={save.error} what="The prices were not imported." kept="Nothing was changed; the list is still here." />}
          {error !== null && <ErrorBlock error={error} what="The list could not be read." kept="Nothing was kept of it." />}
          {data === undefined
            ? error === null && <Empty title="What would happen will stand here" why="The list is tried first; nothing is kept before you import." />
            : (
              <>
                <p className={classes.figureSmall}>{plural(data.entries, 'price')} read</p>
                <p className={classes.muted}>{formatCount(data.replaced)} stand instead of earlier ones, {formatCount(Math.max(0, data.entries - data.replaced))} are new.</p>
                {problems.length > 0 && <><p className={classes.wait}>{plural(problems.length, 'entry', 'entries')} cannot be taken, so none is:</p><ul className={classes.problems}>{problems.map((one, index) => <li key={index}><span>{one.entry === 0 ? 'The list' : `Entry ${formatCount(one.entry)}`}</span><span>{inertString(one.reason, 400)}</span></li>)}</ul></>}
              </>
            )}
        </div>
      </div>
    </Dialog>
  );
}
