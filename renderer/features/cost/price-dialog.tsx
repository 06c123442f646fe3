/** Adds, changes or overrides a price. What is wrong is said beside its field; nothing is sent before all of it is right. */
import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { priceQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { complaintsOf, draftOf, emptyPrice, formOf, perOf, perWords, unitOrder, unitWords, type Complaint, type PriceForm, type UnitLine } from './price-form.ts';
import { useSavePrice } from './use-cost-commands.ts';
import classes from './cost.module.css';

interface PartProps { form: PriceForm; set: (changes: Partial<PriceForm>) => void; complaints: readonly Complaint[] }

function Complaints({ complaints, field }: { complaints: readonly Complaint[]; field: Complaint['field'] }) {
  return <>{complaints.filter((one) => one.field === field).map((one) => <span key={one.text} className={classes.complaint}>{one.text}</span>)}</>;
}

function Units({ form, set, complaints }: PartProps) {
  const change = (at: number, changes: Partial<UnitLine>): void => set({ units: form.units.map((line, index) => (index === at ? { ...line, ...changes } : line)) });
  const free = unitOrder.find((unit) => !form.units.some((line) => line.unit === unit)) ?? 'input';
  return (
    <fieldset className={classes.label}>
      <legend>Prices <span className={classes.hint}>a line without a price is left out; a step from so many input tokens holds for the whole call</span></legend>
      {form.units.map((line, at) => (
        <div key={at} className={classes.unitLine}>
          <select className={classes.select} aria-label={`Unit ${at + 1}`} value={line.unit} onChange={(event) => change(at, { unit: unitOrder.find((one) => one === event.currentTarget.value) ?? 'input' })}>{unitOrder.map((unit) => <option key={unit} value={unit}>{unitWords[unit]}</option>)}</select>
          <input className={classes.input} inputMode="decimal" aria-label={`Price of ${unitWords[line.unit]}`} value={line.price} placeholder="0.00" maxLength={20} {...(at === 0 && form.model !== '' ? { 'data-autofocus': true } : {})} onChange={(event) => change(at, { price: event.currentTarget.value })} />
          <span className={classes.hint}>{perWords(perOf(line.unit))}</span>
          <input className={classes.input} inputMode="numeric" aria-label={`${unitWords[line.unit]} from so many input tokens`} value={line.from} placeholder="from tokens" maxLength={12} onChange={(event) => change(at, { from: event.currentTarget.value })} />
          <button type="button" className={classes.iconButton} aria-label={`Take ${unitWords[line.unit]} out`} onClick={() => set({ units: form.units.filter((_line, index) => index !== at) })}><IconX size={14} stroke={1.75} aria-hidden="true" /></button>
        </div>
      ))}
      <button type="button" className={classes.linkButton} onClick={() => set({ units: [...form.units, { unit: free, price: '', from: '' }] })}>Add a unit</button>
      <Complaints complaints={complaints} field="units" />
    </fieldset>
  );
}

function Text({ name, field, value, placeholder, set, complaints, hint, autofocus = false, most = 200 }: { name: string; field: Complaint['field'] | null; value: string; placeholder?: string; set: (value: string) => void; complaints: readonly Complaint[]; hint?: string; autofocus?: boolean; most?: number }) {
  return (
    <label className={classes.label}>{name}{hint !== undefined && <span className={classes.hint}>{hint}</span>}
      <input className={classes.input} value={value} placeholder={placeholder} maxLength={most} spellCheck={false} {...(autofocus ? { 'data-autofocus': true } : {})} onChange={(event) => set(event.currentTarget.value)} />
      {field !== null && <Complaints complaints={complaints} field={field} />}
    </label>
  );
}

function Fields({ form, set, complaints }: PartProps) {
  return (
    <div className={classes.form}>
      <div className={classes.inline}>
        <Text name="Model" field="model" value={form.model} set={(model) => set({ model })} complaints={complaints} autofocus={form.model === ''} />
        <Text name="Provider" field={null} value={form.provider} placeholder="any" set={(provider) => set({ provider })} complaints={complaints} />
        <Text name="Currency" field="currency" value={form.currency} most={3} set={(currency) => set({ currency: currency.toUpperCase() })} complaints={complaints} />
      </div>
      <Units form={form} set={set} complaints={complaints} />
      <Text name="Where the price was read" field="source" value={form.source} placeholder="https://… or a contract" most={500} set={(source) => set({ source })} complaints={complaints} />
      <div className={classes.inline}>
        <Text name="Holds from, UTC day" field="from" value={form.from} placeholder="always" most={10} set={(from) => set({ from })} complaints={complaints} />
        <Text name="Until before" field="to" value={form.to} placeholder="still" most={10} set={(to) => set({ to })} complaints={complaints} />
        <Text name="Region" field={null} value={form.region} placeholder="any" set={(region) => set({ region })} complaints={complaints} />
        <Text name="Tier" field={null} value={form.tier} placeholder="the usual one" set={(tier) => set({ tier })} complaints={complaints} />
      </div>
      <label className={classes.label}>Also matches <span className={classes.hint}>one a line: a name, a name with *, or /a regular expression/; empty: only the model&rsquo;s own name</span>
        <textarea className={classes.area} value={form.match} spellCheck={false} onChange={(event) => set({ match: event.currentTarget.value })} />
        <Complaints complaints={complaints} field="match" />
      </label>
      <Text name="Note" field={null} value={form.note} placeholder="optional" most={1_000} set={(note) => set({ note })} complaints={complaints} />
    </div>
  );
}

interface FormDialogProps { title: string; subject: string; start: PriceForm; overrides: boolean; like?: { name: string; form: PriceForm } | null; onClose: () => void }

function FormDialog({ title, subject, start, overrides, like = null, onClose }: FormDialogProps) {
  const [form, setForm] = useState(start);
  const [tried, setTried] = useState(false);
  const save = useSavePrice();
  const complaints = complaintsOf(form);
  const act = (): void => {
    setTried(true);
    if (complaints.length > 0 || save.isPending) return;
    save.mutate({ entry: draftOf(form), ...(form.id === null ? {} : { id: form.id }) }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={title} subject={subject} width={640} onClose={onClose} onConfirm={act} unsaved={JSON.stringify(form) !== JSON.stringify(start)}
      foot={(leave) => (
        <>
          <Button onClick={leave}>Cancel</Button>
          <span className={tried && complaints.length > 0 ? classes.complaint : classes.hint}>{tried && complaints.length > 0 ? complaints[0]?.text : 'History is then computed anew.'}</span>
          <Button variant="filled" disabled={save.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{save.isPending ? 'Saving…' : 'Save price'}</Button>
        </>
      )}
    >
      {save.error !== null && <ErrorBlock error={save.error} what="The price was not saved." kept="What you typed is still here; the prices are as before." />}
      {overrides && <p className={classes.hintLine}>The bundled price stays as it is; yours counts before it until you remove it.</p>}
      {like !== null && <p className={classes.hintLine}>Named most like <strong>{inertString(like.name, 60)}</strong>. <button type="button" className={classes.linkButton} onClick={() => setForm(like.form)}>Fill in its prices</button></p>}
      <Fields form={form} set={(changes) => setForm((now) => ({ ...now, ...changes }))} complaints={tried ? complaints : []} />
    </Dialog>
  );
}

/** For a model that has no price yet. */
export function NewPriceDialog({ start, like, onClose }: { start: PriceForm; like: { name: string; form: PriceForm } | null; onClose: () => void }) {
  return <FormDialog title="Price a model" subject={inertString(start.model, 80)} start={start} overrides={false} like={like} onClose={onClose} />;
}

export function PriceDialog({ id, onClose }: { id: string | null; onClose: () => void }) {
  if (id === null) return <FormDialog title="Add a price" subject="counts before imported and bundled ones" start={emptyPrice} overrides={false} onClose={onClose} />;
  return <KnownPrice key={id} id={id} onClose={onClose} />;
}

function KnownPrice({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(priceQueries.history(id));
  const entry = query.data?.rows.find((row) => row.id === id && !row.removed);
  if (entry === undefined) return <Dialog title="Change price" onClose={onClose}><FromQuery query={query} what="Reading the price" failed="The price could not be read." rows={6}>{() => <p>This price is no longer in force. Its history stands in the price book.</p>}</FromQuery></Dialog>;
  const bundled = entry.origin === 'bundled';
  return <FormDialog title={bundled ? 'Override price' : 'Change price'} subject={inertString(entry.model, 80)} start={bundled ? { ...formOf(entry), note: '' } : formOf(entry)} overrides={bundled} onClose={onClose} />;
}
