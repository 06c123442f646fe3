/**
 * Turns drafts into rows: finds task and agent, joins what speaks of the same activity, counts failures once. Used inside one
 * transaction: `add` collects, `finish` resolves everything that the drafts say together and writes each row once. Nothing
 * depends on the order in which drafts come, in one transaction or over several.
 */
import type { Draft } from '../../ingest/draft.ts';
import { BASIS, KEY_KIND, KIND, OUTCOME, STATUS } from '../codes.ts';
import type { WriteDb } from '../database.ts';
import { Dictionary } from '../dictionary.ts';
import { hash53, type TellingIds } from '../hash.ts';
import type { Place } from '../payloads.ts';
import { AgentBook } from './agents.ts';
import { AliasBook } from './alias-book.ts';
import { DirtyTasks } from '../dirty-tasks.ts';
import { BillingBook } from './billing.ts';
import { factsOf, outcomeAtTop, placed } from './facts-of.ts';
import { IdentityBook } from './identity.ts';
import { FailureBook } from './failures.ts';
import { mergeFacts, mergeGuest } from './merge.ts';
import { LastCalls } from './last-calls.ts';
import { Pricing } from './pricing.ts';
import type { Facts, Row } from './row.ts';
import { RowCache } from './row-cache.ts';
import { settleAll } from './settle-all.ts';
import { joinTasks } from './join-tasks.ts';
import type { TaskState } from './tasks.ts';
import { ROLE, SpanNode, type TraceState } from './traces.ts';
import { WaitingCalls } from './waiting-calls.ts';
import { WriteOut, type Changes } from './write-out.ts';

/** What the draft's ids are for is in `Told.ids`: numbers cross between threads much faster than texts that are different in every record. */
export type ToldDraft = Omit<Draft, 'spanId' | 'parentSpanId' | 'key'>;

export interface Told {
  readonly connection: number;
  readonly service: string;
  readonly serviceVersion: string;
  readonly draft: ToldDraft;
  readonly ids: TellingIds;
  readonly payload: Place | null;
  readonly receivedUs: number;
  /** names by which other sources know the agent that the process runs. */
  readonly aliases?: readonly string[];
}

/** A telling of a row, for what can only be said once its agent is known. */
export interface Remark {
  readonly told: Told;
  readonly row: Row | null;
  readonly node: SpanNode | null;
  readonly trace: TraceState | null;
  readonly task: TaskState;
  readonly us: number;
}

const isEnd = (outcome: number): boolean => outcome === OUTCOME.completed || outcome === OUTCOME.failed || outcome === OUTCOME.cancelled;

export class Assembler {
  readonly dictionary: Dictionary;
  readonly agents: AgentBook;
  readonly aliases: AliasBook;
  readonly identity: IdentityBook;
  readonly cache: RowCache;
  readonly failures: FailureBook;
  readonly billing: BillingBook;
  readonly pricing: Pricing;
  /** whose cost is to be folded anew. */
  readonly dirtyTasks = new DirtyTasks();
  private readonly out: WriteOut;
  private readonly waiting = new WaitingCalls();
  private pending: { told: Told; trace: TraceState | null; node: SpanNode | null }[] = [];
  private readonly remarks: Remark[] = [];
  private readonly textOf = (id: number): string => this.dictionary.text(id);

  constructor(db: WriteDb) {
    this.dictionary = new Dictionary(db);
    this.agents = new AgentBook(db);
    this.aliases = new AliasBook(db, this.agents);
    this.identity = new IdentityBook(db, this.agents, this.dirtyTasks);
    this.billing = new BillingBook(db);
    this.pricing = new Pricing(this.dictionary);
    this.cache = new RowCache(db, this.billing);
    this.failures = new FailureBook(db, this.dictionary);
    this.out = new WriteOut(db, this, new LastCalls(db));
  }

