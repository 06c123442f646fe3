/**
 * Real captures of real agents, posted to a real `serve` in the order in which they were received, read back through the
 * command line. `expected.json` beside each capture was written from the scenario and the stand-in model's own books, not from
 * our output. Where telemetry tells less than what happened, or our rule counts differently, `differences` says so and why.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Usage } from '../../shared/domain.ts';
import { ServedEngine } from './serve.ts';
import type { AddedConnection, Lists } from './serve.ts';

interface Expected {
  readonly agents: readonly string[];
  readonly tasks: number;
  readonly tools: readonly { readonly name: string; readonly status: string }[];
  readonly usage: { readonly [K in keyof Usage]: number | null };
  readonly failures: number;
}
interface Difference extends Partial<Omit<Expected, 'usage'>> { readonly usage?: Partial<Usage>; readonly why: string }

const session = 'records that carry one session or conversation are one task, however often the agent was asked in it';
const noReasoning: Partial<Usage> = { reasoningTokens: 0 };
const differences: Readonly<Record<string, Difference>> = {
  'claude-logsonly': { usage: noReasoning, why: 'Claude Code reports no reasoning tokens' },
  'claude-tools-json': { usage: noReasoning, why: 'Claude Code reports no reasoning tokens' },
  'claude-sigterm': { usage: noReasoning, why: 'Claude Code reports no reasoning tokens' },
  'claude-sigterm-logsonly': { usage: noReasoning, why: 'Claude Code reports no reasoning tokens' },
  'claude-silent-toolblock': { usage: noReasoning, why: 'Claude Code reports no reasoning tokens' },
  'claude-two-tasks': {
    tasks: 1, why: session,
    tools: [{ name: 'lookup', status: 'ok' }, { name: 'breaks', status: 'error' }, { name: 'Bash', status: 'error' }, { name: 'Write', status: 'ok' }],
  },
  'codex-429-lost-tail': { tools: [{ name: 'exec_command', status: 'interrupted' }], why: 'Codex loses its last batch of logs after a fatal error: the finished call looks cut off' },
  'codex-appserver': { tasks: 1, why: session },
  'codex-json': { agents: ['codex'], why: 'Codex draws its sub-agents\' names anew in each run: they are runs of the same agent' },
  'gemini-denied': {
    tools: [{ name: 'run_shell_command', status: 'error' }, { name: 'write_file', status: 'error' }, { name: 'glob', status: 'ok' }], failures: 2,
    why: 'a tool left out of the registry is reported as unknown, like an invented one',
  },
  'gemini-retry-ok': { failures: 1, why: 'Gemini CLI reports each failed attempt and never says which later call was its retry' },
  'google-adk': { tasks: 1, why: session },
  'langchain-subagent': { tasks: 1, why: session },
  'mastra-memory': { tasks: 1, why: session },
  'openai-agents-handoff': { usage: noReasoning, why: 'the bridge exports no reasoning tokens' },
  'openinference-openai': {
    usage: { inputTokens: 341, outputTokens: 61, cacheReadTokens: 521, cacheWriteTokens: 0, reasoningTokens: 18 },
    why: 'a streamed chat and embeddings are exported without counts',
  },
  strands: { tasks: 1, usage: noReasoning, why: `${session}; no reasoning tokens are exported` },
  'strands-latest': { tasks: 1, usage: noReasoning, why: `${session}; no reasoning tokens are exported` },
  traceloop: {
    tasks: 1, tools: [{ name: 'getWeather', status: 'ok' }], failures: 0,
    usage: { inputTokens: 751, outputTokens: 66, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
    why: 'spans of functions that throw are never exported, there are no cache counts, and the counts of a stream are invented',
  },
  'vercel-legacy': { tasks: 4, why: 'an embedding outside of any agent has a trace of its own' },
  'vercel-modern': { agents: ['planner', 'researcher', 'vercel-modern'], tasks: 4, usage: noReasoning, why: 'an embedding outside of any agent has a trace of its own and belongs to the service; no reasoning tokens are exported' },
  vercel5: {
    tasks: 1, usage: { inputTokens: 981, outputTokens: 112, cacheReadTokens: 282, cacheWriteTokens: 0, reasoningTokens: 17 },
    why: `${session}; generateText of version 5 exports neither cache nor reasoning counts`,
  },
  vercel6: { tasks: 1, why: session },
};

const folder = fileURLToPath(new URL('../fixtures/captures/', import.meta.url));
const captures = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'expected.json')));

function readExpected(name: string): Expected {
  const truth = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as Expected;
  const { why: _why, usage, ...difference } = differences[name] ?? { why: '' };
  return { ...truth, ...difference, usage: { ...truth.usage, ...usage } };
}

async function post({ endpoint, token }: AddedConnection, name: string): Promise<void> {
  const index = JSON.parse(readFileSync(join(folder, name, 'index.json'), 'utf8')) as { files: { file: string; signal: string; contentType: string }[] };
  for (const file of index.files) {
    const answer = await fetch(`${endpoint}/v1/${file.signal}`, {
      method: 'POST', headers: { 'content-type': file.contentType, authorization: `Bearer ${token}` }, body: readFileSync(join(folder, name, file.file)),
    });
    if (answer.status !== 200) throw new Error(`${name}/${file.file}: ${answer.status} ${await answer.text()}`);
  }
}

let engine: ServedEngine;
let all: Lists;
const connections = new Map<string, string>();

beforeAll(async () => {
  engine = await ServedEngine.start();
  for (const name of captures) {
    const connection = await engine.addOtlp(name);
    connections.set(name, connection.id);
    await post(connection, name);
    // Sent twice: what an exporter repeats must not count twice.
    await post(connection, name);
  }
  // The sweep that concludes what was interrupted runs every second.
  for (let tries = 0; tries < 10; tries += 1) {
    all = await engine.lists();
    if (all.activity.every((one) => one.status !== 'running')) break;
  }
}, 180_000);
afterAll(async () => { await engine.stop(); });

/** What came in by one capture's connection. */
function listsOf(name: string): Lists {
  const id = connections.get(name);
  const agents = all.agents.filter((one) => one.connectionId === id);
  const ids = new Set(agents.map((one) => one.id));
  return {
    agents, tasks: all.tasks.filter((one) => one.connectionId === id), activity: all.activity.filter((one) => one.connectionId === id),
    failures: all.failures.filter((one) => one.agentIds.some((agent) => ids.has(agent))),
  };
}

