/** Puts the engine together: claims the folder, opens the history, listens, answers. Used by the engine's process and by the command line. */
import type { TextLevel } from '../../shared/reports.ts';
import { version } from '../../shared/version.ts';
import { accessDesk } from './access-desk.ts';
import type { DesktopPort } from './alerts/deliver/desktop.ts';
import { openAlerts } from './alerts/open-alerts.ts';
import { openAudit } from './audit/open-audit.ts';
import { budgetsDesk } from './budgets/budgets-desk.ts';
import { costDesk } from './cost-desk.ts';
import { billReader, documentReader } from './document-reader.ts';
import { Alarms } from './alarms.ts';
import { auditBy } from './audit-words.ts';
import type { ApprovalsMessage } from './approval-teller.ts';
import { tellClock } from './clock-alarms.ts';
import { ClockWatch } from './clock-watch.ts';
import type { Vault } from './collect/vault.ts';
import { Connections, offKey } from './connections.ts';
import { ContentViews } from './content-views.ts';
import { openControlSocket } from './control-socket.ts';
import { Doors } from './doors.ts';
import { EngineLog } from './engine-log.ts';
import { packer } from './export/pack-thread.ts';
import { openReports } from './export/report-desk.ts';
import { GapKeeper } from './gap-keeper.ts';
import { makeHandlers } from './handlers.ts';
import { Hints } from './hints.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';
import { IntakeRate } from './intake-rate.ts';
import { openLive } from './live.ts';
import { openProcesses } from './processes/open-processes.ts';
import { systemClock } from './ports.ts';
import type { Actor, ClientPort, Log } from './ports.ts';
import { noReceiver, ReceiverKeeper } from './receiver-keeper.ts';
import type { Address, ReceiverPart } from './receiver-keeper.ts';
import { retentionDesk } from './retention-desk.ts';
import { RpcServer } from './rpc.ts';
import { RuntimeConnections } from './runtime-connections.ts';
import { openRuntimes } from './runtimes.ts';
import { History } from './store/history.ts';
import type { RuntimeFact } from './store/runtime-commands.ts';
import { Status } from './status.ts';
import { openStopping } from './stop/open-stop.ts';
import { openSurvey } from './store/survey.ts';

export interface EngineOptions {
  readonly dataFolder: string;
  /** `off`: only questions are answered; the times when nothing was received are then not this engine's to write down. */
  readonly receiver: 'off' | 'as_set' | Address;
  /**
   * Auditor mode of the whole engine, with what is shown of content; null or left out: no. With the receiver off nothing is polled, stopped, sealed, delivered or removed by itself, and whoever asks may
   * only read. Acts of reading are still written to the audit log.
   */
  readonly readOnly?: TextLevel | null;
  /** the account that owns the control socket, and so everybody who can open it. */
  readonly owner: string;
  /** where credentials rest; null: they live in memory, until this engine ends. */
  readonly vault: Vault | null;
  /** how many approvals wait and which are new, for whoever can show it. */
  readonly onApprovals: ((message: ApprovalsMessage) => void) | null;
  /** where notifications of alerts are shown; null: this engine runs without a desktop. */
  readonly desktop: DesktopPort | null;
}

export interface Engine {
  readonly receiver: Pick<ReceiverPart, 'status' | 'endpoint'>;
  serve(port: ClientPort, actor: Actor): void;
  close(): Promise<void>;
}

const loopback = '127.0.0.1';
const retentionEveryMs = 6 * 3_600_000;
/** A start that follows an end at once (an update, a restart after a crash) loses less than agents buffer by themselves. */
const shortestGapUs = 1_000_000;