  /** Notes a draft and its place in the tree; nothing is decided yet, the rest of the transaction may say more. */
  add(told: Told): void {
    const { draft } = told;
    const trace = draft.traceId === '' ? null : this.cache.trace(told.connection, draft.traceId);
    let node: SpanNode | null = null;
    if (trace !== null) {
      trace.receivedUs = Math.max(trace.receivedUs, told.receivedUs);
      if (draft.run !== undefined && (trace.run === null || (trace.run.kind === 'conversation' && draft.run.kind === 'session'))) trace.run = draft.run;
      if (draft.plain !== true) trace.matters = true;
      if (told.ids.span !== 0) node = this.place(trace, told);
    }
    this.pending.push({ told, trace, node });
  }

  /** Resolves and writes everything that was added. */
  finish(nowUs: number): Changes {
    for (const { told, trace, node } of this.pending) {
      if (told.draft.plain !== true) this.take(told, trace, node, nowUs);
      else if (told.draft.role === 'activity' && trace !== null) this.waiting.add(trace, told);
    }
    for (const { trace, told } of this.waiting.wake()) {
      const own: Told = { ...told, draft: { ...told.draft, plain: undefined } };
      this.take(own, trace, this.place(trace, own), nowUs);
    }
    this.pending = [];
    const left = new Map<number, number>();
    const calls = new Map<Row, number>();
    settleAll({
      cache: this.cache, agents: this.agents, failures: this.failures, identity: this.identity, textOf: this.textOf, nowUs, left, calls,
      stateTop: (task, node) => {
        task.state(node.endUs, node.outcome, BASIS.root_ended);
        task.endWork(node.endUs);
      },
    });
    this.remark();
    return this.out.write(nowUs, left, calls);
  }

  /** Prices rows with ids from `fromId` to before `beforeId` anew. Answers how many changed. Between `finish` and `add` only. */
  reprice(fromId: number, beforeId: number): number {
    const changes: { was: Facts; now: Facts }[] = [];
    for (const now of this.cache.rows.used(fromId, beforeId)) {
      const was = { ...now };
      this.pricing.price(now);
      if (now.computed !== was.computed || now.computedCurrency !== was.computedCurrency) changes.push({ was, now });
    }
    if (changes.length > 0) this.out.moveMoney(changes);
    return changes.length;
  }

  /** After a rollback: what was only in memory never happened. */
  forget(): void {
    this.pending = [];
    this.remarks.length = 0;
    this.dictionary.forget();
    this.billing.forget();
    this.agents.forget();
    this.aliases.forget();
    this.identity.forget();
    this.failures.forget();
    this.cache.forget();
    this.waiting.forget();
    this.out.forget();
  }

  private place(trace: TraceState, told: Told): SpanNode {
    const { draft, ids } = told;
    const { span } = ids;
    const parent = ids.parentSpan === span ? 0 : ids.parentSpan;
    const role = draft.plain === true ? ROLE.plain : ROLE[draft.role];
    const startUs = placed(draft.startUs, told.receivedUs);
    const endUs = draft.endUs === undefined ? 0 : Math.max(startUs, startUs + draft.endUs - draft.startUs);
    let node = trace.spans.get(span);
    if (node === undefined) {
      node = new SpanNode(span, parent, role, startUs, endUs);
      trace.spans.set(span, node);
    }
    if (node.parent === 0) node.parent = parent;
    node.role = Math.max(node.role, role);
    if (endUs > node.endUs) {
      node.endUs = endUs;
      node.unsaved = true;
    }
    if (draft.role !== 'activity' && draft.plain !== true) {
      node.outcome = outcomeAtTop(draft);
      node.outcomeBasis = draft.taskOutcome === undefined ? BASIS.root_ended : BASIS.reported;
    }
    if (draft.role === 'structure' && draft.joins === 'parent' && draft.plain !== true) {
      node.joinKind = KIND[draft.kind];
      node.status = STATUS[draft.status];
      node.explicit = draft.statusExplicit;
    }
    this.cache.mark(trace);
    return node;
  }

