/**
 * Real captures, read from the wire, and what a person counted in them by hand (the comments say how). Token figures are written
 * as sums of the raw attributes.
 */
import { describe, expect, test } from 'vitest';
import { assemble, summary, totals } from './test-assemble.ts';
import { readCapture } from './test-captures.ts';
import type { CaptureSignal } from './test-captures.ts';

interface Expected {
  readonly name: string;
  readonly signals?: readonly CaptureSignal[];
  readonly tokens: { in: number; out: number; read: number; write: number; reasoning: number; cost: number };
  readonly rows: readonly string[];
  readonly asides: Readonly<Record<string, number>>;
  readonly runs: number;
}

const none = { in: 0, out: 0, read: 0, write: 0, reasoning: 0, cost: 0 };

// claude: api_request 1500+1510+1520+1530 in (cache apart), 60+61+62+63 out, 0+2000x3 read, 2000 written; 17200+7660+7720+7780 micros.
const claudeTokens = { ...none, in: 6060, out: 246, read: 6000, write: 2000 };
const claudeWork = ['model_call claude-opus-5-5 ok @claude-code x4', 'tool_call Bash denied @claude-code x1', 'tool_call Bash ok @claude-code x1', 'tool_call Write denied @claude-code x1'];
const claudeLogRows = ['lifecycle MCP server crm connected ok @claude-code x1', 'lifecycle MCP server crm disconnected ok @claude-code x1'];
const claudePrompt = 'lifecycle prompt ok @claude-code x1';
const claudeTurn = 'lifecycle claude-code ok @claude-code x1';

// claude-mcp: four agents (the session's own and three nested ones) make the same five requests: 4 x (1500+1510+1520+1530+1540) in,
// 4 x (60..64) out, 4 x 4 x 2000 read, 4 x 2000 written, 4 x (17200+7660+7720+7780+7840) micros; each calls lookup, delete (fails),
// Bash (fails); three of them start the next one by the tool `Agent`.
const nestedTokens = { ...none, in: 30_400, out: 1240, read: 32_000, write: 8000 };
const nestedWork = [
  'model_call claude-opus-5-5 ok @claude-code x5', 'model_call claude-opus-5-5 ok @general-purpose x15',
  'tool_call Agent ok @claude-code x1', 'tool_call Agent ok @general-purpose x2',
  'tool_call Bash error @claude-code x1', 'tool_call Bash error @general-purpose x3',
  'tool_call delete_customer error @claude-code x1', 'tool_call delete_customer error @general-purpose x3',
  'tool_call lookup_customer ok @claude-code x1', 'tool_call lookup_customer ok @general-purpose x3',
];
const nestedHandoff = 'handoff general-purpose ok @general-purpose x3';
const claudeAsides = { 'setting, plug-in or housekeeping event': 4 };

