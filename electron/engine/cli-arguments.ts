/** What a person may type after `gatehouse`. Pure: words in, a command out, or a sentence about what is wrong. */
import { resolve } from 'node:path';
import { contentLevels } from '../../shared/domain.ts';
import type { ContentLevel } from '../../shared/domain.ts';
import { textLevels } from '../../shared/text-levels.ts';
import type { TextLevel } from '../../shared/reports.ts';
import { readAccess } from './cli-access-arguments.ts';
import type { AccessCommand } from './cli-access-arguments.ts';
import { readAlerts, readTargets } from './cli-alerts-arguments.ts';
import type { AlertCommand } from './cli-alerts-arguments.ts';
import { readAudit } from './cli-audit-arguments.ts';
import type { AuditCommand } from './cli-audit-arguments.ts';
import { readBudgets } from './cli-budgets-arguments.ts';
import type { BudgetCommand } from './cli-budgets-arguments.ts';
import { readCost, readFailures, readPrices, readTaskMark } from './cli-cost-arguments.ts';
import type { CostCommand } from './cli-cost-arguments.ts';
import { readExport, readVerify } from './cli-export-arguments.ts';
import type { ExportCommand, VerifyCommand } from './cli-export-arguments.ts';
import { allow, needed, oneOf, parseWords, readLimit, UsageError } from './cli-options.ts';
import type { Values } from './cli-options.ts';
import { readErase, readHold, readRetention } from './cli-retention-arguments.ts';
import type { RetentionCommand } from './cli-retention-arguments.ts';
import { readAgentLink, readApprovals, readGrants, readRuntimeConnections } from './cli-runtime-arguments.ts';
import type { RuntimeCommand } from './cli-runtime-arguments.ts';
import { readStop, readStops, readStopWord } from './cli-stop-arguments.ts';
import type { StopCommand } from './cli-stop-arguments.ts';

export interface ListOptions {
  readonly agent: string | null;
  readonly task: string | null;
  readonly since: string | null;
  readonly limit: number | null;
}

export type Command =
  | RuntimeCommand | StopCommand | AccessCommand | CostCommand | BudgetCommand | AlertCommand | AuditCommand | RetentionCommand
  | ExportCommand | VerifyCommand
  | { readonly name: 'help' } | { readonly name: 'version' }
  | { readonly name: 'serve'; readonly otlp: { readonly host: string; readonly port: number } | null; /** auditor mode of the engine, with what is shown of content; null: no. */ readonly readOnly: TextLevel | null }
  | { readonly name: 'status' }
  | ({ readonly name: 'agents' | 'tasks' | 'activity' | 'failures' } & ListOptions)
  | { readonly name: 'gaps'; readonly since: string | null; readonly limit: number | null }
  | { readonly name: 'connections list' }
  | { readonly name: 'connections add'; readonly connectionName: string; readonly content: ContentLevel | null }
  | { readonly name: 'connections rename'; readonly connection: string; readonly connectionName: string }
  | { readonly name: 'connections rotate'; readonly connection: string }
  | { readonly name: 'connections remove'; readonly connection: string; readonly history: 'keep' | 'delete' };

export interface Invocation {
  readonly command: Command;
  readonly json: boolean;
  /** null: the desktop's folder. */
  readonly data: string | null;
}

const listed = ['agent', 'since', 'limit'];
/** As the window takes it, too. */
const usualReadOnly = 'redacted';

