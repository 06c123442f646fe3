/** Parts of a budget that more than one place shows: what counts nothing in it, and whom it cannot stop. */
import type { Budget, BudgetStanding } from '../../../shared/budgets.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { StateShape } from '../../ui/state-shapes.tsx';
import { byReason } from './budget-model.ts';
import classes from './cost.module.css';
import budget from './budgets.module.css';

/** A sum that leaves something out says so where it stands. */
export function CountsNothing({ standing, currency }: { standing: Pick<BudgetStanding, 'unpriced' | 'otherCurrency'>; currency: string }) {
  const { unpriced, otherCurrency } = standing;
  return (
    <>
      {unpriced > 0 && <p className={budget.note}><StateShape state="attention" /><span>{plural(unpriced, 'activity has', 'activities have')} no price and count{unpriced === 1 ? 's' : ''} nothing here. <a href={placeHash({ screen: 'cost', params: { tab: 'prices' } })}>Price them</a></span></p>}
      {otherCurrency > 0 && <p className={budget.note}><StateShape state="attention" /><span>{plural(otherCurrency, 'activity was', 'activities were')} paid in another currency than {currency} and count{otherCurrency === 1 ? 's' : ''} nothing here.</span></p>}
    </>
  );
}

/** Said before it is needed: a hard limit that nobody can enforce only tells. */
export function CannotStop({ list, more, agents }: { list: Budget['cannotStop']; more: number; agents: number }) {
  if (list.length === 0) return null;
  const all = list.length + more;
  return (
    <section className={classes.block}>
      <h3 className={classes.part}>Cannot be stopped <span>{agents > 0 ? `${formatCount(all)} of ${plural(agents, 'agent')}` : plural(all, 'agent')}; the limit then only tells</span></h3>
      <ul className={budget.list}>
        {byReason(list).map(({ why, agents: stuck }) => (
          <li key={why}>
            <span className={classes.muted}><InertName text={why} most={300} /></span>
            <span className={budget.names}>{stuck.map((one) => <a key={one.agentId} className={classes.link} href={placeHash({ screen: 'agent', id: one.agentId })}><InertName text={one.name} most={60} /></a>)}</span>
          </li>
        ))}
        {more > 0 && <li className={classes.muted}>and {plural(more, 'more agent')}</li>}
      </ul>
    </section>
  );
}
