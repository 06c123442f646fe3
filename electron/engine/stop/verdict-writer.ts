/** From what the judge says to what is written: only what changed, each piece of evidence once, and an alarm when a stop that was verified is none. */
import type { StopState } from '../../../shared/stop.ts';
import { auditByEngine } from '../audit-words.ts';
import { publicId } from '../store/ids.ts';
import type { LeverPatch, NewEvent, OrderPatch } from '../store/stop-commands.ts';
import type { Verdict } from './judge-input.ts';
import type { Change, OrderBook } from './order-book.ts';
import { headlineOf } from './headline.ts';
import { usOf } from './stop-context.ts';
import type { StopContext } from './stop-context.ts';
import { iso } from './time-words.ts';
import { TurnBudget } from './turn-budget.ts';

const mostKeys = 20_000;
const mostText = 2_000;
const second = 1_000_000;

interface Told { readonly confirmed: string; readonly text: string; readonly acts: Set<number> }

export class VerdictWriter {
  readonly #context: StopContext;
  readonly #book: OrderBook;
  readonly #keys: Set<string>;
  readonly #levers = new Map<number, Told>();
  #stillOpen = '';
  #toldEnd = false;
  readonly #turns: TurnBudget;

  /** `written`: evidence that is in the record already, of an engine before this one. */
  constructor(context: StopContext, book: OrderBook, written: Iterable<string>) {
    this.#context = context;
    this.#book = book;
    this.#keys = new Set(written);
    this.#turns = new TurnBudget([...this.#keys].filter((one) => one.startsWith('state ') || one.startsWith('reopened ')).length);
  }

  async write(verdict: Verdict): Promise<void> {
    const before = this.#book.fact;
    const nowUs = usOf(this.#context.clock);
    const headline = headlineOf(verdict, before);
    const order = this.#order(verdict, headline, nowUs);
    const levers = this.#leverPatches(verdict, nowUs);
    const turn = this.#turn(verdict, headline, nowUs);
    const events = [...this.#events(verdict), ...turn.events];
    if (Object.keys(order).length === 0 && levers.length === 0 && events.length === 0) return;
    await this.#book.after({ order, levers, events, audit: turn.audit });
    this.#context.onStep('verdict_written');
    if (verdict.reopened) await this.#context.alarms.tell(`stop-reopened-${before.id}`, 'failed', `Stop order ${before.number} (${before.scopeName}) was verified, and now it acts again. ${headline}`);
  }

  /** What the looks cannot say, the clock does. */
  async give(state: Extract<StopState, 'unverified'>, headline: string): Promise<void> {
    await this.#book.after({ order: { state, headline }, events: [{ atUs: usOf(this.#context.clock), kind: 'state', lever: null, by: 'console', text: headline }], audit: [this.#audit(state, headline)] });
  }

  /** Once, when the watch is over and it is not verified. */
  async tellEnd(): Promise<void> {
    const { id, number, scopeName, state, headline } = this.#book.fact;
    if (this.#toldEnd || state === 'verified') return;
    this.#toldEnd = true;
    const text = state === 'still_acting' ? `Stop order ${number} (${scopeName}) did not stop it.` : `Stop order ${number} (${scopeName}) could not be verified.`;
    await this.#context.alarms.tell(`stop-end-${id}`, state === 'still_acting' ? 'failed' : 'attention', `${text} ${headline}`);
  }

  #order(verdict: Verdict, headline: string, nowUs: number): OrderPatch {
    const before = this.#book.fact;
    const lastActUs = verdict.lastActUs !== null && verdict.lastActUs > (before.lastActUs ?? 0) ? verdict.lastActUs : undefined;
    const stillOpen = JSON.stringify(verdict.stillOpen);
    const openChanged = stillOpen !== this.#stillOpen && !(this.#stillOpen === '' && verdict.stillOpen.length === 0);
    this.#stillOpen = stillOpen;
    const watchUntilUs = this.#watchUntil(verdict, nowUs);
    const patch: OrderPatch = {
      ...(verdict.state === before.state ? {} : { state: verdict.state }),
      ...(headline === before.headline ? {} : { headline }),
      ...(lastActUs === undefined ? {} : { lastActUs }),
      ...(verdict.containedUs === before.containedUs ? {} : { containedUs: verdict.containedUs }),
      ...(verdict.verifiedUs === before.verifiedUs ? {} : { verifiedUs: verdict.verifiedUs }),
      ...(verdict.reopened ? { reopened: before.reopened + 1 } : {}),
      ...(watchUntilUs === before.watchUntilUs ? {} : { watchUntilUs }),
      ...(openChanged ? { stillOpen: verdict.stillOpen } : {}),
    };
    return patch;
  }

  /** Counted from the answers, and anew from the moment it is verified. */
  #watchUntil(verdict: Verdict, nowUs: number): number | null {
    const { answeredUs, silenceS, watchS, watchUntilUs, verifiedUs } = this.#book.fact;
    if (verdict.state === 'verified') return verifiedUs === null || watchUntilUs === null ? (verdict.verifiedUs ?? nowUs) + watchS * second : watchUntilUs;
    if (verdict.reopened) return nowUs + (silenceS + watchS) * second;
    return watchUntilUs ?? (answeredUs === null ? null : answeredUs + (silenceS + watchS) * second);
  }

  #leverPatches(verdict: Verdict, nowUs: number): LeverPatch[] {
    return verdict.levers.flatMap(({ lever: id, confirmed, text, actsUs }): LeverPatch[] => {
      const now = this.#book.lever(id);
      const told = this.#levers.get(id) ?? { confirmed: now.confirmed, text: '', acts: new Set<number>() };
      const acts = actsUs.filter((one) => !told.acts.has(one));
      if (told.confirmed === confirmed && told.text === text && acts.length === 0) return [];
      for (const one of acts) told.acts.add(one);
      this.#levers.set(id, { confirmed, text, acts: told.acts });
      const at = confirmed === now.confirmed ? {} : { confirmed, confirmedUs: confirmed === 'not_yet' ? null : nowUs };
      return [{ id, ...at, confirmedText: text.slice(0, mostText), ...(acts.length > 0 ? { actsUs: acts.slice(-50) } : {}) }];
    });
  }

