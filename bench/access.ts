/**
 * Grants for the agents of a large history, by the ways that real ones come: documents that people import and runtimes that list what they
 * offer, list after list with something changed; then owners, baselines, and the fold until nobody is left. All through the store's own writer.
 */
import { readDocument } from '../electron/engine/access/read-document.ts';
import type { DocumentInput } from '../electron/engine/access/read-document.ts';
import type { FoundGrant } from '../electron/engine/ingest/collected.ts';
import { runCommand } from '../electron/engine/store/commands.ts';
import type { CommandName, Commands } from '../electron/engine/store/commands.ts';
import { realIntake } from '../electron/engine/store/intake.ts';
import { openHistory } from '../electron/engine/store/open.ts';
import type { AuditWords } from '../electron/engine/store/runtime-commands.ts';
import { Writer } from '../electron/engine/store/writer.ts';

const things = ['orders', 'mail', 'crm', 'ledger', 'repo', 'bank', 'files', 'directory', 'cluster', 'web', 'customer', 'refunds'];
const verbs = ['search', 'create', 'send', 'read', 'delete', 'approve', 'export', 'deploy', 'merge', 'open'];
const audit: AuditWords = { actor: 'bench', actorKind: 'engine', action: 'bench', subject: null, outcome: 'done', text: 'The bench made it.', details: {} };
/** Agents that share their documents. */
const groupSize = 10;
const connections = 40;
const lists = 6;

/** What one group holds: mostly tools, then statements of IAM, then scopes. */
function documentsOf(group: number, perAgent: number): (DocumentInput & { credential: string | null })[] {
  const tools = Math.floor(perAgent * 0.6);
  const statements = Math.floor(perAgent * 0.3);
  const scopes = perAgent - tools - statements;
  const tool = (at: number): object => {
    const thing = things[at % things.length] ?? 'x';
    const verb = verbs[Math.floor(at / things.length + at) % verbs.length] ?? 'y';
    // The first of them are the ones that the agents of the corpus call.
    return at < 40 ? { name: `${thing}.${verb}` } : { name: `s${(group * 3 + Math.floor(at / 20)) % 60}_${thing}_${verb}_${at % 20}`, annotations: at % 3 === 0 ? { readOnlyHint: true } : at % 3 === 1 ? { readOnlyHint: false, destructiveHint: true } : {} };
  };
  const statement = (at: number): object => ({ Sid: `S${at}`, Effect: at % 20 === 19 ? 'Deny' : 'Allow', Action: [[`s3:Get*`, 's3:List*'], ['s3:PutObject'], ['dynamodb:*Item'], ['sqs:SendMessage', 'sqs:DeleteMessage'], ['lambda:InvokeFunction']][at % 5], Resource: `arn:aws:s3:::bucket-${(group + at) % 40}/part-${at}/*` });
  const list = (length: number, one: (at: number) => unknown): unknown[] => Array.from({ length }, (_, at) => one(at));
  return [
    { format: 'tools', role: 'identity', credential: null, text: JSON.stringify({ tools: list(tools, tool) }) },
    { format: 'iam', role: 'identity', credential: `role/app-${group >> 1}`, text: JSON.stringify({ Version: '2012-10-17', Statement: list(statements, statement) }) },
    { format: 'oauth_scopes', role: 'identity', credential: null, text: list(scopes, (at) => `${things[at % 12] ?? 'x'}.${['Read', 'ReadWrite', 'Send'][at % 3] ?? 'Read'}.${at}`).join(' ') },
  ];
}

function offered(server: number, list: number): FoundGrant[] {
  return Array.from({ length: 30 }, (_, at) => ({ kind: 'tool', name: `srv${server}_${things[at % 12] ?? 'x'}_${at + (at === list ? 100 : 0)}`, description: null, readOnly: (at + list) % 5 === 0, destructive: at % 4 === 0, openWorld: null, idempotent: null, from: 'tools/list' }));
}

export function giveAccess(folder: string, grants: number): void {
  const nowUs = Date.now() * 1_000;
  const { db } = openHistory(folder, nowUs);
  const writer = new Writer(db, realIntake);
  const run = <N extends CommandName>(name: N, params: Commands[N]['params'], atUs = nowUs): Commands[N]['result'] => writer.inTransaction(() => runCommand(name, db, params, writer.tallies, atUs));
  try {
    const agents = db.prepare<[], { id: number }>('SELECT id FROM agent WHERE rows > 0 ORDER BY id').all().map(({ id }) => id);
    for (let at = 0; at < agents.length; at += groupSize) {
      for (const { credential, ...input } of documentsOf(at / groupSize, Math.floor(grants / agents.length))) {
        const { readings, understood, problems } = readDocument(input);
        run('access.import', { document: { ...input, name: `${input.format} ${at / groupSize}`, enforcement: 'enforced', credential, understood, problems }, readings, agents: agents.slice(at, at + groupSize), audit });
      }
    }
    offer(writer, run, agents, nowUs);
    for (const [at, agent] of agents.entries()) if (at % 2 === 0) run('agents.setOwner', { agent, role: 'owner', name: `person-${at % 40}@example.com`, gone: at % 50 === 0, audit });
    for (const agent of agents.slice(0, 50)) run('access.approve', { agent, note: '', audit });
    while (writer.foldAccess(nowUs, 1_000).more) process.stderr.write('.');
    process.stderr.write('\n');
  } finally {
    db.close();
  }
}

function offer(writer: Writer, run: <N extends CommandName>(name: N, params: Commands[N]['params'], atUs?: number) => Commands[N]['result'], agents: readonly number[], nowUs: number): void {
  for (let server = 0; server < connections; server += 1) {
    const { id } = run('runtimes.add', { name: `server-${server}`, target: { kind: 'langgraph', url: `http://127.0.0.1:${20_000 + server}` }, credential: null, credentialHint: null, content: 'full', demo: false, audit });
    for (let list = 0; list < lists; list += 1) {
      const atUs = nowUs - (lists - list) * 3_600_000_000;
      writer.discover({ connection: id, content: 'full', service: `server-${server}`, receivedUs: atUs, found: { facts: { product: null, version: null, visibility: 'all', visibilityText: '', capabilities: [], levers: [], findings: [] }, agents: [], grants: offered(server, list), complete: true, refused: [] } }, atUs);
    }
    for (let at = 0; at < 5; at += 1) run('access.setHolder', { connection: id, agent: agents[(server * 11 + at * 97) % agents.length] ?? 1, holds: true, audit });
  }
}
