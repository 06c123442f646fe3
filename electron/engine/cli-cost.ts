/** Commands of money and failures: ask the engine, print the answer. */
import { CallFailure } from './call-failure.ts';
import type { CommandContext } from './cli-commands.ts';
import type { CostCommand } from './cli-cost-arguments.ts';
import { billsListing, failuresListing, historyListing, pricesListing, reconciliationListing, rowsTable, unpricedListing } from './cli-cost-lists.ts';
import { billText, explainText, failureText, importText, summaryText } from './cli-cost-text.ts';
import { findConnection } from './cli-find.ts';
import { readTextFile } from './cli-keys.ts';
import { printJson, printRows, printText } from './cli-output.ts';
import { count, visible } from './cli-text.ts';

const dayMs = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();
const periodOf = (since: string | null, days: number): { from: string; to: null } => ({ from: since ?? ago(days), to: null });

export async function runCostCommand(command: CostCommand, context: CommandContext, limit: number): Promise<void> {
  const { caller, json, streams } = context;
  switch (command.name) {
    case 'cost': return costs(command, context, limit);
    case 'cost explain': return shown(await caller.call('cost.explain', { activityId: command.activity }), explainText, context);
    case 'cost reconciliation': {
      const of = command.connection === null ? {} : { connectionId: await findConnection(caller, command.connection) };
      return printRows(reconciliationListing(caller, { period: periodOf(command.since, 30), ...of }, limit), limit, json, streams);
    }
    case 'cost bills': return printRows(billsListing(caller), limit, json, streams);
    case 'prices list': return printRows(pricesListing(caller, command, limit), limit, json, streams);
    case 'prices unpriced': return printRows(unpricedListing(caller), limit, json, streams);
    case 'failures groups': return printRows(await failuresListing(caller, command, periodOf(command.since, 7), limit), limit, json, streams);
    case 'failures show': return shown(await caller.call('failures.get', { id: command.failure, period: periodOf(command.since, 7) }), failureText, context);
    default: return change(command, context);
  }
}

type Changing = Extract<CostCommand, { name: 'cost import-bill' | 'cost remove-bill' | 'prices history' | 'prices remove' | 'prices set' | 'prices import' | 'failures state' | 'failures note' | 'tasks mark' }>;

async function change(one: Changing, context: CommandContext): Promise<void> {
  const { caller } = context;
  switch (one.name) {
    case 'cost import-bill': {
      const connectionId = await findConnection(caller, one.connection);
      const bill = await caller.call('cost.importBill', { connectionId, name: one.billName, format: one.format, text: await textOf(one.file, context), dryRun: !one.keep });
      return shown(bill, billText, context);
    }
    case 'cost remove-bill':
      await caller.call('cost.removeBill', { id: one.bill });
      return said(context, { id: one.bill, removed: true }, `The bill ${one.bill} was removed: its days are not billed any more.\n`);
    case 'prices history':
    case 'prices remove': return ofPrice(one, context);
    case 'prices set': {
      const { model, provider, region, tier, currency, units, from, to, source, note } = one;
      const entry = await caller.call('prices.save', { ...(one.replaces === null ? {} : { id: one.replaces }), entry: { model, provider, region, tier, currency, units: [...units], from, to, source, note } });
      return said(context, entry, `The price ${entry.id} of ${visible(entry.model)} counts from now on. History is computed anew.\n`);
    }
    case 'prices import': return shown(await caller.call('prices.import', { name: one.listName, text: await textOf(one.file, context), dryRun: !one.keep }), importText(one.keep), context);
    case 'failures state':
      await caller.call('failures.setState', { id: one.failure, state: one.state, until: one.until, ...(one.note === null ? {} : { note: one.note }) });
      return said(context, { id: one.failure, state: one.state, until: one.until }, `The group ${one.failure} is ${one.state}${one.state === 'snoozed' ? (one.until === null ? ' until it happens so often again' : ` until ${one.until}`) : ''}.\n`);
    case 'failures note':
      await caller.call('failures.note', { id: one.failure, text: one.text });
      return said(context, { id: one.failure, noted: true }, `Noted of the group ${one.failure}.\n`);
    case 'tasks mark': {
      const task = await caller.call('tasks.mark', { id: one.task, outcome: one.outcome, note: one.note });
      return said(context, task, `The task ${task.id} counts as ${task.outcome} (${task.outcomeBasis.replaceAll('_', ' ')}).\n`);
    }
  }
}

async function ofPrice({ name, price }: Extract<CostCommand, { name: 'prices history' | 'prices remove' }>, context: CommandContext): Promise<void> {
  const { caller, json, streams } = context;
  if (name === 'prices history') return printRows(historyListing(caller, price), 500, json, streams);
  await caller.call('prices.remove', { id: price });
  return said(context, { id: price, removed: true }, `The price ${price} counts no longer. What it priced is computed anew.\n`);
}

async function costs(command: Extract<CostCommand, { name: 'cost' }>, { caller, json, streams }: CommandContext, limit: number): Promise<void> {
  const period = periodOf(command.since, 30);
  const of = { ...(command.connection === null ? {} : { connectionId: await findConnection(caller, command.connection) }), ...(command.text === null ? {} : { text: command.text }) };
  const found = await caller.call('cost.rows', { period, by: command.by, ...of, limit: Math.min(limit, 500) });
  const summary = await caller.call('cost.summary', { period });
  if (json) return printJson({ ...found, summary }, streams);
  await printText(summaryText(summary), streams);
  await printText(found.rows.length === 0 ? 'No task was seen.\n' : rowsTable(found, command.by), streams);
  if (found.total > found.rows.length) streams.err.write(`${count(found.total - found.rows.length)} more rows (--limit; at most 500 at once).\n`);
}

/** The engine hangs up on a line longer than it reads; quotation marks take two places in it. */
const mostText = 6_000_000;

async function textOf(file: string, { keys }: CommandContext): Promise<string> {
  const text = file === '-' ? await keys.stdin() : readTextFile(file, keys);
  if (text.trim() === '') throw new CallFailure('bad_request', 'There is nothing in it. Nothing was imported.');
  if (JSON.stringify(text).length > mostText) throw new CallFailure('bad_request', `It has ${count(text.length)} characters, more than the command line can hand over (about ${count(mostText)}). Give it in smaller parts. Nothing was imported.`);
  return text;
}

async function shown<T>(value: T, text: (value: T) => string, { json, streams }: CommandContext): Promise<void> {
  await (json ? printJson(value, streams) : printText(text(value), streams));
}

const said = (context: CommandContext, value: object, text: string): Promise<void> => shown(value, () => text, context);