  #events(verdict: Verdict): NewEvent[] {
    if (this.#keys.size > mostKeys) this.#keys.clear();
    const fresh = verdict.evidence.filter((one) => !this.#keys.has(one.key) && !this.#keys.has(`${one.kind} ${one.text}`));
    for (const one of fresh) this.#keys.add(one.key);
    return fresh.map(({ atUs, kind, lever, by, text }) => ({ atUs, kind, lever, by, text: text.slice(0, mostText) }));
  }

  /** Each turn that may be told, and what was not told once it may be. */
  #turn(verdict: Verdict, headline: string, nowUs: number): Required<Pick<Change, 'events' | 'audit'>> {
    const turned = verdict.state !== this.#book.fact.state;
    if (turned && !this.#turns.mayTell(nowUs)) this.#turns.kept(nowUs);
    else if (turned || (this.#turns.untold !== null && this.#turns.mayTell(nowUs))) return this.#told(verdict.state, headline, verdict.grounds, verdict.reopened ? 'reopened' : 'state', nowUs);
    return { events: [], audit: [] };
  }

  #told(state: StopState, headline: string, grounds: readonly string[], kind: 'reopened' | 'state', nowUs: number): Required<Pick<Change, 'events' | 'audit'>> {
    const { untold } = this.#turns;
    this.#turns.told();
    const before = untold === null ? [] : [`It turned ${untold.count === 1 ? 'once' : `${untold.count} times`} more, from ${iso(untold.fromUs)} to ${iso(untold.toUs)}; since then:`];
    const said = [...before, headline].join(' ');
    return { events: [{ atUs: nowUs, kind, lever: null, by: 'console', text: [said, ...grounds].join(' ').slice(0, mostText) }], audit: [this.#audit(state, said)] };
  }

  /** Nobody looks any more: the state that it ends in is told, however often it turned. */
  async tellTurns(): Promise<void> {
    if (this.#turns.untold === null) return;
    const { state, headline } = this.#book.fact;
    await this.#book.after(this.#told(state, headline, [], 'state', usOf(this.#context.clock)));
  }

  #audit(state: string, headline: string): ReturnType<typeof auditByEngine> {
    const { id, number } = this.#book.fact;
    return auditByEngine({ action: `stop.${state}`, subject: publicId('stop', id), outcome: state === 'verified' ? 'done' : 'failed', text: `Stop order ${number}: ${headline}`, details: { order: number, state } });
  }
}
