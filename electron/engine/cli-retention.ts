/** Commands of retention, holds and erasure: ask the engine, print the answer. */
import type { Result } from '../../shared/contract.ts';
import type { Chore, DiskUse, Erasure, ErasurePreview, Hold, HoldScope, RetentionPolicy } from '../../shared/retention.ts';
import { CallFailure } from './call-failure.ts';
import type { CommandContext } from './cli-commands.ts';
import { findAgent } from './cli-find.ts';
import { one } from './cli-lists.ts';
import { printJson, printRows, printText } from './cli-output.ts';
import type { HeldTyped, PersonTyped, RetentionCommand } from './cli-retention-arguments.ts';
import { count, formatTable, time, visible } from './cli-text.ts';
import type { Column } from './cli-text.ts';
import type { Caller } from './control-client.ts';
import { plural } from './plural.ts';

const everything = Number.MAX_SAFE_INTEGER;
const activities = (many: number): string => plural(many, 'activity', 'activities');
const size = (bytes: number): string => (bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MiB` : `${Math.ceil(bytes / 1024)} KiB`);

/** Answers with the code that the program ends with: an erasure that did not come to its end is no success. */
export async function runRetentionCommand(command: RetentionCommand, context: CommandContext): Promise<number> {
  const { caller, json, streams } = context;
  switch (command.name) {
    case 'retention': {
      const { rows, generalDays } = await caller.call('retention.policies', {});
      if (!json) await printText(`General: ${generalDays === null ? 'everything is kept' : plural(generalDays, 'day')}.\n`, streams);
      await printRows<RetentionPolicy>({ pages: one(Promise.resolve(rows)), columns: policyColumns, json: (row) => row, none: 'Nothing is connected.' }, everything, json, streams);
      return 0;
    }
    case 'retention set': return setPeriod(command, context);
    case 'retention preview': {
      const preview = await caller.call('retention.preview', {});
      return shown(context, preview, `${activities(preview.activities)} would go now, ${count(preview.held)} past the period ${preview.held === 1 ? 'is' : 'are'} kept by a hold.\n${preview.rows.map((row) => `  ${visible(row.connectionName)}: ${count(row.activities)} of more than ${row.days ?? 0} days${row.held === 0 ? '' : `, ${count(row.held)} held`}\n`).join('')}`);
    }
    case 'retention run': return ended(context, await caller.call('retention.run', { wait: true }));
    case 'retention free': return ended(context, await caller.call('retention.free', { rewrite: command.rewrite, wait: true }));
    case 'retention disk': {
      const use = await caller.call('retention.disk', {});
      return shown(context, use, diskText(use));
    }
    case 'retention jobs':
      await printRows<Chore>({ pages: one(caller.call('retention.chores', { limit: Math.min(1_000, command.limit ?? 100) }).then(({ rows }) => rows)), columns: choreColumns, json: (row) => row, none: 'Nothing was run yet.' }, everything, json, streams);
      return 0;
    case 'retention cancel': {
      const chore = await caller.call('retention.cancel', { id: command.job });
      return shown(context, chore, `${chore.id} ends after its present step; what it did stays done.\n`);
    }
    default: return ofHolds(command, context);
  }
}

async function ofHolds(command: Extract<RetentionCommand, { name: `hold${string}` | `erase${string}` }>, context: CommandContext): Promise<number> {
  const { caller, json, streams } = context;
  switch (command.name) {
    case 'hold':
    case 'hold all':
      await printRows<Hold>({ pages: one(caller.call('holds.list', { lifted: command.name === 'hold all' }).then(({ rows }) => rows)), columns: holdColumns, json: (row) => row, none: 'No legal hold stands.' }, everything, json, streams);
      return 0;
    case 'hold place': {
      const hold = await caller.call('holds.place', { scope: await scopeOf(caller, command.on), reason: command.reason });
      return shown(context, hold, `The hold ${hold.id} on ${visible(hold.scopeName)} stands: it keeps ${activities(hold.activities)}, ${count(hold.due)} of them past the period.\n`);
    }
    case 'hold lift': {
      const hold = await caller.call('holds.lift', { id: command.hold, reason: command.reason });
      return shown(context, hold, `The hold ${hold.id} on ${visible(hold.scopeName)} was lifted: what is past its period goes with the next run.\n`);
    }
    case 'erase list': {
      const person = command.person === undefined ? {} : { person: command.person ?? await fromInput(context) };
      await printRows<Erasure>({ pages: one(caller.call('erasure.list', { ...person, limit: 100 }).then(({ rows }) => rows)), columns: erasureColumns, json: (row) => row, none: 'Nobody was erased.' }, everything, json, streams);
      return 0;
    }
    case 'erase look': {
      const preview = await caller.call('erasure.preview', await personOf(command.who, context));
      return shown(context, preview, previewText(preview));
    }
    default: return eraseRun(command, context);
  }
}

async function setPeriod({ connection, period }: Extract<RetentionCommand, { name: 'retention set' }>, context: CommandContext): Promise<number> {
  const { caller } = context;
  if (connection === null) {
    if (period === 'general') throw new CallFailure('bad_request', 'The general period is a number of days, or forever. Nothing was changed.');
    const settings = await caller.call('settings.set', { retentionDays: period === 'forever' ? null : period });
    return shown(context, settings, `The general period is ${settings.retentionDays === null ? 'for ever' : plural(settings.retentionDays, 'day')} now. retention preview says what would go.\n`);
  }
  const policy = await caller.call('retention.setPolicy', { connectionId: await connectionId(caller, connection), period });
  return shown(context, policy, `${visible(policy.connectionName)} is kept ${policy.days === null ? 'for ever' : `for ${plural(policy.days, 'day')}`}: ${activities(policy.due)} would go now, ${count(policy.held)} held.\n`);
}

/** Of connections that were removed and whose history was kept, too. */
async function connectionId(caller: Caller, wanted: string): Promise<string> {
  const { rows } = await caller.call('retention.policies', {});
  const byId = rows.filter((row) => row.connectionId === wanted);
  const found = byId.length > 0 ? byId : rows.filter((row) => row.connectionName === wanted);
  if (found.length > 1) throw new CallFailure('conflict', `${found.length} connections are called "${wanted}". Use an id: ${found.map((row) => row.connectionId).join(', ')}.`);
  if (found[0] === undefined) throw new CallFailure('not_found', `No connection has the id or the name "${wanted}".`);
  return found[0].connectionId;
}

async function scopeOf(caller: Caller, on: HeldTyped): Promise<HoldScope> {
  if (on.kind === 'everything') return on;
  return { kind: on.kind, id: on.kind === 'agent' ? await findAgent(caller, on.called) : await connectionId(caller, on.called) };
}

async function fromInput({ keys }: CommandContext): Promise<string> {
  const text = (await keys.stdin()).trim();
  if (text === '') throw new CallFailure('bad_request', 'Nobody was named on the standard input. Nothing was changed.');
  return text;
}
const personOf = async ({ person, aliases }: PersonTyped, context: CommandContext): Promise<{ person: string; aliases: string[] }> => ({ person: person ?? await fromInput(context), aliases: [...aliases] });

async function eraseRun({ who, reason, rewrite, yes }: Extract<RetentionCommand, { name: 'erase run' }>, context: CommandContext): Promise<number> {
  const { caller, streams, keys } = context;
  const asked = await personOf(who, context);
  if (!yes) {
    const preview = await caller.call('erasure.preview', asked);
    await printText(previewText(preview), { ...streams, out: streams.err });
    streams.err.write('It cannot be undone. Type erase and Enter: ');
    // Only where somebody can answer: a script that forgot --yes erases nobody.
    if (who.person === null || (await keys.line()) !== 'erase') {
      streams.err.write('\nNobody was erased. To erase without being asked, add --yes.\n');
      return 2;
    }
  }
  const erasure = await caller.call('erasure.run', { ...asked, reason, rewrite, wait: true });
  await shown(context, erasure, erasureText(erasure));
  return erasure.chore.state === 'done' ? 0 : 1;
}

async function shown(context: CommandContext, value: object, text: string): Promise<number> {
  await (context.json ? printJson(value, context.streams) : printText(text, context.streams));
  return 0;
}

async function ended(context: CommandContext, chore: Chore): Promise<number> {
  await shown(context, chore, `${chore.id} ${chore.state}: ${activities(chore.activities)} removed, the file is ${size(chore.freedBytes)} smaller.${chore.error === null ? '' : ` ${visible(chore.error)}`}\n`);
  return chore.state === 'done' ? 0 : 1;
}

const policyColumns: readonly Column<RetentionPolicy>[] = [
  { head: 'ID', cell: (row) => row.connectionId }, { head: 'CONNECTION', cell: (row) => row.connectionName, most: 36 }, { head: 'KIND', cell: (row) => row.kind }, { head: 'PERIOD', cell: (row) => (typeof row.period === 'number' ? `${row.period} days` : row.period) },
  { head: 'ACTIVITIES', cell: (row) => count(row.activities), right: true }, { head: 'SINCE', cell: (row) => time(row.oldestAt) }, { head: 'DUE', cell: (row) => count(row.due), right: true }, { head: 'HELD', cell: (row) => count(row.held), right: true }, { head: 'GONE BEFORE', cell: (row) => time(row.goneBefore) }, { head: 'GONE', cell: (row) => count(row.gone), right: true },
];
const holdColumns: readonly Column<Hold>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'ON', cell: (row) => row.scopeName, most: 36 }, { head: 'COVERS', cell: (row) => count(row.activities), right: true }, { head: 'PAST PERIOD', cell: (row) => count(row.due), right: true }, { head: 'PLACED', cell: (row) => time(row.placedAt) }, { head: 'BY', cell: (row) => row.placedBy, most: 24 },
  { head: 'LIFTED', cell: (row) => time(row.liftedAt) }, { head: 'REASON', cell: (row) => row.reason, most: 60 },
];
const choreColumns: readonly Column<Chore>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'KIND', cell: (row) => row.kind }, { head: 'STATE', cell: (row) => row.state }, { head: 'STARTED', cell: (row) => time(row.startedAt) }, { head: 'ENDED', cell: (row) => time(row.endedAt) }, { head: 'BY', cell: (row) => row.by, most: 24 }, { head: 'ACTIVITIES', cell: (row) => count(row.activities), right: true },
  { head: 'FREED', cell: (row) => size(row.freedBytes), right: true }, { head: 'STEP', cell: (row) => row.error ?? row.step, most: 80 },
];
const erasureColumns: readonly Column<Erasure>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'STATE', cell: (row) => row.chore.state }, { head: 'AT', cell: (row) => time(row.chore.startedAt) }, { head: 'BY', cell: (row) => row.chore.by, most: 24 }, { head: 'PLACES', cell: (row) => count(row.found.reduce((sum, one) => sum + one.count, 0)), right: true },
  { head: 'NOW CALLED', cell: (row) => row.replacement }, { head: 'OF THEM', cell: (row) => (row.matches === null ? '' : row.matches ? 'yes' : 'no') }, { head: 'REASON', cell: (row) => row.reason, most: 60 },
];

type Counted = { readonly count: number | null; readonly text: string };
const counted = (rows: readonly Counted[]): string => rows.map((row) => `${(row.count === null ? '' : count(row.count)).padStart(9)}  ${visible(row.text)}\n`).join('');

export function previewText({ found, total, aliases, moreAliases, remains, warnings }: ErasurePreview): string {
  const others = aliases.filter((one) => !one.ticked);
  const near = others.length === 0 ? '' : `\nAlso this person? --alias takes one that means nobody else${moreAliases > 0 ? `; ${count(moreAliases)} more were found` : ''}:\n${counted(others)}`;
  return `${warnings.map((text) => `Note: ${visible(text)}\n`).join('')}Named in ${plural(total, 'place')}:\n${counted(found)}${near}\nNot reached, or left as it is:\n${counted(remains)}`;
}

const erasureText = ({ id, replacement, chore, found, remains }: Erasure): string => `${id} ${chore.state}${chore.error === null ? '' : `: ${visible(chore.error)}`}. They are "${replacement}" now:\n${counted(found)}Not reached, or left as it is:\n${counted(remains)}`;

function diskText({ fileBytes, walBytes, diskFreeBytes, parts, connections, copies }: DiskUse): string {
  const head = `${size(fileBytes)} of history and ${size(walBytes)} of log beside it${diskFreeBytes === null ? '' : `; ${size(diskFreeBytes)} free on this disk`}.\n`;
  const table = formatTable<Result<'retention.disk'>['parts'][number]>([{ head: 'PART', cell: (row) => row.part }, { head: 'SIZE', cell: (row) => size(row.bytes), right: true }], parts);
  const by = formatTable<DiskUse['connections'][number]>([{ head: 'CONNECTION (ESTIMATED)', cell: (row) => row.connectionName, most: 36 }, { head: 'ACTIVITIES', cell: (row) => count(row.activities), right: true }, { head: 'SIZE', cell: (row) => size(row.estimatedBytes), right: true }], connections);
  return `${head}\n${table}\n${by}${copies.length === 0 ? '' : `\nCopies beside it, which neither retention nor erasure reaches:\n${copies.map((one) => `  ${visible(one.name)} ${size(one.bytes)}\n`).join('')}`}`;
}
