/**
 * What an actor in auditor mode is shown of what agents, tools and runtimes wrote: hashed, or masked. SECURITY: laid over the answers as they leave the
 * engine, so that a page cannot ask its way around it; nobody else's answers pass through here. Names (of agents, tools, models, tasks) stay: no screen
 * could be read without them. Reports have their own place for it (export/disclose.ts), and may not ask for more than the window shows.
 */
import { createHash } from 'node:crypto';
import type { Method, StreamName } from '../../shared/contract.ts';
import { textLevels } from '../../shared/reports.ts';
import type { TextLevel } from '../../shared/reports.ts';
import { CallFailure } from './call-failure.ts';
import { maskJson, maskText } from './ingest/redact.ts';

type Node = { [key: string]: unknown };
type Kind = 'text' | 'json';
/** Undefined: it stays. */
type Rule = (key: string, of: Node) => Kind | undefined;

const keys = (table: Readonly<Record<string, Kind>>): Rule => (key) => (Object.hasOwn(table, key) ? table[key] : undefined);

/** An error as its agent told it, wherever it stands. */
const error: Rule = (key, of) => (key === 'message' && 'type' in of ? 'text' : undefined);

/** Attributes that are known to be facts stay; what is not known to be one does not. */
const record: Rule = (key, of) => (key === 'raw' ? 'json' : key === 'value' && of['agentText'] !== false ? 'text' : undefined);

const approval = keys({ title: 'text', question: 'text', parameters: 'json', description: 'text', raw: 'json', value: 'text', reason: 'text' });
const stop: Rule = (key, of) => (key === 'reportedText' || key === 'undoneText' || (key === 'text' && of['by'] === 'runtime') ? 'text' : undefined);

const rules: Readonly<Partial<Record<Method | StreamName, Rule>>> = {
  'activity.get': record,
  'approvals.get': approval,
  'approvals.list': keys({ title: 'text', reason: 'text' }),
  'overview.get': (key, of) => (key === 'text' && (of['kind'] === 'failure' || of['kind'] === 'approval') ? 'text' : undefined),
  'failures.get': (key, of) => (key === 'value' && /message|stack/i.test(String(of['name'])) ? 'text' : undefined),
  'alerts.list': (key, of) => (key === 'text' && 'ruleId' in of ? 'text' : undefined),
  'alerts.get': (key, of) => (key === 'text' && 'ruleId' in of ? 'text' : undefined),
  'stop.get': stop,
  'stop.certificate': stop,
  'grants.list': keys({ description: 'text' }),
  'grants.get': keys({ description: 'text' }),
  'access.document': keys({ text: 'text' }),
  'audit.list': keys({ details: 'json' }),
  'audit.get': keys({ details: 'json' }),
};

const hash = (text: string): string => createHash('sha256').update(text.toWellFormed()).digest('hex');

function shown(level: Exclude<TextLevel, 'full'>, kind: Kind, text: string): string {
  if (text === '') return text;
  if (level === 'hashes') return kind === 'json' ? JSON.stringify({ sha256: hash(text), length: text.length }) : `sha256 ${hash(text)}, ${text.length} characters`;
  return kind === 'json' ? maskJson(text).toString('utf8') : maskText(text);
}

/** `json`: an answer that the contract has checked. */
export function shownAt(level: TextLevel, method: Method | StreamName, json: string): string {
  if (level === 'full') return json;
  const own = rules[method];
  const mask = (key: string, value: unknown, of: Node): unknown => {
    if (Array.isArray(value)) return value.map((one: unknown) => mask(key, one, of));
    if (typeof value === 'string') {
      const kind = error(key, of) ?? own?.(key, of);
      return kind === undefined ? value : shown(level, kind, value);
    }
    // What the sender says of itself (service, host, version) is no content.
    if (typeof value !== 'object' || value === null || (method === 'activity.get' && key === 'resource')) return value;
    const node = value as Node;
    return Object.fromEntries(Object.entries(node).map(([name, part]) => [name, mask(name, part, node)]));
  };
  return JSON.stringify(mask('', JSON.parse(json), {}));
}

/** SECURITY: a report written from auditor mode holds no more than the window shows. */
export function mustNotShowMore(level: TextLevel, method: Method, params: unknown): void {
  if (level === 'full' || !method.startsWith('reports.') || typeof params !== 'object' || params === null) return;
  const spec: unknown = 'spec' in params ? params.spec : params;
  const asked = typeof spec === 'object' && spec !== null && 'text' in spec ? textLevels.findIndex((one) => one === spec.text) : -1;
  if (asked > textLevels.indexOf(level)) throw new CallFailure('conflict', `This window shows ${level === 'hashes' ? 'only hashes of' : 'a masked form of'} what agents wrote, so a report from it cannot hold more. Choose "${level}", or leave auditor mode.`);
}
