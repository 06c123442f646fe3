/** Spent against both limits, with what the period comes to as a ghost. For the eye only: the same stands in words beside it. */
import type { Budget, BudgetStanding } from '../../../shared/budgets.ts';
import { formatMoney } from '../../ui/format.ts';
import { barOf } from './budget-model.ts';
import classes from './budgets.module.css';

interface BudgetBarProps {
  limits: Pick<Budget, 'softMicros' | 'hardMicros'>;
  standing: Pick<BudgetStanding, 'spentMicros' | 'computedMicros' | 'forecastMicros'>;
  /** with the limits written below it. */
  large?: boolean;
}

const at = (percent: number): string => `${percent.toFixed(2)}%`;

export function BudgetBar({ limits, standing, large = false }: BudgetBarProps) {
  const bar = barOf(limits, standing);
  return (
    <span aria-hidden="true">
      <span className={`${classes.bar} ${large ? classes.large : ''}`}>
        {bar.ghost !== null && <span className={classes.ghost} style={{ left: at(bar.ghost.from), width: at(bar.ghost.width) }} />}
        {bar.known > 0 && <span className={classes.known} style={{ width: at(bar.known) }} />}
        {bar.computed > 0 && <span className={classes.computed} style={{ left: at(bar.known), width: at(bar.computed) }} />}
        {bar.soft !== null && <span className={classes.soft} style={{ left: at(bar.soft) }} />}
        {bar.hard !== null && <span className={classes.hard} style={{ left: at(bar.hard) }} />}
      </span>
      {large && <Marks limits={limits} soft={bar.soft} hard={bar.hard} />}
    </span>
  );
}

/** Where both stand close together only the hard one has room; the soft one is said in the facts below. */
function Marks({ limits, soft, hard }: { limits: BudgetBarProps['limits']; soft: number | null; hard: number | null }) {
  const crowded = soft !== null && hard !== null && Math.abs(hard - soft) < 34;
  const place = (percent: number): string => (percent < 34 ? classes.markStart ?? '' : '');
  return (
    <span className={classes.marks}>
      {soft !== null && limits.softMicros !== null && !crowded && <span className={place(soft)} style={{ left: at(soft) }}>soft {formatMoney(limits.softMicros)}</span>}
      {hard !== null && limits.hardMicros !== null && <span className={place(hard)} style={{ left: at(hard) }}>hard {formatMoney(limits.hardMicros)}</span>}
    </span>
  );
}
