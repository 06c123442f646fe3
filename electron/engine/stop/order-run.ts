/**
 * Lets the levers of an order go: what respawns first, credentials last, those of one step together. The same way for a new order and for one
 * that an engine before this one left in the middle: what each lever's record says decides.
 */
import type { StopStep } from '../../../shared/stop.ts';
import { stopSteps } from '../../../shared/stop.ts';
import { auditByEngine } from '../audit-words.ts';
import { plural } from '../plural.ts';
import { publicId } from '../store/ids.ts';
import type { LeverFact } from '../store/stop-commands.ts';
import { pause, within } from './deadline.ts';
import type { OrderBook } from './order-book.ts';
import { holdLeverId } from './plan-input.ts';
import { pullLever, settle } from './pull-lever.ts';
import { usOf } from './stop-context.ts';
import type { StopContext } from './stop-context.ts';

/** A step that hangs must not keep the ones behind it for long: a late cut is worse than one before everything is disarmed. */
const stepPatienceMs = 5_000;
const idleWithinMs = 20_000;
const idleLookEveryMs = 500;
const lookWithinMs = 4_000;

export interface Phases {
  readonly steps: readonly { readonly step: StopStep; readonly levers: readonly LeverFact[] }[];
  /** levers that wait until nothing of their target runs; begun after the step of that name. */
  readonly idleAfter: Readonly<Partial<Record<StopStep, readonly LeverFact[]>>>;
}

const isOpen = (lever: LeverFact): boolean => lever.state === 'waiting' || lever.state === 'sending';

export function phasesOf(levers: readonly LeverFact[]): Phases {
  const open = levers.filter(isOpen);
  const steps = stopSteps.map((step) => ({ step, levers: open.filter((one) => one.plan.step === step && !one.idleOnly) })).filter((one) => one.levers.length > 0);
  // What may only go when nothing runs comes after what cuts.
  const later = (step: StopStep): StopStep => (stopSteps.indexOf(step) < stopSteps.indexOf('cut') ? 'cut' : step);
  const idle = open.filter((one) => one.idleOnly);
  const idleAfter = Object.fromEntries(stopSteps.map((step) => [step, idle.filter((one) => later(one.plan.step) === step)]).filter(([, those]) => (those ?? []).length > 0)) as Phases['idleAfter'];
  return { steps, idleAfter };
}

export interface RunParts {
  readonly context: StopContext;
  readonly book: OrderBook;
  readonly startHold: (lever: number) => Promise<void>;
  /** for tests. */
  readonly stepPatienceMs?: number;
}

/** Resolves when every lever has answered, failed, or was left out. */
export async function runOrder(parts: RunParts): Promise<void> {
  const { context, book } = parts;
  const { steps, idleAfter } = phasesOf(book.fact.levers);
  const running: Promise<void>[] = [];
  for (const step of stopSteps) {
    const levers = steps.find((one) => one.step === step)?.levers ?? [];
    const ended = Promise.all(levers.map((lever) => runLever(parts, lever))).then(() => undefined);
    running.push(ended);
    if (levers.length > 0) await patiently(parts, ended, step);
    if (context.life.aborted) return;
    for (const lever of idleAfter[step] ?? []) running.push(runWhenIdle(parts, lever));
  }
  await Promise.all(running);
  if (!context.life.aborted) await tellAnswered(context, book);
}

async function patiently({ context, book, stepPatienceMs: patienceMs = stepPatienceMs }: RunParts, ended: Promise<void>, step: StopStep): Promise<void> {
  const impatience = new AbortController();
  const inTime = await Promise.race([ended.then(() => true), pause(patienceMs, AbortSignal.any([impatience.signal, context.life])).then(() => false)]);
  impatience.abort();
  if (inTime || context.life.aborted) return;
  void book.after({ events: [{ atUs: usOf(context.clock), kind: 'note', lever: null, by: 'console', text: `A lever of the step "${step.replace('_', ' ')}" has not answered for ${patienceMs / 1_000} s. The next step goes on without waiting for it.` }] });
}

