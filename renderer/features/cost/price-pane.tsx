/** One price whole: every unit, what it is for, where and when it was read, and every version of it. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PriceEntry } from '../../../shared/cost.ts';
import { priceQueries } from '../../api/queries.ts';
import { setParams } from '../../app/navigation.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Time } from '../../ui/time.tsx';
import { dayAndYear } from './cost-model.ts';
import { originWords, perWords, priceOfUnit, unitWords, writeMatch } from './price-form.ts';
import { useRemovePrice } from './use-cost-commands.ts';
import classes from './cost.module.css';

function RemoveDialog({ entry, onClose }: { entry: PriceEntry; onClose: () => void }) {
  const remove = useRemovePrice();
  const act = (): void => { if (!remove.isPending) remove.mutate({ id: entry.id }, { onSuccess: onClose }); };
  return (
    <Dialog title="Remove price" subject={inertString(entry.model, 80)} onClose={onClose} onConfirm={act}
      foot={<><Button data-autofocus onClick={onClose}>Cancel</Button><Button variant="filled" disabled={remove.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{remove.isPending ? 'Removing…' : 'Remove price'}</Button></>}>
      <p>The bundled price counts again where there is one; without one the model is unpriced. History is then computed anew. The version stays listed in the history of the price, and the audit log keeps that it was removed.</p>
      {remove.error !== null && <ErrorBlock error={remove.error} what="The price was not removed." kept="It counts as before." />}
    </Dialog>
  );
}

function History({ entry }: { entry: PriceEntry }) {
  const query = useQuery(priceQueries.history(entry.id));
  return (
    <section className={classes.block}>
      <h3 className={classes.part}>Versions <span>newest first</span></h3>
      <FromQuery query={query} what="Reading its versions" failed="Its versions could not be read." rows={2} height={26}>
        {({ rows }) => (
          <ul className={classes.versions}>
            {rows.map((row) => (
              <li key={row.id} className={row.removed ? classes.muted : ''}>
                <span>{row.changedAt === null ? 'bundled' : <Time iso={row.changedAt} short />}{row.changedBy !== null && <> by <InertName text={row.changedBy} most={40} /></>}{row.removed && ', no longer in force'}</span>
                <span className={classes.muted}>{priceOfUnit(row, 'input') ?? '–'} in, {priceOfUnit(row, 'output') ?? '–'} out {row.currency}{row.from === null ? '' : `, from ${dayAndYear(row.from)}`}{row.to === null ? '' : ` to ${dayAndYear(row.to)}`}</span>
              </li>
            ))}
          </ul>
        )}
      </FromQuery>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return <div className={classes.fact}><dt>{name}</dt><dd>{children}</dd></div>;
}

export function PricePane({ entry }: { entry: PriceEntry & { used: boolean } }) {
  const [removing, setRemoving] = useState(false);
  const bundled = entry.origin === 'bundled';
  return (
    <Panel fill flush title="Price" aside={<CopyButton value={JSON.stringify(entry, null, 2)} label="Copy the price" />}>
      <div className={classes.pane}>
        <div className={classes.titles}><h3 className={classes.title}><InertName text={entry.model} most={200} /></h3><p className={classes.muted}>{originWords[entry.origin]}{entry.used ? ', used' : ', not used yet'}</p></div>
        <PlainTable
          label="Prices by unit" rows={entry.units} rowId={(one) => `${one.unit} ${one.fromInputTokens ?? 0} ${one.per}`}
          columns={[
            { id: 'unit', head: 'Unit', cell: (one) => unitWords[one.unit] },
            { id: 'price', head: entry.currency, end: true, cell: (one) => one.price },
            { id: 'per', head: 'Per', cell: (one) => <span className={classes.muted}>{perWords(one.per).replace('per ', '')}{one.fromInputTokens === undefined ? '' : `, from ${formatCount(one.fromInputTokens)} input`}</span> },
          ]}
        />
        <dl className={classes.facts}>
          <Fact name="Provider">{entry.provider === null ? 'whoever serves it' : <InertName text={entry.provider} most={80} />}</Fact>
          {entry.region !== null && <Fact name="Region"><InertName text={entry.region} most={80} /></Fact>}
          {entry.tier !== null && <Fact name="Tier"><InertName text={entry.tier} most={80} /></Fact>}
          <Fact name="Matches"><code className={classes.code}><InertName text={writeMatch(entry.match).replaceAll('\n', ', ')} most={400} /></code></Fact>
          <Fact name="Holds">{entry.from === null ? 'always' : `from ${dayAndYear(entry.from)}`}{entry.to === null ? '' : ` until before ${dayAndYear(entry.to)}`}</Fact>
          <Fact name="Source"><InertName text={entry.source} most={500} /></Fact>
          <Fact name="Read">{entry.sourceDate === null ? <span className={classes.muted}>not said</span> : dayAndYear(entry.sourceDate)}</Fact>
          {entry.note !== null && <Fact name="Note"><InertName text={entry.note} most={1_000} /></Fact>}
        </dl>
        <History entry={entry} />
        <div className={classes.buttons}>
          <Changes>
            <Button onClick={() => setParams({ price: entry.id })} rightSection={<Kbd keys="enter" />}>{bundled ? 'Override…' : 'Change…'}</Button>
            {!bundled && <Button onClick={() => setRemoving(true)}>Remove…</Button>}
          </Changes>
        </div>
      </div>
      {removing && <RemoveDialog entry={entry} onClose={() => setRemoving(false)} />}
    </Panel>
  );
}
