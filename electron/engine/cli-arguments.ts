/** What a person may type after `gatehouse`. Pure: words in, a command out, or a sentence about what is wrong. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { contentLevels } from '../../shared/domain.ts';
import type { ContentLevel } from '../../shared/domain.ts';

export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export interface ListOptions {
  readonly agent: string | null;
  readonly task: string | null;
  readonly since: string | null;
  readonly limit: number | null;
}

export type Command =
  | { readonly name: 'help' } | { readonly name: 'version' }
  | { readonly name: 'serve'; readonly otlp: { readonly host: string; readonly port: number } | null }
  | { readonly name: 'status' }
  | ({ readonly name: 'agents' | 'tasks' | 'activity' | 'failures' } & ListOptions)
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

const options = {
  data: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false }, version: { type: 'boolean', default: false },
  otlp: { type: 'string' }, name: { type: 'string' }, content: { type: 'string' }, agent: { type: 'string' }, task: { type: 'string' }, since: { type: 'string' },
  limit: { type: 'string' }, 'delete-history': { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parse>['values'];
const parse = (words: readonly string[]) => parseArgs({ args: [...words], options, allowPositionals: true, strict: true });

/** Options that every command takes; each command names its own. */
const everywhere = ['data', 'json', 'help', 'version'];
const listed = ['agent', 'since', 'limit'];

export function readInvocation(words: readonly string[], folder: string, now: number): Invocation {
  let read: ReturnType<typeof parse>;
  try {
    read = parse(words);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = read;
  const command = values.version ? { name: 'version' as const } : values.help || positionals.length === 0 ? { name: 'help' as const } : readCommand(positionals, values, now);
  return { command, json: values.json, data: values.data === undefined ? null : resolve(folder, values.data) };
}

function readCommand(positionals: readonly string[], values: Values, now: number): Command {
  const [name, ...rest] = positionals;
  switch (name) {
    case 'help': return { name };
    case 'serve':
      allow(values, ['otlp'], rest, 0);
      return { name, otlp: values.otlp === undefined ? null : readAddress(values.otlp) };
    case 'status':
      allow(values, [], rest, 0);
      return { name };
    case 'agents':
    case 'tasks':
    case 'failures':
      allow(values, listed, rest, 0);
      return { name, ...readList(values, now) };
    case 'activity':
      allow(values, [...listed, 'task'], rest, 0);
      return { name, ...readList(values, now) };
    case 'connections': return readConnections(rest, values);
    default: throw new UsageError(`There is no command "${name ?? ''}".`);
  }
}

function readConnections([verb, ...rest]: readonly string[], values: Values): Command {
  switch (verb) {
    case undefined:
    case 'list':
      allow(values, [], rest, 0);
      return { name: 'connections list' };
    case 'add':
      allow(values, ['name', 'content'], rest, 1);
      if (rest[0] !== 'otlp') throw new UsageError('The only kind of connection is otlp: connections add otlp --name NAME');
      return { name: 'connections add', connectionName: needed(values.name, '--name NAME'), content: values.content === undefined ? null : readContent(values.content) };
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

function allow(values: Values, own: readonly string[], rest: readonly string[], positionals: number): void {
  if (rest.length > positionals) throw new UsageError(`"${rest[positionals] ?? ''}" is too much here.`);
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== false && !everywhere.includes(name) && !own.includes(name)) throw new UsageError(`--${name} means nothing to this command.`);
  }
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined || value.trim() === '') throw new UsageError(`This command needs ${what}.`);
  return value;
}

function readContent(text: string): ContentLevel {
  const level = contentLevels.find((one) => one === text);
  if (!level) throw new UsageError(`--content is one of ${contentLevels.join(', ')}.`);
  return level;
}

function readList(values: Values, now: number): ListOptions {
  return {
    agent: values.agent ?? null, task: values.task ?? null,
    since: values.since === undefined ? null : readSince(values.since, now),
    limit: values.limit === undefined ? null : readLimit(values.limit),
  };
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 1) throw new UsageError('--limit is a whole number from 1 up.');
  return limit;
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
