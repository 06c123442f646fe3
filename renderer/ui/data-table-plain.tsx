import { useEffect, useRef, useState, type ReactNode } from 'react';
import classes from './data-table.module.css';

export interface PlainColumn<T> {
  id: string;
  head: ReactNode;
  end?: boolean;
  /** wraps, for sentences. */
  wide?: boolean;
  /** takes what is left and ends with an ellipsis. */
  line?: boolean;
  cell: (row: T, index: number) => ReactNode;
}

interface PlainTableProps<T> {
  label: string;
  rows: readonly T[];
  rowId: (row: T) => string;
  columns: readonly PlainColumn<T>[];
}

/** A short table that says everything at once: connections, tools, models, a chart as figures. The first column names its row. */
export function PlainTable<T>({ label, rows, rowId, columns }: PlainTableProps<T>) {
  const className = (column: PlainColumn<T>): string => `${column.end === true ? classes.num : ''} ${column.wide === true ? classes.wide : ''} ${column.line === true ? classes.line : ''}`;
  const frame = useRef<HTMLDivElement>(null);
  const wide = useTooWide(frame);
  return (
    <div ref={frame} className={classes.sideways} {...(wide ? { tabIndex: 0, role: 'group', 'aria-label': `${label}, scrolls sideways` } : {})}>
      <table className={classes.plain} aria-label={label}>
        <thead><tr>{columns.map((column) => <th key={column.id} scope="col" className={className(column)}>{column.head}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, rowIndex) => (
            <tr key={rowId(row)}>
              {columns.map((column, index) => (index === 0
                ? <th key={column.id} scope="row" className={className(column)}>{column.cell(row, rowIndex)}</th>
                : <td key={column.id} className={className(column)}>{column.cell(row, rowIndex)}</td>))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Only a table that does not fit is a stop for the keyboard: there the arrow keys move it. */
function useTooWide(frame: { current: HTMLDivElement | null }): boolean {
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth + 1));
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [frame]);
  return wide;
}
