/** Commands of access and identity: ask the engine, print the answer. */
import { CallFailure } from './call-failure.ts';
import type { AccessCommand } from './cli-access-arguments.ts';
import { documentsListing, driftListing, findDocument, findingsListing, grantsListing, matrixColumns, onlyGiven } from './cli-access-lists.ts';
import { baselineText, grantText, identityText, proposalNotes, reachText, readingText } from './cli-access-text.ts';
import type { CommandContext } from './cli-commands.ts';
import { findAgent, findConnection } from './cli-find.ts';
import { readTextFile } from './cli-keys.ts';
import { printJson, printRows, printText } from './cli-output.ts';
import { count, formatTable, time, visible, visibleLines } from './cli-text.ts';

export async function runAccessCommand(command: AccessCommand, context: CommandContext, limit: number): Promise<void> {
  const { caller, json, streams } = context;
  switch (command.name) {
    case 'access': return matrix(command, context);
    case 'access grants': return printRows(await grantsListing(caller, command, limit), limit, json, streams);
    case 'access findings': return printRows(await findingsListing(caller, command, limit), limit, json, streams);
    case 'access drift': return printRows(await driftListing(caller, command, limit), limit, json, streams);
    case 'access documents': return printRows(await documentsListing(caller, command), limit, json, streams);
    case 'access show': return shown(await caller.call('grants.get', { id: command.grant }), grantText, context);
    case 'access reach': return shown(await caller.call('access.reach', { agentId: await findAgent(caller, command.agent) }), reachText, context);
    case 'access identity': return shown(await caller.call('identity.card', { agentId: await findAgent(caller, command.agent) }), identityText, context);
    case 'access baseline': return shown((await caller.call('access.baseline', { agentId: await findAgent(caller, command.agent) })).baseline, baselineText, context);
    case 'access proposal': return proposal(command, context);
    default: return change(command, context);
  }
}

type Changing = Exclude<AccessCommand, { name: 'access' | 'access grants' | 'access findings' | 'access drift' | 'access documents' | 'access show' | 'access reach' | 'access identity' | 'access baseline' | 'access proposal' }>;

async function change(command: Changing, context: CommandContext): Promise<void> {
  const { caller } = context;
  switch (command.name) {
    case 'access approve': return shown(await caller.call('access.approve', { agentId: await findAgent(caller, command.agent), note: command.note }), baselineText, context);
    case 'access dismiss':
      await caller.call('access.dismiss', { id: command.finding, reason: command.reason, until: command.until });
      return said(context, { dismissed: true }, `The finding ${command.finding} is dismissed${command.until === null ? ' until it is found anew' : ` until ${time(command.until)}`}.\n`);
    case 'access restore':
      await caller.call('access.restore', { id: command.finding });
      return said(context, { dismissed: false }, `The finding ${command.finding} counts again.\n`);
    case 'access document': {
      const { document, text, problems } = await caller.call('access.document', { id: await findDocument(caller, command.document) });
      const agents = document.agents.map((agent) => visible(agent.name)).join(', ');
      return shown({ document, text, problems }, () => `${document.id}  ${visible(document.name)} (${document.format}, ${document.role}), held by ${agents}\nUnderstood: ${document.understood}\n${problems.map((one) => `  ${visible(one)}\n`).join('')}${visibleLines(text)}\n`, context);
    }
    case 'access remove': {
      const id = await findDocument(caller, command.document);
      await caller.call('access.removeDocument', { id });
      return said(context, { id, removed: true }, `The document ${id} was removed: what it gave is gone from now on. Its text and its history stay.\n`);
    }
    case 'access import': return importDocument(command, context);
    case 'access holder': {
      const [connectionId, agentId] = [await findConnection(caller, command.connection), await findAgent(caller, command.agent)];
      await caller.call('access.setHolder', { connectionId, agentId, holds: command.holds });
      return said(context, { connectionId, agentId, holds: command.holds }, command.holds ? `What ${connectionId} offers counts as held by ${agentId}.\n` : `What ${connectionId} offers does not count as held by ${agentId} any more.\n`);
    }
    case 'access owner': {
      const { owner } = await caller.call('agents.setOwner', { id: await findAgent(caller, command.agent), role: command.role, name: command.owner, gone: command.gone });
      return said(context, { owner }, owner === null ? `Nobody is named as its ${command.role}.\n` : `Its ${command.role} is ${visible(owner.name)}${owner.gone ? ', who is gone' : ''}.\n`);
    }
  }
}

