/** The keeper with a real receiver on a free port and a history that can be made to fail. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alarms } from './alarms.ts';
import { Doors } from './doors.ts';
import { GapKeeper } from './gap-keeper.ts';
import type { HistoryPort } from './history-port.ts';
import type { BodyResult } from './ingest/writer-messages.ts';
import { ReceiverKeeper } from './receiver-keeper.ts';
import { makeToken } from './token.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const { token, hash } = makeToken();
type Said = { readonly name: string; readonly params: Record<string, unknown> };

class FakeHistory implements HistoryPort {
  readonly file = '/nowhere';
  readonly sqlite = '3';
  readonly schemaVersion = 1;
  readonly said: Said[] = [];
  fails: string | null = null;
  submit(): Promise<BodyResult> { return Promise.resolve(this.fails === null ? { n: 1, t: 'stored', accepted: 1, refused: 0, reason: '' } : { n: 1, t: 'unavailable', reason: this.fails }); }
  command(name: string, params: unknown): Promise<never> {
    if (this.fails !== null) return Promise.reject(new Error('no write'));
    this.said.push({ name, params: params as Record<string, unknown> });
    return Promise.resolve({ id: this.said.length } as never);
  }
  query(): Promise<unknown> { return Promise.resolve({ connections: [{ id: 1, content: 'redacted', enabled: true, tokenHash: new Uint8Array(hash) }], lastSeenUs: null, openGaps: [], alarms: [] }); }
  queryJson(): Promise<string> { return Promise.reject(new Error('not here')); }
  onCommit(): () => void { return () => undefined; }
  close(): Promise<void> { return Promise.resolve(); }
  of(name: string): Record<string, unknown>[] { return this.said.filter((one) => one.name === name).map((one) => one.params); }
}

let history: FakeHistory;
let keeper: ReceiverKeeper;
let alarms: Alarms;
let now = 0;

async function start(port = 0): Promise<void> {
  const doors = new Doors(history);
  await doors.refresh();
  alarms = new Alarms(history, silent, () => undefined, { now: () => now });
  const gaps = new GapKeeper({ open: (gap) => history.command('gaps.open', gap), close: (gap) => history.command('gaps.close', gap) }, silent);
  keeper = new ReceiverKeeper({ history, doors, gaps, alarms, log: silent, changed: () => undefined, clock: { now: () => now } }, { host: '127.0.0.1', port });
  await keeper.start();
}
const post = (with_ = token): Promise<number> =>
  fetch(`${keeper.endpoint()}/v1/traces`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'x-gatehouse-token': with_ } }).then((answer) => answer.status);
/** The keeper's own timer, without waiting for it. */
async function later(ms: number): Promise<void> {
  now += ms;
  await vi.advanceTimersByTimeAsync(5_000);
}
const told = async (): Promise<string[]> => (await alarms.list()).map((alarm) => alarm.text);

beforeEach(() => {
  now = 1_000_000;
  history = new FakeHistory();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(async () => {
  history.fails = null;
  await keeper.close();
  vi.useRealTimers();
});

describe('ReceiverKeeper', () => {
  it('says how long it listened', async () => {
    await start();
    await later(5_000);
    await later(5_000);
    await vi.waitFor(() => { expect(history.of('seen.extend')).toEqual([{ fromUs: 1_000_000_000, toUs: 1_005_000_000 }, { fromUs: 1_005_000_000, toUs: 1_010_000_000 }]); });
  });

  it('a disk that is full: 503, an alarm, and a gap that is written once there is room', async () => {
    await start();
    history.fails = 'The disk with the history is full. Free space on that disk or shorten the retention.';
    expect(await post()).toBe(503);
    expect(await told()).toEqual([history.fails]);
    await later(20_000);
    expect(history.of('gaps.open')).toEqual([]);
    history.fails = null;
    await later(20_000);
    await later(20_000);
    await vi.waitFor(() => { expect(history.of('gaps.open')).toEqual([expect.objectContaining({ reason: 'database_failed', fromUs: 1_000_000_000 })]); });
    expect(await told()).toEqual([]);
    expect(await post()).toBe(200);
  });

  it('a full buffer is another thing than a full disk, and ends by itself', async () => {
    await start();
    history.fails = 'The buffer before the history is full. Nothing of this was stored; send it again.';
    expect(await post()).toBe(503);
    expect((await told())[0]).toContain('Agents that send again lose nothing');
    history.fails = null;
    await later(11_000);
    await vi.waitFor(() => { expect(history.of('gaps.open')).toEqual([expect.objectContaining({ reason: 'buffer_full' })]); });
    expect(await told()).toEqual([]);
  });

  it('counts strangers and refusals together, not one by one', async () => {
    await start();
    for (let time = 0; time < 5; time += 1) expect(await post('gh_unknown')).toBe(401);
    expect(history.of('strangers.count')).toEqual([]);
    await keeper.flush();
    expect(history.of('strangers.count')).toEqual([expect.objectContaining({ path: '/v1/traces', count: 5 })]);
  });

  it('a port where nothing may listen is an alarm and a gap, and ends when another is chosen', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => { taken.listen(0, '127.0.0.1', resolve); });
    await start((taken.address() as AddressInfo).port);
    expect(keeper.status()).toMatchObject({ state: 'listening' });
    expect((await told())[0]).toContain('is taken by another program');
    await keeper.moveTo(0);
    expect(await told()).toEqual([]);
    taken.close();
  });
});