  private taskOf(told: Told, trace: TraceState | null): TaskState {
    const { draft, connection } = told;
    if (trace !== null) this.taskOfTrace(trace);
    if (draft.run !== undefined && draft.run.id !== '') return this.cache.tasks.named(connection, KEY_KIND[draft.run.kind], draft.run.id);
    if (trace !== null && trace.task !== null) {
      this.cache.tasks.touched.add(trace.task);
      return trace.task;
    }
    return this.cache.tasks.named(connection, KEY_KIND.session, `untraced:${told.service}`);
  }

  /** A trace that was known without its session and now names one: its task becomes part of the session's. */
  private taskOfTrace(trace: TraceState): void {
    const { tasks } = this.cache;
    if (trace.run !== null && trace.run.id !== '' && (trace.task === null || trace.task.f.keyKind === KEY_KIND.trace)) {
      const task = tasks.named(trace.connection, KEY_KIND[trace.run.kind], trace.run.id);
      const before = trace.task;
      if (before !== null && before !== task) joinTasks(this.cache, before, task, this.textOf);
      this.cache.tie(trace, task);
    } else if (trace.task === null) {
      this.cache.tie(trace, tasks.ofTrace(trace.connection, trace.traceId));
    }
  }

  private take(told: Told, trace: TraceState | null, node: SpanNode | null, nowUs: number): void {
    const { draft } = told;
    const task = this.taskOf(told, trace);
    const startUs = placed(draft.startUs, told.receivedUs);
    const endUs = draft.endUs === undefined ? 0 : Math.max(startUs, startUs + draft.endUs - draft.startUs);
    if (told.receivedUs > task.f.receivedUs) {
      task.f.receivedUs = told.receivedUs;
      task.dirty = true;
    }
    const claim = this.claim(told, task, node, startUs, nowUs);
    this.say(told, task, startUs, endUs, claim);
    const row = draft.role === 'structure' ? null : this.row(told, task, trace, node, claim);
    if (draft.identity !== undefined || draft.agent?.version !== undefined || told.serviceVersion !== '' || told.aliases !== undefined) this.remarks.push({ told, row, node, trace, task, us: startUs });
  }

  private claim(told: Told, task: TaskState, node: SpanNode | null, us: number, nowUs: number): number {
    const claim = told.draft.agent;
    if (claim === undefined) return 0;
    const source = this.dictionary.id(told.draft.source);
    const agent = this.agents.claimed(told.connection, claim, told.service, source, us, nowUs);
    const run = claim.runId === undefined || claim.runId === '' ? 0 : hash53(claim.runId);
    if (agent !== 0 && run !== 0 && !task.runs.has(run)) this.cache.learnRun(task, run, agent);
    if (node !== null && (node.claim === 0 || node.run === 0)) {
      if (node.claim === 0) node.claim = agent;
      if (node.run === 0) node.run = run;
    }
    return agent;
  }

  /** What the draft says about its task as a whole. */
  private say(told: Told, task: TaskState, startUs: number, endUs: number, claim: number): void {
    const { draft, ids } = told;
    const atTop = draft.role !== 'activity' && ids.span !== 0 && ids.parentSpan === 0;
    if (atTop && endUs > 0) {
      task.state(endUs, outcomeAtTop(draft), draft.taskOutcome === undefined ? BASIS.root_ended : BASIS.reported);
      task.endWork(endUs);
    } else if (draft.taskOutcome !== undefined) {
      const outcome = OUTCOME[draft.taskOutcome];
      const atUs = endUs > 0 ? endUs : startUs;
      task.state(atUs, outcome, BASIS.reported);
      // A run has one end: what the runtime left open in it was cut off.
      if (task.f.keyKind === KEY_KIND.run && isEnd(outcome)) task.endWork(atUs);
    }
    if (draft.startsRun !== undefined && draft.startsRun.id !== '') this.takeIn(told, task);
    if (draft.endsSession === true) task.endWork(endUs > 0 ? endUs : startUs);
    if (draft.taskName !== undefined && draft.taskName !== '' && task.f.name === '') {
      task.f.name = draft.taskName.slice(0, 200);
      task.dirty = true;
    }
    if (ids.span === 0 && draft.role !== 'activity' && claim !== 0) this.cache.looseRoot(task, claim, startUs);
  }

