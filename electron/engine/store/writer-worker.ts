/** The writer's thread. Bodies that wait are stored together: one transaction costs the same for one as for many. */
import { MessageChannel, parentPort, Worker, workerData, type MessagePort } from 'node:worker_threads';
import type { HintTopic } from '../../../shared/contract.ts';
import { keepHeapSmall } from '../spare-heap.ts';
import { AccessTurns } from './access-turns.ts';
import { isCommand, runCommand, type CommandName, type Commands } from './commands.ts';
import { releaseClaims } from './approvals.ts';
import { Chores, interruptChores, isChore } from './chores.ts';
import { noteCleanEnd } from './clean-end.ts';
import { CostTurns } from './cost-turns.ts';
import { keepPages } from './database.ts';
import { DigestTurns } from './digest-turns.ts';
import { closingDigests, type Closed } from './digests.ts';
import { StoreError, storeError } from './errors.ts';
import { Folding } from './folding.ts';
import { realIntake } from './intake.ts';
import { schemaVersion } from './migrations.ts';
import { openHistory } from './open.ts';
import type { PreparedBody } from './prepared.ts';
import type { AllCommands, AnyCommand, FromPreparer, FromWriter, ToWriter } from './protocol.ts';
import { removalRefusal } from './holds.ts';
import { removeConnection, retireConnection } from './retention.ts';
import { WriterLoad } from './writer-load.ts';
import { Writer } from './writer.ts';

/** The benchmark measures what grouping brings by switching it off. */
const mostBodies = Number(process.env['GATEHOUSE_GROUP_BODIES'] ?? 64);
const mostBytes = 8 * 1024 * 1024;
const sweepEveryMs = 1_000;
/** Bodies that come closer together than this are a stream. */
const lullMs = 200;
/** Then the pages that were kept for the next transaction are let go. */
const quietMs = 5_000;

const port = parentPort;
if (port === null) throw new Error('writer-worker runs as a worker thread only');
const send = (message: FromWriter): void => port.postMessage(message);
const now = (): number => Date.now() * 1_000;

interface Long { readonly n: number; readonly steps: Generator<number>; readonly answer: (gone: number) => unknown; readonly topics?: HintTopic[]; gone: number }

class WriterThread {
  private readonly writer: Writer;
  private readonly folding: Folding;
  private readonly bodies: PreparedBody[] = [];
  private readonly long: Long[] = [];
  private scheduled = false;
  /** when bodies were last stored. */
  private storedMs = Number.NEGATIVE_INFINITY;
  private readonly load = new WriterLoad();
  private roomy = false;
  closed = false;
  /** where bodies come out, for the thread that reads them. */
  readonly bodiesPort: MessagePort;
  /** of the thread that reads bodies, once it has passed the word to close on. */
  preparerEnded: Promise<void> = Promise.resolve();
  private readonly sweeping: NodeJS.Timeout;
  private readonly access: AccessTurns;
  private readonly cost: CostTurns;
  private readonly digests: DigestTurns;
  private readonly chores: Chores;

  constructor(writer: Writer, bodiesPort: MessagePort) {
    this.writer = writer;
    this.bodiesPort = bodiesPort;
    const busy = (): boolean => this.bodies.length > 0 || this.long.length > 0 || this.chores.busy || performance.now() - this.storedMs < lullMs;
    const pauseMs = (): number => this.load.pauseMs;
    const tell = (topics: HintTopic[]): void => send({ t: 'swept', note: { t: 'commit', firstActivityId: 0, lastActivityId: 0, inserted: 0, updatedIds: [], topics } });
    this.access = new AccessTurns({ writer, now, busy, pauseMs, tell });
    this.cost = new CostTurns({ writer, busy, pauseMs, tell });
    this.digests = new DigestTurns({ writer, busy, pauseMs });
    this.folding = new Folding(writer.db);
    const changed: HintTopic[] = ['activity', 'agents', 'tasks', 'failures', 'cost', 'connections', 'status', 'gaps', 'alerts', 'retention', 'audit'];
    this.chores = new Chores({ writer, now, answer: (n, ok) => send({ t: 'answer', n, ok, topics: changed }), fail: (n, cause) => this.fail(n, cause), tell: () => tell(['retention']) });
    this.sweeping = setInterval(() => this.sweepQuietly(), sweepEveryMs);
  }

