/** Puts back exactly what an order changed, and only that: in the reverse of the order in which it was changed. What cannot be put back is said and can be tried again. */
import { stopSteps } from '../../../shared/stop.ts';
import { auditBy, auditByEngine } from '../audit-words.ts';
import type { AuditDeed } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import type { Actor } from '../ports.ts';
import { publicId } from '../store/ids.ts';
import type { LeverFact } from '../store/stop-commands.ts';
import { within } from './deadline.ts';
import type { OrderBook } from './order-book.ts';
import { holdLeverId } from './plan-input.ts';
import { faultWords } from './pull-fault.ts';
import { leverText } from './pull-lever.ts';
import { usOf } from './stop-context.ts';
import type { StopContext } from './stop-context.ts';

const undoWithinMs = 15_000;

export interface ReleaseParts {
  readonly context: StopContext;
  readonly book: OrderBook;
  /** null: the console by itself, after a drill. */
  readonly actor: Actor | null;
  readonly reason: string;
  /** row id; null: all that is open. */
  readonly only: number | null;
  readonly endHold: (lever: number) => Promise<void>;
  /** after one lever was put back: is anything else of the order watched on? Then it is not released as a whole. */
  readonly watchedOn: () => Promise<boolean>;
}

export interface Released { readonly done: number; readonly failed: number }

export const isUndoable = (lever: LeverFact): boolean => lever.undoState === 'open' || lever.undoState === 'failed';

/** Still on its way: what is changed now would be changed again behind the person's back. */
export function mayRelease(levers: readonly LeverFact[]): void {
  if (levers.some((one) => one.state === 'waiting' || one.state === 'sending')) throw new CallFailure('conflict', 'Levers of this order are still being sent. Nothing was put back; release it when they have answered.');
}

export function undoOrder(levers: readonly LeverFact[]): LeverFact[] {
  const rank = (lever: LeverFact): number => stopSteps.indexOf(lever.plan.step);
  return levers.filter(isUndoable).sort((a, b) => rank(b) - rank(a) || (b.sentUs ?? 0) - (a.sentUs ?? 0) || b.id - a.id);
}

export async function release({ context, book, actor, reason, only, endHold, watchedOn }: ReleaseParts): Promise<Released> {
  mayRelease(book.fact.levers);
  const todo = undoOrder(book.fact.levers).filter((one) => only === null || one.id === only);
  if (only !== null && todo.length === 0) throw new CallFailure('conflict', 'There is nothing of this lever to put back. Nothing was changed.');
  const audit = (deed: Pick<AuditDeed, 'outcome' | 'text'>): ReturnType<typeof auditByEngine> => {
    const whole: AuditDeed = { action: 'stop.release', subject: publicId('stop', book.id), details, ...deed };
    return actor === null ? auditByEngine(whole) : auditBy(actor, whole);
  };
  const details = { order: book.fact.number, levers: todo.map((one) => one.plan.id), reason };
  await book.before({
    audit: [audit({ outcome: 'asked', text: `Wants to release stop order ${book.fact.number} (${book.fact.scopeName}): ${todo.length} to put back.${reason === '' ? '' : ` ${reason}`}` })],
    events: [{ atUs: usOf(context.clock), kind: 'undo', lever: null, by: 'console', text: `${actor?.name ?? 'Gatehouse'} releases ${only === null ? 'the order' : 'one lever'}.${reason === '' ? '' : ` ${reason}`}` }],
  });
  context.onStep('release_written');
  let done = 0;
  for (const lever of todo) {
    if (context.life.aborted) break;
    if (lever.plan.leverId === holdLeverId) await endHold(lever.id);
    if (await undoOne(context, book, lever)) done += 1;
  }
  const failed = todo.length - done;
  const text = todo.length === 0 ? 'There was nothing to put back.' : `${done} of ${todo.length} put back${failed > 0 ? `, ${failed} failed: they can be tried again` : ''}.`;
  const whole = failed === 0 && !book.fact.levers.some(isUndoable) && (only === null || !(await watchedOn()));
  await book.after({
    ...(whole ? { order: { releasedUs: book.fact.releasedUs ?? usOf(context.clock) } } : {}),
    audit: [audit({ outcome: failed > 0 ? 'failed' : 'done', text: `Stop order ${book.fact.number}: ${text}` })],
  });
  return { done, failed };
}

async function undoOne(context: StopContext, book: OrderBook, lever: LeverFact): Promise<boolean> {
  const { plan } = lever;
  try {
    const said = plan.leverId === holdLeverId ? 'New runs are no longer cancelled.' : await undoAt(context, lever);
    context.onStep('undone');
    await told(context, book, lever, 'done', said);
    return true;
  } catch (error) {
    if (context.life.aborted) return false;
    if (!(error instanceof CallFailure)) context.log.warn('a change could not be put back', { order: book.id, lever: lever.id });
    await told(context, book, lever, 'failed', error instanceof CallFailure ? error.message : 'Gatehouse made a mistake while it put this back; its log knows it.');
    return false;
  }
}

async function undoAt(context: StopContext, { plan, connection, saved }: LeverFact): Promise<string> {
  if (saved === null) return 'There was nothing to put back.';
  const open = await within(undoWithinMs, [context.life], () => context.ports.open(connection));
  try {
    return leverText(open, await within(undoWithinMs, [open.signal, context.life], (signal) => open.port.undo(plan.leverId, saved, signal)));
  } catch (error) {
    if (error instanceof CallFailure) throw error;
    const { ours, text } = faultWords(error);
    if (ours) context.log.error('putting back failed by a mistake of ours', error, { connection });
    throw new CallFailure('unavailable', leverText(open, text));
  } finally {
    await open.giveBack();
  }
}

function told(context: StopContext, book: OrderBook, { id, plan }: LeverFact, undoState: 'done' | 'failed', text: string): Promise<void> {
  const atUs = usOf(context.clock);
  return book.after({
    levers: [{ id, undoState, undoneText: text, ...(undoState === 'done' ? { undoneUs: atUs } : {}) }],
    events: [{ atUs, kind: 'undo', lever: id, by: 'console', text: `${plan.title} (${plan.connectionName}) ${undoState === 'done' ? 'was put back' : 'could not be put back'}: ${text}` }],
  });
}
