/** Commands of budgets: ask the engine, print the answer. */
import { budgetProblems } from '../../shared/budgets.ts';
import type { Budget, BudgetDraft, BudgetScope } from '../../shared/budgets.ts';
import { CallFailure } from './call-failure.ts';
import type { BudgetCommand, BudgetScopeTyped, BudgetTyped } from './cli-budgets-arguments.ts';
import { budgetEventsListing, budgetsListing, budgetText, previewText } from './cli-budgets-text.ts';
import type { CommandContext } from './cli-commands.ts';
import { findAgent, findConnection } from './cli-find.ts';
import { printJson, printRows, printText } from './cli-output.ts';
import { visible } from './cli-text.ts';
import type { Caller } from './control-client.ts';

export async function runBudgetCommand(command: BudgetCommand, { caller, json, streams }: CommandContext, limit: number): Promise<void> {
  const shown = <T>(value: T, text: (value: T) => string): Promise<void> => Promise.resolve(json ? printJson(value, streams) : printText(text(value), streams));
  switch (command.name) {
    case 'budgets list': return printRows(budgetsListing(caller), limit, json, streams);
    case 'budgets events': return printRows(budgetEventsListing(caller, command.budget === null ? null : await eventsOf(caller, command.budget)), limit, json, streams);
    case 'budgets show': return shown(await findBudget(caller, command.budget), budgetText);
    case 'budgets remove': {
      const { id, name } = await findBudget(caller, command.budget);
      await caller.call('budgets.remove', { id });
      return shown({ id, removed: true }, () => `The budget ${id} (${visible(name)}) was removed: its limits stop nobody any more.\n`);
    }
    default: {
      const before = command.budget === null ? null : await findBudget(caller, command.budget);
      const draft = await draftOf(caller, command.typed, before);
      if (command.name === 'budgets preview') return shown(await caller.call('budgets.preview', { draft }), previewText(draft));
      const [problem] = budgetProblems(draft);
      if (problem !== undefined) throw new CallFailure('bad_request', `${problem} Nothing was changed.`);
      return shown(await caller.call('budgets.save', { ...(before === null ? {} : { id: before.id }), draft }), budgetText);
    }
  }
}

/** Of one that was removed too, by its id. */
const eventsOf = async (caller: Caller, wanted: string): Promise<string> => (/^bud-[0-9a-z]+$/.test(wanted) ? wanted : (await findBudget(caller, wanted)).id);

async function findBudget(caller: Caller, wanted: string): Promise<Budget> {
  const { rows } = await caller.call('budgets.list', {});
  const byId = rows.filter((row) => row.id === wanted);
  const found = byId.length > 0 ? byId : rows.filter((row) => row.name === wanted);
  if (found.length > 1) throw new CallFailure('conflict', `${found.length} budgets are called "${wanted}". Use an id: ${found.map((row) => row.id).join(', ')}.`);
  if (!found[0]) throw new CallFailure('not_found', `No budget has the id or the name "${wanted}".`);
  return found[0];
}

async function scopeOf(caller: Caller, typed: BudgetScopeTyped): Promise<BudgetScope> {
  if (typed.kind === 'agent') return { kind: 'agent', id: await findAgent(caller, typed.called) };
  if (typed.kind === 'connection') return { kind: 'connection', id: await findConnection(caller, typed.called) };
  return typed;
}

const limitOf = (typed: number | 'none' | null, before: number | null): number | null => (typed === null ? before : typed === 'none' ? null : typed);

async function draftOf(caller: Caller, typed: BudgetTyped, before: Budget | null): Promise<BudgetDraft> {
  const needs = (what: string): CallFailure => new CallFailure('bad_request', `A new budget needs ${what}. Nothing was changed.`);
  const scope = typed.scope === null ? before?.scope : await scopeOf(caller, typed.scope);
  if (scope === undefined) throw needs('a scope: --agent ID|NAME, --connection ID|NAME, --owner NAME, --tag TAG or --all');
  const per = typed.per ?? before?.per;
  if (per === undefined) throw needs('--per task|hour|day|week|month');
  const name = typed.called ?? before?.name;
  if (name === undefined) throw needs('--name NAME');
  const hardMicros = limitOf(typed.hard, before?.hardMicros ?? null);
  return {
    name, scope, per, currency: typed.currency ?? before?.currency ?? 'USD', softMicros: limitOf(typed.soft, before?.softMicros ?? null), hardMicros, forecast: typed.forecast ?? before?.forecast ?? true,
    // Without a hard limit there is nothing to stop at.
    onHard: hardMicros === null ? 'tell' : typed.onHard ?? before?.onHard ?? 'tell', level: typed.level ?? before?.level ?? 'cancel', stops: typed.stops ?? before?.stops ?? 'agent',
  };
}
