/** One budget whole: how it stands in its period, what it does at its limits, what reached them, and whom it cannot stop. */
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Budget, BudgetEvent } from '../../../shared/budgets.ts';
import { budgetQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { FromQuery } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { formatCount, formatElapsed, formatMoney, formatPercent, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { useClock } from '../../ui/now.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { levelSays, levelWords } from '../stop/stop-words.ts';
import { BudgetBar } from './budget-bar.tsx';
import { canForecast, eventWords, limitWords, lookBadges, lookOf, namedIn, outcomeOf, periodWords, roomWords } from './budget-model.ts';
import { CannotStop, CountsNothing } from './budget-parts.tsx';
import classes from './cost.module.css';
import own from './budgets.module.css';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function EndsIn({ iso }: { iso: string }) {
  return useClock((now: number) => { const left = Date.parse(iso) - now; return left <= 0 ? 'over' : `${formatElapsed(left)} left`; });
}

/** A budget per task has no period: it stands as its dearest task does. */
function PeriodNow({ budget }: { budget: Budget }) {
  const { from, to, taskId } = budget.standing;
  if (budget.per === 'task') return <>{taskId === null ? 'no task was active in the last 24 h' : 'the dearest task that was active in the last 24 h'}</>;
  if (from === null || to === null) return <>{periodWords[budget.per].now}</>;
  return <><Time iso={from} short /> to <Time iso={to} short />, <span className={own.whole}><EndsIn iso={to} /></span></>;
}

function Scope({ budget }: { budget: Budget }) {
  const { scope } = budget;
  if (scope.kind === 'everything') return <>every agent</>;
  const name = <InertName text={namedIn(scope, budget.scopeName)} most={80} />;
  if (scope.kind === 'agent') return <>agent <a className={classes.link} href={placeHash({ screen: 'agent', id: scope.id })}>{name}</a></>;
  return <>{scope.kind} {name}</>;
}

function atHard(budget: Budget): string {
  if (budget.hardMicros === null) return 'no hard limit: nothing is stopped';
  if (budget.onHard === 'tell') return 'it is told; nobody is stopped';
  const whom = budget.stops === 'task' ? 'the task that spends then' : 'the agent that spends then';
  return `stops ${whom}, ${budget.per === 'task' ? 'once a task' : `each once ${periodWords[budget.per].per}`}. ${levelWords[budget.level]}: ${levelSays[budget.level]}`;
}

function Standing({ budget }: { budget: Budget }) {
  const { standing } = budget;
  const { spentMicros, computedMicros, forecastMicros, lowMicros, highMicros } = standing;
  return (
    <>
      <div className={own.figure}>
        <strong>{standing.unpriced > 0 && <span>at least </span>}{formatMoney(spentMicros)} <span>{budget.currency}</span></strong>
        <span className={classes.muted}>{roomWords(budget, spentMicros)}</span>
      </div>
      <BudgetBar limits={budget} standing={standing} large />
      <dl className={own.facts}>
        <Fact name="Period"><PeriodNow budget={budget} /></Fact>
        <Fact name="Limits">{limitWords(budget)} {budget.currency} {periodWords[budget.per].per}</Fact>
        <Fact name="Whose"><Scope budget={budget} />{budget.scope.kind !== 'agent' && <span className={classes.muted}>, {plural(standing.agents, 'agent')} now</span>}</Fact>
        {canForecast(budget.per) && <Fact name="Forecast">{forecastMicros === null ? <span className={classes.muted}>too little to say</span> : <>{formatMoney(forecastMicros)}{lowMicros !== null && highMicros !== null && <span className={classes.muted}>, {formatMoney(lowMicros)} to {formatMoney(highMicros)}</span>}{!budget.forecast && <span className={classes.muted}>; not told</span>}</>}</Fact>}
        <Fact name="How known">{spentMicros <= 0 ? <span className={classes.muted}>nothing was spent that we know of</span> : computedMicros <= 0 ? 'all of it reported' : <>{formatPercent(computedMicros / spentMicros)} only computed, {formatMoney(computedMicros)}</>}</Fact>
        <Fact name="At the limit">{atHard(budget)}</Fact>
        {standing.taskId !== null && budget.last?.taskId === standing.taskId && budget.last.agentId !== null && <Fact name="Task"><a className={classes.link} href={placeHash({ screen: 'agent', id: budget.last.agentId, params: { task: standing.taskId } })}>open it</a></Fact>}
        <Fact name="Set">by <InertName text={budget.changedBy} most={60} />, <Time iso={budget.changedAt} short /></Fact>
      </dl>
      <CountsNothing standing={standing} currency={budget.currency} />
    </>
  );
}

/** What reached a limit, whose activity it was, and what came of it. */
function Event({ event }: { event: BudgetEvent }) {
  const { agentId, taskId, activityId, orderId } = event;
  const outcome = outcomeOf(event);
  const at = agentId === null || taskId === null ? null : placeHash({ screen: 'agent', id: agentId, params: { task: taskId, ...(activityId === null ? {} : { activity: activityId }) } });
  return (
    <li>
      <span className={own.eventHead}><StateBadge {...eventWords[event.kind]} /><Time iso={event.at} /></span>
      {event.agentName !== null && agentId !== null && <span>by <a className={classes.link} href={placeHash({ screen: 'agent', id: agentId })}><InertName text={event.agentName} most={60} /></a></span>}
      <span className={classes.muted}>{event.text === '' ? `${formatMoney(event.spentMicros)} of ${formatMoney(event.limitMicros)} ${event.currency}` : <InertName text={event.text} most={400} />}</span>
      {outcome !== '' && <span className={classes.muted}>{outcome}.</span>}
      {(orderId !== null || at !== null) && <span className={own.links}>{orderId !== null && <a className={classes.link} href={placeHash({ screen: 'stop', id: orderId })}>Stop order</a>}{at !== null && <a className={classes.link} href={at}>{activityId === null ? 'Task' : 'Activity'}</a>}</span>}
    </li>
  );
}

function Events({ budget }: { budget: Budget }) {
  const query = useInfiniteQuery(budgetQueries.events(budget.id));
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <section className={classes.block}>
      <h3 className={classes.part}>What reached its limits <span>{query.data === undefined ? '' : `${formatCount(rows.length)}${query.hasNextPage ? ' newest' : ''}, newest first`}</span></h3>
      <FromQuery query={query} what="Reading its events" failed="Its events could not be read." rows={2} height={40}>
        {() => (rows.length === 0 ? <p className={classes.muted}>Nothing yet. A limit that is reached stands here, with the activity that reached it and what was done.</p> : <ul className={own.list}>{rows.map((event) => <Event key={event.id} event={event} />)}</ul>)}
      </FromQuery>
      {query.hasNextPage && <button type="button" className={classes.linkButton} onClick={() => { void query.fetchNextPage(); }}>Older</button>}
    </section>
  );
}

export function BudgetPane({ budget, removing, onEdit, onRemove }: { budget: Budget; removing: boolean; onEdit: () => void; onRemove: () => void }) {
  return (
    <Panel fill flush title="Budget" aside={<span>{budget.per === 'task' ? 'per task' : `per ${budget.per}, UTC`}</span>}>
      <div className={classes.pane}>
        <div className={classes.titles}><h3 className={classes.title}><InertName text={budget.name} most={80} /></h3><span className={own.headLine}><StateBadge header {...lookBadges[lookOf(budget)]} /></span></div>
        <Standing budget={budget} />
        {budget.onHard === 'stop' && <CannotStop list={budget.cannotStop} more={budget.moreCannotStop} agents={budget.standing.agents} />}
        <Events budget={budget} />
        <div className={classes.buttons}>
          <Changes><Button onClick={onEdit} rightSection={<Kbd keys="enter" />}>Change…</Button></Changes>
          <Changes><Button onClick={onRemove} disabled={removing} rightSection={<Kbd keys="delete" />}>{removing ? 'Removing…' : 'Remove'}</Button></Changes>
        </div>
      </div>
    </Panel>
  );
}