async function runLever({ context, book, startHold }: RunParts, { id, plan, state, repeatable }: LeverFact): Promise<void> {
  if (plan.leverId === holdLeverId) return startHold(id);
  if (plan.problem !== null && state === 'waiting') return settle(context, book, id, { state: 'skipped' }, plan.problem);
  // SECURITY: written before it left, and no answer was written: it may have been carried out, and twice would do more than once.
  if (state === 'sending' && !repeatable) return settle(context, book, id, { state: 'unknown' }, 'The engine ended while this was on its way, so its answer is not known. It does more when it is sent twice, so it is not sent again.');
  return pullLever(context, book, id);
}

/** A lever that a person sends once more: what must not be pulled while something runs waits for that now too. */
export async function runAgain(parts: RunParts, id: number): Promise<void> {
  const lever = parts.book.lever(id);
  if (lever.plan.leverId === holdLeverId) return parts.startHold(id);
  return lever.idleOnly ? waitAndPull(parts, lever) : pullLever(parts.context, parts.book, id);
}

async function runWhenIdle(parts: RunParts, lever: LeverFact): Promise<void> {
  return lever.plan.problem !== null || lever.state === 'sending' ? runLever(parts, lever) : waitAndPull(parts, lever);
}

async function waitAndPull({ context, book }: RunParts, lever: LeverFact): Promise<void> {
  context.onStep('idle_waiting');
  const open = await waitForIdle(context, book, lever).catch((error: unknown) => {
    context.log.error('waiting for nothing to run failed', error, { lever: lever.id });
    return 'It could not be found out whether something runs';
  });
  if (context.life.aborted) return;
  if (open === null) return pullLever(context, book, lever.id);
  await settle(context, book, lever.id, { state: 'skipped' }, `${open} within ${idleWithinMs / 1_000} s. Pulled while something runs, this would break the runtime, so it was left out.`);
}

/** Null: a complete look shows nothing of its target running; otherwise why not. */
async function waitForIdle({ ports, clock, life, onStep }: StopContext, book: OrderBook, { connection, target }: LeverFact): Promise<string | null> {
  const untilMs = clock.now() + idleWithinMs;
  let why = 'It could not be seen that nothing runs';
  while (clock.now() < untilMs && !life.aborted) {
    try {
      const open = await within(lookWithinMs, [life], () => ports.open(connection));
      const sight = await within(lookWithinMs, [life, open.signal], (signal) => (open.runtime ?? open.port).look(target, book.fact.commandedUs ?? book.fact.intentUs, [], signal));
      await open.giveBack();
      onStep('idle_look');
      if (sight.complete && sight.open.length === 0) return null;
      why = sight.open.length > 0 ? `${sight.open.length === 1 ? 'One run was' : `${sight.open.length} runs were`} not seen to end` : 'It could not be seen that nothing runs';
    } catch {
      // The next look tells; when none does, the lever is left out and says so.
      why = 'It could not be seen that nothing runs';
    }
    await pause(idleLookEveryMs, life);
  }
  return why;
}

/** All levers answered, failed or were left out: no word about the agent. `anew`: after one was sent once more. */
export async function tellAnswered({ clock, onStep }: StopContext, book: OrderBook, anew = false): Promise<void> {
  const atUs = usOf(clock);
  const { levers, number, answeredUs } = book.fact;
  const count = (...states: LeverFact['state'][]): number => levers.filter((one) => states.includes(one.state)).length;
  const failed = count('failed', 'unknown');
  const words = [`${count('reported')} of ${plural(levers.length, 'lever')} answered`, ...(failed > 0 ? [`${failed} failed or ${failed === 1 ? 'is' : 'are'} not known`] : []), ...(count('skipped') > 0 ? [`${count('skipped')} ${count('skipped') === 1 ? 'was' : 'were'} left out`] : [])].join(', ');
  await book.after({
    ...(answeredUs === null || anew ? { order: { answeredUs: atUs } } : {}),
    audit: [auditByEngine({ action: 'stop.answered', subject: publicId('stop', book.id), outcome: failed > 0 ? 'failed' : 'done', text: `Stop order ${number}: ${words}. Whether it stopped is being verified.`, details: { order: number, levers: levers.map((one) => ({ lever: one.plan.id, state: one.state, reported: one.reported })) } })],
  });
  onStep('answered_written');
}
