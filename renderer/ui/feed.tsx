/**
 * The live feed: newest on top, rows of one height, only those in sight drawn. It follows the newest while nobody looks
 * closer; once a row has the focus or the list was scrolled, what is in sight stays where it is.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useLayoutEffect, useRef, type CSSProperties, type ReactNode, type RefObject } from 'react';
import { formatCount } from './format.ts';
import { itemAt, positionOf, type FeedExtra } from './feed-items.ts';
import classes from './feed.module.css';

export interface FeedColumn<T> { id: string; head: string; end?: boolean; cell: (row: T) => ReactNode }

interface FeedProps<T extends { id: string }> {
  label: string;
  rows: readonly T[];
  extras: readonly FeedExtra[];
  columns: readonly FeedColumn<T>[];
  /** grid tracks of the columns. */
  template: string;
  rowName: (row: T) => string;
  focused: string | null;
  onFocus: (id: string) => void;
  onOpen: (row: T) => void;
  /** the newest is in sight and nobody looks closer. */
  onFollowing: (following: boolean) => void;
  scroller: RefObject<HTMLDivElement | null>;
  empty?: ReactNode;
}

const rowHeight = 26;
const headHeight = 28;

interface RowProps<T> { row: T; id: string; position: number; count: number; top: number; columns: readonly FeedColumn<T>[]; name: string; focused: boolean; tabbable: boolean; acts: RefObject<{ focus: (id: string) => void; open: (row: T) => void }> }

function PlainFeedRow<T>({ row, id, position, count, top, columns, name, focused, tabbable, acts }: RowProps<T>) {
  return (
    <div
      role="row" data-row={id} className={`${classes.row} ${focused ? classes.focused : ''}`} style={{ transform: `translateY(${top}px)` }} tabIndex={tabbable ? 0 : -1}
      aria-rowindex={position + 2} aria-selected={focused} aria-label={`Row ${position + 1} of ${count}, ${name}`}
      onClick={() => acts.current.focus(id)} onDoubleClick={() => acts.current.open(row)} onFocus={(event) => { if (event.target === event.currentTarget) acts.current.focus(id); }}
    >
      {columns.map((column) => <div role="gridcell" key={column.id} className={`${classes.cell} ${column.end === true ? classes.end : ''}`}>{column.cell(row)}</div>)}
    </div>
  );
}
const FeedRow = memo(PlainFeedRow) as typeof PlainFeedRow;

function ExtraRow({ extra, top }: { extra: FeedExtra; top: number }) {
  return (
    <div role="row" className={extra.kind === 'gap' ? classes.gap : classes.skipped} style={{ transform: `translateY(${top}px)` }}>
      <div role="gridcell" className={classes.extra}>{extra.kind === 'gap' ? <><strong>Not seen.</strong> {extra.text}</> : <><strong>{formatCount(extra.count)} more</strong> passed here faster than they were taken. They are in the history.</>}</div>
    </div>
  );
}

/** What is in sight stays in place when rows come above it. Measured in rows, since all are of one height. */
function useAnchor<T extends { id: string }>(scroller: RefObject<HTMLDivElement | null>, rows: readonly T[], following: boolean): void {
  const before = useRef<readonly T[]>(rows);
  useLayoutEffect(() => {
    const first = before.current[0];
    before.current = rows;
    const element = scroller.current;
    if (element === null || first === undefined) return;
    if (following) {
      if (element.scrollTop !== 0) element.scrollTo({ top: 0 });
      return;
    }
    if (rows[0]?.id === first.id) return;
    const added = rows.findIndex((row) => row.id === first.id);
    if (added > 0) element.scrollBy({ top: added * rowHeight });
  }, [rows, following, scroller]);
}

export function Feed<T extends { id: string }>({ label, rows, extras, columns, template, rowName, focused, onFocus, onOpen, onFollowing, scroller, empty }: FeedProps<T>) {
  const acts = useRef({ focus: onFocus, open: onOpen });
  useLayoutEffect(() => { acts.current = { focus: onFocus, open: onOpen }; });
  const count = rows.length + extras.length;
  const virtual = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 4, scrollPaddingEnd: headHeight });
  const atTop = (virtual.scrollOffset ?? 0) < rowHeight / 2;
  const following = focused === null && atTop;
  useAnchor(scroller, rows, following);
  useEffect(() => onFollowing(following), [following, onFollowing]);
  const row = focused === null ? -1 : rows.findIndex((one) => one.id === focused);
  useFocusedRow(scroller, focused, () => { if (row >= 0) virtual.scrollToIndex(positionOf(extras, row)); });
  const items = virtual.getVirtualItems();
  const stop = row >= 0 ? focused : (rows[0]?.id ?? null);
  return (
    <div ref={scroller} className={classes.scroller}>
      <div role="grid" aria-label={label} aria-rowcount={count + 1} className={classes.grid} style={{ '--columns': template } as CSSProperties}>
        <div role="row" className={classes.head}>{columns.map((column) => <div role="columnheader" key={column.id} className={`${classes.cell} ${column.end === true ? classes.end : ''}`}>{column.head}</div>)}</div>
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const at = itemAt(extras, item.index);
            if ('extra' in at) return <ExtraRow key={at.extra.id} extra={at.extra} top={item.start} />;
            const one = rows[at.row];
            // While it follows, elements stay and their text changes: at full rate every row is new four times a second, and
            // making elements costs more than filling them. A row that is looked at keeps its own element, and the focus.
            return one === undefined ? null : <FeedRow key={following ? item.index : one.id} row={one} id={one.id} position={item.index} count={count} top={item.start} columns={columns} name={rowName(one)} focused={one.id === focused} tabbable={one.id === stop} acts={acts} />;
          })}
        </div>
      </div>
      {count === 0 && empty}
    </div>
  );
}

/** Scrolls to a newly focused row and gives it the real focus; later updates leave the person alone. */
function useFocusedRow(scroller: RefObject<HTMLDivElement | null>, focused: string | null, scrollTo: () => void): void {
  const latest = useRef(scrollTo);
  useLayoutEffect(() => { latest.current = scrollTo; });
  useEffect(() => {
    if (focused === null) return undefined;
    latest.current();
    const frame = requestAnimationFrame(() => {
      const active = document.activeElement;
      if (active !== null && active !== document.body && !active.matches('main, [data-row]')) return;
      const row = [...(scroller.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].find((element) => element.dataset['row'] === focused);
      if (row !== undefined && row !== active) row.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [focused, scroller]);
}
