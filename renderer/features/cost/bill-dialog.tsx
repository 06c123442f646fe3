/** Imports a bill for a connection: tried first, so that its days, sum and refused lines stand there before anything is kept. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Bill } from '../../../shared/cost.ts';
import { connectionQueries, costQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { Empty, ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, formatMoney, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { billFormatWords, emptyBill, guessBillFormat, missingOfBill, mostBillCharacters, replacedBy, type BillForm, type BillFormat } from './bill-form.ts';
import { dayAndYear } from './cost-model.ts';
import { FileText } from './file-text.tsx';
import { useImportBill, useTryBill } from './use-cost-commands.ts';
import classes from './cost.module.css';

const formats = Object.keys(billFormatWords) as BillFormat[];

/** What the bill says, before it is kept. */
export function BillFacts({ bill, replaces }: { bill: Bill; replaces: readonly Bill[] }) {
  return (
    <>
      <p className={classes.figureSmall}>{formatMoney(bill.micros)} {bill.currency}</p>
      <p className={classes.muted}>{dayAndYear(bill.from)} to {dayAndYear(bill.to)}, {plural(bill.lines, 'line')} taken.</p>
      {replaces.length > 0 && <p className={classes.wait}>Its days replace those of: {replaces.map((one) => inertString(one.name, 60)).join(', ')}.</p>}
      {bill.refused.length > 0 && <><p className={classes.wait}>{plural(bill.refused.length, 'line was', 'lines were')} not taken:</p><ul className={classes.problems}>{bill.refused.slice(0, 200).map((one, index) => <li key={index}><span>Line {formatCount(one.line)}</span><span>{inertString(one.reason, 300)}</span></li>)}</ul>{bill.refused.length > 200 && <p className={classes.muted}>and {formatCount(bill.refused.length - 200)} more.</p>}</>}
    </>
  );
}

function Fields({ form, set }: { form: BillForm; set: (changes: Partial<BillForm>) => void }) {
  const connections = useQuery(connectionQueries.list());
  return (
    <>
      <label className={classes.label}>For which connection
        <select className={classes.select} value={form.connectionId} onChange={(event) => set({ connectionId: event.currentTarget.value })}>
          <option value="">choose</option>
          {(connections.data?.rows ?? []).map((one) => <option key={one.id} value={one.id}>{inertString(one.name, 60)}</option>)}
        </select>
      </label>
      <div className={classes.inline}>
        <label className={classes.label}>Format<select className={classes.select} value={form.format} onChange={(event) => set({ format: formats.find((one) => one === event.currentTarget.value) ?? 'csv' })}>{formats.map((one) => <option key={one} value={one}>{billFormatWords[one].word}</option>)}</select></label>
        <label className={classes.label}>Name<input className={classes.input} value={form.name} maxLength={200} placeholder="November, API account" onChange={(event) => set({ name: event.currentTarget.value })} /></label>
      </div>
      <p className={classes.hint}>{billFormatWords[form.format].says}</p>
    </>
  );
}

export function BillDialog({ onClose }: { onClose: () => void }) {
  const [form, setForm] = useState(emptyBill);
  const set = (changes: Partial<BillForm>): void => setForm((now) => ({ ...now, ...changes }));
  const { mutate, reset, data, error, isPending } = useTryBill();
  const bills = useQuery(costQueries.bills());
  const save = useImportBill();
  const { text, format, connectionId } = form;
  useEffect(() => {
    if (text.trim() === '' || text.length > mostBillCharacters || connectionId === '') {
      reset();
      return undefined;
    }
    const timer = setTimeout(() => mutate({ connectionId, format, name: 'try', text }), 400);
    return () => clearTimeout(timer);
  }, [text, format, connectionId, mutate, reset]);
  const lacks = missingOfBill(form);
  const ready = lacks.length === 0 && data !== undefined && error === null && !save.isPending;
  const act = (): void => { if (ready) save.mutate({ ...form, name: form.name.trim() }, { onSuccess: onClose }); };
  return (
    <Dialog
      title="Import a bill" subject="what a provider charged, by day" width={920} height={580} flush onClose={onClose} onConfirm={act} unsaved={text.trim() !== ''}
      foot={(leave) => (
        <>
          <Button onClick={leave}>Cancel</Button>
          <span className={classes.hint}>{lacks.length > 0 ? `Missing: ${lacks.join(', ')}.` : data === undefined ? (isPending ? 'Reading…' : 'It was not read.') : 'Billed figures then count before reported and computed ones, for its days.'}</span>
          <Button variant="filled" disabled={!ready} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{save.isPending ? 'Importing…' : 'Import'}</Button>
        </>
      )}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          <FileText label="Bill, word for word" value={text} most={mostBillCharacters} accept=".csv,.txt" onText={(next, file) => set({ text: next, format: (file !== null || text === '' ? guessBillFormat(next) : null) ?? format, ...(file !== null && form.name.trim() === '' ? { name: file.slice(0, 200) } : {}) })} />
          <Fields form={form} set={set} />
        </div>
        <div className={classes.column} role="group" aria-label="How it reads" tabIndex={0}>
          {save.error !== null && <ErrorBlock error={save.error} what="The bill was not imported." kept="Nothing was changed; the bill is still here." />}
          {error !== null && <ErrorBlock error={error} what="The bill could not be read." kept="Nothing was kept of it." />}
          {data === undefined ? error === null && <Empty title="How it reads will stand here" why="Its days, its sum and every line that cannot be taken. Nothing is kept before you import." /> : <BillFacts bill={data} replaces={replacedBy(data, bills.data?.rows ?? [])} />}
        </div>
      </div>
    </Dialog>
  );
}
