import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { companies } from './fleet.ts';
import { planTask } from './plan.ts';
import { seededRandom } from './random.ts';
import { runFleet } from './run-fleet.ts';

const closers: (() => void)[] = [];
afterEach(() => { for (const close of closers.splice(0)) close(); });

async function sink() {
  const bodies: { path: string; type: string; auth: string; bytes: number }[] = [];
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => { bytes += chunk.length; });
    request.on('end', () => {
      bodies.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', auth: request.headers.authorization ?? '', bytes });
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/json' }).end(request.headers['content-type'] === 'application/json' ? '{}' : undefined);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  closers.push(() => server.close());
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

describe('demo fleet', () => {
  it('has eight agents in three companies', () => {
    expect(companies).toHaveLength(3);
    expect(companies.flatMap((company) => company.agents)).toHaveLength(8);
  });

  it('plans the same tasks from the same seed, and others from another', () => {
    const habit = companies[0]?.agents[0]?.habit;
    if (!habit) throw new Error('no agent');
    const plans = (seed: number) => { const random = seededRandom(seed); return Array.from({ length: 20 }, () => planTask(habit, random, 0)); };
    expect(plans(1)).toEqual(plans(1));
    expect(plans(1)).not.toEqual(plans(2));
  });

  it('tells its past over OTLP with each company\'s own token, in protobuf and in JSON', async () => {
    const { endpoint, bodies } = await sink();
    const said: string[] = [];
    await runFleet({
      endpoint, tokens: companies.map((company) => ({ company: company.id, token: `token-of-${company.id}` })), seed: 1, pastHours: 3, live: false,
      signal: new AbortController().signal, say: (line) => said.push(line),
    });
    expect(JSON.parse(said[0] ?? '{}')).toMatchObject({ agents: 7 });
    expect(new Set(bodies.map((body) => body.auth))).toEqual(new Set(companies.map((company) => `Bearer token-of-${company.id}`)));
    expect(new Set(bodies.map((body) => body.path))).toEqual(new Set(['/v1/traces', '/v1/logs']));
    expect(new Set(bodies.map((body) => body.type))).toEqual(new Set(['application/x-protobuf', 'application/json']));
  });

  it('stops its live part when told to', async () => {
    const { endpoint } = await sink();
    const stop = new AbortController();
    const run = runFleet({ endpoint, tokens: [{ company: 'brightwater', token: 'token-of-brightwater' }], seed: 1, pastHours: 0, live: true, signal: stop.signal, say: () => stop.abort() });
    await expect(run).resolves.toBeUndefined();
  });
});
