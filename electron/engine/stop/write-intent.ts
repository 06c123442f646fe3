/**
 * Writes the intent of an order. The history may write it and die before it says so: then the order stands there, and whoever asked was told
 * that it failed. It is looked for by its plan, which is of one order only: what stands is gone on with, and never ordered twice.
 */
import { CallFailure } from '../call-failure.ts';
import { StoreError } from '../store/errors.ts';
import type { NewOrder, OrderFact } from '../store/stop-commands.ts';
import { pause, within } from './deadline.ts';
import type { StopContext } from './stop-context.ts';

/** It may stand in the history or not. SECURITY: its plan must not be fired again by this engine. */
export class IntentUnknown extends CallFailure {
  constructor() {
    super('unavailable', 'Whether this stop was written down is not known: the history does not answer. As soon as it does, what was written is carried out. Look at the stop orders before you order it again.');
    this.name = 'IntentUnknown';
  }
}

/** With these words the history says that it has written nothing. */
const mayBeWritten = (error: unknown): boolean => !(error instanceof StoreError) || error.code === 'worker' || error.code === 'closed';

const lookWithinMs = 2_000;
const looksInTime = 3;
const againAfterMs = 500;

export interface Intent { readonly id: number; readonly number: number; readonly levers: readonly number[] }

/** `late`: called once with an order that was found after this gave up. */
export async function writeIntent(context: StopContext, order: NewOrder, late: (fact: OrderFact) => void): Promise<Intent | OrderFact> {
  try {
    return await context.history.command('stops.begin', order);
  } catch (error) {
    if (!mayBeWritten(error)) throw error;
    context.log.warn('the answer to a stop order was lost; it is looked for', { plan: order.plan.id });
    for (let looks = 0; looks < looksInTime && !context.life.aborted; looks++) {
      if (looks > 0) await pause(againAfterMs, context.life);
      const found = await look(context, order.plan.id);
      if (found === null) throw error;
      if (found !== undefined) return found;
    }
    void lookOn(context, order.plan.id, late);
    throw new IntentUnknown();
  }
}

/** Null: it was not written. Undefined: that cannot be read now. */
async function look({ history, life }: StopContext, plan: string): Promise<OrderFact | null | undefined> {
  try {
    const open = await within(lookWithinMs, [life], () => history.read.stopFacts(null));
    return open.find((one) => one.plan.id === plan) ?? null;
  } catch {
    return undefined; // Whoever reads the history is away as well; the next look tells.
  }
}

async function lookOn(context: StopContext, plan: string, late: (fact: OrderFact) => void): Promise<void> {
  for (let found: OrderFact | null | undefined; found === undefined && !context.life.aborted;) {
    await pause(againAfterMs, context.life);
    found = await look(context, plan);
    if (found !== undefined && found !== null && !context.life.aborted) late(found);
  }
}
