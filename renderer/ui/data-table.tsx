/**
 * A dense table of any length: TanStack Table sorts and hides columns, TanStack Virtual draws only what is seen.
 * A grid with one tab stop; the keys themselves are the screen's, so that they work wherever the focus stands.
 */
import { columnVisibilityFeature, createSortedRowModel, rowSortingFeature, tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState, type CSSProperties, type ReactNode, type RefObject } from 'react';
import { holdOrder } from './data-table-order.ts';
import classes from './data-table.module.css';

export interface DataColumn<T> {
  id: string;
  /** in the head; units stand here. */
  head: ReactNode;
  /** plain words, for the column chooser and screen readers. */
  name: string;
  /** narrowest width in pixels, and its share of what is left. */
  min: number;
  grow?: number;
  end?: boolean;
  /** what it sorts by; null goes last either way. Columns without one do not sort. */
  sortBy?: (row: T) => string | number | null;
  /** which way a first press sorts. */
  first?: 'up' | 'down';
  cell: (row: T) => ReactNode;
  /** the name column: never hidden, and stays in place when the table scrolls sideways. */
  fixed?: boolean;
}

export interface TableSort { id: string; down: boolean }

const features = tableFeatures({ rowSortingFeature, columnVisibilityFeature, sortedRowModel: createSortedRowModel() });
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const compare = (a: unknown, b: unknown): number => (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b)));

export interface DataTableModel<T> {
  rows: readonly T[];
  order: readonly string[];
  columns: readonly DataColumn<T>[];
  waiting: number;
  moved: boolean;
  /** brings the order up to date: "12 new, press .". */
  release: () => void;
}

interface ModelInput<T> {
  rows: readonly T[];
  rowId: (row: T) => string;
  columns: readonly DataColumn<T>[];
  hidden: readonly string[];
  sort: TableSort;
  /** when this changes (a filter, a search), the order is made anew. */
  scope: string;
}

