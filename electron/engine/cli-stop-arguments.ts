/** What a person may type about the kill switch. Pure: words in, a command out, or a sentence about what is wrong. */
import { stopLevels } from '../../shared/domain.ts';
import type { StopLevel } from '../../shared/domain.ts';
import { reasonKinds } from '../../shared/stop.ts';
import type { ReasonKind } from '../../shared/stop.ts';
import { allow, needed, oneOf, readLimit, UsageError } from './cli-options.ts';
import type { Values } from './cli-options.ts';

export type TypedScope =
  | { readonly kind: 'task' | 'agent' | 'connection'; readonly called: string }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'everything' };

export type StopCommand =
  | {
    readonly name: 'stop'; readonly scope: TypedScope; readonly level: StopLevel; readonly reasonKind: ReasonKind; readonly reason: string; readonly ticket: string | null;
    /** agreed to beforehand, what wide scopes ask to type included. */
    readonly yes: boolean;
    /** lever ids that are ticked or unticked against the plan. */
    readonly with: readonly string[]; readonly without: readonly string[];
    /** milliseconds; null: until it settles. */
    readonly waitMs: number | null;
  }
  | { readonly name: 'stops'; readonly all: boolean; readonly agent: string | null; readonly limit: number | null }
  | { readonly name: 'stops show' | 'certificate'; readonly order: string }
  | { readonly name: 'stops withdraw'; readonly order: string }
  | { readonly name: 'stops confirm'; readonly order: string; readonly operator: string; readonly passphrase: { readonly from: 'env'; readonly variable: string } | { readonly from: 'stdin' } }
  | { readonly name: 'release'; readonly order: string; readonly reason: string }
  | { readonly name: 'readiness'; readonly check: boolean; readonly limit: number | null }
  | { readonly name: 'drill'; readonly agent: string; readonly level: StopLevel; readonly waitMs: number | null };

const scopeOptions = ['task', 'agent', 'connection', 'tag', 'all'] as const;

function readScope(values: Values): TypedScope {
  const given = scopeOptions.filter((name) => values[name] !== undefined && values[name] !== false);
  if (given.length !== 1) throw new UsageError('A stop has one scope: --task ID, --agent ID|NAME, --connection ID|NAME, --tag TAG or --all.');
  const kind = given[0] as (typeof scopeOptions)[number];
  if (kind === 'all') return { kind: 'everything' };
  const called = needed(String(values[kind]), `--${kind}`);
  return kind === 'tag' ? { kind, tag: called } : { kind, called };
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

function readWait(text: string | undefined): number | null {
  if (text === undefined) return null;
  const span = /^(\d{1,6})([smh])$/.exec(text);
  if (!span) throw new UsageError('--wait is a span such as 0s, 90s, 10m or 1h.');
  return Number(span[1]) * (unitMs[span[2] ?? ''] ?? 0);
}

export function readStop(rest: readonly string[], values: Values): StopCommand {
  allow(values, [...scopeOptions, 'level', 'reason', 'reason-kind', 'ticket', 'yes', 'with', 'without', 'wait'], rest, 0);
  return {
    name: 'stop', scope: readScope(values), level: readLevel(values), reason: needed(values.reason, '--reason TEXT: it is kept in the audit log'),
    reasonKind: values['reason-kind'] === undefined ? 'other' : oneOf(values['reason-kind'], reasonKinds, '--reason-kind'), ticket: values.ticket ?? null, yes: values.yes,
    with: values.with ?? [], without: values.without ?? [], waitMs: readWait(values.wait),
  };
}

const readLevel = (values: Values): StopLevel => oneOf(needed(values.level, `--level ${stopLevels.join('|')}`), stopLevels, '--level');
const orderOf = (word: string | undefined): string => needed(word, 'the stop order\'s id or number');
const limitOf = (values: Values): number | null => (values.limit === undefined ? null : readLimit(values.limit));

export function readStops([verb, ...rest]: readonly string[], values: Values): StopCommand {
  switch (verb) {
    case undefined:
    case 'list':
      allow(values, ['all', 'agent', 'limit'], rest, 0);
      return { name: 'stops', all: values.all, agent: values.agent ?? null, limit: limitOf(values) };
    case 'show':
    case 'withdraw':
      allow(values, [], rest, 1);
      return { name: `stops ${verb}`, order: orderOf(rest[0]) };
    case 'confirm': {
      allow(values, ['operator', 'passphrase-env', 'passphrase-stdin'], rest, 1);
      const variable = values['passphrase-env'];
      if ((variable === undefined) === !values['passphrase-stdin']) throw new UsageError('stops confirm needs --passphrase-env NAME or --passphrase-stdin, one of them.');
      return { name: 'stops confirm', order: orderOf(rest[0]), operator: needed(values.operator, '--operator NAME'), passphrase: variable === undefined ? { from: 'stdin' } : { from: 'env', variable } };
    }
    default: throw new UsageError(`There is no command "stops ${verb}".`);
  }
}

export function readStopWord(name: 'release' | 'certificate' | 'readiness' | 'drill', rest: readonly string[], values: Values): StopCommand {
  switch (name) {
    case 'release':
      allow(values, ['reason'], rest, 1);
      return { name, order: orderOf(rest[0]), reason: values.reason ?? '' };
    case 'certificate':
      allow(values, [], rest, 1);
      return { name, order: orderOf(rest[0]) };
    case 'readiness':
      allow(values, ['check', 'limit'], rest, 0);
      return { name, check: values.check, limit: limitOf(values) };
    case 'drill':
      allow(values, ['agent', 'level', 'wait'], rest, 0);
      return { name, agent: needed(values.agent, '--agent ID|NAME'), level: readLevel(values), waitMs: readWait(values.wait) };
  }
}
