/** Cost: what work cost and how that is known, per finished task; the prices it is computed by; and bills beside our own sum. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { CostSummary } from '../../../shared/cost.ts';
import { budgetQueries, costQueries, systemQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { useAskedPeriod } from '../../app/period.ts';
import { ScreenHead } from '../../app/screen-head.tsx';
import { oneOf, stored } from '../../app/stored.ts';
import { formatCounter, formatPercent, plural } from '../../ui/format.ts';
import { Age } from '../../ui/time.tsx';
import { BudgetsTab } from './budgets-tab.tsx';
import { lookOf, monthBudgetLine } from './budget-model.ts';
import { costTabs, dayAndYear, headerLine, type CostTab } from './cost-model.ts';
import { PricesTab } from './prices-tab.tsx';
import { ReconciliationTab } from './reconciliation-tab.tsx';
import { SpendTab } from './spend-tab.tsx';
import classes from './cost.module.css';

const tabWords: Record<CostTab, string> = { spend: 'Spend', budgets: 'Budgets', prices: 'Prices', reconciliation: 'Reconciliation' };
const tabStored = stored<CostTab>('cost.tab', oneOf(costTabs), 'spend');

const show = (tab: CostTab): void => {
  tabStored.set(tab);
  go({ screen: 'cost', params: { tab } }, { replace: true });
};

function Tabs({ tab, summary, nothingSeen, over }: { tab: CostTab; summary: CostSummary | undefined; nothingSeen: boolean; over: number }) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = costTabs[(costTabs.indexOf(tab) + by + costTabs.length) % costTabs.length];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    show(next);
    list.current?.querySelector<HTMLElement>(`#cost-tab-${next}`)?.focus();
  };
  const unpriced = summary?.book.unpricedModels ?? 0;
  return (
    <div className={classes.tabs}>
      <div role="tablist" aria-label="Parts of cost" ref={list} className={classes.tabList}>
        {costTabs.map((one) => (
          <button key={one} type="button" role="tab" id={`cost-tab-${one}`} aria-selected={one === tab} aria-controls="cost-panel" tabIndex={one === tab ? 0 : -1} className={`${classes.tab} ${one === tab ? classes.tabOn : ''}`} onClick={() => show(one)} onKeyDown={onKeyDown}>
            {tabWords[one]}
            {one === 'budgets' && over > 0 && <span className={classes.tabCount}>{formatCounter(over)}<span className="gh-visually-hidden"> over a limit</span></span>}
            {one === 'prices' && unpriced > 0 && <span className={classes.tabCount}>{formatCounter(unpriced)}<span className="gh-visually-hidden"> without a price</span></span>}
          </button>
        ))}
      </div>
      {summary !== undefined && <BookLine summary={summary} nothingSeen={nothingSeen} />}
    </div>
  );
}

function BookLine({ summary, nothingSeen }: { summary: CostSummary; nothingSeen: boolean }) {
  const { book } = summary;
  return (
    <span className={classes.tabsAside}>
      {book.repricing !== null && <span className={classes.wait}>Computing history anew, {formatPercent(book.repricing.of === 0 ? 1 : book.repricing.done / book.repricing.of)}.</span>}
      <span>Price book of {dayAndYear(book.bundled.date)}, {nothingSeen ? 'no model was used yet' : book.unpricedModels === 0 ? 'every model used has a price' : `${plural(book.unpricedModels, 'model')} without price`}</span>
      <span>age <Age iso={summary.age} /></span>
    </span>
  );
}

export default function CostScreen() {
  const { params } = usePlace();
  const query = useQuery(costQueries.summary(useAskedPeriod()));
  const budgets = useQuery(budgetQueries.list()).data?.rows ?? [];
  const nothingSeen = useQuery(systemQueries.status()).data?.activities === 0;
  const before = tabStored.use();
  const tab = costTabs.find((one) => one === params['tab']) ?? before;
  const named = params['tab'] !== undefined;
  // The part that was shown last is named in the address: the header asks there whether a period means anything.
  useEffect(() => { if (!named) setParams({ tab }); }, [named, tab]);
  useKeys('Cost', costTabs.map((one, index) => ({ keys: String(index + 1), does: `tab ${tabWords[one]}`, run: () => show(one) })));
  return (
    <>
      <ScreenHead title="Cost" context={query.data === undefined ? undefined : <span>{nothingSeen ? headerLine(query.data, true) : monthBudgetLine(budgets, query.data) ?? headerLine(query.data)}</span>} />
      <Tabs tab={tab} summary={query.data} nothingSeen={nothingSeen} over={budgets.filter((one) => ['hard', 'soft'].includes(lookOf(one))).length} />
      <div role="tabpanel" id="cost-panel" aria-labelledby={`cost-tab-${tab}`} className={classes.tabPanel}>
        {tab === 'spend' && <SpendTab query={query} />}
        {tab === 'budgets' && <BudgetsTab />}
        {tab === 'prices' && <PricesTab />}
        {tab === 'reconciliation' && <ReconciliationTab />}
      </div>
    </>
  );
}
