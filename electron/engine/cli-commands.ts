/** One function a command: asks the engine and prints the answer. */
import type { SystemStatus } from '../../shared/contract.ts';
import type { Connection } from '../../shared/domain.ts';
import { runAccessCommand } from './cli-access.ts';
import { runAlertCommand } from './cli-alerts.ts';
import { runAuditCommand } from './cli-audit.ts';
import type { AuditCommand } from './cli-audit-arguments.ts';
import type { AlertCommand } from './cli-alerts-arguments.ts';
import { runBudgetCommand } from './cli-budgets.ts';
import { runCostCommand } from './cli-cost.ts';
import { runPaperCommand } from './cli-approvals.ts';
import type { Command } from './cli-arguments.ts';
import { runExport } from './cli-export.ts';
import type { ExportCommand } from './cli-export-arguments.ts';
import { findConnection } from './cli-find.ts';
import type { KeyPlaces } from './cli-keys.ts';
import { activityListing, agentsListing, connectionColumns, failuresListing, gapsListing, tasksListing } from './cli-lists.ts';
import { printJson, printRows, printText } from './cli-output.ts';
import type { Streams } from './cli-output.ts';
import { runRetentionCommand } from './cli-retention.ts';
import { isRetention } from './cli-retention-arguments.ts';
import type { RetentionCommand } from './cli-retention-arguments.ts';
import type { ConnectionCommand } from './cli-runtimes.ts';
import { runRuntimeCommand } from './cli-runtimes.ts';
import { runStopCommand } from './cli-stop.ts';
import type { StopCommand } from './cli-stop-arguments.ts';
import { count, formatTable, time, visible } from './cli-text.ts';
import type { Caller } from './control-client.ts';
import { otelEnvironment } from './snippets.ts';

export interface CommandContext {
  readonly caller: Caller;
  readonly json: boolean;
  readonly streams: Streams;
  /** false: the engine was started for this command only. */
  readonly running: boolean;
  readonly keys: KeyPlaces;
}

const jsonLimit = 10_000;
const tableLimit = 100;

export type AskingCommand = Exclude<Command, { name: 'help' | 'version' | 'serve' | 'verify' }>;

/** Answers with the code that the program ends with. */
export async function runCommand(command: AskingCommand, context: CommandContext): Promise<number> {
  if (isRetention(command)) return runRetentionCommand(command, context);
  switch (command.name) {
    case 'export': return runExport(command, context);
    case 'stop':
    case 'stops':
    case 'stops show':
    case 'stops withdraw':
    case 'stops confirm':
    case 'release':
    case 'certificate':
    case 'readiness':
    case 'drill': return runStopCommand(command, context);
    case 'alerts':
    case 'alerts show':
    case 'alerts say':
    case 'alerts rules':
    case 'alerts save-rule':
    case 'alerts remove-rule':
    case 'alerts enable-rule':
    case 'targets':
    case 'targets add':
    case 'targets change':
    case 'targets credential':
    case 'targets enable':
    case 'targets test':
    case 'targets retry':
    case 'targets remove':
    case 'targets deliveries': return runAlertCommand(command, context);
    case 'audit':
    case 'audit show':
    case 'audit check':
    case 'audit seals':
    case 'audit key':
    case 'audit renew-key':
    case 'audit prune': return runAuditCommand(command, context);
    case 'connections add runtime':
    case 'connections try':
    case 'connections test':
    case 'connections show':
    case 'connections poll':
    case 'connections credential':
    case 'connections retarget':
    case 'connections enable':
    case 'connections consent':
    case 'agents link':
    case 'agents unlink': return runRuntimeCommand(command, context);
    default:
      await runPrinting(command, context);
      return 0;
  }
}

async function runPrinting(command: Exclude<AskingCommand, ConnectionCommand | ExportCommand | StopCommand | AuditCommand | AlertCommand | RetentionCommand>, context: CommandContext): Promise<void> {
  const { caller, json, streams } = context;
  const limit = 'limit' in command && command.limit !== null ? command.limit : json ? jsonLimit : tableLimit;
  switch (command.name) {
    case 'approvals':
    case 'approvals show':
    case 'approvals decide':
    case 'grants': return runPaperCommand(command, context, limit);
    case 'budgets list':
    case 'budgets show':
    case 'budgets remove':
    case 'budgets events':
    case 'budgets save':
    case 'budgets preview': return runBudgetCommand(command, context, limit);
    case 'cost':
    case 'cost explain':
    case 'cost reconciliation':
    case 'cost bills':
    case 'cost import-bill':
    case 'cost remove-bill':
    case 'prices list':
    case 'prices unpriced':
    case 'prices history':
    case 'prices remove':
    case 'prices set':
    case 'prices import':
    case 'failures groups':
    case 'failures show':
    case 'failures state':
    case 'failures note':
    case 'tasks mark': return runCostCommand(command, context, limit);
    case 'status': return status(context);
    case 'agents': return printRows(await agentsListing(caller, command), limit, json, streams);
    case 'tasks': return printRows(await tasksListing(caller, command, limit), limit, json, streams);
    case 'activity': return printRows(await activityListing(caller, command, limit), limit, json, streams);
    case 'gaps': return printRows(gapsListing(caller, command.since), limit, json, streams);
    case 'failures': return printRows(await failuresListing(caller, command, limit), limit, json, streams);
    case 'connections list': return listConnections(context);
    case 'connections add': return shown(context, await caller.call('connections.addOtlp', { name: command.connectionName, ...(command.content === null ? {} : { content: command.content }) }));
    case 'connections rotate': return shown(context, await caller.call('connections.rotateToken', { id: await findConnection(caller, command.connection) }));
    case 'connections rename': {
      const changed = await caller.call('connections.update', { id: await findConnection(caller, command.connection), name: command.connectionName });
      return json ? printJson(changed, streams) : printText(`Connection ${changed.id} is now called ${visible(changed.name)}.\n`, streams);
    }
    case 'connections remove': {
      const id = await findConnection(caller, command.connection);
      const { removedActivities } = await caller.call('connections.remove', { id, history: command.history });
      if (json) return printJson({ id, removedActivities }, streams);
      return printText(command.history === 'keep' ? `Connection ${id} was removed. Its history was kept.\n` : `Connection ${id} was removed, and ${count(removedActivities)} activities with it.\n`, streams);
    }
    default: return runAccessCommand(command, context, limit);
  }
}

