/** Why an activity shows the cost that it shows: what was told, what the book makes of its units, and where that price was read. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CostExplained } from '../../../shared/cost.ts';
import type { Cost } from '../../../shared/domain.ts';
import { costQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { FromQuery } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Money, ProvenanceLetter } from '../../ui/money.tsx';
import { dayAndYear, decimalOf } from './cost-model.ts';
import { perWords, unitWords } from './price-form.ts';
import { explainedText, shownBecause } from './why-model.ts';
import classes from './cost.module.css';

function Computed({ computed }: { computed: NonNullable<CostExplained['computed']> }) {
  const { entry, parts, amountMicros, currency } = computed;
  return (
    <>
      <ul className={classes.whyLines}>
        {parts.map((part, index) => <li key={index}><span>{formatCount(part.units)} {unitWords[part.unit].toLowerCase()} <span className={classes.muted}>x {part.price} {perWords(part.per)}</span></span><span>{part.amount}</span></li>)}
        <li className={classes.whySum}><span>computed, rounded once</span><span>{decimalOf(amountMicros)} {currency}</span></li>
      </ul>
      <span className={classes.small}>Price of <a className={classes.link} href={placeHash({ screen: 'cost', params: { tab: 'prices', q: entry.model, entry: entry.id } })}>{inertString(entry.model, 60)}</a>{entry.provider === null ? '' : ` at ${inertString(entry.provider, 40)}`}{entry.tier === null ? '' : `, tier ${inertString(entry.tier, 40)}`}: <InertName text={entry.source} most={120} />{entry.sourceDate === null ? '' : `, read ${dayAndYear(entry.sourceDate)}`}.</span>
    </>
  );
}

function Told({ told }: { told: CostExplained }) {
  const { reported, computed, whyNot, billing } = told;
  const circumstances = [billing.provider, billing.region, billing.tier].filter((one) => one !== null).map((one) => inertString(one, 40));
  return (
    <div className={classes.why}>
      <span className={classes.whyHead}><span>{shownBecause(told)}{circumstances.length > 0 && ` Told with it: ${circumstances.join(', ')}.`}</span><CopyButton value={explainedText(told)} label="Copy the computation" /></span>
      {reported !== null && <ul className={classes.whyLines}><li><span><ProvenanceLetter provenance="reported" /> told by the agent</span><span>{decimalOf(reported.amountMicros)} {reported.currency}</span></li></ul>}
      {computed !== null && <Computed computed={computed} />}
      {whyNot !== null && <span className={classes.wait}>{inertString(whyNot, 300)}</span>}
      {computed === null && <a className={classes.link} href={placeHash({ screen: 'cost', params: { tab: 'prices' } })}>the price book</a>}
    </div>
  );
}

/** The cost of one activity, and one press away why. */
export function ExplainedCost({ activityId, cost }: { activityId: string; cost: Cost }) {
  const [open, setOpen] = useState(false);
  const query = useQuery({ ...costQueries.explain(activityId), enabled: open });
  return (
    <span className={classes.block}>
      <span className={classes.mark}><Money cost={cost} decimals={4} withCurrency atLeast /><button type="button" className={classes.markButton} aria-expanded={open} onClick={() => setOpen(!open)}>Why this figure</button></span>
      {open && <FromQuery query={query} what="Reading why" failed="Why it is this figure could not be read." rows={3} height={20}>{(told) => <Told told={told} />}</FromQuery>}
    </span>
  );
}
