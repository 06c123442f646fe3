/** The price book: what each model costs, since when, where that was read and when; what was used and has no price stands first. */
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { PriceBook, PriceEntry } from '../../../shared/cost.ts';
import { priceQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { setParams, usePlace } from '../../app/navigation.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { isBoolean, stored } from '../../app/stored.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Chip, ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, formatPercent, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { dayAndYear } from './cost-model.ts';
import { originWords, otherUnits, priceOfUnit, unitWords } from './price-form.ts';
import { PriceDialog } from './price-dialog.tsx';
import { PriceImportDialog } from './price-import-dialog.tsx';
import { PricePane } from './price-pane.tsx';
import { UnpricedPanel } from './unpriced-panel.tsx';
import classes from './cost.module.css';

type Row = PriceEntry & { used: boolean };
const usedOnlyStored = stored('prices.usedOnly', isBoolean, true);
const sortIds = ['model', 'provider', 'input', 'output', 'cache_read', 'cache_write', 'from', 'origin'];
const isSort = (value: unknown): value is TableSort => typeof value === 'object' && value !== null && 'id' in value && sortIds.some((one) => one === value.id) && 'down' in value && typeof value.down === 'boolean';
const sortStored = stored<TableSort>('prices.sort', isSort, { id: 'model', down: false });

const unitColumn = (unit: 'input' | 'output' | 'cache_read' | 'cache_write', head: string): DataColumn<Row> => ({
  id: unit, head, name: `${unitWords[unit]} per million tokens`, min: 62, grow: 0.3, end: true, first: 'down', sortBy: (row) => { const price = priceOfUnit(row, unit); return price === null ? null : Number(price); },
  cell: (row) => priceOfUnit(row, unit) ?? <span className={classes.zero}>–</span>,
});
const circumstances = (row: Row): string => [row.region, row.tier].filter((one) => one !== null).join(', ');

const columns: readonly DataColumn<Row>[] = [
  { id: 'model', head: 'Model', name: 'Model', min: 150, grow: 1.6, fixed: true, sortBy: (row) => row.model, cell: (row) => <span className={classes.cut}><span className={classes.strong}><InertName text={row.model} most={80} /></span>{circumstances(row) !== '' && <span className={classes.muted}> <InertName text={circumstances(row)} most={40} /></span>}{otherUnits(row) > 0 && <span className={classes.muted}> +{otherUnits(row)}</span>}</span> },
  { id: 'provider', head: 'Provider', name: 'Provider', min: 80, grow: 0.5, sortBy: (row) => row.provider, cell: (row) => (row.provider === null ? <span className={classes.muted}>any</span> : <InertName text={row.provider} most={40} />) },
  unitColumn('input', 'Input'), unitColumn('output', 'Output'), unitColumn('cache_read', 'Read'), unitColumn('cache_write', 'Write'),
  { id: 'from', head: 'Holds from', name: 'First day on which it holds', min: 88, grow: 0.2, end: true, first: 'down', sortBy: (row) => row.from, cell: (row) => <span className={classes.muted}>{row.from === null ? 'always' : dayAndYear(row.from)}</span> },
  { id: 'origin', head: 'Origin', name: 'Origin', min: 84, grow: 0.2, sortBy: (row) => row.origin, cell: (row) => <span className={row.origin === 'bundled' ? classes.muted : classes.strong}>{originWords[row.origin]}</span> },
];

function Bar({ text, usedOnly, origin }: { text: string; usedOnly: boolean; origin: 'bundled' | 'own' | null }) {
  return (
    <div className={classes.bar}>
      <SearchField value={text} onChange={(next) => setParams({ q: next === '' ? null : next.slice(0, 200) })} placeholder="Model, provider, source" label="Filter prices" width={200} />
      <Chip label="Used only" on={usedOnly} onToggle={() => usedOnlyStored.set(!usedOnly)} />
      <ChoiceChip label="Origin" value={origin} options={[{ value: 'bundled', label: 'Bundled' }, { value: 'own', label: 'Typed or imported' }]} onChange={(value) => setParams({ origin: value })} />
      <span className={classes.barEnd}>
        <Changes>
          <Button onClick={() => setParams({ import: '1' })} rightSection={<Kbd keys="m" />}>Import prices…</Button>
          <Button onClick={() => setParams({ price: 'new' })} rightSection={<Kbd keys="n" />}>Add a price…</Button>
        </Changes>
      </span>
    </div>
  );
}

/** While history is computed anew: how far, and that figures move meanwhile. */
function Progress({ book }: { book: PriceBook | undefined }) {
  const { repricing } = book ?? {};
  if (repricing === undefined || repricing === null) return null;
  const share = repricing.of === 0 ? 1 : repricing.done / repricing.of;
  return (
    <div className={classes.progress} role="status">
      <span>Computing history anew: {formatCount(repricing.done)} of {plural(repricing.of, 'activity', 'activities')}, {formatPercent(share)}. Figures change until it is done.</span>
      <progress max={Math.max(1, repricing.of)} value={repricing.done} aria-label="History computed anew" />
    </div>
  );
}

function List({ rows, total, filtered, stale, more }: { rows: readonly Row[]; total: number; filtered: boolean; stale: boolean; more: (() => void) | null }) {
  const { params } = usePlace();
  const sort = sortStored.use();
  const usedOnly = usedOnlyStored.use();
  const detailShown = detailStored.use();
  // Only people change this list: what they add or remove is seen at once, in its place.
  const model = useDataTable({ rows, rowId: (row) => row.id, columns, hidden: [], sort, scope: `${params['q'] ?? ''} ${params['origin'] ?? ''} ${String(usedOnly)} ${String(stale)} ${rows.length}` });
  const chosen = model.rows.find((row) => row.id === params['entry']) ?? model.rows[0];
  const choose = (id: string | null): void => setParams({ entry: id });
  const move = (by: number) => (): void => choose(step(model.order, chosen?.id ?? null, by));
  const clear = (): void => { usedOnlyStored.set(false); setParams({ q: null, origin: null }); };
  const edit = (): void => { if (chosen !== undefined) setParams({ price: chosen.id }); };
  useKeys('Prices', [
    { keys: 'j', does: 'next price', run: move(1) }, { keys: 'k', does: 'price before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'change or override the price', changes: true, run: edit }, { keys: 'n', does: 'add a price', changes: true, run: () => setParams({ price: 'new' }) }, { keys: 'm', does: 'import prices', changes: true, run: () => setParams({ import: '1' }) },
    { keys: 'u', does: 'only what was used, or all', run: () => usedOnlyStored.set(!usedOnly) },
    { keys: 'c', does: 'copy the price', run: () => { if (chosen !== undefined) void copyText(JSON.stringify(chosen, null, 2)).then((done) => announce(done ? 'Price copied' : 'Not copied: the system refused the clipboard')); } },
    { keys: 'escape', does: 'clear the filter', run: () => setParams({ q: null, origin: null }) },
  ]);
  const empty = filtered || usedOnly
    ? <Empty title={usedOnly && !filtered ? 'No price was used yet' : 'No price fits this filter'} why={usedOnly ? 'Only prices of models that were used are shown.' : 'A text or an origin is chosen.'} action={<Button onClick={clear}>Show the whole book</Button>} />
    : <Empty title="Prices will stand here" why="The book is empty." />;
  return (
    <>
      <div className={classes.listPanes}>
        <div className={classes.leftPane}>
          <h2 className="gh-visually-hidden">Price book</h2>
          <div className={classes.table}><DataTable label="Price book" model={model} sort={sort} onSort={sortStored.set} selectable={false} focused={chosen?.id ?? null} onFocus={choose} onOpen={(id) => setParams({ entry: id, price: id })} rowHeight={28} empty={empty} rowName={(row) => `${inertString(row.model, 60)}, ${inertString(row.provider ?? 'any provider', 40)}, ${originWords[row.origin]}`} /></div>
        </div>
        {detailShown && chosen !== undefined && <aside className={classes.rightPane} aria-label="Price" data-region tabIndex={-1}><PricePane key={chosen.id} entry={chosen} /></aside>}
      </div>
      <div className={classes.under}>
        <span>{formatCount(rows.length)} of {plural(total, 'price')} shown, per million tokens; read and write: of the cache. +n: further units or steps.</span>
        {more !== null && <button type="button" className={classes.linkButton} onClick={more}>More prices</button>}
        <KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'change', changes: true }, { keys: ['u'], does: 'used only' }]} />
      </div>
    </>
  );
}

