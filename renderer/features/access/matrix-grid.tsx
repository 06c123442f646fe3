/**
 * Holders by columns, one tab stop, arrow keys inside. Rows are drawn as they come into sight; columns come in pages, so
 * that a grid never holds more than a person can scroll through.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, type CSSProperties, type KeyboardEvent, type RefObject } from 'react';
import type { AccessColumn, AccessRow } from '../../../shared/access.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { StateShape, stateTone, stateWord, type State } from '../../ui/state-shapes.tsx';
import { cellName, columnTitle, headWord, identityStates, undoWords } from './access-words.ts';
import { CellShape, UndoMark } from './cell-shape.tsx';
import { cellsOf, headSize, moved, startsGroup, type Spot } from './matrix-model.ts';
import classes from './matrix.module.css';

const rowHeight = 27;
/** Names are not cut: longer ones take two lines in the height of one. */
const longName = 20;

interface MatrixGridProps {
  columns: readonly AccessColumn[];
  rows: readonly AccessRow[];
  /** of all pages of rows. */
  total: number;
  spot: Spot | null;
  /** somebody chose the spot: it is brought into sight. */
  chosen: boolean;
  onSpot: (spot: Spot) => void;
  onOpen: (row: AccessRow) => void;
  /** the last row that is here came into sight. */
  onEnd: () => void;
}

interface RowActs { spot: (spot: Spot) => void; open: (row: AccessRow) => void }

function Name({ row, index, here, tabbable, roomy, acts }: { row: AccessRow; index: number; here: boolean; tabbable: boolean; roomy: boolean; acts: RefObject<RowActs> }) {
  const identity: State = row.holder === 'connection' ? 'shared' : identityStates[row.identity] ?? 'unknown';
  const tone = stateTone(identity);
  const word = row.holder === 'connection' ? 'everybody with this credential' : stateWord(identity).toLowerCase();
  return (
    <div
      role="rowheader" data-spot={`${index}:-1`} tabIndex={tabbable ? 0 : -1} className={`${classes.name} ${here ? classes.here : ''}`} data-tip={`${inertString(row.name, 120)}, ${word}`}
      onFocus={() => acts.current.spot({ row: index, column: -1 })} onDoubleClick={() => acts.current.open(row)}
    >
      <span className={`${classes.mark} ${tone === 'wait' ? classes.nameWait : tone === 'quiet' ? classes.nameQuiet : ''}`}><StateShape state={identity} /></span>
      <span className={`${classes.words} ${!roomy && row.name.length > longName ? classes.longName : ''}`}><InertName text={row.name} most={60} /></span>
      <span className={roomy ? classes.findings : 'gh-visually-hidden'}>{word}{row.findings > 0 && `, ${plural(row.findings, 'finding')}`}</span>
    </div>
  );
}

interface CellProps { row: AccessRow; index: number; at: number; column: AccessColumn; group: boolean; here: boolean; tabbable: boolean; cell: AccessRow['cells'][number] | undefined; acts: RefObject<RowActs> }

function Cell({ row, index, at, column, group, here, tabbable, cell, acts }: CellProps) {
  const name = `${inertString(row.name, 60)}, ${inertString(columnTitle(column), 100)}: ${cell === undefined && row.notSeen !== null ? 'not seen' : cellName(cell)}`;
  return (
    <div
      role="gridcell" aria-colindex={at + 2} aria-label={name} data-spot={`${index}:${at}`} tabIndex={tabbable ? 0 : -1} data-tip={name} aria-selected={here}
      className={`${classes.cell} ${group ? classes.group : ''} ${here ? classes.here : ''}`} onFocus={() => acts.current.spot({ row: index, column: at })}
    >
      {(cell !== undefined || row.notSeen === null) && <span className={row.notSeen === null ? undefined : classes.unseenCell}><CellShape state={cell?.state ?? 'none'} /></span>}
    </div>
  );
}

interface RowProps { row: AccessRow; index: number; top: number; columns: readonly AccessColumn[]; groups: readonly boolean[]; roomy: boolean; /** where the grid's spot is in this row; null: elsewhere. */ hereAt: number | null; /** which cell of this row a tab leads to; null: none. */ tabAt: number | null; acts: RefObject<RowActs> }

const Row = memo(function Row({ row, index, top, columns, groups, roomy, hereAt, tabAt, acts }: RowProps) {
  const cells = useMemo(() => cellsOf(row), [row]);
  return (
    <div role="row" aria-rowindex={index + 2} data-holder={row.id} className={`${classes.row} ${hereAt === null ? '' : classes.chosen}`} style={{ transform: `translateY(${top}px)` }}>
      <Name row={row} index={index} here={hereAt === -1} tabbable={tabAt === -1} roomy={roomy} acts={acts} />
      {row.notSeen !== null && <span className={classes.unseenRow} aria-hidden="true" />}
      {columns.map((column, at) => <Cell key={column.id} row={row} index={index} at={at} column={column} group={groups[at] === true && row.notSeen === null} here={hereAt === at} tabbable={tabAt === at} cell={cells.get(at)} acts={acts} />)}
      <div role="gridcell" aria-colindex={columns.length + 2} className={`${classes.used} ${row.used === 0 ? classes.zero : ''}`} data-tip={row.notSeen === null ? `${formatCount(row.used)} of ${plural(row.held, 'grant')} used` : inertString(row.notSeen, 200)}>
        {row.notSeen === null ? <span aria-hidden="true">{`${formatCount(row.used)}/${formatCount(row.held)}`}</span> : <span aria-hidden="true" className={classes.unseenUse}><span className={classes.unseenBoxed} />/{formatCount(row.held)}</span>}
        <span className="gh-visually-hidden">{row.notSeen === null ? `${formatCount(row.used)} of ${plural(row.held, 'grant')} used` : `${plural(row.held, 'grant')}, ${inertString(row.notSeen, 200)}`}</span>
      </div>
    </div>
  );
});