async function listConnections({ caller, json, streams }: CommandContext): Promise<void> {
  const { rows, strangers } = await caller.call('connections.list', {});
  if (json) return printJson(rows, streams);
  await printText(rows.length === 0 ? 'Nothing is connected yet. Add one: connections add otlp --name NAME, or connections add langgraph --name NAME --url URL\n' : formatTable(connectionColumns, rows), streams);
  const refused = strangers.reduce((sum, one) => sum + one.count, 0);
  if (refused > 0) await printText(`${count(refused)} requests without a valid token were refused, from: ${[...new Set(strangers.map((one) => visible(one.process ?? 'an unknown process')))].join(', ')}.\n`, streams);
}

interface Shown { readonly connection: Connection; readonly token: string; readonly endpoint: string; readonly snippets: readonly { readonly title: string; readonly where: string; readonly text: string; readonly notes: readonly string[] }[] }

/** The one time that a token is seen. */
async function shown({ json, streams, running }: CommandContext, { connection, token, endpoint, snippets }: Shown): Promise<void> {
  const env = otelEnvironment(endpoint, token);
  if (!running) streams.err.write(`No engine runs now: ${endpoint} is where it will listen unless that port is taken then.\n`);
  if (json) return printJson({ id: connection.id, name: connection.name, kind: connection.kind, content: connection.content, endpoint, token, env, snippets }, streams);
  const parts = snippets.map((one) => [`--- ${one.title} (${one.where})`, one.text, ...one.notes.map((note) => `# ${note}`)].join('\n'));
  return printText([
    `Connection  ${connection.id}  ${visible(connection.name)}`, `Endpoint    ${endpoint}`, `Token       ${token}`, 'The token is shown this once; only its hash is kept.', '', parts.join('\n\n'), '',
  ].join('\n'), streams);
}

async function status({ caller, json, streams, running }: CommandContext): Promise<void> {
  const found = await caller.call('system.status', {});
  // One array like every list, so that one reader reads them all.
  if (json) return printJson([{ running, ...found }], streams);
  return printText(statusText(found, running), streams);
}

export function statusText(found: SystemStatus, running: boolean): string {
  const { receiver } = found;
  const lines: [string, string][] = [
    ['Engine', running ? `runs, process ${found.pid}, version ${found.engineVersion}, since ${time(found.startedAt)}` : `does not run (this command opened the history by itself, version ${found.engineVersion})`],
    ['Receiver', receiver.state === 'listening' ? `http://${receiver.host}:${receiver.port ?? ''}${receiver.message === null ? '' : `. ${receiver.message}`}` : `${receiver.state}${receiver.message === null ? '' : `: ${receiver.message}`}`],
    ['Intake', `${found.intakePerSecond.toFixed(1)} activities a second`],
    ['Newest activity', time(found.newestActivityAt) || 'none yet'],
    ['Connections', count(found.connections)], ['Agents', count(found.agents)], ['Tasks', count(found.tasks)], ['Activities', count(found.activities)],
    ['Approvals waiting', count(found.approvalsWaiting)], ['Alerts open', count(found.alertsOpen)], ['Open gaps', count(found.openGaps)], ['Strangers refused', count(found.strangers)],
    ['Data folder', visible(found.dataDir)],
    ['History', `${(found.historyBytes / 1_000_000).toFixed(1)} MB${found.diskFreeBytes === null ? '' : `, ${(found.diskFreeBytes / 1_000_000_000).toFixed(1)} GB free on its disk`}`],
    ...found.alarms.map((alarm): [string, string] => [alarm.severity === 'info' ? 'Note' : 'Attention', visible(alarm.text)]),
  ];
  const wide = Math.max(...lines.map(([name]) => name.length));
  return `${lines.map(([name, text]) => `${name.padEnd(wide)}  ${text}`).join('\n')}\n`;
}