export async function startEngine(options: EngineOptions): Promise<Engine> {
  let rpc: RpcServer | null = null;
  const early: ClientPort[] = [];
  // SECURITY: who speaks on the socket is who can open it, the folder's owner; nothing that is said there changes it.
  const fromSocket: Actor = { kind: 'command_line', name: options.owner, place: 'socket', readOnly: typeof options.readOnly === 'string', text: options.readOnly ?? 'full' };
  const control = await openControlSocket(options.dataFolder, (port) => { if (rpc) rpc.serve(port, fromSocket); else early.push(port); });
  try {
    const log = new EngineLog(options.dataFolder);
    const parts = await openParts(options, log);
    rpc = parts.rpc;
    for (const port of early) rpc.serve(port, fromSocket);
    const served = rpc;
    log.info('engine started', { version, pid: process.pid });
    return {
      receiver: parts.receiver,
      serve: (port, actor) => served.serve(port, actor),
      close: async () => {
        // The order matters: what was accepted is stored before the history closes, and the folder is given free last.
        await parts.close();
        await control.close();
        log.info('engine ended');
      },
    };
  } catch (error) {
    await control.close();
    throw error;
  }
}

interface Parts {
  readonly rpc: RpcServer;
  readonly receiver: ReceiverPart;
  close(): Promise<void>;
}

async function openParts(options: EngineOptions, log: Log): Promise<Parts> {
  const late: { alarms?: Alarms; rpc?: RpcServer } = {};
  const history: HistoryPort = await History.open({ dataDir: options.dataFolder, clock: systemClock, onAlarm: ({ id, severity, text }) => late.alarms?.raise(id, severity, text) });
  try {
    return await assemble(options, log, history, late);
  } catch (error) {
    await history.close();
    throw error;
  }
}

async function assemble(options: EngineOptions, log: Log, history: HistoryPort, late: { alarms?: Alarms; rpc?: RpcServer }): Promise<Parts> {
  const hints = new Hints((topics) => late.rpc?.hint(topics));
  const rate = new IntakeRate();
  const alarms = new Alarms(history, log, () => hints.add(['status']));
  late.alarms = alarms;
  const gaps = new GapKeeper({ open: (gap) => history.command('gaps.open', gap), close: (gap) => history.command('gaps.close', gap) }, log);
  const doors = new Doors(history);
  const settings = await ask(history, 'settings.get', {});
  await doors.refresh();
  const wanted = typeof options.receiver === 'object' ? options.receiver : { host: loopback, port: settings.otlpPort };
  const addresses = { of: (_connection: number): Promise<string | null> => Promise.resolve(null), all: (): Promise<readonly string[]> => Promise.resolve([]) };
  const processes = openProcesses({ log, addressOf: (connection) => addresses.of(connection), addresses: () => addresses.all() });
  const keeper = options.receiver === 'off' ? null : new ReceiverKeeper({ history, doors, gaps, alarms, log, changed: () => hints.add(['status', 'connections']), senders: processes.senders }, wanted);
  const receiver: ReceiverPart = keeper ?? (typeof options.readOnly === 'string' ? noReceiver(wanted, 'Gatehouse was started read-only, so nothing is received.') : noReceiver(wanted));
  const runtimes = openRuntimes({ history, gaps, log, changed: () => hints.add(['connections', 'status']), vault: options.vault, lasting: keeper !== null, onApprovals: options.onApprovals });
  const connections = new Connections({ history, receiver, doors, gaps, collectors: runtimes.collectors });
  const status = new Status({ history, receiver, alarms, rate, version, dataFolder: options.dataFolder });
  addresses.of = (connection) => runtimes.collectors.addressOf(connection);
  addresses.all = () => runtimes.collectors.addresses();
  const stopping = openStopping({ history, collectors: runtimes.collectors, processes, alarms, log, version, lasting: keeper !== null });
  const alerts = openAlerts({ history, credentials: runtimes.credentials, desktop: options.desktop, alarms, log, version, lasting: keeper !== null });
  const audit = openAudit({ history, vault: options.vault, dataFolder: options.dataFolder, lasting: keeper !== null, alarms, log, changed: () => hints.add(['audit', 'status']) });
  const readLive: Parameters<typeof openLive>[0]['read'] = async ({ afterId, upToId, ids, filter, limit }) => {
    const { rows, passed } = await ask(history, 'liveRows', { after: afterId, upTo: upToId, ids, filter, limit });
    return { rows, matched: passed };
  };
  const reports = openReports({ history, dataFolder: options.dataFolder, version, log, changed: (audited) => hints.add(audited ? ['reports', 'audit'] : ['reports']), pack: packer({ file: history.file, log, seal: () => audit.sealNow('pack'), sign: (text) => audit.sign(text) }) });
  const rpc = new RpcServer({
    handlers: makeHandlers({
      history, status, alarms, connections, receiver, views: new ContentViews({ history, log }), desk: runtimes.desk, stop: stopping.desk, access: accessDesk({ history, documents: documentReader() }), cost: costDesk({ history, bills: billReader() }), budgets: budgetsDesk({ history }), alerts: alerts.desk, retention: retentionDesk({ history, survey: openSurvey(() => history.file), clock: systemClock }), audit: audit.desk, reports: reports.desk,
      runtimes: new RuntimeConnections({ history, facts: runtimes.facts, collectors: runtimes.collectors, credentials: runtimes.credentials, shown: (id) => connections.one(id), log }),
    }),
    onRefused: (method, actor, text) => {
      history.command('audit.append', auditBy(actor, { action: method, subject: null, outcome: 'refused', text, details: { place: actor.place, readOnly: actor.readOnly } })).catch((error: unknown) => log.error('a refusal could not be written down', error));
    },
    streams: { 'live.activity': (filter, credits, sink) => openLive({ commits: history, read: readLive, perSecond: () => rate.perSecond() }, filter, credits, sink) },
    log,
  });
  late.rpc = rpc;
  history.onCommit((note) => {
    if (note.inserted > 0) rate.add(note.inserted);
    hints.add(note.topics);
  });
  await reports.start();
  const { lastSeenUs } = await ask(history, 'engineFacts', {});
  const chores = keeper ? await startWatching({ history, keeper, gaps, alarms, log, facts: runtimes.facts }) : null;
  await runtimes.start();
  await stopping.start(lastSeenUs);
  alerts.start();
  audit.start();
  return {
    rpc, receiver,
    close: async () => {
      chores?.close();
      await Promise.all([stopping.close(), alerts.close(), reports.close()]);
      await Promise.all([receiver.close(), runtimes.close(), processes.close()]);
      await gaps.settle();
      // Last of all that writes: its seal counts what the others wrote at their end.
      await audit.close();
      rpc.close();
      hints.close();
      await history.close();
    },
  };
}