export function useDataTable<T extends object>({ rows, rowId, columns, hidden, sort, scope }: ModelInput<T>): DataTableModel<T> {
  const defs = useMemo((): ColumnDef<typeof features, T>[] => columns.map((column) => ({
    id: column.id,
    accessorFn: (row: T) => column.sortBy?.(row) ?? undefined,
    enableSorting: column.sortBy !== undefined,
    sortUndefined: 'last',
    sortFn: (a, b, id) => compare(a.getValue(id), b.getValue(id)),
  })), [columns]);
  const sorting = useMemo(() => [{ id: sort.id, desc: sort.down }], [sort.id, sort.down]);
  const columnVisibility = useMemo(() => Object.fromEntries(hidden.map((id) => [id, false])), [hidden]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({ features, columns: defs, data, getRowId: rowId, state: { sorting, columnVisibility } });
  const sorted = table.getRowModel().rows;
  const key = `${scope}|${sort.id}|${String(sort.down)}`;
  const [held, setHeld] = useState<{ key: string; order: readonly string[] } | null>(null);
  const sortedIds = useMemo(() => sorted.map((row) => row.id), [sorted]);
  // The order of a new sort or filter is the first one that has rows; an empty answer on the way holds nothing.
  if (sortedIds.length > 0 && held?.key !== key) setHeld({ key, order: sortedIds });
  const holding = useMemo(() => holdOrder(held?.key === key ? held.order : null, sortedIds), [held, key, sortedIds]);
  const drawn = useMemo(() => {
    const byId = new Map(sorted.map((row) => [row.id, row.original]));
    return holding.order.flatMap((id) => byId.get(id) ?? []);
  }, [sorted, holding]);
  const visible = table.getVisibleLeafColumns().map((column) => column.id).join(' ');
  const shownColumns = useMemo(() => columns.filter((column) => visible.split(' ').includes(column.id)), [columns, visible]);
  return { rows: drawn, order: holding.order, columns: shownColumns, waiting: holding.waiting.length, moved: holding.moved, release: () => setHeld({ key, order: sortedIds }) };
}

interface DataTableProps<T> {
  label: string;
  model: DataTableModel<T>;
  sort: TableSort;
  onSort: (sort: TableSort) => void;
  /** false: rows are only walked and opened. */
  selectable?: boolean;
  selected?: ReadonlySet<string>;
  onSelect?: (id: string) => void;
  onSelectAll?: () => void;
  focused: string | null;
  onFocus: (id: string) => void;
  onOpen: (id: string) => void;
  rowHeight?: number;
  /** said for a row by a screen reader, after "row 3 of 41". */
  rowName: (row: T) => string;
  /** instead of rows: a filter with no rows, or nothing yet. */
  empty?: ReactNode;
  /** stays below the rows, whatever they are sorted by: their sum. */
  last?: { row: T; name: string } | undefined;
}

interface RowProps<T> {
  row: T; id: string; index: number; count: number; top: number; height: number; columns: readonly DataColumn<T>[]; name: string;
  selectable: boolean; selected: boolean; focused: boolean; tabbable: boolean; acts: RefObject<RowActs>;
}
interface RowActs { select: (id: string) => void; focus: (id: string) => void; open: (id: string) => void }

function PlainRow<T>({ row, id, index, count, top, height, columns, name, selectable, selected, focused, tabbable, acts }: RowProps<T>) {
  return (
    <div
      role="row" data-row={id} className={`${classes.row} ${selected ? classes.selected : ''} ${focused ? classes.focused : ''}`}
      style={{ height, transform: `translateY(${top}px)` }} tabIndex={tabbable ? 0 : -1} aria-rowindex={index + 2} aria-selected={selectable ? selected : focused}
      aria-label={`Row ${index + 1} of ${count}, ${name}`} onClick={() => acts.current.focus(id)} onDoubleClick={() => acts.current.open(id)}
      onFocus={(event) => { if (event.target === event.currentTarget) acts.current.focus(id); }}
    >
      {selectable && (
        <div role="gridcell" className={classes.tick}>
          <input type="checkbox" className={classes.box} checked={selected} tabIndex={-1} aria-label={`Select ${name}`} onClick={(event) => event.stopPropagation()} onChange={() => acts.current.select(id)} />
        </div>
      )}
      {columns.map((column) => <div role="gridcell" key={column.id} className={`${classes.cell} ${column.end === true ? classes.end : ''} ${column.fixed === true ? classes.fixed : ''}`}>{column.cell(row)}</div>)}
    </div>
  );
}
const Row = memo(PlainRow) as typeof PlainRow;

function Head<T>({ columns, sort, onSort, selectable, allSelected, someSelected, onSelectAll }: { columns: readonly DataColumn<T>[]; sort: TableSort; onSort: (sort: TableSort) => void; selectable: boolean; allSelected: boolean; someSelected: boolean; onSelectAll: () => void }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => { if (box.current !== null) box.current.indeterminate = someSelected && !allSelected; }, [someSelected, allSelected]);
  return (
    <div role="row" className={classes.head} aria-rowindex={1}>
      {selectable && <div role="columnheader" className={classes.tick}><input ref={box} type="checkbox" className={classes.box} checked={allSelected} onChange={onSelectAll} aria-label="Select all rows shown" /></div>}
      {columns.map((column) => {
        const sorted = sort.id === column.id;
        const common = `${classes.headCell} ${column.end === true ? classes.end : ''} ${column.fixed === true ? classes.fixed : ''}`;
        if (column.sortBy === undefined) return <div role="columnheader" key={column.id} className={common}>{column.head}</div>;
        const next: TableSort = { id: column.id, down: sorted ? !sort.down : column.first === 'down' };
        return (
          <div role="columnheader" key={column.id} className={common} aria-sort={sorted ? (sort.down ? 'descending' : 'ascending') : 'none'}>
            <button type="button" className={classes.sort} onClick={() => onSort(next)}>{column.head}{sorted && <span aria-hidden="true">{sort.down ? ' ↓' : ' ↑'}</span>}</button>
          </div>
        );
      })}
    </div>
  );
}

