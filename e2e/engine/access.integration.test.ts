/**
 * Who may touch what, told by one engine that is connected to real servers: an MCP server, a LangGraph server, an A2A agent, and an agent that
 * exports by OpenTelemetry's own exporter. What the console says is compared with what the servers themselves say is configured there.
 */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AccessCell, AccessColumn, AccessRow, Grant, GrantChange, GrantDocument, Proposal } from '../../shared/access.ts';
import type { Connection } from '../../shared/domain.ts';
import { startA2a } from '../runtimes/start-a2a.ts';
import type { A2aProcess } from '../runtimes/start-a2a.ts';
import { startLangGraph } from '../runtimes/start-langgraph.ts';
import type { LangGraphServer } from '../runtimes/start-langgraph.ts';
import { startMcp } from '../runtimes/start-mcp.ts';
import type { McpProcess } from '../runtimes/start-mcp.ts';
import { ContractCaller } from './contract-caller.ts';
import { ServedEngine } from './serve.ts';

const role = 'arn:aws:iam::111122223333:role/archive';
const policy = {
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Read', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::archive/*' }, { Sid: 'Tables', Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' },
    { Sid: 'NeverDelete', Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' },
  ],
};

let engine: ServedEngine;
let caller: ContractCaller;
let mcp: McpProcess;
let langGraph: LangGraphServer;
let a2a: A2aProcess;
const connections: Record<string, string> = {};
const until = <T>(check: () => Promise<T>, timeout = 20_000): Promise<T> => vi.waitFor(check, { timeout, interval: 150 });

/** An agent with the AWS SDK's spans inside its tools, and one that hands work to it. */
async function exportWork(endpoint: string, token: string): Promise<void> {
  const provider = new TracerProvider({ resource: resourceFromAttributes({ 'service.name': 'halden' }), spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, headers: { authorization: `Bearer ${token}` } }) })] });
  const agents = provider.getTracer('halden-agents');
  const cloud = provider.getTracer('@opentelemetry/instrumentation-aws-sdk', '0.79.0');
  const planner = agents.startSpan('invoke_agent night-planner', { attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'night-planner', 'enduser.id': 'case-worker-17' } }, ROOT_CONTEXT);
  const keeper = agents.startSpan('invoke_agent archive-keeper', { attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'archive-keeper' } }, trace.setSpan(ROOT_CONTEXT, planner));
  agents.startSpan('execute_tool plan_night', { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'plan_night' } }, trace.setSpan(ROOT_CONTEXT, planner)).end();
  const within = trace.setSpan(ROOT_CONTEXT, keeper);
  for (const name of ['supplier-desk__search_documents', 'supplier-desk__read_invoice', 'tidy_up']) {
    const tool = agents.startSpan(`execute_tool ${name}`, { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name } }, within);
    if (name === 'tidy_up') {
      for (const [method, denied] of [['GetObject', false], ['GetObject', false], ['DeleteObject', true]] as const) {
        const call = cloud.startSpan(`S3.${method}`, { kind: SpanKind.CLIENT, attributes: { 'rpc.system': 'aws-api', 'rpc.service': 'S3', 'rpc.method': method } }, trace.setSpan(within, tool));
        if (denied) {
          call.recordException({ name: 'AccessDenied', message: 'Access Denied' });
          call.setStatus({ code: SpanStatusCode.ERROR, message: 'Access Denied' });
        }
        call.end();
      }
    }
    tool.end();
  }
  keeper.end();
  planner.end();
  await provider.forceFlush();
  await provider.shutdown();
}

async function agentId(name: string): Promise<string> {
  const { rows } = await caller.call('agents.list', { period: { from: '2020-01-01T00:00:00.000Z', to: null }, includeIdle: true });
  const found = rows.find((row) => row.name === name);
  if (!found) throw new Error(`there is no agent ${name}, only ${rows.map((row) => row.name).join(', ')}`);
  return found.id;
}
const grantsOf = async (of: { agentId?: string; connectionId?: string; documentId?: string }): Promise<readonly Grant[]> => (await caller.call('grants.list', { ...of, limit: 1_000 })).rows;
const post = (url: string, method: string, body: unknown): Promise<Response> => fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function rowOf(name: string): Promise<{ row: AccessRow; cell: (of: (column: AccessColumn) => boolean) => AccessCell | undefined }> {
  const { rows, columns } = await caller.call('access.matrix', { by: 'class', limit: 500, columns: 40 });
  const found = rows.find((one) => one.name === name);
  if (!found) throw new Error(`the matrix has no row ${name}, only ${rows.map((one) => one.name).join(', ')}`);
  return { row: found, cell: (of) => found.cells.find((cell) => { const column = columns[cell.column]; return column !== undefined && of(column); }) };
}
const ofClass = (wanted: AccessColumn['class']) => (column: AccessColumn): boolean => column.class === wanted;

