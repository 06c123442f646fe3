/** The budgets that an agent has for itself, small, on its page. */
import { useQuery } from '@tanstack/react-query';
import { budgetQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatMoney } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { BudgetBar } from './budget-bar.tsx';
import { lookBadges, lookOf, ofLimits, onHardWords, periodWords, worstFirst } from './budget-model.ts';
import classes from './cost.module.css';
import own from './budgets.module.css';

export function AgentBudgets({ agentId }: { agentId: string }) {
  const { data } = useQuery(budgetQueries.list());
  const rows = worstFirst((data?.rows ?? []).filter((one) => one.scope.kind === 'agent' && one.scope.id === agentId));
  if (rows.length === 0) return null;
  return (
    <ul className={own.agentBudgets} aria-label="Its budgets">
      {rows.map((budget) => (
        <li key={budget.id} className={own.agentBudget}>
          <span className={classes.cut}>Budget <strong className={classes.strong}><InertName text={budget.name} most={60} /></strong></span>
          <BudgetBar limits={budget} standing={budget.standing} />
          <span>{budget.standing.unpriced > 0 && 'at least '}{formatMoney(budget.standing.spentMicros)} {budget.currency} {ofLimits(budget)} <span className={classes.muted}>{periodWords[budget.per].now}</span></span>
          <span className={own.headLine}><StateBadge {...lookBadges[lookOf(budget)]} /><span className={classes.muted}>{onHardWords(budget)}</span></span>
          <a className={classes.link} href={placeHash({ screen: 'cost', params: { tab: 'budgets', chosen: budget.id } })}>Open<span className="gh-visually-hidden"> budget</span></a>
        </li>
      ))}
    </ul>
  );
}
