/** What a draft would have done in the last 90 days, and how it would stand now: asked of the engine as the person types. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { BudgetDraft, BudgetPreview as Preview } from '../../../shared/budgets.ts';
import { budgetQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { formatMoney, plural } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { BudgetBar } from './budget-bar.tsx';
import { historyWords, usualWords, type ScopeKind } from './budget-form.ts';
import { canForecast, lookBadges, lookOf, periodWords, roomWords } from './budget-model.ts';
import { CannotStop, CountsNothing } from './budget-parts.tsx';
import classes from './cost.module.css';
import own from './budgets.module.css';

/** Letters that follow each other closely ask once. The name says nothing about money, so it asks nothing. */
function useSettled(draft: BudgetDraft | null, ms: number): BudgetDraft | null {
  const key = draft === null ? null : JSON.stringify({ ...draft, name: 'preview' });
  const [settled, setSettled] = useState(key);
  useEffect(() => {
    if (key === settled) return undefined;
    const timer = setTimeout(() => setSettled(key), ms);
    return () => clearTimeout(timer);
  }, [key, settled, ms]);
  return settled === null ? null : JSON.parse(settled) as BudgetDraft;
}

function History({ preview, draft }: { preview: Preview; draft: BudgetDraft }) {
  const limited = draft.softMicros !== null || draft.hardMicros !== null;
  return (
    <section className={classes.block}>
      <h3 className={classes.part}>The last 90 days</h3>
      <p className={own.sentence}>{historyWords(preview, draft)} {usualWords(preview, draft.currency)}</p>
      {!limited && preview.periods > 0 && <p className={classes.muted}>Type a limit to see how often it would have been reached.</p>}
    </section>
  );
}

function Now({ preview, draft }: { preview: Preview; draft: BudgetDraft }) {
  const { standing } = preview;
  const limited = draft.softMicros !== null || draft.hardMicros !== null;
  return (
    <section className={classes.block}>
      <h3 className={classes.part}>Now <span>{draft.per === 'task' ? 'the dearest task of the last 24 h' : `${periodWords[draft.per].now}, UTC`}</span></h3>
      <div className={own.figure}>
        <strong>{standing.unpriced > 0 && <span>at least </span>}{formatMoney(standing.spentMicros)} <span>{draft.currency}</span></strong>
        <span className={classes.muted}>{roomWords(draft, standing.spentMicros)}</span>
      </div>
      {limited && <BudgetBar limits={draft} standing={standing} large />}
      {limited && <StateBadge {...lookBadges[lookOf({ ...draft, standing })]} />}
      {canForecast(draft.per) && <p className={classes.muted}>{standing.forecastMicros === null ? 'Too little is known for a forecast.' : `Forecast ${formatMoney(standing.forecastMicros)}${standing.lowMicros === null || standing.highMicros === null ? '' : `, ${formatMoney(standing.lowMicros)} to ${formatMoney(standing.highMicros)}`} ${draft.currency}.`}</p>}
      {standing.agents === 0 && <p className={own.note}><StateShape state="attention" /><span>No agent is in its scope now.</span></p>}
      <CountsNothing standing={standing} currency={draft.currency} />
    </section>
  );
}

export function BudgetPreview({ draft, scope }: { draft: BudgetDraft | null; scope: ScopeKind }) {
  const settled = useSettled(draft, 300);
  const query = useQuery(budgetQueries.preview(settled));
  if (draft === null || settled === null) return <Empty title="What it would have done will stand here" why={scope === 'everything' ? 'The amounts or the currency cannot be read as they are typed.' : `The ${scope}, the amounts or the currency are missing or cannot be read.`} />;
  const preview = query.data;
  return (
    <>
      {query.error !== null && <ErrorBlock error={query.error} what="What it would have done could not be read." kept="The budget can be set without it." retry={() => { void query.refetch(); }} />}
      {preview === undefined ? query.error === null && <Loading what="Reading the last 90 days" rows={6} /> : (
        <>
          {preview.problems.map((problem) => <p key={problem} className={own.note}><StateShape state="attention" /><span>{inertString(problem, 300)}</span></p>)}
          <History preview={preview} draft={settled} />
          <Now preview={preview} draft={settled} />
          {settled.onHard === 'stop' && <CannotStop list={preview.cannotStop} more={preview.moreCannotStop} agents={preview.standing.agents} />}
          {settled.onHard === 'stop' && preview.cannotStop.length === 0 && preview.standing.agents > 0 && <p className={classes.muted}>A lever of this level is known for {preview.standing.agents === 1 ? 'its agent' : `each of its ${plural(preview.standing.agents, 'agent')}`}.</p>}
        </>
      )}
    </>
  );
}