  /** Work that this one began under an id of its own is part of the same task, whichever of the two was heard of first. */
  private takeIn(told: Told, task: TaskState): void {
    const { startsRun } = told.draft;
    if (startsRun === undefined) return;
    const begun = this.cache.tasks.named(told.connection, KEY_KIND[startsRun.kind], startsRun.id);
    if (begun !== task) joinTasks(this.cache, begun, task, this.textOf);
  }

  private row(told: Told, task: TaskState, trace: TraceState | null, node: SpanNode | null, claim: number): Row | null {
    const { draft, ids } = told;
    const { span } = ids;
    const parentSpan = ids.parentSpan === span ? 0 : ids.parentSpan;
    const facts = factsOf(told, parentSpan, this.dictionary, this.billing);
    facts.task = task.f.id;
    facts.claim = claim;
    facts.run = draft.agent?.runId === undefined ? 0 : hash53(draft.agent.runId);
    // It was found before to speak of its parent's activity: it is a further telling of that one.
    const host = node?.row ?? null;
    if (host !== null && draft.joins === 'parent' && host.f.key !== facts.key) {
      if (!this.cache.isRepeat(host, facts.record)) {
        mergeGuest(host.touch(), facts, this.textOf);
        this.cache.further(host, facts.record, told.payload);
      }
      return host;
    }
    const known = this.cache.row(task, facts.key);
    if (known === null) {
      const row = this.cache.begin(task, facts, told.payload);
      this.cache.attach(row, trace, node);
      return row;
    }
    if (!this.cache.isRepeat(known, facts.record)) {
      mergeFacts(known.touch(), facts, this.textOf);
      this.cache.further(known, facts.record, told.payload);
      known.f.span = known.f.span === 0 ? span : known.f.span;
      if (known.f.span === span || known.f.parentSpan === 0) known.f.parentSpan = parentSpan === 0 ? known.f.parentSpan : parentSpan;
    }
    this.cache.attach(known, trace, node);
    return known;
  }

  /** Identity and versions belong to the agent that the telling turned out to be of. */
  private remark(): void {
    for (const { told, row, node, trace, task, us } of this.remarks) {
      const { draft } = told;
      if (told.aliases !== undefined) this.alias(told.aliases, trace, task);
      const agent = this.agentOf(row, node, trace, task);
      if (agent === 0) continue;
      if (draft.identity !== undefined) this.identity.claim(agent, draft.identity, us, task);
      // A service's version is the version of an agent only when the agent is the service (Mastra puts its own there, Gemini CLI Node's).
      const state = this.agents.get(agent);
      const version = draft.agent?.version ?? (state !== undefined && state.name === told.service ? told.serviceVersion : '');
      if (version !== '') this.identity.version(agent, version, us);
    }
    this.remarks.length = 0;
  }

  /** A resource speaks of the agent that its process was started as, not of the sub-agents in it. */
  private alias(aliases: readonly string[], trace: TraceState | null, task: TaskState): void {
    const agent = trace !== null && trace.rootAgent !== 0 ? trace.rootAgent : this.cache.rootAgent(task);
    if (agent !== 0) this.aliases.note(agent, aliases);
  }

  private agentOf(row: Row | null, node: SpanNode | null, trace: TraceState | null, task: TaskState): number {
    if (row !== null) return (row.into ?? row).f.agent;
    if (node !== null && trace !== null && node.atAgent !== 0) return node.atAgent;
    return this.cache.rootAgent(task);
  }
}