export function readInvocation(words: readonly string[], folder: string, now: number): Invocation {
  // What stands after `--` is the command of a local server, whatever it looks like.
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  let read: ReturnType<typeof parseWords>;
  try {
    read = parseWords(words.slice(0, end).map((word) => (word === '--read-only' ? `--read-only=${usualReadOnly}` : word)));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = read;
  const command = values.version ? { name: 'version' as const } : values.help || positionals.length === 0 ? { name: 'help' as const } : readCommand(positionals, values, { now, folder }, words.slice(end + 1));
  return { command, json: values.json, data: values.data === undefined ? null : resolve(folder, values.data) };
}

function readServe(values: Values): Pick<Extract<Command, { name: 'serve' }>, 'otlp' | 'readOnly'> {
  const readOnly = values['read-only'] === undefined ? null : oneOf(values['read-only'], textLevels, '--read-only');
  if (readOnly !== null && values.otlp !== undefined) throw new UsageError('--otlp says where to receive, and with --read-only nothing is received: leave one of them out.');
  return { otlp: values.otlp === undefined ? null : readAddress(values.otlp), readOnly };
}

function readCommand(positionals: readonly string[], values: Values, { now, folder }: { readonly now: number; readonly folder: string }, after: readonly string[]): Command {
  const [name, ...rest] = positionals;
  if (after.length > 0 && name !== 'connections') throw new UsageError('"--" means nothing to this command.');
  switch (name) {
    case 'help': return { name };
    case 'serve':
      allow(values, ['otlp', 'read-only'], rest, 0);
      return { name, ...readServe(values) };
    case 'status':
      allow(values, [], rest, 0);
      return { name };
    case 'stop': return readStop(rest, values);
    case 'stops': return readStops(rest, values);
    case 'release':
    case 'certificate':
    case 'readiness':
    case 'drill': return readStopWord(name, rest, values);
    case 'access': return readAccess(rest, values, (text) => readSince(text, now));
    case 'approvals': return readApprovals(rest, values);
    case 'grants': return readGrants(rest, values);
    case 'audit': return readAudit(rest, values, (text) => readSince(text, now));
    case 'agents':
      return readAgentLink(rest, values) ?? readListing(name, rest, values, now);
    case 'cost': return readCost(rest, values, (text) => readSince(text, now));
    case 'budgets': return readBudgets(rest, values);
    case 'retention': return readRetention(rest, values);
    case 'hold': return readHold(rest, values);
    case 'erase': return readErase(rest, values);
    case 'prices': return readPrices(rest, values);
    case 'alerts': return readAlerts(rest, values);
    case 'targets': return readTargets(rest, values);
    case 'export': return readExport(rest, values, (text) => readSince(text, now), now, folder);
    case 'verify': return readVerify(rest, values, folder);
    case 'tasks':
      return readTaskMark(rest, values) ?? readListing(name, rest, values, now);
    case 'failures':
      return readFailures(rest, values, (text) => readSince(text, now)) ?? readListing(name, rest, values, now);
    case 'activity':
      allow(values, [...listed, 'task'], rest, 0);
      return { name, ...readList(values, now) };
    case 'gaps': {
      allow(values, ['since', 'limit'], rest, 0);
      const { since, limit } = readList(values, now);
      return { name, since, limit };
    }
    case 'connections': return readConnections(rest, values, after);
    default: throw new UsageError(`There is no command "${name ?? ''}".`);
  }
}

function readListing(name: 'agents' | 'tasks' | 'failures', rest: readonly string[], values: Values, now: number): Command {
  allow(values, listed, rest, 0);
  return { name, ...readList(values, now) };
}

function readConnections([verb, ...rest]: readonly string[], values: Values, after: readonly string[]): Command {
  const runtime = verb === undefined ? null : readRuntimeConnections(verb, rest, values, after);
  if (runtime) return runtime;
  if (after.length > 0) throw new UsageError('"--" means nothing to this command.');
  switch (verb) {
    case undefined:
    case 'list':
      allow(values, [], rest, 0);
      return { name: 'connections list' };
    case 'add':
      allow(values, ['name', 'content'], rest, 1);
      return { name: 'connections add', connectionName: needed(values.name, '--name NAME'), content: values.content === undefined ? null : oneOf(values.content, contentLevels, '--content') };
    case 'rename':
      allow(values, ['name'], rest, 1);
      return { name: 'connections rename', connection: needed(rest[0], 'the connection\'s id or name'), connectionName: needed(values.name, '--name NAME') };
    case 'rotate':
      allow(values, [], rest, 1);
      return { name: 'connections rotate', connection: needed(rest[0], 'the connection\'s id or name') };
    case 'remove':
      allow(values, ['delete-history'], rest, 1);
      return { name: 'connections remove', connection: needed(rest[0], 'the connection\'s id or name'), history: values['delete-history'] ? 'delete' : 'keep' };
    default: throw new UsageError(`There is no command "connections ${verb}".`);
  }
}

function readList(values: Values, now: number): ListOptions {
  return {
    agent: values.agent ?? null, task: values.task ?? null,
    since: values.since === undefined ? null : readSince(values.since, now),
    limit: values.limit === undefined ? null : readLimit(values.limit),
  };
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `90s`, `30m`, `24h`, `7d`, `2w`, or a time: `2026-11-22`, `2026-11-22T08:00:00Z`. */
export function readSince(text: string, now: number): string {
  const span = /^(\d{1,9}(?:\.\d+)?)([smhdw])$/.exec(text);
  const at = span ? now - Number(span[1]) * (unitMs[span[2] ?? ''] ?? 0) : /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) throw new UsageError('--since is a span such as 90s, 30m, 24h, 7d, 2w, or a time such as 2026-11-22T08:00:00Z.');
  return new Date(at).toISOString();
}

/** SECURITY: the receiver listens on this machine only. */
export function readAddress(text: string): { host: string; port: number } {
  const parts = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const host = parts?.[1] ?? parts?.[2] ?? '';
  const port = Number(parts?.[3] ?? Number.NaN);
  if (!parts || !(port >= 0 && port <= 65_535)) throw new UsageError('--otlp is HOST:PORT, for example 127.0.0.1:4318.');
  if (!/^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host)) throw new UsageError(`The receiver listens on this machine only: 127.0.0.1, [::1] or localhost, not ${host || 'every address'}.`);
  return { host, port };
}
