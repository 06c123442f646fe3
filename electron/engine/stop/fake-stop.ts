/** For tests: a history in memory that keeps orders as the real one does, and a runtime that lies in every way a runtime can. */
import type { StopPlan } from '../../../shared/stop.ts';
import { RuntimeFault } from '../connectors/connector.ts';
import type { LeverCall, LeverReply, OpenRun, Sight, StopPort, StopTarget, Survey } from '../connectors/stopping.ts';
import type { AuditWords } from '../store/runtime-commands.ts';
import type { LeverFact, NewEvent, NewLever, NewOrder, OrderFact, ScopeFacts, StopCommands } from '../store/stop-commands.ts';
import type { StopContext, StopHistory, StopReader } from './stop-context.ts';
import type { OpenPort } from './stop-port.ts';

type Begin = StopCommands['stops.begin']['params'];
type Write = StopCommands['stops.write']['params'];

const notThere = (): Promise<never> => Promise.reject(new Error('this test does not ask for it'));

export class FakeStopHistory implements StopHistory {
  orders: OrderFact[] = [];
  events: (NewEvent & { readonly order: number })[] = [];
  audits: AuditWords[] = [];
  /** what came in, in its order. */
  readonly writes: string[] = [];
  fault: Error | null = null;
  facts: ScopeFacts = scopeOf();
  rows: Awaited<ReturnType<StopReader['signRows']>> = [];
  gaps: Awaited<ReturnType<StopReader['sightOf']>>[number]['gaps'] = [];
  rhythm: Awaited<ReturnType<StopReader['rhythmOf']>> = { signs: 0, longestUs: null, lastUs: null };
  readonly nowUs: () => number;
  #levers = 0;

  constructor(nowUs: () => number) { this.nowUs = nowUs; }

  readonly read: StopReader = {
    scopeFacts: () => Promise.resolve(this.facts),
    stopFacts: (ids) => Promise.resolve(this.orders.filter((one) => (ids === null ? one.endedUs === null || one.levers.some((lever) => lever.plan.leverId === 'console.hold' && lever.undoState === 'open') : ids.includes(one.id)))),
    signRows: ({ sinceUs }) => Promise.resolve(this.rows.filter((row) => row.startUs >= sinceUs || (row.endUs ?? 0) >= sinceUs)),
    rhythmOf: () => Promise.resolve(this.rhythm), stepTimes: () => Promise.resolve([]),
    sightOf: ({ connections }) => Promise.resolve(connections.map((connection) => ({ connection, kind: 'langgraph' as const, enabled: true, gaps: this.gaps, seenToUs: null }))),
    operatorFact: () => Promise.resolve(null), drillsDue: () => Promise.resolve([]),
    order: (publicId) => (publicId === '' ? notThere() : Promise.reject(new Error('not kept here'))), readiness: notThere, rules: notThere, operators: notThere, connections: notThere,
  };

  order(id: number): OrderFact {
    const found = this.orders.find((one) => one.id === id);
    if (found === undefined) throw new Error(`there is no order ${id}`);
    return found;
  }

  lever(title: string): LeverFact {
    const found = this.orders.flatMap((one) => one.levers).find((one) => one.plan.title === title);
    if (found === undefined) throw new Error(`there is no lever ${title}`);
    return found;
  }

  async command<N extends Parameters<StopHistory['command']>[0]>(name: N, params: Parameters<StopHistory['command']>[1]): Promise<never> {
    await Promise.resolve();
    if (this.fault !== null) throw this.fault;
    this.writes.push(name);
    const result = name === 'stops.begin' ? this.#begin(params as Begin) : name === 'stops.write' ? this.#write(params as Write) : { id: this.audits.push(params as AuditWords) };
    return result as never;
  }

