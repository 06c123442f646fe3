/** Models that were used and have no price: their cost is unknown, never zero, until somebody says what they cost. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PriceEntry, UnpricedModel } from '../../../shared/cost.ts';
import { priceQueries } from '../../api/queries.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { formatCount, formatCounter, plural } from '../../ui/format.ts';
import { ProvenanceLetter } from '../../ui/money.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Age } from '../../ui/time.tsx';
import { complaintsOf, draftOf, formFor } from './price-form.ts';
import { NewPriceDialog } from './price-dialog.tsx';
import { useSavePrice } from './use-cost-commands.ts';
import classes from './cost.module.css';

/** What is named like it. Its prices are lent with one click; the source of the new entry says so, and removing it takes that back. */
function useLike(id: string | null): PriceEntry | null {
  const query = useQuery({ ...priceQueries.history(id ?? ''), enabled: id !== null });
  return query.data?.rows.find((row) => !row.removed) ?? null;
}

function Acts({ model, onPrice }: { model: UnpricedModel; onPrice: (like: PriceEntry | null) => void }) {
  const like = useLike(model.like);
  const save = useSavePrice();
  if (model.model === '') return <span className={classes.muted}>it names no model, so no price can be told</span>;
  const form = like === null ? null : formFor(model, like);
  const name = inertString(model.model, 40);
  return (
    <span className={classes.acts}>
      {save.error !== null && <span className={classes.wait}>{inertString(save.error.message, 120)}</span>}
      {form !== null && like !== null && complaintsOf(form).length === 0 && <Changes><button type="button" className={classes.smallButton} disabled={save.isPending} data-tip="Lends its prices to this model; the entry says so, and removing it takes that back" onClick={() => save.mutate({ entry: draftOf(form) })}>{save.isPending ? 'Pricing…' : <span>Price as {inertString(like.model, 28)}<span className="gh-visually-hidden"> for {name}</span></span>}</button></Changes>}
      <Changes><button type="button" className={classes.smallButton} onClick={() => onPrice(like)}><span>Price it…<span className="gh-visually-hidden"> {name}</span></span></button></Changes>
    </span>
  );
}

export function UnpricedPanel() {
  const query = useQuery(priceQueries.unpriced());
  const [pricing, setPricing] = useState<{ model: UnpricedModel; like: PriceEntry | null } | null>(null);
  const rows = query.data?.rows;
  if (rows === undefined) return query.error === null ? null : <ErrorBlock error={query.error} what="The models without a price could not be read." retry={() => { void query.refetch(); }} />;
  return (
    <>
      {rows.length > 0 && (
        <Panel flush title={`${plural(rows.length, 'model')} without a price`} className={classes.unpricedPanel} aside={<><ProvenanceLetter provenance="unpriced" /><span>used, counted, never taken for zero</span></>} foot={<span>What is priced here is computed anew back to the beginning of the history.</span>}>
          <PlainTable
            label="Models without a price" rows={rows} rowId={(row) => `${row.model} ${row.provider ?? ''}`}
            columns={[
              { id: 'model', head: 'Model', cell: (row) => <>{row.model === '' ? <span className={classes.muted}>no model named</span> : <InertName text={row.model} most={60} />}{row.tier !== null && <span className={classes.muted}> <InertName text={row.tier} most={40} /></span>}</> },
              { id: 'provider', head: 'Provider', cell: (row) => (row.provider === null ? <span className={classes.muted}>not told</span> : <InertName text={row.provider} most={30} />) },
              { id: 'calls', head: 'Activities', end: true, cell: (row) => formatCount(row.activities) },
              { id: 'input', head: 'Input', end: true, cell: (row) => formatCounter(row.inputTokens) },
              { id: 'cached', head: 'Cache read, write', end: true, cell: (row) => `${formatCounter(row.cacheReadTokens)}, ${formatCounter(row.cacheWriteTokens)}` },
              { id: 'output', head: 'Output', end: true, cell: (row) => formatCounter(row.outputTokens) },
              { id: 'last', head: 'Last', end: true, cell: (row) => <Age iso={row.lastSeen} /> },
              { id: 'act', head: 'Give it a price', end: true, cell: (row) => <Acts model={row} onPrice={(like) => setPricing({ model: row, like })} /> },
            ]}
          />
        </Panel>
      )}
      {pricing !== null && <NewPriceDialog start={formFor(pricing.model, null)} like={pricing.like === null ? null : { name: pricing.like.model, form: formFor(pricing.model, pricing.like) }} onClose={() => setPricing(null)} />}
    </>
  );
}