describe.each(captures)('capture %s', (name) => {
  const expected = readExpected(name);

  it('shows its agents', () => { expect(listsOf(name).agents.map((agent) => agent.name).toSorted()).toEqual(expected.agents.toSorted()); });
  it('shows its tasks', () => { expect(listsOf(name).tasks).toHaveLength(expected.tasks); });
  it('shows its tool calls with their ends', () => {
    expect(listsOf(name).activity.filter((one) => one.kind === 'tool_call').map((one) => `${one.name}: ${one.status}`).toSorted())
      .toEqual(expected.tools.map((tool) => `${tool.name}: ${tool.status}`).toSorted());
  });
  it('sums its tokens, by agent and by task', () => {
    const lists = listsOf(name);
    for (const key of ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'reasoningTokens'] as const) {
      const wanted = expected.usage[key];
      if (wanted === null) continue;
      expect([key, lists.agents.reduce((sum, agent) => sum + agent.usage[key], 0)]).toEqual([key, wanted]);
      expect([key, lists.tasks.reduce((sum, task) => sum + task.usage[key], 0)]).toEqual([key, wanted]);
    }
  });
  it('counts its failures', () => { expect(listsOf(name).agents.reduce((sum, agent) => sum + agent.failures, 0)).toBe(expected.failures); });
});

it('groups every failure', () => {
  expect(all.failures.reduce((sum, group) => sum + group.count, 0)).toBe(all.agents.reduce((sum, agent) => sum + agent.failures, 0));
});
