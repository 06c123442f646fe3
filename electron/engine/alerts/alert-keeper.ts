/**
 * Looks at what rules of alerts watch: every five seconds, and soon after a commit that may matter. What it finds is raised, ended and escalated by
 * commands that each put their deliveries in the queue in the same transaction. Costs nothing while no rule is on.
 */
import type { HintTopic } from '../../../shared/contract.ts';
import type { HistoryPort } from '../history-port.ts';
import { ask } from '../history-port.ts';
import type { CommitNote } from '../ingest/writer-messages.ts';
import type { Clock, Log } from '../ports.ts';
import type { AlertCommands, AlertRuleFact, TargetFact } from '../store/alert-commands.ts';
import type { AllCommands } from '../store/protocol.ts';
import { againUs, AlertWatch } from './alert-watch.ts';
import type { Due, Going, Over } from './alert-watch.ts';
import { askedBy, merged, nothingAsked, questionsOf } from './asking.ts';
import { conditionsOf, lasts } from './conditions.ts';
import type { Condition } from './conditions.ts';
import { eventsOf } from './events.ts';
import type { Happened } from './events.ts';
import type { AlertFacts, Cursors } from './facts.ts';
import { deliveriesOf } from './messages.ts';
import type { Teller } from './messages.ts';
import { textOf, within } from './words.ts';

export interface AlertKeeperParts {
  readonly history: HistoryPort;
  readonly log: Log;
  readonly clock: Clock;
  readonly from: Teller;
}

const everyMs = 5_000;
const soonMs = 250;
const leastBetweenMs = 1_000;
/** Agents come and go: whom a rule watches is read anew so often at most, what a rule says with the next look. */
const scopesEveryMs = 10_000;
/** Where a budget's stop is being ordered, what came of it is waited for so long. */
const outcomeUs = 15_000_000;
const matters: ReadonlySet<HintTopic> = new Set<HintTopic>(['failures', 'grants', 'access', 'gaps', 'approvals', 'stop', 'budgets', 'cost', 'connections', 'alerts']);
const movesScopes: ReadonlySet<HintTopic> = new Set<HintTopic>(['agents', 'stop', 'access', 'connections']);

export class AlertKeeper {
  readonly #parts: AlertKeeperParts;
  readonly #watch = new AlertWatch();
  #rules: readonly AlertRuleFact[] = [];
  #rulesMs = Number.NEGATIVE_INFINITY;
  #rulesChanged = true;
  #scopesMoved = false;
  /** from when on what happens is told, for each rule since it is on. */
  #sinceUs: ReadonlyMap<number, number> = new Map();
  #cursors: Cursors | null = null;
  #writtenCursors: Cursors | null = null;
  #about: { readonly heads: readonly number[]; readonly stops: readonly number[] } = { heads: [], stops: [] };
  #lookedMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #dueMs = Number.POSITIVE_INFINITY;
  #working: Promise<void> | null = null;
  #ended = false;
  #leave: () => void = () => undefined;

  constructor(parts: AlertKeeperParts) { this.#parts = parts; }

  start(): void {
    this.#leave = this.#parts.history.onCommit((note) => this.#hear(note));
    this.#in(0);
  }

  /** Resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#leave();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#working;
  }

  /** Now, instead of at the next turn. */
  async look(): Promise<void> {
    while (this.#working !== null) await this.#working;
    if (!this.#ended) await this.#turn();
  }

  #hear({ topics }: CommitNote): void {
    if (topics.includes('alerts')) this.#rulesChanged = true;
    if (this.#rules.length === 0) {
      if (this.#rulesChanged) this.#soon();
      return;
    }
    if (topics.some((topic) => movesScopes.has(topic))) this.#scopesMoved = true;
    if (topics.some((topic) => matters.has(topic))) this.#soon();
  }

  #soon(): void { this.#in(Math.max(soonMs, this.#lookedMs + leastBetweenMs - this.#parts.clock.now())); }

  /** At that time at the latest. */
  #in(ms: number): void {
    const dueMs = performance.now() + Math.min(ms, everyMs);
    if (this.#ended || (this.#timer !== null && this.#dueMs <= dueMs)) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // One that still works looks again when it is done.
      if (this.#working === null) void this.#turn();
      else this.#in(soonMs);
    }, Math.max(0, dueMs - performance.now()));
    this.#timer.unref();
  }

  #turn(): Promise<void> {
    this.#lookedMs = this.#parts.clock.now();
    this.#working = this.#work().catch((error: unknown) => this.#parts.log.error('rules of alerts could not be evaluated', error)).finally(() => {
      this.#working = null;
      if (this.#rules.length > 0 || this.#rulesChanged) this.#in(this.#rulesChanged ? leastBetweenMs : everyMs);
    });
    return this.#working;
  }