beforeAll(async () => {
  [engine, mcp, langGraph, a2a] = await Promise.all([ServedEngine.start(), startMcp(), startLangGraph({ which: '1.5' }), startA2a([], {})]);
  caller = await ContractCaller.open(engine.folder);
  const otlp = await caller.call('connections.addOtlp', { name: 'Exported' });
  connections['otlp'] = otlp.connection.id;
  const add = async (name: string, target: Parameters<typeof caller.call<'connections.addRuntime'>>[1]['target']): Promise<void> => { connections[name] = (await caller.call('connections.addRuntime', { name, target })).id; };
  await Promise.all([
    exportWork(otlp.endpoint, otlp.token), add('mcp', { kind: 'mcp', transport: 'http', url: mcp.url }), add('langgraph', { kind: 'langgraph', url: langGraph.url }), add('a2a', { kind: 'a2a', url: a2a.url }),
  ]);
}, 60_000);
afterAll(async () => {
  await caller?.close();
  await Promise.allSettled([engine?.stop(), mcp?.stop(), langGraph?.stop(), a2a?.kill()]);
});

describe('what is granted is what the servers themselves say', () => {
  it('MCP: every tool with its claims and its own JSON', async () => {
    const tools = await mcp.tools();
    const grants = await until(async () => { const found = await grantsOf({ connectionId: connections['mcp'] ?? '' }); expect(found.filter((one) => one.kind === 'tool')).toHaveLength(tools.length); return found; });
    expect(grants.filter((one) => one.kind === 'tool').map((one) => one.name).toSorted()).toEqual(tools.toSorted());
    const destroys = grants.find((one) => one.name === 'delete_supplier');
    expect(destroys).toMatchObject({ destructive: true, readOnly: false, classes: expect.arrayContaining([expect.objectContaining({ class: 'delete' })]) as unknown });
    // By the protocol the worst holds for a tool that claims nothing.
    expect(grants.find((one) => one.name === 'run_month_end')).toMatchObject({ readOnly: null, understood: 'partly', notUnderstood: [expect.any(String) as string] });
    const { source } = await caller.call('grants.get', { id: destroys?.id ?? '' });
    expect(source?.format).toBe('mcp');
    expect(JSON.parse(source?.text ?? '')).toMatchObject({ name: 'delete_supplier', annotations: { destructiveHint: true } });
  });

  it('LangGraph: the tools in each assistant\'s graph', async () => {
    const assistants = await (await post(`${langGraph.url}/assistants/search`, 'POST', { limit: 100 })).json() as { assistant_id: string; name: string }[];
    const desk = assistants.find((one) => one.name === 'refund-desk');
    const graph = await (await fetch(`${langGraph.url}/assistants/${desk?.assistant_id}/graph?xray=true`)).json() as { nodes: { metadata?: { __tools?: string[] } }[] };
    const configured = [...new Set(graph.nodes.flatMap((node) => node.metadata?.__tools ?? []))].toSorted();
    expect(configured.length).toBeGreaterThan(1);
    const grants = await until(async () => { const found = await grantsOf({ agentId: await agentId('refund-desk') }); expect(found.length).toBeGreaterThan(0); return found; });
    expect(grants.filter((one) => one.kind === 'tool').map((one) => one.name).toSorted()).toEqual(configured);
    // A step that asks a person is no power.
    await until(async () => { expect((await rowOf('refund-desk')).row.held).toBe(configured.length); });
  });

  it('A2A: the skills on the card, whose use nobody can see', async () => {
    const card = await (await fetch(`${a2a.url}/.well-known/agent-card.json`)).json() as { name: string; skills: { name: string }[] };
    const grants = await until(async () => { const found = await grantsOf({ agentId: await agentId(card.name) }); expect(found.length).toBeGreaterThan(0); return found; });
    expect(grants.map((one) => `${one.kind} ${one.name}`).toSorted()).toEqual(card.skills.map((skill) => `skill ${skill.name}`).toSorted());
    await until(async () => { expect((await rowOf(card.name)).row.notSeen).toEqual(expect.any(String)); });
    expect(new Set((await grantsOf({ agentId: await agentId(card.name) })).map((one) => one.use.state))).toEqual(new Set(['cannot_tell']));
    const { rows } = await caller.call('access.findings', { rule: 'public_entry' });
    expect(rows.map((one) => one.agentName ?? one.connectionId)).toContain(card.name);
  });
});