  take(message: ToWriter | FromPreparer): void {
    if (message.t === 'prepared') this.bodies.push(message.body);
    else if (message.t === 'prepare') startPreparing(this);
    else if (message.t === 'unreadable') send({ t: 'results', results: [{ ...message, t: 'unavailable' }], note: null });
    else if (message.t === 'command') {
      this.command(message.n, message.name, message.params);
      if (changesAccess(message.name)) this.access.soon();
      if (changesCost(message.name)) this.cost.soon();
      this.folding.step();
    }
    else void this.close(message.damageMet);
    this.schedule();
  }

  /** After the messages that are waiting now, so that they are stored together. */
  private schedule(): void {
    if (this.scheduled || this.closed || (this.bodies.length === 0 && this.long.length === 0 && !this.chores.busy)) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (this.closed) return;
      this.storeSome();
      if (this.long.length > 0) this.stepOnce();
      else this.chores.step();
      this.folding.step();
      this.schedule();
    });
  }

  private nextBodies(): PreparedBody[] {
    let bytes = 0;
    let count = 0;
    for (const body of this.bodies) {
      if (count > 0 && (count >= mostBodies || bytes + body.bytes > mostBytes)) break;
      bytes += body.bytes;
      count += 1;
    }
    return this.bodies.splice(0, count);
  }

  /** Each second without bodies, since other work keeps pages too. */
  private room(busy: boolean): void {
    if (busy && this.roomy) return;
    this.roomy = busy;
    keepPages(this.writer.db, busy);
  }

  private storeSome(): void {
    const bodies = this.nextBodies();
    if (bodies.length === 0) return;
    this.room(true);
    const began = performance.now();
    send({ t: 'results', ...this.writer.storePrepared(bodies, now()) });
    this.storedMs = performance.now();
    this.load.stored(began, this.storedMs);
  }

  private stepOnce(): void {
    const job = this.long[0];
    if (job === undefined) return;
    try {
      const step = job.steps.next();
      if (step.done !== true) {
        job.gone += step.value;
        return;
      }
      this.long.shift();
      send({ t: 'answer', n: job.n, ok: job.answer(job.gone), topics: job.topics ?? ['activity', 'agents', 'tasks', 'failures', 'cost', 'connections', 'status', 'gaps', 'alerts'] });
    } catch (cause) {
      this.long.shift();
      this.fail(job.n, cause);
    }
  }

  private sweepQuietly(): void {
    try {
      this.sweep(now());
      if (performance.now() - this.storedMs > quietMs) this.room(false);
    } catch {
      // A full disk or a lock: senders are told so by their own bodies; the next second tries again.
    }
  }

  private sweep(nowUs: number): boolean {
    const note = this.writer.sweep(nowUs);
    if (note !== null) send({ t: 'swept', note });
    return note !== null;
  }

  private command(n: number, name: AnyCommand, params: unknown): void {
    try {
      if (isChore(name)) this.chores.add(n, name, params as AllCommands[typeof name]['params']);
      else if (name === 'retention.cancel') send({ t: 'answer', n, ok: this.chores.cancel(params as AllCommands['retention.cancel']['params']), topics: ['retention', 'audit'] });
      else if (name === 'connections.remove') this.remove(n, params as AllCommands['connections.remove']['params']);
      else if (name === 'digests.close') this.closeDigests(n);
      else if (name === 'sweep') send({ t: 'answer', n, ok: { changed: this.sweep((params as AllCommands['sweep']['params']).nowUs) }, topics: [] });
      else if (name === 'runtimes.collected') this.collect(n, params as AllCommands['runtimes.collected']['params']);
      else if (name === 'runtimes.discovered') this.discover(n, params as AllCommands['runtimes.discovered']['params']);
      else if (name === 'tasks.mark') this.mark(n, params as AllCommands['tasks.mark']['params']);
      else if (isCommand(name)) this.run(n, name, params as Commands[typeof name]['params']);
    } catch (cause) {
      this.fail(n, cause);
    }
  }

  /** Whoever hears of the answer finds the note's rows already told. */
  private collect(n: number, job: AllCommands['runtimes.collected']['params']): void {
    const { result, note } = this.writer.collect(job, now());
    if (note !== null) send({ t: 'swept', note });
    send({ t: 'answer', n, ok: result, topics: [] });
  }

  private closeDigests(n: number): void {
    let closed: Closed = { digests: 0, entries: [] };
    const { writer } = this;
    function* steps(): Generator<number> { closed = yield* closingDigests(writer.db, (run) => writer.inTransaction(run), now()); }
    this.long.push({ n, steps: steps(), answer: () => closed, topics: ['audit'], gone: 0 });
  }

  private mark(n: number, params: AllCommands['tasks.mark']['params']): void {
    const note = this.writer.mark(params, now());
    if (note !== null) send({ t: 'swept', note });
    send({ t: 'answer', n, ok: { id: params.id }, topics: ['tasks', 'cost', 'failures', 'audit'] });
  }

  private discover(n: number, job: AllCommands['runtimes.discovered']['params']): void {
    const note = this.writer.discover(job, now());
    if (note !== null) send({ t: 'swept', note });
    send({ t: 'answer', n, ok: { id: job.connection }, topics: [] });
  }

  private run<N extends CommandName>(n: number, name: N, params: Commands[N]['params']): void {
    let ok: unknown;
    const run = (): void => { ok = runCommand(name, this.writer.db, params, this.writer.tallies, now()); };
    if (name.startsWith('prices.')) this.writer.changePrices(run);
    else this.writer.inTransaction(run);
    if (name === 'stops.write') this.stopMoved(params as Commands['stops.write']['params']);
    send({ t: 'answer', n, ok, topics: topicsOf(name, ok) });
  }

  private stopMoved({ id, order }: Commands['stops.write']['params']): void {
    if (order?.commandedUs !== undefined || order?.releasedUs !== undefined) this.writer.stopsMoved(id);
  }

  private remove(n: number, { id, history }: AllCommands['connections.remove']['params']): void {
    const refusal = history === 'keep' ? null : removalRefusal(this.writer.db, id);
    if (refusal !== null) throw new StoreError('conflict', refusal);
    this.writer.inTransaction(() => retireConnection(this.writer.db, id, now()));
    if (history === 'keep') send({ t: 'answer', n, ok: { removedActivities: 0 }, topics: ['connections'] });
    else this.long.push({ n, steps: removeConnection(this.writer, id), answer: (gone) => ({ removedActivities: gone }), gone: 0 });
  }

  private fail(n: number, cause: unknown): void {
    const { code, message } = storeError(cause);
    send({ t: 'answer', n, error: { code, message }, topics: [] });
  }

  /** Everything that waits is stored first: it was taken in. */
  private async close(readerMetDamage: boolean): Promise<void> {
    clearInterval(this.sweeping);
    this.access.close();
    this.cost.close();
    this.digests.close();
    this.closed = true;
    while (this.bodies.length > 0) this.storeSome();
    await Promise.all([this.folding.close(), this.preparerEnded]);
    const file = this.writer.db.name;
    this.writer.db.close();
    if (!readerMetDamage && !this.writer.damageMet) noteCleanEnd(file);
    send({ t: 'closed' });
    port?.close();
  }
}

