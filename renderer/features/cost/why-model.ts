/** Which of several figures of an activity is shown, in words. Pure. */
import type { CostExplained } from '../../../shared/cost.ts';
import { decimalOf, signedPercent } from './cost-model.ts';
import { perWords, unitWords } from './price-form.ts';

export function shownBecause({ shown, reported, computed }: Pick<CostExplained, 'shown' | 'reported' | 'computed'>): string {
  if (shown.provenance === 'billed') return 'Shown is what the bill says.';
  if (reported !== null && computed !== null) {
    if (reported.currency !== computed.currency) return `Shown is what the agent told; the price book speaks ${computed.currency}, so the two are not compared.`;
    const off = computed.amountMicros - reported.amountMicros;
    if (off === 0) return 'Shown is what the agent told; the price book comes to the same.';
    return `Shown is what the agent told; the price book comes to ${reported.amountMicros === 0 ? decimalOf(computed.amountMicros) : signedPercent(off / reported.amountMicros, 1)} against it.`;
  }
  if (reported !== null) return 'Shown is what the agent told; the price book cannot check it.';
  if (computed !== null) return 'Nobody told an amount: shown is what the price book makes of its units.';
  return 'Nobody told an amount, and there is no price for its units.';
}

/** To paste where somebody asks. */
export function explainedText(told: CostExplained): string {
  const lines = [shownBecause(told)];
  if (told.reported !== null) lines.push(`reported\t${decimalOf(told.reported.amountMicros)}\t${told.reported.currency}`);
  if (told.computed !== null) {
    const { parts, amountMicros, currency, entry } = told.computed;
    lines.push(...parts.map((part) => `${part.units} ${unitWords[part.unit].toLowerCase()} x ${part.price} ${perWords(part.per)}\t${part.amount}\t${currency}`), `computed\t${decimalOf(amountMicros)}\t${currency}`, `price of ${entry.model}, ${entry.source}${entry.sourceDate === null ? '' : `, read ${entry.sourceDate}`}`);
  }
  if (told.whyNot !== null) lines.push(told.whyNot);
  return lines.map((line) => line.replace(/[\r\n]+/g, ' ')).join('\n');
}