  #begin(order: Begin): { id: number; number: number; levers: number[] } {
    const id = this.orders.length + 1;
    const levers = order.levers.map((lever): LeverFact => ({ ...structuredClone(lever), id: ++this.#levers, state: 'waiting', saved: null, attempts: 0, sentUs: null, reportedUs: null, reported: null, confirmed: 'not_yet', confirmedUs: null, undoState: 'none', holdCancelled: 0 }));
    const { audit, reasonKind: _kind, reason: _reason, ticket: _ticket, rule: _rule, levers: _levers, ...rest } = order;
    this.orders.push({ ...rest, id, number: id, headline: '', intentUs: this.nowUs(), commandedUs: null, firstAnswerUs: null, answeredUs: null, lastActUs: null, containedUs: null, verifiedUs: null, watchUntilUs: null, reopened: 0, endedUs: null, releasedUs: null, levers });
    this.audits.push(audit);
    return { id, number: id, levers: levers.map((one) => one.id) };
  }

  #write({ id, order, levers = [], events = [], audit = [] }: Write): { id: number } {
    const patches = new Map(levers.map((one) => [one.id, one]));
    this.orders = this.orders.map((one) => (one.id !== id ? one : { ...one, ...(structuredClone(order ?? {}) as Partial<OrderFact>), levers: one.levers.map((lever) => ({ ...lever, ...(patches.get(lever.id) as Partial<LeverFact> | undefined), ...(patches.get(lever.id)?.hold === undefined ? {} : { holdCancelled: patches.get(lever.id)?.hold?.cancelled ?? 0 }) })) }));
    this.events.push(...events.map((event) => ({ ...event, order: id })));
    this.audits.push(...audit);
    return { id };
  }
}

/** What the runtime itself does; its port only asks and reads it. Times by the clock of the test. */
export class FakeRuntime {
  runs: OpenRun[] = [];
  signs: Sight['signs'][number][] = [];
  opaque: Sight['opaque'][number][] = [];
  complete = true;
  readonly calls: string[] = [];
  readonly saved = new Map<string, string>();
  readonly undone: string[] = [];
  /** what it says to a lever; runs are ended by whoever scripts it. */
  onPull: (call: LeverCall, signal: AbortSignal, tell: (done: number, of: number) => void) => Promise<LeverReply> = (call) => { this.endRuns(call); return Promise.resolve(said('stopped')); };
  onLook: () => Promise<void> = () => Promise.resolve();
  onUndo: (leverId: string, saved: string) => Promise<string> = () => Promise.resolve('Put back.');
  readonly nowUs: () => number;

  constructor(nowUs: () => number) { this.nowUs = nowUs; }

  start(id: string, state: OpenRun['state'] = 'running'): void { this.runs = [...this.runs.filter((one) => one.id !== id), { id, agent: 'clerk-1', state, sinceUs: this.nowUs(), what: 'clerk' }]; }
  end(id: string): void { this.runs = this.runs.filter((one) => one.id !== id); }
  endRuns({ target }: { readonly target: StopTarget }): void { this.runs = this.runs.filter((one) => target.runs !== null && !target.runs.includes(one.id)); }
  act(what = 'wrote the file'): void { this.signs.push({ atUs: this.nowUs(), what, run: null, denied: false }); }
  pulls(leverId: string): number { return this.calls.filter((one) => one === leverId).length; }