/** The last names lean over the edge: they end before it. */
const leanRoom = (after: number): number => Math.floor((after * 26 + 60) / Math.cos((58 * Math.PI) / 180));

function ColumnHead({ column, at, after }: { column: AccessColumn; at: number; /** columns behind it. */ after: number }) {
  const undo = undoWords[column.reversibility];
  const title = columnTitle(column);
  return (
    <div role="columnheader" aria-colindex={at + 2} aria-label={`${inertString(title, 120)}, ${undo.word}`} className={classes.columnHead}>
      <span className={`${classes.slant} ${undo.mark === 'full' ? classes.lasting : ''}`} style={after < 3 ? { maxWidth: leanRoom(after) } : undefined} data-tip={`${inertString(title, 200)}: ${undo.word}, ${plural(column.agents, 'holder')}`}>
        {column.resource !== null && <span className={classes.resource}><InertName text={column.resource} most={40} /></span>}
        <span className={`${classes.class} ${column.resource === null ? classes.whole : ''}`}>{column.resource === null ? title : headWord(column.class)}</span>
        <UndoMark mark={undo.mark} />
      </span>
    </div>
  );
}

const keyWithModifier = (event: KeyboardEvent): string => `${event.ctrlKey || event.metaKey ? 'mod+' : ''}${event.key}`;

/** Brings the spot into sight; the real focus follows only when it stands in the grid already. */
function useSpotInSight(scroller: RefObject<HTMLDivElement | null>, spot: Spot | null, scrollToRow: (index: number) => void): void {
  const latest = useRef(scrollToRow);
  useLayoutEffect(() => { latest.current = scrollToRow; });
  const row = spot?.row ?? null;
  const column = spot?.column ?? null;
  useEffect(() => {
    if (row === null || column === null) return undefined;
    latest.current(row);
    const frame = requestAnimationFrame(() => {
      const cell = scroller.current?.querySelector<HTMLElement>(`[data-spot="${row}:${column}"]`);
      if (cell === undefined || cell === null) return;
      if (scroller.current?.contains(document.activeElement) === true && document.activeElement !== cell) cell.focus({ preventScroll: true });
      cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
    return () => cancelAnimationFrame(frame);
  }, [row, column, scroller]);
}

export function MatrixGrid({ columns, rows, total, spot, chosen, onSpot, onOpen, onEnd }: MatrixGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const acts = useRef<RowActs>({ spot: onSpot, open: onOpen });
  useLayoutEffect(() => { acts.current = { spot: onSpot, open: onOpen }; });
  const head = useMemo(() => headSize(columns), [columns]);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 6, scrollPaddingEnd: head.height + 8 });
  useSpotInSight(scroller, chosen ? spot : null, (index) => virtual.scrollToIndex(index));
  const groups = useMemo(() => columns.map((_column, at) => startsGroup(columns, at)), [columns]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => { if (rows.length > 0 && last >= rows.length - 5) onEnd(); }, [last, rows.length, onEnd]);
  const tab = spot ?? { row: items[0]?.index ?? 0, column: -1 };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.shiftKey) return;
    const row = rows[tab.row];
    if (event.key === 'Enter' && row !== undefined) {
      event.preventDefault();
      onOpen(row);
      return;
    }
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - head.height) / rowHeight) - 1);
    const next = moved(tab, keyWithModifier(event), { rows: rows.length, columns: columns.length, page });
    if (next === null) return;
    event.preventDefault();
    onSpot(next);
  };
  return (
    <div ref={scroller} className={classes.scroller} style={{ '--head': `${head.height}px`, '--slant': `${head.slant}px` } as CSSProperties}>
      <div role="grid" tabIndex={-1} aria-label="What agents may touch" aria-rowcount={total + 1} aria-colcount={columns.length + 2} className={classes.grid} style={{ '--columns': columns.length } as CSSProperties} onKeyDown={onKeyDown}>
        <div role="row" aria-rowindex={1} className={classes.head}>
          <div role="columnheader" aria-colindex={1} className={classes.corner}>Agent</div>
          {columns.map((column, at) => <ColumnHead key={column.id} column={column} at={at} after={columns.length - 1 - at} />)}
          <div role="columnheader" aria-colindex={columns.length + 2} className={classes.usedHead}><span>used</span></div>
        </div>
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return <Row key={row.id} row={row} index={item.index} top={item.start} columns={columns} groups={groups} roomy={columns.length <= 12} hereAt={spot?.row === item.index ? spot.column : null} tabAt={tab.row === item.index ? tab.column : null} acts={acts} />;
          })}
        </div>
      </div>
    </div>
  );
}
