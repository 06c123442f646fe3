import type { Cost } from '../../shared/domain.ts';
import { formatMoney, plural } from './format.ts';
import classes from './money.module.css';

const letters = { billed: 'B', reported: 'R', computed: 'C', unpriced: 'U' } as const;

export function ProvenanceLetter({ provenance }: { provenance: Cost['provenance'] }) {
  return <><span className={classes.letter} aria-hidden="true">{letters[provenance]}</span><span className="gh-visually-hidden">{provenance}</span></>;
}

interface MoneyProps {
  /** null: no billed units at all, so the cell stays empty. */
  cost: Cost | null;
  /** 3 for single calls; otherwise 2 from 0.01 and 4 below. */
  decimals?: number;
  /** also write the currency, where no column head says it. */
  withCurrency?: boolean;
  /** write "at least" before a sum with unknown parts; in a table the letter and the focus text say it. */
  atLeast?: boolean;
  /** who says so and how old, added to the split. */
  source?: string;
}

function splitOf(cost: Cost, source: string | undefined): string {
  const parts = [
    cost.amountMicros === null ? 'No known amount' : `${formatMoney(cost.amountMicros)} ${cost.currency} ${cost.provenance === 'unpriced' ? 'known' : cost.provenance}`,
    cost.unpriced > 0 ? `${plural(cost.unpriced, 'activity', 'activities')} without a price` : null,
    cost.amountMicros !== null && cost.unpriced > 0 ? 'so at least this much' : null,
    source ?? null,
  ];
  return parts.filter((part) => part !== null).join('; ');
}

/** An amount with its provenance letter. Unknown is never a zero: `no price` is a word. */
export function Money({ cost, decimals, withCurrency = false, atLeast = false, source }: MoneyProps) {
  if (cost === null) return null;
  // Zero that nobody told of: no units were used as far as is known, and no price was needed for that.
  if (cost.amountMicros === 0 && cost.unpriced === 0 && cost.provenance === 'computed') return <span className={classes.money} data-tip="No billed units were told of, so nothing is known to have been spent"><span className={classes.none}>–</span></span>;
  const unknown = cost.amountMicros === null;
  return (
    <span className={classes.money} data-tip={splitOf(cost, source)}>
      {cost.amountMicros === null
        ? <span className={classes.none}>no price</span>
        : <span>{atLeast && cost.unpriced > 0 ? 'at least ' : ''}{formatMoney(cost.amountMicros, decimals)}{withCurrency ? ` ${cost.currency}` : ''}</span>}
      <ProvenanceLetter provenance={unknown ? 'unpriced' : cost.provenance} />
    </span>
  );
}