/** What people do and what was just discovered is to be seen at once, not at the next turn. */
function changesAccess(name: AnyCommand): boolean {
  return name.startsWith('access.') || name.startsWith('agents.') || name === 'runtimes.discovered' || name === 'connections.update' || name === 'connections.remove' || name === 'retention.run';
}

/** Whoever did it looks at the figures next. */
function changesCost(name: AnyCommand): boolean {
  return name.startsWith('prices.') || name === 'tasks.mark' || name === 'connections.remove' || name === 'retention.run';
}

function topicsOf(name: CommandName, result: unknown): HintTopic[] {
  // A poll that went well only moves times; told every time it would have the page ask without end.
  if (name === 'runtimes.state') return typeof result === 'object' && result !== null && 'told' in result && result.told === true ? ['connections', 'status'] : [];
  if (name === 'runtimes.add' || name === 'runtimes.update') return ['connections', 'status', 'audit'];
  if (name.startsWith('connections')) return ['connections', 'status', 'audit'];
  if (name === 'refusals.count' || name === 'strangers.count') return ['connections', 'status'];
  if (name === 'settings.set') return ['settings', 'audit'];
  if (name.startsWith('approvals')) return ['approvals', 'audit', 'status'];
  // Whose work it is changes everywhere.
  if (name === 'agents.link' || name === 'agents.unlink') return ['agents', 'activity', 'tasks', 'failures', 'cost', 'grants', 'approvals', 'audit', 'status'];
  if (name.startsWith('audit.') || name.startsWith('digests.')) return ['audit'];
  if (name.startsWith('stops.') || name.startsWith('rights.') || name.startsWith('canary.') || name.startsWith('rules.') || name.startsWith('operators.') || name === 'tags.set') return ['stop', 'audit', 'status'];
  if (name.startsWith('access.')) return ['access', 'grants', 'audit', 'status'];
  if (name.startsWith('prices.') || name.startsWith('bills.')) return ['cost', 'audit'];
  if (name === 'alerts.cursor' || name === 'deliveries.prune') return [];
  if (name.startsWith('deliveries.')) return name === 'deliveries.tested' || name === 'deliveries.wake' ? ['alerts', 'audit'] : ['alerts'];
  if (name.startsWith('alerts.')) return name === 'alerts.say' ? ['alerts', 'status', 'audit'] : ['alerts', 'status'];
  if (name.startsWith('alertRules.') || name.startsWith('targets.')) return ['alerts', 'status', 'audit'];
  if (name.startsWith('budgets.')) return ['budgets', 'audit'];
  if (name.startsWith('failures.')) return ['failures', 'audit'];
  if (name === 'agents.setOwner') return ['access', 'agents', 'audit'];
  if (name.startsWith('gaps') || name === 'seen.extend') return ['gaps', 'status'];
  return name.startsWith('alarms') ? ['status', 'audit'] : [];
}

