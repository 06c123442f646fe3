/** What one finished task costs, between what limits, against the fortnight before, and where the money went. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { CostSummary } from '../../../shared/cost.ts';
import { ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatCount, formatMoney, plural } from '../../ui/format.ts';
import { ProvenanceLetter } from '../../ui/money.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Age } from '../../ui/time.tsx';
import { costSortStored } from './cost-table.tsx';
import { besideTasks, decimalOf, knownWords, muchChanged, noFigureWords, outcomeLines, outcomeWords, rangeWords, signedPercent, type OutcomeLine } from './cost-model.ts';
import classes from './cost.module.css';

function Figure({ summary }: { summary: CostSummary }) {
  const { perTaskMicros, medianPerTaskMicros, currency, finished, money } = summary;
  const change = perTaskMicros === null || medianPerTaskMicros === null || medianPerTaskMicros === 0 ? null : perTaskMicros / medianPerTaskMicros - 1;
  if (perTaskMicros === null) return <p className={classes.noFigure}>{noFigureWords({ ...summary, money }).replace('no figure: ', 'No figure: ')}{finished === 0 ? '' : `. ${plural(finished, 'task')} finished`} in this period.</p>;
  return (
    <div className={classes.figureLine}>
      <div className={classes.figureLeft}>
        <span className={classes.figure} data-tip={knownWords(money)}>{money.unpriced > 0 && <span className={classes.atLeast}>at least </span>}{formatMoney(perTaskMicros)} <span className={classes.unit}>{currency}</span> <ProvenanceLetter provenance={money.shown.provenance} /><CopyButton value={`${decimalOf(perTaskMicros)} ${currency}`} label="Copy the cost of a finished task" className={classes.copy} /></span>
        <span className={classes.muted}>{rangeWords(summary)}, known spend over {formatCount(finished)} finished</span>
      </div>
      <div className={classes.figureRight}>
        {change !== null && <span className={muchChanged(change) ? classes.changed : classes.strong}>{signedPercent(change)}</span>}
        <span className={classes.muted}>{medianPerTaskMicros === null ? 'no 14-day median yet' : `14-day median ${formatMoney(medianPerTaskMicros)}`}</span>
      </div>
    </div>
  );
}

/** What was wasted leads to the rows that wasted it; all else to those that spent most. */
function Line({ line }: { line: OutcomeLine }) {
  const words = outcomeWords[line.id];
  const quiet = line.id === 'open' || line.id === 'unknown';
  return (
    <li>
      <button type="button" className={`${classes.outcome} ${quiet ? classes.muted : ''}`} data-tip={words.says} onClick={() => costSortStored.set({ id: line.waste ? 'wasted' : 'spend', down: true })}>
        <span>{words.label}</span>
        <span className={classes.track}><span className={line.waste ? classes.wasteBar : quiet ? classes.quietBar : classes.workBar} style={{ width: line.micros === 0 ? 0 : `max(2px, ${(line.share * 100).toFixed(2)}%)` }} /></span>
        <span className={line.micros === 0 ? classes.zero : ''}>{line.micros === 0 ? '0' : formatMoney(line.micros)}</span>
        <span className="gh-visually-hidden">, sorts the list below by {line.waste ? 'what was wasted' : 'spend'}</span>
      </button>
    </li>
  );
}

export function PerTaskPanel({ query, words }: { query: UseQueryResult<CostSummary>; words: string }) {
  const summary = query.data;
  const title = `Per finished task, ${words}`;
  if (summary === undefined) return <Panel title={title}>{query.error === null ? <Loading what="Reading cost" rows={6} /> : <ErrorBlock error={query.error} what="The cost could not be read." retry={() => { void query.refetch(); }} />}</Panel>;
  const { money, currency, others } = summary;
  const known = money.shown.amountMicros;
  const beside = besideTasks(summary);
  return (
    <Panel title={title} foot={<><span>Sub-agents are counted into their task</span><span>age <Age iso={summary.age} /></span>{others.length > 0 && <span>Not added: {others.map((one) => `${one.amountMicros === null ? 'unpriced' : formatMoney(one.amountMicros)} ${one.currency}`).join(', ')}</span>}</>}>
      {query.error !== null && <ErrorBlock error={query.error} what="The cost could not be read again." retry={() => { void query.refetch(); }} staleSince={query.dataUpdatedAt} />}
      <div className={classes.perTask}>
        <Figure summary={summary} />
        <span className={classes.small}>{known === null || (known === 0 && beside === null && money.unpriced === 0) ? (money.unpriced > 0 ? 'Nothing of it has a price' : 'Nothing was spent that we know of') : `Where ${money.unpriced > 0 ? 'at least ' : ''}${formatMoney((known ?? 0) - (beside ?? 0))} ${currency} went`}{beside !== null && <span data-tip="The days of the chart hold so much more or less: a bill names no tasks, and tasks from before still spent in them">, days {beside > 0 ? '+' : ''}{formatMoney(beside)}</span>}{money.unpriced > 0 && <span className={classes.wait} data-tip={`${plural(money.unpriced, 'activity', 'activities')} without a price: their cost is on top of this, and nobody knows how much`}>, {formatCount(money.unpriced)} unpriced</span>}</span>
        <ul className={classes.outcomes}>{outcomeLines(summary.spent).map((line) => <Line key={line.id} line={line} />)}</ul>
      </div>
    </Panel>
  );
}
