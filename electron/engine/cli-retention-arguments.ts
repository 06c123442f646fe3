/** What a person may type about retention, holds and erasure. Pure: words in, a command out, or a sentence about what is wrong. */
import type { RetentionPeriod } from '../../shared/retention.ts';
import { allow, needed, readLimit, UsageError } from './cli-options.ts';
import type { Values } from './cli-options.ts';

export type HeldTyped = { readonly kind: 'everything' } | { readonly kind: 'connection' | 'agent'; readonly called: string };
/** `person` null: it comes on the standard input, where no list of programs and no shell's history shows it. */
export interface PersonTyped { readonly person: string | null; readonly aliases: readonly string[] }

export type RetentionCommand =
  | { readonly name: 'retention' | 'retention preview' | 'retention run' | 'retention disk' }
  | { readonly name: 'retention set'; readonly connection: string | null; readonly period: RetentionPeriod }
  | { readonly name: 'retention free'; readonly rewrite: boolean }
  | { readonly name: 'retention jobs'; readonly limit: number | null }
  | { readonly name: 'retention cancel'; readonly job: string }
  | { readonly name: 'hold' | 'hold all' }
  | { readonly name: 'hold place'; readonly on: HeldTyped; readonly reason: string }
  | { readonly name: 'hold lift'; readonly hold: string; readonly reason: string }
  | { readonly name: 'erase list'; readonly person: string | null | undefined }
  | { readonly name: 'erase look'; readonly who: PersonTyped }
  | { readonly name: 'erase run'; readonly who: PersonTyped; readonly reason: string; readonly rewrite: boolean; readonly yes: boolean };

export const isRetention = (command: { readonly name: string }): command is RetentionCommand => /^(retention|hold|erase)( |$)/.test(command.name);

export function readRetention([verb, ...rest]: readonly string[], values: Values): RetentionCommand {
  switch (verb) {
    case undefined:
    case 'list':
      allow(values, [], rest, 0);
      return { name: 'retention' };
    case 'set':
      allow(values, [], rest, 2);
      return { name: 'retention set', connection: needed(rest[0], 'a connection\'s id or name, or "general"') === 'general' ? null : rest[0] ?? null, period: readPeriod(needed(rest[1], 'a period: a number of days, forever or general')) };
    case 'preview':
    case 'run':
    case 'disk':
      allow(values, [], rest, 0);
      return { name: `retention ${verb}` };
    case 'free':
      allow(values, ['rewrite'], rest, 0);
      return { name: 'retention free', rewrite: values.rewrite };
    case 'jobs':
      allow(values, ['limit'], rest, 0);
      return { name: 'retention jobs', limit: values.limit === undefined ? null : readLimit(values.limit) };
    case 'cancel':
      allow(values, [], rest, 1);
      return { name: 'retention cancel', job: needed(rest[0], 'the job\'s id (retention jobs lists them)') };
    default: throw new UsageError(`There is no command "retention ${verb}".`);
  }
}

function readPeriod(text: string): RetentionPeriod {
  if (text === 'general' || text === 'forever') return text;
  const days = Number(/^(\d{1,4})d?$/.exec(text)?.[1] ?? Number.NaN);
  if (!(days >= 1 && days <= 3_650)) throw new UsageError('A period is a number of days from 1 to 3650, forever, or general.');
  return days;
}

export function readHold([verb, ...rest]: readonly string[], values: Values): RetentionCommand {
  switch (verb) {
    case undefined:
    case 'list':
      allow(values, ['all'], rest, 0);
      return values.all ? { name: 'hold all' } : { name: 'hold' };
    case 'place':
      allow(values, ['all', 'connection', 'agent', 'reason'], rest, 0);
      return { name: 'hold place', on: readHeld(values), reason: needed(values.reason, '--reason TEXT') };
    case 'lift':
      allow(values, ['reason'], rest, 1);
      return { name: 'hold lift', hold: needed(rest[0], 'the hold\'s id'), reason: needed(values.reason, '--reason TEXT') };
    default: throw new UsageError(`There is no command "hold ${verb}".`);
  }
}

function readHeld({ all, connection, agent }: Values): HeldTyped {
  if ([all, connection !== undefined, agent !== undefined].filter(Boolean).length !== 1) throw new UsageError('A hold is on one of: --all, --connection ID|NAME, --agent ID|NAME.');
  if (connection !== undefined) return { kind: 'connection', called: connection };
  return agent === undefined ? { kind: 'everything' } : { kind: 'agent', called: agent };
}

export function readErase([verb, ...rest]: readonly string[], values: Values): RetentionCommand {
  const who = (): PersonTyped => ({ person: typed(needed(rest[0], 'a name, an e-mail address or an account, or - for the standard input')), aliases: values.alias ?? [] });
  switch (verb) {
    case 'list':
      allow(values, [], rest, 1);
      return { name: 'erase list', person: rest[0] === undefined ? undefined : typed(rest[0]) };
    case 'look':
      allow(values, ['alias'], rest, 1);
      return { name: 'erase look', who: who() };
    case 'run':
      allow(values, ['alias', 'reason', 'yes', 'no-rewrite'], rest, 1);
      return { name: 'erase run', who: who(), reason: needed(values.reason, '--reason TEXT, without the name'), rewrite: !values['no-rewrite'], yes: values.yes };
    default: throw new UsageError('erase look PERSON counts where somebody stands, erase run PERSON erases them, erase list says what was erased.');
  }
}

const typed = (text: string): string | null => (text === '-' ? null : text);