/** Starts the thread that reads bodies; what was handed in meanwhile waits for it. When it dies so does the writer: what it held must come again. */
function startPreparing(thread: WriterThread): void {
  const file = `./prepare-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
  const preparer = new Worker(new URL(file, import.meta.url), {
    workerData: { bodies: thread.bodiesPort }, transferList: [thread.bodiesPort], name: 'prepare-worker', resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  preparer.on('message', (message: FromPreparer) => {
    if (message.t === 'close') thread.preparerEnded = new Promise((done) => { preparer.once('exit', () => done()); });
    thread.take(message);
  });
  preparer.on('exit', (code) => { if (!thread.closed) throw new Error(`the thread that reads bodies ended with ${code}`); });
  // The writer's end is not held up by it.
  preparer.unref();
}

function begin(): void {
  try {
    const { db, file, alarms } = openHistory((workerData as { dataDir: string }).dataDir, now());
    const writer = new Writer(db, realIntake);
    writer.inTransaction(() => {
      releaseClaims(db, now());
      interruptChores(db, now());
    });
    writer.priceIfBookIsNew();
    writer.inTransaction(() => { for (const alarm of alarms) runCommand('alarms.raise', db, alarm, writer.tallies, now()); });
    const sqlite = db.prepare<[], { v: string }>('SELECT sqlite_version() AS v').get()?.v ?? '';
    const { port1, port2: bodies } = new MessageChannel();
    const thread = new WriterThread(writer, port1);
    port?.on('message', (message: ToWriter) => thread.take(message));
    port?.postMessage({ t: 'opened', file, sqlite, schemaVersion, bodies } satisfies FromWriter, [bodies]);
  } catch (cause) {
    const { code, message } = storeError(cause);
    send({ t: 'not_opened', error: { code, message } });
  }
}

begin();
keepHeapSmall();
