/** What a person may type about budgets. Pure: words in, a command out, or a sentence about what is wrong. */
import { budgetPeriods } from '../../shared/budgets.ts';
import type { BudgetPeriod } from '../../shared/budgets.ts';
import { stopLevels } from '../../shared/domain.ts';
import type { StopLevel } from '../../shared/domain.ts';
import { allow, needed, oneOf, readLimit, UsageError } from './cli-options.ts';
import type { Values } from './cli-options.ts';

export type BudgetScopeTyped =
  | { readonly kind: 'agent'; readonly called: string }
  | { readonly kind: 'connection'; readonly called: string }
  | { readonly kind: 'owner'; readonly name: string }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'everything' };

/** What was not said is null: a budget that is changed keeps it, a new one takes the usual. */
export interface BudgetTyped {
  readonly called: string | null; readonly scope: BudgetScopeTyped | null; readonly per: BudgetPeriod | null; readonly currency: string | null;
  /** `none` takes the limit away. */
  readonly soft: number | 'none' | null; readonly hard: number | 'none' | null;
  readonly forecast: boolean | null; readonly onHard: 'stop' | 'tell' | null; readonly level: StopLevel | null; readonly stops: 'task' | 'agent' | null;
}

export type BudgetCommand =
  | { readonly name: 'budgets list'; readonly limit: number | null }
  | { readonly name: 'budgets show' | 'budgets remove'; readonly budget: string }
  | { readonly name: 'budgets events'; readonly budget: string | null; readonly limit: number | null }
  | { readonly name: 'budgets save' | 'budgets preview'; readonly budget: string | null; readonly typed: BudgetTyped };

const scopes = ['agent', 'connection', 'owner', 'tag', 'all'] as const;
const draftOptions = [...scopes, 'name', 'per', 'currency', 'soft', 'hard', 'forecast', 'on-hard', 'level', 'stops'];
const limitOf = (values: Values): number | null => (values.limit === undefined ? null : readLimit(values.limit));

export function readBudgets([verb, ...rest]: readonly string[], values: Values): BudgetCommand {
  switch (verb) {
    case undefined:
    case 'list':
      allow(values, ['limit'], rest, 0);
      return { name: 'budgets list', limit: limitOf(values) };
    case 'show':
    case 'remove':
      allow(values, [], rest, 1);
      return { name: `budgets ${verb}`, budget: needed(rest[0], 'the budget\'s id or name') };
    case 'events':
      allow(values, ['limit'], rest, 1);
      return { name: 'budgets events', budget: rest[0] ?? null, limit: limitOf(values) };
    case 'save':
    case 'preview':
      allow(values, draftOptions, rest, 1);
      return { name: `budgets ${verb}`, budget: rest[0] ?? null, typed: readDraft(values) };
    default: throw new UsageError(`There is no command "budgets ${verb}".`);
  }
}

function readDraft(values: Values): BudgetTyped {
  return {
    called: values.name ?? null, scope: readScope(values), per: values.per === undefined ? null : oneOf(values.per, budgetPeriods, '--per'), currency: values.currency?.toUpperCase() ?? null, soft: readLimitOf(values.soft, '--soft'), hard: readLimitOf(values.hard, '--hard'),
    forecast: values.forecast === undefined ? null : oneOf(values.forecast, ['on', 'off'] as const, '--forecast') === 'on', onHard: values['on-hard'] === undefined ? null : oneOf(values['on-hard'], ['stop', 'tell'] as const, '--on-hard'),
    level: values.level === undefined ? null : oneOf(values.level, stopLevels, '--level'), stops: values.stops === undefined ? null : oneOf(values.stops, ['task', 'agent'] as const, '--stops'),
  };
}

function readScope(values: Values): BudgetScopeTyped | null {
  const given = scopes.filter((name) => values[name] !== undefined && values[name] !== false);
  if (given.length > 1) throw new UsageError('A budget has one scope: --agent ID|NAME, --connection ID|NAME, --owner NAME, --tag TAG or --all.');
  const [kind] = given;
  if (kind === undefined) return null;
  if (kind === 'all') return { kind: 'everything' };
  const called = needed(String(values[kind]), `--${kind}`);
  return kind === 'owner' ? { kind, name: called } : kind === 'tag' ? { kind, tag: called } : { kind, called };
}

/** An amount as people write it, in micro-units. */
function readLimitOf(text: string | undefined, option: string): number | 'none' | null {
  if (text === undefined) return null;
  if (text === 'none') return text;
  const micros = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Math.round(Number(text) * 1_000_000) : 0;
  if (micros <= 0) throw new UsageError(`${option} is an amount such as 25 or 0.50, or none.`);
  return micros;
}
