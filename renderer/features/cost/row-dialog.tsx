/** One row over time: cost per finished task day by day with the days on which a version was first seen, and how its money is known. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { CostGroup, CostRow, MoneyBySide } from '../../../shared/cost.ts';
import { costQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { askedPeriod, usePeriod } from '../../app/period.ts';
import { inertString } from '../../ui/agent-text.ts';
import { FromQuery } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, formatMoney, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { ProvenanceLetter } from '../../ui/money.tsx';
import { behind, behindHash } from './behind.ts';
import { knownWords, noFigureWords, outcomeLines, outcomeWords, rangeWords, rowAsText, rowName, wholePercent } from './cost-model.ts';
import classes from './cost.module.css';

const TrendChart = lazy(async () => ({ default: (await import('./trend-chart.tsx')).TrendChart }));

const sides = [['billed', 'billedMicros'], ['reported', 'reportedMicros'], ['computed', 'computedMicros']] as const;

/** The three sides beside each other, whichever of them is shown. */
function Sides({ money }: { money: MoneyBySide }) {
  return (
    <dl className={classes.sides}>
      {sides.map(([side, key]) => <div key={side}><dt><ProvenanceLetter provenance={side} /> {side}</dt><dd>{money[key] === null ? <span className={classes.muted}>none</span> : formatMoney(money[key])}</dd></div>)}
      <div><dt><ProvenanceLetter provenance="unpriced" /> without a price</dt><dd>{money.unpriced === 0 ? <span className={classes.zero}>0</span> : plural(money.unpriced, 'activity', 'activities')}</dd></div>
    </dl>
  );
}

function Trend({ row, by }: { row: CostRow; by: CostGroup }) {
  const { end } = usePeriod();
  const [asTable, setAsTable] = useState(false);
  useKeys('Over time', [{ keys: 't', does: 'chart as table', run: () => setAsTable(!asTable) }], { shuts: true });
  const query = useQuery(costQueries.trend(askedPeriod({ span: '30d', end }), { by, id: row.id }));
  return (
    <section className={classes.block}>
      <h3 className={classes.part}>Per finished task, day by day<button type="button" className={classes.toggle} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{asTable ? 'Chart' : 'Table'} <Kbd keys="t" /></button></h3>
      <FromQuery query={query} what="Reading its days" failed="Its days could not be read." rows={5}>
        {(data) => <Suspense fallback={<div style={{ height: 190 }} />}><TrendChart days={data.days} versions={data.versions} currency={row.money.shown.currency} asTable={asTable} /></Suspense>}
      </FromQuery>
    </section>
  );
}

export function RowDialog({ row, by, onClose }: { row: CostRow; by: CostGroup; onClose: () => void }) {
  const found = behind(row, by);
  const hash = behindHash(row, by);
  const { currency } = row.money.shown;
  return (
    <Dialog
      title="Cost over time" subject={inertString(rowName(row, by), 80)} width={820} onClose={onClose}
      foot={<><CopyButton value={rowAsText(row, by)} label="Copy the figures" text="Copy the figures" />{found !== null && hash !== null && <a className={classes.link} href={hash} data-autofocus>Open {found.words}</a>}</>}
    >
      <div className={classes.dialogBody}>
        <div className={classes.dialogFigure}>
          {row.perTaskMicros === null
            ? <span className={classes.noFigure}>{noFigureWords(row).replace('no figure: ', 'No figure: ')}</span>
            : <><span className={classes.figure}>{formatMoney(row.perTaskMicros)} <span className={classes.unit}>{currency}</span></span><span className={classes.muted}>{rangeWords(row)}, {plural(row.finished, 'task')} finished, {formatCount(row.failed)} failed{row.wasted === null ? '' : `, ${wholePercent(row.wasted)} wasted`}</span></>}
        </div>
        <Trend row={row} by={by} />
        <div className={classes.two}>
          <section className={classes.block}><h3 className={classes.part}>How it is known <span>{knownWords(row.money)}</span></h3><Sides money={row.money} /></section>
          <section className={classes.block}>
            <h3 className={classes.part}>Where it went <span>{currency}</span></h3>
            <dl className={classes.sides}>{outcomeLines(row.spent).map((line) => <div key={line.id}><dt data-tip={outcomeWords[line.id].says}>{outcomeWords[line.id].label}</dt><dd className={line.micros === 0 ? classes.zero : ''}>{line.micros === 0 ? '0' : formatMoney(line.micros)}</dd></div>)}</dl>
          </section>
        </div>
      </div>
    </Dialog>
  );
}