  readonly port: StopPort = {
    survey: (): Promise<Survey> => Promise.resolve({ runs: this.runs, complete: this.complete, schedules: [], residual: [], alsoHits: [], targets: [], notes: [] }),
    save: (leverId) => Promise.resolve(this.saved.get(leverId) ?? null),
    pull: (call, signal, tell) => { this.calls.push(call.leverId); return this.onPull(call, signal, tell); },
    undo: (leverId, saved) => { this.undone.push(`${leverId} ${saved}`); return this.onUndo(leverId, saved); },
    look: async (_target, sinceUs) => {
      await this.onLook();
      return { atUs: this.nowUs(), open: this.runs, complete: this.complete, signs: this.signs.filter((one) => one.atUs >= sinceUs), opaque: this.opaque, readBack: [], notes: [] };
    },
    rights: () => Promise.resolve([{ level: 'cancel', result: 'ok', text: 'May cancel.' }]),
  };
}

export const said = (reported: LeverReply['reported'], text = 'It said so.'): LeverReply => ({ reported, text, runs: [], complete: true });
export const unreachable = (code: string): RuntimeFault => new RuntimeFault('unreachable', 'It could not be reached.', { cause: Object.assign(new Error(code), { code }) });
export const never = (signal: AbortSignal): Promise<never> => new Promise((_, refuse) => { signal.addEventListener('abort', () => refuse(signal.reason as Error), { once: true }); });

export const cutLever: OpenPort['levers'][number] = { id: 'fake.cancel', level: 'cancel', kind: 'cut', title: 'Cancel runs', reach: 'task', step: 'cut', undo: 'not_needed', undoText: '', repeatable: true, idleOnly: false, wanted: true, pulled: true, doesNotStop: [] };

export const openOf = (runtime: FakeRuntime, signal: AbortSignal): OpenPort => ({
  levers: [cutLever], port: runtime.port, runtime: runtime.port, process: null, mask: () => (value) => value, signal, giveBack: () => Promise.resolve(),
});

export function leverOf(id: string, more: Partial<Omit<NewLever, 'plan'>> & { readonly plan?: Partial<NewLever['plan']> } = {}): NewLever {
  const { plan, ...rest } = more;
  return {
    connection: 1, target: { agents: ['clerk-1'], runs: null }, repeatable: true, idleOnly: false, ...rest,
    plan: { id, leverId: id, connectionId: 'con-1', connectionName: 'Fake', step: 'cut', kind: 'cut', level: 'cancel', title: id, target: 'Everything.', reaches: '', doesNotStop: [], alsoHits: [], usual: null, undo: 'not_needed', undoText: '', wanted: true, problem: null, after: null, ...plan },
  };
}

export const planOf = (): StopPlan => ({
  id: 'plan-1', scope: { kind: 'agent', id: 'agt-1' }, scopeName: 'clerk', level: 'cancel', madeAt: '2026-01-01T00:00:00.000Z', agents: [{ id: 'agt-1', name: 'clerk', connectionNames: ['Fake'] }], tasksOpen: 1, lastActAt: null, levers: [], residual: [],
  checks: [], warnings: [], survey: null, silenceS: 90, watchS: 900, lastTried: null, needs: { typed: null, reason: false, second: false },
});

export const orderOf = (levers: readonly NewLever[], more: Partial<NewOrder> = {}): NewOrder => ({
  plan: planOf(), scope: { kind: 'agent', id: 'agt-1' }, scopeName: 'clerk', level: 'cancel', origin: 'person', state: 'stopping', agents: [1], sources: [1], tasks: null, orderedBy: 'ada', reasonKind: 'other', reason: '', ticket: null, rule: null,
  silenceS: 90, watchS: 900, levers, audit: { actor: 'ada', actorKind: 'desktop', action: 'stop.order', subject: null, outcome: 'asked', text: 'Wants to cancel clerk.', details: {} }, ...more,
});

export const scopeOf = (): ScopeFacts => ({
  scope: { kind: 'agent', id: 'agt-1' }, scopeName: 'clerk', tasks: [], tasksOpen: 1, lastActUs: null, callers: [], usual: [], tried: [], settings: {} as ScopeFacts['settings'],
  agents: [{ id: 1, publicId: 'agt-1', name: 'clerk', identity: 'unknown', identityOf: null, sources: [{ agent: 1, key: 'clerk-1', service: 'fake', connection: 1 }] }],
  connections: [{ id: 1, publicId: 'con-1', name: 'Fake', kind: 'langgraph', enabled: true, address: 'http://127.0.0.1:1/', visibility: 'all', levers: [], rights: [], agents: [] }],
});

export interface House { readonly context: StopContext; readonly history: FakeStopHistory; readonly runtime: FakeRuntime; readonly alarms: string[]; readonly logged: unknown[]; end(): void }

/** Everything on the clock of the test (`vi.useFakeTimers`). */
export function fakeHouse(onStep: (name: string) => void = () => undefined): House {
  const nowUs = (): number => Date.now() * 1_000;
  const history = new FakeStopHistory(nowUs);
  const runtime = new FakeRuntime(nowUs);
  const life = new AbortController();
  const alarms: string[] = [];
  const logged: unknown[] = [];
  return {
    history, runtime, alarms, logged, end: () => life.abort(),
    context: {
      history, onStep, life: life.signal, clock: { now: () => Date.now() }, log: { info: () => undefined, warn: () => undefined, error: (_text, error) => { logged.push(error); } },
      alarms: { tell: (id, _severity, text) => { alarms.push(`${id}: ${text}`); return Promise.resolve(); } }, ports: { open: () => Promise.resolve(openOf(runtime, life.signal)) },
    },
  };
}
