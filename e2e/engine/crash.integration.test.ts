/**
 * Kills the engine with SIGKILL twenty times while four senders export to it, as an SDK does: a body that was not
 * acknowledged is sent again. Afterwards every acknowledged span is in the history exactly once.
 */
import { afterAll, expect, it, vi } from 'vitest';
import type { Activity } from '../../shared/domain.ts';
import { ServedEngine } from './serve.ts';

const kills = 20;
const spansInBody = 8;
let engine: ServedEngine | undefined;
afterAll(async () => { await engine?.stop(); });

function body(number: number): { text: string; names: string[] } {
  const now = Date.now();
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const names = Array.from({ length: spansInBody }, (_, at) => `tool-${number}-${at}`);
  const spans = names.map((name, at) => ({
    traceId: hex(number + 1, 32), spanId: hex((number + 1) * 100 + at, 16), name: `execute_tool ${name}`, kind: 1,
    startTimeUnixNano: `${now}000000`, endTimeUnixNano: `${now + 5}000000`,
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: 'execute_tool' } }, { key: 'gen_ai.tool.name', value: { stringValue: name } },
      { key: 'gen_ai.agent.name', value: { stringValue: 'crash-agent' } },
    ],
  }));
  const request = { resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'crash' } }] }, scopeSpans: [{ scope: { name: 'crash' }, spans }] }] };
  return { text: JSON.stringify(request), names };
}

interface Senders { readonly acknowledged: string[]; stop(): Promise<void> }

function startSenders(endpoint: string, token: string): Senders {
  const acknowledged: string[] = [];
  let running = true;
  let next = 0;
  const one = async (): Promise<void> => {
    while (running) {
      const { text, names } = body(next++);
      for (let sent = false; !sent;) {
        try {
          const answer = await fetch(`${endpoint}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: text });
          await answer.arrayBuffer();
          sent = answer.status === 200;
        } catch {
          // the engine is down: an exporter waits and sends the same batch again
        }
        if (!sent && !running) return;
        if (!sent) await new Promise((resolve) => { setTimeout(resolve, 15); });
      }
      acknowledged.push(...names);
    }
  };
  const all = Promise.all(Array.from({ length: 4 }, one));
  return { acknowledged, stop: async () => { running = false; await all; } };
}

it(`has every acknowledged span exactly once after ${kills} kills under load`, { timeout: 180_000 }, async () => {
  engine = await ServedEngine.start();
  const { endpoint, token } = await engine.addOtlp('crash');
  const port = Number(new URL(endpoint).port);
  const senders = startSenders(endpoint, token);
  for (let kill = 0; kill < kills; kill += 1) {
    // Never before this life acknowledged something, however slow the machine: then at another moment each time.
    const before = senders.acknowledged.length;
    await vi.waitUntil(() => senders.acknowledged.length > before, { timeout: 30_000, interval: 5 });
    await new Promise((resolve) => { setTimeout(resolve, (kill * 37) % 250); });
    await engine.kill('SIGKILL');
    engine = await ServedEngine.start({ folder: engine.folder, port });
  }
  await senders.stop();
  const rows = await engine.cli<Activity[]>('activity', '--limit', '1000000');
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.name, (counts.get(row.name) ?? 0) + 1);
  process.stdout.write(`crash test: ${kills} kills, ${senders.acknowledged.length} spans acknowledged, ${rows.length} in the history\n`);
  expect(senders.acknowledged.length).toBeGreaterThanOrEqual(kills * spansInBody);
  expect(senders.acknowledged.filter((name) => counts.get(name) !== 1)).toEqual([]);
  expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
});
