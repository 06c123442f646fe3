/** The columns of the cost table. A figure that is not known is words, never a zero. */
import type { CostGroup, CostRow, MoneyBySide } from '../../../shared/cost.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { formatCount, formatMoney, plural } from '../../ui/format.ts';
import { ProvenanceLetter } from '../../ui/money.tsx';
import { behind, behindHash } from './behind.ts';
import { groupWords, knownShares, knownWords, muchChanged, muchWasted, noFigureWords, rangeWords, rowName, signedPercent, wholePercent } from './cost-model.ts';
import classes from './cost.module.css';

/** Identifier of the row below all others, which stands for them together. */
export const allRow = ' all';

const Count = ({ count }: { count: number }) => <span className={count === 0 ? classes.zero : ''}>{formatCount(count)}</span>;

/** Solid as billed, lighter as reported, dashed-outlined as computed; the words are one focus away. */
export function KnownBar({ money }: { money: MoneyBySide }) {
  const shares = knownShares(money);
  if (shares === null) return money.unpriced > 0 ? <span className={classes.unpriced} data-tip={knownWords(money)}>unpriced <ProvenanceLetter provenance="unpriced" /></span> : <span className={classes.muted}>nothing spent</span>;
  const width = (share: number): string => `${(share * 100).toFixed(2)}%`;
  return (
    <span className={classes.known} role="img" aria-label={knownWords(money)} data-tip={knownWords(money)}>
      {shares.billed > 0 && <span className={classes.knownBilled} style={{ width: width(shares.billed) }} />}
      {shares.reported > 0 && <span className={classes.knownReported} style={{ width: width(shares.reported) }} />}
      {shares.computed > 0 && <span className={classes.knownComputed} style={{ width: width(shares.computed) }} />}
    </span>
  );
}

/** Bar = best figure, whisker = low to high; an upper end that nobody can name ends in an arrow. */
export function PerTaskBar({ row, scale }: { row: Pick<CostRow, 'perTaskMicros' | 'lowMicros' | 'highMicros' | 'finished' | 'money'>; scale: number }) {
  if (row.perTaskMicros === null || scale <= 0) return <span className={classes.muted}>{noFigureWords(row)}</span>;
  const at = (micros: number): number => Math.min(100, (micros / scale) * 100);
  const low = at(row.lowMicros ?? row.perTaskMicros);
  const open = row.highMicros === null;
  const high = open ? Math.min(100, at(row.perTaskMicros) + 8) : at(row.highMicros ?? row.perTaskMicros);
  return (
    <span className={classes.perTaskBar} data-tip={`${formatMoney(row.perTaskMicros)}: ${rangeWords(row)}`}>
      <span className={classes.best} style={{ width: `${at(row.perTaskMicros).toFixed(2)}%` }} />
      {high - low > 0.3 && <span className={`${classes.whisker} ${open ? classes.openEnd : ''}`} style={{ left: `${low.toFixed(2)}%`, width: `${(high - low).toFixed(2)}%` }} />}
    </span>
  );
}

function Spend({ money }: { money: MoneyBySide }) {
  const { shown, unpriced } = money;
  if (shown.amountMicros === null) return unpriced > 0 ? <span className={classes.muted}>no price</span> : <span className={classes.zero}>–</span>;
  return <span data-tip={knownWords(money)}>{formatMoney(shown.amountMicros)}{unpriced > 0 && <> <ProvenanceLetter provenance="unpriced" /></>}</span>;
}

function Name({ row, by }: { row: CostRow; by: CostGroup }) {
  const hash = behindHash(row, by);
  const name = <InertName text={rowName(row, by)} most={60} />;
  if (hash === null || row.name.trim() === '') return <span className={row.name.trim() === '' ? classes.muted : classes.strong}>{name}</span>;
  return <a className={classes.name} href={hash} tabIndex={-1} data-tip={`Opens ${behind(row, by)?.words ?? ''}`}>{name}</a>;
}

export function costColumns(by: CostGroup, currency: string, scale: number): readonly DataColumn<CostRow>[] {
  return [
    { id: 'name', head: groupWords[by].one, name: groupWords[by].one, min: 190, grow: 1.8, fixed: true, sortBy: (row) => rowName(row, by), cell: (row) => (row.id === allRow ? row.name : <Name row={row} by={by} />) },
    { id: 'finished', head: 'Finished', name: 'Tasks finished', min: 76, grow: 0.2, end: true, first: 'down', sortBy: (row) => row.finished, cell: (row) => <span data-tip={row.open + row.unknown > 0 ? `${plural(row.open, 'task')} open, of ${formatCount(row.unknown)} the end is not known` : undefined}><Count count={row.finished} /></span> },
    { id: 'failed', head: 'Failed', name: 'Tasks failed', min: 62, grow: 0.2, end: true, first: 'down', sortBy: (row) => row.failed, cell: (row) => <Count count={row.failed} /> },
    { id: 'spend', head: `Spend ${currency}`, name: 'Spend', min: 100, grow: 0.3, end: true, first: 'down', sortBy: (row) => row.money.shown.amountMicros, cell: (row) => <Spend money={row.money} /> },
    { id: 'perTask', head: 'Per task', name: 'Cost per finished task', min: 84, grow: 0.2, end: true, first: 'down', sortBy: (row) => row.perTaskMicros, cell: (row) => (row.perTaskMicros === null ? <span className={classes.muted}>{row.money.shown.amountMicros === null && row.money.unpriced > 0 ? 'no price' : 'none'}</span> : <strong className={classes.perTaskFigure}>{formatMoney(row.perTaskMicros)}</strong>) },
    { id: 'bar', head: scale > 0 ? `0 to ${formatMoney(scale)} ${currency}, with error bar` : 'With error bar', name: 'Cost per finished task with its error', min: 150, grow: 1.4, cell: (row) => <PerTaskBar row={row} scale={scale} /> },
    { id: 'known', head: 'How known', name: 'How it is known', min: 98, grow: 0.4, cell: (row) => <KnownBar money={row.money} /> },
    { id: 'wasted', head: 'Wasted', name: 'Share that brought no finished task', min: 70, grow: 0.2, end: true, first: 'down', sortBy: (row) => row.wasted, cell: (row) => (row.wasted === null ? '' : <span className={muchWasted(row.wasted) ? classes.much : ''}>{wholePercent(row.wasted)}</span>) },
    { id: 'change', head: '14 d', name: 'Change against the 14 days before', min: 66, grow: 0.2, end: true, first: 'down', sortBy: (row) => row.change, cell: (row) => (row.change === null ? '' : <span className={muchChanged(row.change) ? classes.changed : classes.muted}>{signedPercent(row.change)}</span>) },
    { id: 'bill', head: 'Against bill', name: 'Known money against the bill', min: 86, grow: 0.2, end: true, first: 'down', sortBy: (row) => row.againstBill, cell: (row) => <span className={classes.muted}>{row.againstBill === null ? 'no bill' : signedPercent(row.againstBill, 1)}</span> },
  ];
}