const boxWidth = 32;
const nothingSelected: ReadonlySet<string> = new Set();
const doNothing = (): void => undefined;

export function DataTable<T extends object>({ label, model, sort, onSort, selectable = true, selected = nothingSelected, onSelect = doNothing, onSelectAll = doNothing, focused, onFocus, onOpen, rowHeight = 32, rowName, empty, last }: DataTableProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const acts = useRef<RowActs>({ select: onSelect, focus: onFocus, open: onOpen });
  useLayoutEffect(() => { acts.current = { select: onSelect, focus: onFocus, open: onOpen }; });
  const { rows, order, columns } = model;
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 8, scrollPaddingEnd: 28 });
  useFocusedRow(scroller, focused, order, (index) => virtual.scrollToIndex(index));
  const template = `${selectable ? `${boxWidth}px ` : ''}${columns.map((column) => `minmax(${column.min}px, ${column.grow ?? 1}fr)`).join(' ')}`;
  const narrowest = columns.reduce((sum, column) => sum + column.min, selectable ? boxWidth : 0);
  const items = virtual.getVirtualItems();
  const tabStop = focused !== null && order.includes(focused) ? focused : order[items[0]?.index ?? 0];
  const chosenHere = order.filter((id) => selected.has(id)).length;
  return (
    <div ref={scroller} className={classes.scroller} data-table>
      <div role="grid" aria-label={label} aria-rowcount={rows.length + (last === undefined ? 1 : 2)} aria-multiselectable={selectable} className={classes.grid} style={{ '--columns': template, minWidth: narrowest } as CSSProperties}>
        <Head columns={columns} sort={sort} onSort={onSort} selectable={selectable} allSelected={chosenHere > 0 && chosenHere === order.length} someSelected={chosenHere > 0} onSelectAll={onSelectAll} />
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            const id = order[item.index];
            if (row === undefined || id === undefined) return null;
            return <Row key={id} row={row} id={id} index={item.index} count={rows.length} top={item.start} height={rowHeight} columns={columns} name={rowName(row)} selectable={selectable} selected={selected.has(id)} focused={focused === id} tabbable={tabStop === id} acts={acts} />;
          })}
        </div>
        {last !== undefined && rows.length > 0 && (
          <div role="rowgroup" className={classes.last}>
            <div role="row" className={classes.lastRow} style={{ height: rowHeight }} aria-rowindex={rows.length + 2} aria-label={last.name}>
              {selectable && <div role="gridcell" className={classes.tick} aria-label="cannot be selected" />}
              {columns.map((column) => <div role="gridcell" key={column.id} className={`${classes.cell} ${column.end === true ? classes.end : ''} ${column.fixed === true ? classes.fixed : ''}`}>{column.cell(last.row)}</div>)}
            </div>
          </div>
        )}
      </div>
      {rows.length === 0 && empty}
    </div>
  );
}

/** Brings the focused row into view and gives it the real focus, unless somebody is typing or works elsewhere. */
function useFocusedRow(scroller: RefObject<HTMLDivElement | null>, focused: string | null, order: readonly string[], scrollTo: (index: number) => void): void {
  const latest = useRef({ order, scrollTo });
  useLayoutEffect(() => { latest.current = { order, scrollTo }; });
  useEffect(() => {
    if (focused === null) return undefined;
    const index = latest.current.order.indexOf(focused);
    if (index >= 0) latest.current.scrollTo(index);
    const frame = requestAnimationFrame(() => {
      const row = [...(scroller.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].find((element) => element.dataset['row'] === focused);
      const active = document.activeElement;
      if (row !== undefined && !row.contains(active) && (active === null || active === document.body || active.matches('main, [data-row]'))) row.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [focused, scroller]);
}
