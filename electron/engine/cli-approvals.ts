/** Commands about approvals and grants. */
import type { Grant } from '../../shared/access.ts';
import type { Approval, ApprovalDetail } from '../../shared/domain.ts';
import type { CommandContext } from './cli-commands.ts';
import { findAgent, findConnection } from './cli-find.ts';
import { paged, pageSize } from './cli-lists.ts';
import { printJson, printRows, printText } from './cli-output.ts';
import type { Listing } from './cli-output.ts';
import type { RuntimeCommand } from './cli-runtime-arguments.ts';
import { time, visible, visibleLines } from './cli-text.ts';
import type { Column } from './cli-text.ts';
import type { Caller } from './control-client.ts';

export type PaperCommand = Extract<RuntimeCommand, { name: 'approvals' | 'approvals show' | 'approvals decide' | 'grants' }>;

export async function runPaperCommand(command: PaperCommand, context: CommandContext, limit: number): Promise<void> {
  const { caller, json, streams } = context;
  switch (command.name) {
    case 'approvals': return printRows(await approvalsListing(caller, command, limit), limit, json, streams);
    case 'approvals show': return printDetail(await caller.call('approvals.get', { id: command.approval }), context);
    case 'approvals decide': {
      const { approval: id, decision } = command;
      // Without a fingerprint of the person's own, the answer is bound to the request as the history holds it in this moment.
      const fingerprint = command.fingerprint ?? (await caller.call('approvals.get', { id })).fingerprint;
      const mutable = decision.answer === 'edit' ? { ...decision, parameters: [...decision.parameters] } : decision;
      return printDetail(await caller.call('approvals.decide', { id, fingerprint, decision: mutable }), context);
    }
    case 'grants': return printRows(await grantsListing(caller, command, limit), limit, json, streams);
  }
}

async function printDetail(detail: ApprovalDetail, { json, streams }: CommandContext): Promise<void> {
  return json ? printJson(detail, streams) : printText(detailText(detail), streams);
}

const approvalColumns: readonly Column<Approval>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'STATE', cell: (row) => row.state.replaceAll('_', ' ') }, { head: 'AGENT', cell: (row) => row.agentName, most: 32 }, { head: 'KIND', cell: (row) => row.kind.replace('_', ' ') },
  { head: 'TITLE', cell: (row) => row.title, most: 60 }, { head: 'ASKED', cell: (row) => time(row.askedAt) }, { head: 'EXPIRES', cell: (row) => time(row.expiresAt) },
  { head: 'ANSWERS', cell: (row) => row.answers.join(', ') }, { head: 'DECIDED', cell: (row) => time(row.decidedAt) }, { head: 'BY', cell: (row) => row.decidedBy ?? '', most: 24 }, { head: 'CONNECTION', cell: (row) => row.connectionName ?? 'a document', most: 24 },
];

async function approvalsListing(caller: Caller, { all, agent, connection }: Extract<PaperCommand, { name: 'approvals' }>, limit: number): Promise<Listing<Approval>> {
  const of = { ...(agent === null ? {} : { agentId: await findAgent(caller, agent) }), ...(connection === null ? {} : { connectionId: await findConnection(caller, connection) }) };
  const pages = (state: 'waiting' | 'decided'): AsyncGenerator<readonly Approval[]> => paged((before) => caller.call('approvals.list', { state, ...of, limit: pageSize(limit), ...(before === undefined ? {} : { before }) }));
  return { pages: all ? chained(pages('waiting'), pages('decided')) : pages('waiting'), columns: approvalColumns, json: (row) => row, none: all ? 'No approval was seen.' : 'Nothing waits for a person where we can see.' };
}

async function* chained<R>(...parts: AsyncGenerator<readonly R[]>[]): AsyncGenerator<readonly R[]> {
  for (const part of parts) yield* part;
}

const claim = (value: boolean | null): string => (value === null ? 'not said' : value ? 'yes' : 'no');
const grantColumns: readonly Column<Grant>[] = [
  { head: 'CONNECTION', cell: (row) => row.connectionName ?? 'a document', most: 24 }, { head: 'AGENT', cell: (row) => row.agentName ?? 'any with the credential', most: 28 }, { head: 'KIND', cell: (row) => row.kind }, { head: 'NAME', cell: (row) => row.name, most: 48 },
  { head: 'READ-ONLY', cell: (row) => claim(row.readOnly) }, { head: 'DESTRUCTIVE', cell: (row) => claim(row.destructive) }, { head: 'OPEN WORLD', cell: (row) => claim(row.openWorld) },
  { head: 'FROM', cell: (row) => row.from, most: 28 }, { head: 'LAST SEEN', cell: (row) => time(row.lastSeen) },
];

async function grantsListing(caller: Caller, { agent, connection }: Extract<PaperCommand, { name: 'grants' }>, limit: number): Promise<Listing<Grant>> {
  const of = { ...(agent === null ? {} : { agentId: await findAgent(caller, agent) }), ...(connection === null ? {} : { connectionId: await findConnection(caller, connection) }) };
  return { pages: paged((before) => caller.call('grants.list', { ...of, limit: pageSize(limit), ...(before === undefined ? {} : { before }) })), columns: grantColumns, json: (row) => row, none: 'No grant was seen.' };
}

/** The whole request: nothing of what a person decides on is cut. */
function detailText(detail: ApprovalDetail): string {
  const head: [string, string][] = [
    ['Approval', `${detail.id}  ${detail.state.replaceAll('_', ' ')}`], ['Title', visible(detail.title)], ['Agent', visible(detail.agentName)], ['Connection', visible(detail.connectionName)],
    ['Asked', time(detail.askedAt)], ['Expires', time(detail.expiresAt) || 'never; it waits'], ['On behalf of', detail.onBehalfOf === null ? 'not said' : visible(detail.onBehalfOf)],
    ['Answers', detail.answers.length === 0 ? 'none here; answer it in the runtime itself' : detail.answers.join(', ')], ['Fingerprint', detail.fingerprint],
    ...(detail.decidedAt === null ? [] : [['Decided', `${time(detail.decidedAt)}${detail.decidedBy === null ? '' : ` by ${visible(detail.decidedBy)}`}${detail.reason === null ? '' : `: ${visible(detail.reason)}`}`] as [string, string]]),
    ...(detail.note === null ? [] : [['Note', visible(detail.note)] as [string, string]]),
  ];
  const wide = Math.max(...head.map(([name]) => name.length));
  const actions = detail.actions.map(({ name, parameters, description }) => `Action ${visible(name)}${description === null ? '' : `\nDescription\n${visibleLines(description)}`}\nParameters\n${visibleLines(parameters)}`);
  const parts = [head.map(([name, text]) => `${name.padEnd(wide)}  ${text}`).join('\n'), ...(detail.question === null ? [] : [`Question\n${visibleLines(detail.question)}`]), ...actions, `Request as the runtime holds it\n${visibleLines(detail.raw)}`];
  return `${parts.join('\n\n')}\n`;
}
