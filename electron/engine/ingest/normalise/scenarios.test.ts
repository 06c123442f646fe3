/**
 * Captures with a script: `expected.json` was written from the scenario and the stand-in model's own books, not from the telemetry.
 * Where telemetry cannot show what happened, the difference is stated here with its cause; anything else must agree.
 */
import { describe, expect, test } from 'vitest';
import { assemble, totals } from './test-assemble.ts';
import { readCapture, readScenario } from './test-captures.ts';

interface Difference {
  /** `in/out/cache read/cache write/reasoning` that the telemetry really carries. */
  readonly tokens?: string;
  readonly tools?: string;
  readonly why: string;
}

const cutOff = 'an open call: that nothing follows is for the task to conclude';

const scenarios: Readonly<Record<string, Difference | undefined>> = {
  'anthropic-sdk': undefined,
  'claude-500': undefined,
  'claude-denied': undefined,
  'claude-logsonly': { tokens: '113/181/47210/1985/0', why: 'Claude Code reports no reasoning tokens' },
  'claude-retry-ok': undefined,
  'claude-sigterm': { tokens: '26/105/17500/1700/0', tools: 'Bash:ok Bash:running', why: cutOff },
  'claude-sigterm-logsonly': { tokens: '26/105/17500/1700/0', tools: 'Bash:ok Bash:running', why: cutOff },
  'claude-silent-toolblock': { tokens: '41/110/27200/1720/0', why: 'Claude Code reports no reasoning tokens' },
  'claude-tools-json': { tokens: '113/181/47210/1985/0', why: 'Claude Code reports no reasoning tokens' },
  'claude-two-tasks': { tools: 'Bash:error Write:ok breaks:error lookup:ok', why: 'the author writes the MCP server before the tool' },
  'codex-429-lost-tail': { tools: 'exec_command:running', why: 'Codex loses its last batch of logs after a fatal error' },
  'codex-500': undefined,
  'codex-appserver': undefined,
  'codex-json': undefined,
  'codex-ok-exit1-denied': undefined,
  'codex-onreq': undefined,
  'codex-sigterm': { tools: 'exec_command:ok exec_command:running', why: cutOff },
  gemini: undefined,
  'gemini-apierror': undefined,
  'gemini-denied': { tools: 'glob:ok run_shell_command:error write_file:error', why: 'a tool left out of the registry is reported as unknown, like an invented one' },
  'gemini-retry-ok': undefined,
  'gemini-sigterm': undefined,
  'gemini-subagent': undefined,
  'google-adk': undefined,
  'langchain-subagent': undefined,
  'mastra-memory': undefined,
  'openai-agents-handoff': { tokens: '590/118/506/0/0', why: 'the bridge exports no reasoning tokens' },
  'openinference-openai': { tokens: '341/61/521/0/18', why: 'a streamed chat and embeddings are exported without counts' },
  strands: { tokens: '552/112/702/0/0', why: 'Strands exports no reasoning tokens' },
  'strands-latest': { tokens: '552/112/702/0/0', why: 'Strands exports no reasoning tokens' },
  traceloop: { tokens: '751/66/0/0/0', tools: 'getWeather:ok', why: 'no cache counts, an invented count for a stream, and spans of functions that throw are never exported' },
  'vercel-legacy': undefined,
  'vercel-modern': { tokens: '673/132/732/0/0', why: 'the current names carry no reasoning tokens' },
  vercel5: { tokens: '981/112/282/0/17', why: 'generateText of version 5 exports neither cache nor reasoning counts' },
  vercel6: undefined,
};

/** Telemetry without an agent's name belongs to the service; the store says so. */
const nameless: ReadonlySet<string> = new Set(['anthropic-sdk', 'openinference-openai']);

describe.each(Object.entries(scenarios))('scenario %s', (name, difference) => {
  const scenario = readScenario(name);
  const { rows, refusals } = assemble(readCapture(name));

  test('shows every tool call with its outcome', () => {
    const expected = difference?.tools ?? scenario.tools.map((tool) => `${tool.name}:${tool.status}`).toSorted().join(' ');
    expect(rows.filter((row) => row.kind === 'tool_call').map((row) => `${row.name}:${row.status}`).toSorted().join(' ')).toBe(expected);
  });

  test('sums the tokens that the model was billed for', () => {
    const { usage } = scenario;
    const expected = difference?.tokens ?? [usage.inputTokens, usage.outputTokens, usage.cacheReadTokens, usage.cacheWriteTokens, usage.reasoningTokens].join('/');
    const found = totals(rows);
    expect([found.in, found.out, found.read, found.write, found.reasoning].join('/')).toBe(expected);
  });

  test('names the agents that acted', () => {
    // Codex's sub-agents have names drawn for one run: they are runs of the same agent.
    const expected = nameless.has(name) ? [] : scenario.agents.filter((agent) => agent !== 'Lovelace').toSorted();
    expect([...new Set(rows.map((row) => row.agent))].filter((agent) => agent !== '').toSorted()).toEqual(expected);
    expect(refusals).toEqual({});
  });
});