describe('a document that a person imports', () => {
  let document: GrantDocument;

  it('is read at the desk and joined with what the agent did', async () => {
    const file = join(engine.folder, 'policy.json');
    await writeFile(file, JSON.stringify(policy));
    await until(() => agentId('archive-keeper'));
    document = await engine.cli<GrantDocument>('access', 'import', file, '--format', 'iam', '--name', 'Archive role', '--for', 'archive-keeper', '--for', 'night-planner', '--as', role, '--enforcement', 'enforced');
    expect(document).toMatchObject({ name: 'Archive role', understood: 'whole', credential: { name: role }, agents: [{ name: 'archive-keeper' }, { name: 'night-planner' }] });
    const keeper = await agentId('archive-keeper');
    await until(async () => {
      const held = (await grantsOf({ documentId: document.id })).filter((one) => one.agentId === keeper);
      expect(held.map((one) => [one.effect, one.actions.join(), one.use.times, one.use.denied])).toEqual(expect.arrayContaining([['allow', 's3:GetObject', 2, 0]]));
    });
    const statements = await grantsOf({ documentId: document.id });
    expect(statements).toHaveLength(policy.Statement.length * 2);
    expect((await caller.call('access.document', { id: document.id })).text).toBe(JSON.stringify(policy));
  });

  it('shows use, and the attempt that was denied, in the matrix', async () => {
    await until(async () => {
      const { row: held, cell } = await rowOf('archive-keeper');
      expect(held.holder).toBe('agent');
      expect(cell(ofClass('read'))).toMatchObject({ state: expect.stringMatching(/^used/) as string, shared: true });
      expect(cell(ofClass('delete'))).toMatchObject({ denied: 1 });
    });
    // The planner holds the same role; its telemetry has tools and no cloud calls, so whether it uses the role cannot be told, which is not 'never used'.
    await until(async () => { expect((await rowOf('night-planner')).cell(ofClass('read'))).toMatchObject({ state: 'cannot_tell', times: 0 }); });
  });

  it('makes its findings: two agents with one role, a wildcard', async () => {
    const findings = await until(async () => { const { rows } = await caller.call('access.findings', { agentId: await agentId('archive-keeper') }); expect(rows.map((one) => one.rule)).toEqual(expect.arrayContaining(['shared_credential', 'wildcard', 'no_owner'])); return rows; });
    await caller.call('agents.setOwner', { id: await agentId('archive-keeper'), role: 'owner', name: 'Nina Halden' });
    await until(async () => { expect((await caller.call('access.findings', { agentId: await agentId('archive-keeper') })).rows.map((one) => one.rule)).not.toContain('no_owner'); });
    const wildcard = findings.find((one) => one.rule === 'wildcard');
    await caller.call('access.dismiss', { id: wildcard?.id ?? '', reason: 'known', until: null });
    expect((await caller.call('access.findings', { dismissed: true })).rows).toMatchObject([{ id: wildcard?.id, dismissed: { reason: 'known' } }]);
  });

  it('proposes what was used and nothing more', async () => {
    const proposal = await engine.cli<Proposal>('access', 'proposal', 'archive-keeper', '--form', 'iam');
    const proposed = JSON.parse(proposal.text) as { Statement: { Effect: string; Action: string | string[] }[] };
    const allowed = proposed.Statement.filter((one) => one.Effect === 'Allow').flatMap((one) => one.Action);
    expect(allowed).toEqual(['s3:GetObject']);
    expect(proposal.replay).toMatchObject({ blocked: 0 });
  });
});

