/** What is put in the queue of each target. Pure. */
import type { AlertMessage } from '../../../shared/alerts.ts';
import type { NewDelivery, TargetFact } from '../store/alert-commands.ts';
import { heldUntilUs } from './deliver/quiet-hours.ts';

type About = Omit<AlertMessage['alert'], 'id' | 'raisedAt'> & { readonly raisedUs: number };
export type Teller = AlertMessage['from'];

/** Of these targets those that are still there, each once. One that is switched off keeps its queue. */
export function deliveriesOf(targets: readonly TargetFact[], ids: readonly number[], what: NewDelivery['what'], { raisedUs, ...about }: About, from: Teller, nowUs: number): NewDelivery[] {
  return [...new Set(ids)].flatMap((id) => {
    const target = targets.find((one) => one.id === id);
    if (target === undefined) return [];
    const alert = { id: null, ...about, raisedAt: new Date(Math.floor(raisedUs / 1_000)).toISOString() };
    return [{ target: id, what, heldUntilUs: heldUntilUs(target.quiet, about.severity, nowUs), message: { gatehouse: 'alert' as const, version: 1 as const, event: what, alert, from } }];
  });
}