  async #work(): Promise<void> {
    await this.#follow();
    const nowUs = this.#parts.clock.now() * 1_000;
    if (this.#rules.length === 0) {
      const { open } = await ask(this.#parts.history, 'alertFacts', { ...nothingAsked, open: true });
      await this.#endAll(this.#watch.look([], [], open, nowUs).over, nowUs);
      return;
    }
    if (this.#cursors === null) {
      const first = await ask(this.#parts.history, 'alertFacts', { ...nothingAsked, open: true });
      this.#writtenCursors = first.cursors;
      this.#cursors = first.cursors ?? first.upTo;
      this.#keepAbout(first);
    }
    const [question = nothingAsked, ...others] = questionsOf(askedBy(this.#rules, this.#cursors, this.#about, nowUs));
    const rest: AlertFacts[] = [];
    for (const one of others) rest.push(await ask(this.#parts.history, 'alertFacts', one));
    const facts = merged(await ask(this.#parts.history, 'alertFacts', question), rest);
    this.#keepAbout(facts);
    await this.#judge(facts, this.#cursors, nowUs);
  }

  /** Rules as they are now. One that comes into force tells of what happens from then on. */
  async #follow(): Promise<void> {
    const scopesDue = this.#scopesMoved && this.#parts.clock.now() - this.#rulesMs >= scopesEveryMs;
    if (!this.#rulesChanged && !scopesDue) return;
    [this.#rulesChanged, this.#scopesMoved, this.#rulesMs] = [false, false, this.#parts.clock.now()];
    try {
      this.#rules = await ask(this.#parts.history, 'alertRuleFacts', {});
    } catch (error) {
      this.#rulesChanged = true;
      throw error;
    }
    this.#watch.follow(this.#rules);
    const before = this.#sinceUs;
    this.#sinceUs = new Map(this.#rules.map((rule) => [rule.id, before.get(rule.id) ?? Math.max(rule.createdUs, rule.changedUs)]));
  }

  #keepAbout({ open }: AlertFacts): void {
    const lasting = open.filter((one) => lasts(one.kind));
    this.#about = {
      heads: [...new Set(lasting.flatMap((one) => (one.agent === null || !one.key.startsWith('agent:') ? [] : [one.agent])))],
      stops: lasting.flatMap((one) => (one.kind === 'stop' && /^stop:\d+$/.test(one.key) ? [Number(one.key.slice(5))] : [])),
    };
  }

  async #judge(facts: AlertFacts, cursors: Cursors, nowUs: number): Promise<void> {
    const looked = this.#watch.look(this.#rules, conditionsOf(this.#rules, facts, nowUs), facts.open, nowUs);
    const waiting = facts.budgets.find((one) => one.pending && nowUs - one.atUs < outcomeUs && nowUs >= one.atUs);
    const settled = waiting === undefined ? facts : { ...facts, budgets: facts.budgets.filter((one) => one.id < waiting.id) };
    const happened = this.#watch.untold(eventsOf(this.#rules, settled, (rule) => this.#sinceUs.get(rule.id) ?? rule.createdUs));
    const news = await this.#unknown([...looked.raise, ...happened], nowUs);
    const targets = this.#rules.some((rule) => rule.targets.length > 0 || rule.escalation.length > 0) && news.length + looked.over.length + looked.escalate.length > 0 ? await ask(this.#parts.history, 'targetFacts', {}) : [];
    const events = this.#watch.events(news.filter((one): one is Happened => 'countsUp' in one), nowUs);
    let whole = true;
    for (const one of [...news.filter((other) => !('countsUp' in other)), ...events]) whole = await this.#raise(one, targets, nowUs) && whole;
    await this.#endAll(looked.over, nowUs, targets);
    const now = await this.#goesOn(looked.going, nowUs);
    for (const { alert, rule } of looked.escalate) await this.#escalate({ alert: { ...alert, ...now.get(alert.id) }, rule }, targets, nowUs);
    // What could not be raised is looked at again; what could is known by then.
    if (whole) await this.#goOn(waiting === undefined ? facts.upTo : { ...facts.upTo, budgets: Math.max(cursors.budgets, Math.min(facts.upTo.budgets, waiting.id - 1)) });
    if (waiting !== undefined) this.#in(leastBetweenMs);
  }

  /** An event is told once for all time; what lasts and somebody resolved since it began is not raised again for as long as it is the same. */
  async #unknown(found: readonly (Condition | Happened)[], nowUs: number): Promise<(Condition | Happened)[]> {
    const asked = found.filter((one) => ('countsUp' in one ? !one.countsUp : one.sinceUs !== null || this.#watch.isFromStart(one)));
    if (asked.length === 0) return [...found];
    const { last } = await ask(this.#parts.history, 'alertFacts', { ...nothingAsked, keys: asked.map((one) => ({ rule: one.rule.id, key: one.key })) });
    const known = new Map(last.map((one) => [`${one.rule} ${one.key}`, one]));
    return found.filter((one) => {
      const was = known.get(`${one.rule.id} ${one.key}`);
      const told = was !== undefined && asked.includes(one) && (!lasts(one.kind) || (was.resolvedBy !== null && (was.resolvedUs ?? 0) >= (one.sinceUs ?? beganUs(one.rule, nowUs))));
      if (told) this.#watch.tellKnown(one);
      return !told;
    });
  }

  async #raise(one: Condition | Happened, targets: readonly TargetFact[], nowUs: number): Promise<boolean> {
    const { rule, key, kind, severity, title, agent, connection, screen, screenId } = one;
    const text = lasts(kind) ? lastingText(one) : one.text;
    const [step] = rule.escalation;
    const atUs = lasts(kind) ? nowUs : (one.sinceUs ?? nowUs);
    const about = { kind, severity, rule: rule.name, title, text, agent: one.agentName, connection: one.connectionName, raisedUs: atUs, times: 1 };
    const done = await this.#run('alerts.raise', { rule: rule.id, key, kind, severity, title, text, agent, connection, screen, screenId, atUs, nextStepUs: step === undefined ? null : nowUs + step.afterMin * 60_000_000, deliveries: deliveriesOf(targets, rule.targets, 'raised', about, this.#parts.from, nowUs), againUs });
    if (done) this.#watch.tellKnown(one);
    return done;
  }

  /** What lasts says how it is now, and tells nobody. Answers the words that are not those that were kept. */
  async #goesOn(going: readonly Going[], nowUs: number): Promise<ReadonlyMap<number, { title: string; text: string }>> {
    const now = new Map(going.map(({ alert, condition }) => [alert.id, { alert, title: condition.title, text: lastingText(condition) }]));
    for (const [id, { alert, title, text }] of now) {
      if (title === alert.title && text === alert.text) now.delete(id);
      else await this.#run('alerts.goesOn', { id, title, text, atUs: nowUs });
    }
    return new Map([...now].map(([id, { title, text }]) => [id, { title, text }]));
  }

  async #endAll(over: readonly Over[], nowUs: number, targets: readonly TargetFact[] = []): Promise<void> {
    for (const { alert, rule, text, tell } of over) {
      const ids = tell && rule?.tellEnd === true ? [...rule.targets, ...rule.escalation.slice(0, alert.steps).flatMap((step) => step.targets)] : [];
      await this.#run('alerts.over', { id: alert.id, atUs: nowUs, text, deliveries: deliveriesOf(targets, ids, 'over', { ...aboutOf(alert, rule), text: textOf(text, alert.text) }, this.#parts.from, nowUs) });
    }
  }

  async #escalate({ alert, rule }: Due, targets: readonly TargetFact[], nowUs: number): Promise<void> {
    const step = rule.escalation[alert.steps];
    const next = rule.escalation[alert.steps + 1];
    const names = targets.filter((one) => step?.targets.includes(one.id)).map((one) => one.name);
    const text = step === undefined ? 'Its rule has no further step any more.' : `Nobody has acknowledged it for ${within(step.afterMin * 60)}: ${names.length === 0 ? 'no target is left to be told' : `told to ${names.join(', ')}`}.`;
    await this.#run('alerts.escalate', { id: alert.id, step: alert.steps, nextStepUs: next === undefined ? null : alert.raisedUs + next.afterMin * 60_000_000, text, deliveries: deliveriesOf(targets, step?.targets ?? [], 'escalated', aboutOf(alert, rule), this.#parts.from, nowUs) });
  }

  async #goOn(to: Cursors): Promise<void> {
    const was = this.#writtenCursors;
    this.#cursors = to;
    if (was !== null && was.failures === to.failures && was.grants === to.grants && was.budgets === to.budgets) return;
    if (await this.#run('alerts.cursor', to)) this.#writtenCursors = to;
  }

  /** One that cannot be written keeps the others from nothing: the next look finds it again. */
  async #run<N extends 'alerts.raise' | 'alerts.goesOn' | 'alerts.over' | 'alerts.escalate' | 'alerts.cursor'>(name: N, params: AlertCommands[N]['params']): Promise<boolean> {
    if (this.#ended) return false;
    try {
      await this.#parts.history.command(name, params as AllCommands[N]['params']);
      return true;
    } catch (error) {
      this.#parts.log.error('an alert could not be written', error, { command: name });
      return false;
    }
  }
}

const lastingText = ({ rule, text }: Pick<Condition, 'rule' | 'text'>): string => (rule.sustainedS > 0 ? textOf(text, `It has been so for at least ${within(rule.sustainedS)} without a break.`) : text);

const aboutOf = (alert: AlertFacts['open'][number], rule: AlertRuleFact | null): Parameters<typeof deliveriesOf>[3] => ({
  kind: alert.kind, severity: alert.severity, rule: rule?.name ?? '', title: alert.title, text: alert.text, agent: alert.agentName, connection: alert.connectionName, raisedUs: alert.raisedUs, times: alert.times,
});

/** Of a rate: a person's word counts for as long as the time that is looked at reaches back to it, for it is of the same activities. */
const beganUs = ({ trigger }: AlertRuleFact, nowUs: number): number => ('withinS' in trigger ? nowUs - trigger.withinS * 1_000_000 : 0);