async function matrix(command: Extract<AccessCommand, { name: 'access' }>, { caller, json, streams }: CommandContext): Promise<void> {
  const filter = { ...await onlyGiven(caller, command), ...(command.text === null ? {} : { text: command.text }), ...command.only };
  const found = await caller.call('access.matrix', { by: command.by, unusedDays: command.days, filter, columns: command.by === 'class' ? 40 : json ? 200 : 8, limit: Math.min(command.limit ?? 100, 500) });
  if (json) return printJson(found, streams);
  const { rows, columns, moreColumns, total } = found;
  await printText(rows.length === 0 ? 'Nobody holds anything that we found.\n' : formatTable(matrixColumns(found, command.by === 'resource'), rows), streams);
  const left = [...(total > rows.length ? [`${count(total - rows.length)} more holders (--limit)`] : []), ...(moreColumns > 0 ? [`${count(moreColumns)} more resources than the ${columns.length} shown (--json shows 200; narrow by --text)`] : [])];
  if (left.length > 0) streams.err.write(`${left.join(', ')}.\n`);
}

/** The proposal alone goes to the standard output, so that it can be saved; what it means goes beside it. */
async function proposal(command: Extract<AccessCommand, { name: 'access proposal' }>, { caller, json, streams }: CommandContext): Promise<void> {
  const found = await caller.call('access.proposal', { agentId: await findAgent(caller, command.agent), form: command.form, days: command.days });
  if (json) return printJson(found, streams);
  // SECURITY: names in it are agents' words; line by line they keep their form and can move no cursor.
  await printText(`${found.text.replace(/\n$/u, '').split('\n').map(visible).join('\n')}\n`, streams);
  streams.err.write(proposalNotes(found));
}

/** As the contract has it. */
const mostText = 1_000_000;

async function importDocument({ file, format, role, keep }: Extract<AccessCommand, { name: 'access import' }>, context: CommandContext): Promise<void> {
  const { caller, keys } = context;
  const text = file === '-' ? await keys.stdin() : readTextFile(file, keys);
  if (text.trim() === '') throw new CallFailure('bad_request', 'There is nothing in it. Nothing was imported.');
  // Said here: the engine hangs up on a line far longer than it reads.
  if (text.length > mostText) throw new CallFailure('bad_request', `It has ${count(text.length)} characters; at most ${count(mostText)} are read. Nothing was imported.`);
  if (keep === null) return shown(await caller.call('access.read', { format, role, text }), readingText, context);
  const agentIds: string[] = [];
  for (const agent of keep.agents) agentIds.push(await findAgent(caller, agent));
  const made = await caller.call('access.import', { name: keep.documentName, format, role, enforcement: keep.enforcement, text, agentIds, ...(keep.credential === null ? {} : { credential: keep.credential }) });
  return said(context, made, `Document ${made.id} gives ${count(made.grants)} grants to ${made.agents.map((agent) => visible(agent.name)).join(', ')}. Understood: ${made.understood}.\n`);
}

async function shown<T>(value: T, text: (value: T) => string, { json, streams }: CommandContext): Promise<void> {
  await (json ? printJson(value, streams) : printText(text(value), streams));
}

const said = (context: CommandContext, value: object, text: string): Promise<void> => shown(value, () => text, context);