const expectations: readonly Expected[] = [
  {
    // chat spans: 1200+1300+1400 in of which 0+800+800 from cache, 40+41+42 out; the totals on invoke_agent are not counted again.
    name: 'vercel',
    tokens: { ...none, in: 1200 + 500 + 600, out: 123, read: 1600 },
    rows: [
      'lifecycle invoice-agent error @invoice-agent x1', 'lifecycle invoice-agent ok @invoice-agent x1',
      'model_call gpt-6-mini error @invoice-agent x1', 'model_call gpt-6-mini ok @invoice-agent x3',
      'tool_call get_invoice ok @invoice-agent x1', 'tool_call send_payment error @invoice-agent x1',
    ],
    asides: {}, runs: 2,
  },
  {
    // three model_inference spans with the same figures, each with 8 reasoning tokens inside its output.
    name: 'mastra',
    tokens: { ...none, in: 1200 + 500 + 600, out: 123, read: 1600, reasoning: 24 },
    rows: ['lifecycle Invoice Agent ok @Invoice Agent x1', 'model_call gpt-6-mini ok @Invoice Agent x3', 'tool_call get_invoice ok @Invoice Agent x1', 'tool_call send_payment error @Invoice Agent x1'],
    asides: { 'piece of a streamed answer': 4, 'log line that repeats a span': 2 }, runs: 1,
  },
  {
    // eight responses: three first turns of 1200, three second of 1300, two third of 1400; 800 cached in all but the first turns.
    name: 'openai-agents',
    tokens: { ...none, in: 3600 + 3 * 500 + 2 * 600, out: 3 * 40 + 3 * 41 + 2 * 42, read: 5 * 800 },
    rows: [
      'lifecycle Invoice Agent error @Invoice Agent x1', 'lifecycle Invoice Agent ok @Invoice Agent x5', 'model_call gpt-6-mini ok @Invoice Agent x8',
      'tool_call get_invoice ok @Invoice Agent x3', 'tool_call send_payment denied @Invoice Agent x1', 'tool_call send_payment error @Invoice Agent x2',
    ],
    asides: {}, runs: 1,
  },
  {
    // three ChatOpenAI spans: 900+950+1000 prompt of which 0+512+512 from cache, 30+31+32 completion. The agent stands in `metadata`.
    name: 'langchain',
    tokens: { ...none, in: 900 + 438 + 488, out: 93, read: 1024 },
    rows: ['lifecycle invoice_agent ok @invoice_agent x1', 'model_call gpt-6-mini ok @invoice_agent x3', 'tool_call get_invoice ok @invoice_agent x1', 'tool_call send_payment error @invoice_agent x1'],
    asides: {}, runs: 1,
  },
  {
    // Five calls inside the agent's work, two of them refused by name; the sixth, in a trace of its own, is some application's.
    name: 'aws-sdk', tokens: none,
    rows: [
      'lifecycle archive-keeper ok @archive-keeper x1', 'tool_call dynamodb:DeleteTable denied @archive-keeper x1', 'tool_call dynamodb:GetItem ok @archive-keeper x1',
      'tool_call s3:DeleteObject denied @archive-keeper x1', 'tool_call s3:GetObject ok @archive-keeper x1', 'tool_call sts:GetCallerIdentity ok @archive-keeper x1', 'tool_call whoami ok @archive-keeper x1',
    ],
    asides: {}, runs: 1,
  },
  { name: 'claude', tokens: { ...claudeTokens, cost: 40_360 }, rows: [...claudeLogRows, claudeTurn, claudePrompt, ...claudeWork], asides: { ...claudeAsides, 'message text': 4 }, runs: 1 },
  { name: 'claude', signals: ['traces'], tokens: claudeTokens, rows: [claudeTurn, ...claudeWork], asides: {}, runs: 1 },
  { name: 'claude', signals: ['logs'], tokens: { ...claudeTokens, cost: 40_360 }, rows: [...claudeLogRows, claudePrompt, ...claudeWork], asides: { ...claudeAsides, 'message text': 4 }, runs: 1 },
  { name: 'claude-mcp', tokens: { ...nestedTokens, cost: 4 * 48_200 }, rows: [nestedHandoff, ...claudeLogRows, claudeTurn, claudePrompt, ...nestedWork], asides: { ...claudeAsides, 'message text': 20 }, runs: 1 },
  { name: 'claude-mcp', signals: ['traces'], tokens: nestedTokens, rows: [claudeTurn, ...nestedWork], asides: {}, runs: 1 },
  { name: 'claude-mcp', signals: ['logs'], tokens: { ...nestedTokens, cost: 4 * 48_200 }, rows: [nestedHandoff, ...claudeLogRows, claudePrompt, ...nestedWork], asides: { ...claudeAsides, 'message text': 20 }, runs: 1 },
];

describe.each(expectations)('capture $name $signals', ({ name, signals, tokens, rows, asides, runs }) => {
  const records = readCapture(name, signals);

  test('gives the agents, models, tools and outcomes that are in it', () => {
    expect(summary(assemble(records).rows)).toEqual(rows.toSorted());
  });

  test('counts every token once', () => {
    const found = assemble(records);
    expect(totals(found.rows)).toEqual(tokens);
    expect(found.rows.filter((row) => row.kind !== 'model_call' && row.usage !== undefined)).toEqual([]);
  });

  test('refuses nothing and says what it set aside', () => {
    const found = assemble(records);
    expect(found.refusals).toEqual({});
    expect(found.asides).toEqual(asides);
    expect(found.runs).toHaveLength(runs);
  });

  test('reads the same from records in reverse, and from records sent twice', () => {
    expect(summary(assemble(records.toReversed()).rows)).toEqual(rows.toSorted());
    const twice = assemble([...records, ...records]);
    expect(summary(twice.rows)).toEqual(rows.toSorted());
    expect(totals(twice.rows)).toEqual(tokens);
  });
});
