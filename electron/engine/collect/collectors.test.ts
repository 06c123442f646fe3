import { afterEach, expect, it, vi } from 'vitest';
import type { RuntimeFact } from '../store/runtime-commands.ts';
import { Collectors } from './collectors.ts';
import type { CollectorsParts } from './collectors.ts';
import { FakeRuntime } from './fake-runtime.ts';

const fact = (id: number, url: string): RuntimeFact => ({ id, kind: 'langgraph', name: `Lab ${id}`, target: { kind: 'langgraph', url }, credential: null, stopCredential: null, enabled: true, content: 'redacted', consent: null, checkpoint: null, discoveredUs: null });

let collectors: Collectors | null = null;
afterEach(async () => { await collectors?.close(); });

it('asks the other runtimes although one cannot be opened: that must not keep the engine from starting', async () => {
  const runtime = new FakeRuntime();
  const errors: unknown[] = [];
  const parts = {
    history: { command: () => Promise.resolve({ id: 1, newApprovals: [] }) }, facts: () => Promise.resolve([fact(1, 'not an address'), fact(2, 'http://127.0.0.1:9/')]),
    loadKinds: () => Promise.resolve({ langgraph: runtime.kind }), credentials: { read: () => Promise.resolve(null), isLost: () => false }, spawn: () => { throw new Error('never'); }, environment: {},
    gaps: { begin: () => undefined, end: () => undefined }, count: () => undefined, changed: () => undefined, newApprovals: () => undefined, collecting: true,
    log: { info: () => undefined, warn: () => undefined, error: (_text: string, error: unknown) => errors.push(error) }, clock: { now: () => Date.now() },
  };
  collectors = new Collectors(parts as unknown as CollectorsParts);
  await collectors.start();
  await vi.waitFor(() => expect(runtime.collects).toBeGreaterThan(0), { timeout: 5_000 });
  expect(errors).toHaveLength(1);
  expect([collectors.view(1)?.state, collectors.view(2)?.state?.fault]).toEqual([null, null]);
});
