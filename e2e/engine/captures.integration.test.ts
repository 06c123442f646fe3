/**
 * Real captures of real agents, posted to a real `serve` in the order in which they were received, read back through the
 * command line. `expected.json` beside each capture was written from the stand-in model's own log, not from our output;
 * `visibleInTelemetry` in it says where the agent's telemetry tells less than what happened.
 */
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Usage } from '../../shared/domain.ts';
import { ServedEngine } from './serve.ts';
import type { Lists } from './serve.ts';

interface Expected {
  agents: string[];
  tasks: number;
  modelCalls: number;
  tools: { name: string; status: string }[];
  usage: { [K in keyof Usage]: number | null };
  failures: number;
}
interface Posted { file: string; signal: string; contentType: string }

const folder = fileURLToPath(new URL('../fixtures/captures/', import.meta.url));
const captures = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'expected.json')));

function readExpected(name: string): Expected {
  const raw = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as Expected & { visibleInTelemetry?: Partial<Expected> };
  const seen = raw.visibleInTelemetry ?? {};
  return { ...raw, ...seen, usage: { ...raw.usage, ...seen.usage } };
}

async function post(endpoint: string, token: string, name: string): Promise<void> {
  const index = JSON.parse(readFileSync(join(folder, name, 'index.json'), 'utf8')) as { files: Posted[] };
  for (const file of index.files) {
    const answer = await fetch(`${endpoint}/v1/${file.signal}`, {
      method: 'POST', headers: { 'content-type': file.contentType, authorization: `Bearer ${token}` }, body: readFileSync(join(folder, name, file.file)),
    });
    if (answer.status !== 200) throw new Error(`${name}/${file.file}: ${answer.status} ${await answer.text()}`);
  }
}

const tools = (lists: Lists): string[] =>
  lists.activity.filter((one) => one.kind === 'tool_call').map((one) => `${one.name}: ${one.status}`).toSorted();
const sum = (lists: Lists, key: keyof Usage): number => lists.agents.reduce((total, agent) => total + agent.usage[key], 0);

describe.each(captures)('capture %s', (name) => {
  const expected = readExpected(name);
  let engine: ServedEngine;
  let lists: Lists;
  beforeAll(async () => {
    engine = await ServedEngine.start();
    const connection = await engine.addOtlp(name);
    await post(connection.endpoint, connection.token, name);
    // Sent twice: what an exporter repeats must not count twice.
    await post(connection.endpoint, connection.token, name);
    // The sweep that concludes "interrupted" runs every second.
    for (let tries = 0; tries < 10; tries += 1) {
      lists = await engine.lists();
      if (lists.activity.every((one) => one.status !== 'running')) break;
      await new Promise((resolve) => { setTimeout(resolve, 500); });
    }
  });
  afterAll(async () => { await engine.stop(); });

  it('shows its agents', () => {
    expect(lists.agents.filter((agent) => agent.activities > 0).map((agent) => agent.name).toSorted()).toEqual(expected.agents.toSorted());
  });
  it('shows its tasks', () => { expect(lists.tasks).toHaveLength(expected.tasks); });
  it('shows its tool calls with their ends', () => {
    expect(tools(lists)).toEqual(expected.tools.map((tool) => `${tool.name}: ${tool.status}`).toSorted());
  });
  it('sums its tokens', () => {
    const keys = (Object.keys(expected.usage) as (keyof Usage)[]).filter((key) => expected.usage[key] !== null);
    expect(Object.fromEntries(keys.map((key) => [key, sum(lists, key)]))).toEqual(Object.fromEntries(keys.map((key) => [key, expected.usage[key]])));
  });
  it('counts its failures', () => {
    expect(lists.agents.reduce((total, agent) => total + agent.failures, 0)).toBe(expected.failures);
    expect(lists.failures.reduce((total, group) => total + group.count, 0)).toBe(expected.failures);
  });
});