describe('who it is and whom it calls', () => {
  it('says the chain from the person to the credential', async () => {
    const card = await caller.call('identity.card', { agentId: await agentId('archive-keeper') });
    expect(card).toMatchObject({ name: 'archive-keeper', owner: { name: 'Nina Halden', source: 'person' }, credentials: [expect.objectContaining({ name: role, agents: [expect.objectContaining({ name: 'night-planner' })] })] });
    const planner = await caller.call('identity.card', { agentId: await agentId('night-planner') });
    expect(planner.people.map((one) => one.name)).toEqual(['case-worker-17']);
  });

  it('draws the hand-over and the calls as they were exported', async () => {
    const [planner, keeper] = [await agentId('night-planner'), await agentId('archive-keeper')];
    const { nodes, edges } = await caller.call('access.graph', { period: { from: '2020-01-01T00:00:00.000Z', to: null } });
    const nodeOf = (refId: string): string | undefined => nodes.find((node) => node.kind === 'agent' && node.refId === refId)?.id;
    const named = new Map(nodes.map((node) => [node.id, node.name]));
    expect(edges.find((edge) => edge.from === nodeOf(planner) && edge.to === nodeOf(keeper))).toMatchObject({ kind: 'hands' });
    expect(edges.filter((edge) => edge.from === nodeOf(keeper) && edge.kind === 'calls').map((edge) => named.get(edge.to))).toEqual(expect.arrayContaining(['s3:GetObject', 'supplier-desk__read_invoice']));
  });
});

describe('what changes at a server', () => {
  const drift = async (connection: string): Promise<readonly GrantChange[]> => (await caller.call('access.drift', { connectionId: connection })).rows;

  it('is no drift before anything changed', async () => {
    expect(await drift(connections['mcp'] ?? '')).toEqual([]);
    expect(await drift(connections['langgraph'] ?? '')).toEqual([]);
  });

  it('shows within one poll: a tool that is gone, one that destroys now, a new one; used by whoever is said to use the server', async () => {
    const keeper = await agentId('archive-keeper');
    await caller.call('access.setHolder', { connectionId: connections['mcp'] ?? '', agentId: keeper, holds: true });
    await until(async () => { expect((await grantsOf({ agentId: keeper })).find((one) => one.name === 'read_invoice')?.use).toMatchObject({ state: 'used', times: 1 }); });
    expect((await caller.call('access.approve', { agentId: keeper, note: 'as reviewed' })).added).toEqual([]);
    await mcp.change();
    const polled = await engine.cli<Connection>('connections', 'poll', connections['mcp'] ?? '');
    expect(polled.health).not.toBe('unreachable');
    const changes = await until(async () => { const found = await drift(connections['mcp'] ?? ''); expect(found.length).toBeGreaterThan(2); return found; }, 5_000);
    expect(changes.find((one) => one.name === 'run_month_end')).toMatchObject({ what: 'removed', widening: false });
    expect(changes.find((one) => one.name === 'read_invoice')).toMatchObject({ what: 'changed', widening: true });
    expect(changes.find((one) => one.name === 'read_keychain')).toMatchObject({ what: 'added', widening: true });
    const { baseline } = await caller.call('access.baseline', { agentId: keeper });
    expect(baseline?.added.map((one) => one.name)).toContain('read_keychain');
    expect(baseline?.removed.map((one) => one.name)).toContain('run_month_end');
    expect(baseline?.changed.find((one) => one.name === 'read_invoice')).toMatchObject({ widening: true });
  });

  it('shows for an assistant that runs another graph now', async () => {
    const [assistant] = await (await post(`${langGraph.url}/assistants/search`, 'POST', { graph_id: 'refund-desk' })).json() as { assistant_id: string }[];
    const before = (await grantsOf({ agentId: await agentId('refund-desk') })).filter((one) => one.kind === 'tool').map((one) => one.name);
    expect((await post(`${langGraph.url}/assistants/${assistant?.assistant_id}`, 'PATCH', { graph_id: 'invoice-desk' })).status).toBe(200);
    await caller.call('connections.pollNow', { id: connections['langgraph'] ?? '' });
    const changes = await until(async () => { const found = await drift(connections['langgraph'] ?? ''); expect(found.length).toBeGreaterThan(0); return found; }, 5_000);
    expect(changes.filter((one) => one.what === 'removed').map((one) => one.name).some((name) => before.includes(name))).toBe(true);
  });

  it('is said by the document that is taken back, and the audit log has all of it', async () => {
    await engine.cli('access', 'remove', 'Archive role');
    await until(async () => { expect((await grantsOf({ agentId: await agentId('night-planner') })).filter((one) => one.goneAt === null && one.kind === 'statement')).toEqual([]); });
    const { rows } = await caller.call('audit.list', { limit: 100 });
    expect(rows.map((one) => one.action)).toEqual(expect.arrayContaining(['access.import', 'access.remove', 'access.holder', 'access.approve', 'access.dismiss', 'agents.owner']));
  });
});