export function PricesTab() {
  const { params } = usePlace();
  const usedOnly = usedOnlyStored.use();
  const text = (params['q'] ?? '').trim();
  const origin = params['origin'] === 'bundled' || params['origin'] === 'own' ? params['origin'] : null;
  const book = useQuery({ ...priceQueries.book(), refetchInterval: (query) => (query.state.data?.repricing ? 1_000 : false) });
  const query = useInfiniteQuery(priceQueries.list({ usedOnly, limit: 1000, ...(text === '' ? {} : { text }), ...(origin === null ? {} : { origin }) }));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const total = query.data?.pages[0]?.total;
  const { price } = params;
  return (
    <>
      <Progress book={book.data} />
      <UnpricedPanel />
      <Bar text={params['q'] ?? ''} usedOnly={usedOnly} origin={origin} />
      {query.error !== null && <ErrorBlock error={query.error} what="The prices could not be read." retry={() => { void query.refetch(); }} staleSince={total === undefined ? undefined : query.dataUpdatedAt} />}
      {total === undefined ? query.error === null && <Loading what="Reading prices" rows={12} height={28} /> : <List rows={rows} total={total} filtered={text !== '' || origin !== null} stale={query.isPlaceholderData} more={query.hasNextPage ? () => { void query.fetchNextPage(); } : null} />}
      {book.data !== undefined && <p className={classes.bookLine}>Bundled: {book.data.bundled.source} {book.data.bundled.version} of {dayAndYear(book.data.bundled.date)}, {plural(book.data.bundled.entries, 'price')}. Typed or imported: {formatCount(book.data.own)}; they count before bundled ones.</p>}
      {price !== undefined && <PriceDialog id={price === 'new' ? null : price} onClose={() => setParams({ price: null })} />}
      {params['import'] === '1' && <PriceImportDialog onClose={() => setParams({ import: null })} />}
    </>
  );
}