interface Watched {
  readonly history: HistoryPort;
  readonly keeper: ReceiverKeeper;
  readonly gaps: GapKeeper;
  readonly alarms: Alarms;
  readonly log: Log;
  readonly facts: () => Promise<readonly RuntimeFact[]>;
}

/** What only an engine that receives does: says what it could not see, keeps the history in its bounds. */
async function startWatching({ history, keeper, gaps, alarms, log, facts }: Watched): Promise<{ close(): void }> {
  await tellOffTime(history, gaps, await facts());
  await keeper.start();
  const clock = new ClockWatch(tellClock(gaps, alarms));
  const retain = (): void => { history.command('retention.run', { nowUs: Date.now() * 1_000, by: { actor: 'Gatehouse', actorKind: 'engine' }, quiet: true, wait: true }).catch((error: unknown) => log.error('retention', error)); };
  const retention = setInterval(retain, retentionEveryMs);
  retain();
  return { close: () => { clock.close(); clearInterval(retention); } };
}

async function tellOffTime(history: HistoryPort, gaps: GapKeeper, runtimes: readonly RuntimeFact[]): Promise<void> {
  const { lastSeenUs, openGaps, connections: senders } = await ask(history, 'engineFacts', {});
  const connections = [...senders, ...runtimes];
  const nowUs = Date.now() * 1_000;
  const off = new Set(connections.filter((one) => !one.enabled).map((one) => one.id));
  for (const gap of openGaps) {
    if (gap.reason === 'connection_off' && gap.connection !== null && off.has(gap.connection)) gaps.adopt(offKey(gap.connection), gap.id);
    // Left open by an engine that was killed: its cause ended with it; what came after is the time without an engine.
    else await history.command('gaps.close', { id: gap.id, toUs: lastSeenUs ?? nowUs });
  }
  if (lastSeenUs !== null && connections.length > 0 && nowUs - lastSeenUs > shortestGapUs) {
    gaps.record({ connection: null, fromUs: lastSeenUs, reason: 'engine_off', text: 'Gatehouse was not running.' }, nowUs);
  }
  await gaps.settle();
}