describe('the demo fleet, with what its people know of it', () => {
  interface Papers {
    readonly documents: readonly { readonly name: string; readonly format: 'iam'; readonly role: 'identity'; readonly enforcement: 'enforced'; readonly text: string; readonly agents: readonly string[]; readonly credential?: string }[];
    readonly owners: readonly { readonly agent: string; readonly role: 'owner'; readonly name: string; readonly gone: boolean }[];
  }

  /** Its past, told by its own process over its own exporters. */
  async function tellPast(): Promise<Papers> {
    const tokens: { company: string; token: string }[] = [];
    let endpoint = '';
    for (const company of ['halden', 'norrland', 'brightwater']) {
      const added = await caller.call('connections.addOtlp', { name: company });
      endpoint = added.endpoint;
      tokens.push({ company, token: added.token });
    }
    const fleet = spawn(process.execPath, [fileURLToPath(new URL('../../demo/index.ts', import.meta.url)), '--once', '--hours', '12'], { stdio: ['pipe', 'pipe', 'inherit'] });
    fleet.stdin.end(`${JSON.stringify({ endpoint, tokens })}\n`);
    const said = (await text(fleet.stdout)).trim().split('\n').map((line) => JSON.parse(line) as { papers?: Papers });
    const papers = said.find((line) => line.papers !== undefined)?.papers;
    if (papers === undefined) throw new Error('the fleet said nothing of its papers');
    return papers;
  }

  it('shows what is configured there: a shared role, its boundary, a policy that only logs, an attempt, a tool that nobody granted, an owner who left', async () => {
    const papers = await tellPast();
    await until(() => agentId('carrier-quoter'));
    for (const { agents, ...document } of papers.documents) await caller.call('access.import', { ...document, agentIds: await Promise.all(agents.map((name) => agentId(name))) });
    for (const { agent, ...owner } of papers.owners) await caller.call('agents.setOwner', { id: await agentId(agent), ...owner });
    const found = async (name: string): Promise<string[]> => (await caller.call('access.findings', { agentId: await agentId(name), limit: 1_000 })).rows.map((one) => one.rule);
    await until(async () => {
      expect(await found('ledger-analyst')).toEqual(expect.arrayContaining(['shared_credential', 'owner_gone']));
      expect(await found('kyc-screener')).toEqual(expect.arrayContaining(['shared_credential', 'expiring', 'no_owner']));
      expect(await found('route-planner')).toContain('not_enforced');
      expect(await found('refund-runner')).toContain('used_without_grant');
      expect(await found('claude-code')).toContain('borrowed_account');
    });
    const analyst = await rowOf('ledger-analyst');
    expect(analyst.cell(ofClass('delete'))?.denied).toBeGreaterThan(0);
    expect(analyst.cell(ofClass('read'))).toMatchObject({ state: 'used', shared: true });
    // The boundary lets no key through, whatever the role's policy says.
    expect(analyst.cell(ofClass('administer'))).toBeUndefined();
    const { items, shared } = await caller.call('access.reach', { agentId: await agentId('ledger-analyst') });
    expect(items.map((one) => one.resource).filter((resource) => resource.startsWith('kms'))).toEqual([]);
    expect(shared.flatMap((one) => one.agents.map((agent) => agent.name))).toContain('kyc-screener');
  });
});
