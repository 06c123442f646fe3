/** The rules that come with Gatehouse, over the real threads: from what happened to the queue of the desktop. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { contract } from '../../../shared/contract.ts';
import type { Alert } from '../../../shared/alerts.ts';
import { History } from '../store/history.ts';
import { words } from '../store/test-runtime.ts';
import { newOrder } from '../store/test-stop.ts';
import { AlertKeeper } from './alert-keeper.ts';

it('raises a stop that is not verified, tells the desktop, and ends it when it is released', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-alerts-'));
  const history = await History.open({ dataDir: dir, clock: { now: () => Date.now() } });
  const errors: unknown[] = [];
  const keeper = new AlertKeeper({ history, clock: { now: () => Date.now() }, log: { info: () => undefined, warn: () => undefined, error: (_text, error) => { errors.push(error); } }, from: { product: 'Gatehouse', version: '1.0', host: 'here' } });
  onTestFinished(async () => {
    await keeper.close();
    await history.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const alerts = async (): Promise<Alert[]> => contract['alerts.list'].result.parse(JSON.parse(await history.queryJson('alerts.list', contract['alerts.list'].params.parse({ state: 'all' })))).rows;
  keeper.start();
  await history.command('runtimes.add', { name: 'Graphs', target: { kind: 'langgraph', url: 'http://127.0.0.1:2024' }, credential: null, credentialHint: null, content: 'full', demo: false, audit: words('ann') });
  const { id } = await history.command('stops.begin', newOrder({}));
  await history.command('stops.write', { id, order: { state: 'unverified', commandedUs: Date.now() * 1_000 } });
  await vi.waitFor(async () => { expect(await alerts()).toMatchObject([{ ruleName: 'A stop is not verified', kind: 'stop', severity: 'urgent', state: 'open', times: 1, target: { screen: 'stop', id: 'stp-1' }, deliveries: { waiting: 1 } }]); }, { timeout: 10_000, interval: 100 });
  await history.command('stops.write', { id, order: { releasedUs: Date.now() * 1_000 } });
  await vi.waitFor(async () => { expect(await alerts()).toMatchObject([{ state: 'resolved', resolvedBy: null, deliveries: { waiting: 0 } }]); }, { timeout: 10_000, interval: 100 });
  expect(errors).toEqual([]);
}, 30_000);
