import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallFailure } from '../call-failure.ts';
import { RuntimeFault } from '../connectors/connector.ts';
import type { LeverReply } from '../connectors/stopping.ts';
import type { NewLever } from '../store/stop-commands.ts';
import { fakeHouse, leverOf, never, orderOf, said, scopeOf, unreachable } from './fake-stop.ts';
import type { House } from './fake-stop.ts';
import { Orchestrator } from './orchestrator.ts';

let steps: string[];
let house: House;
let orchestrator: Orchestrator;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 2, 1, 12) });
  steps = [];
  house = fakeHouse((name) => steps.push(name));
  orchestrator = new Orchestrator({ context: house.context, isLocal: () => true });
});
afterEach(async () => {
  house.end();
  await vi.advanceTimersByTimeAsync(1);
  await orchestrator.close();
  vi.useRealTimers();
});

async function ordered(levers: readonly NewLever[], forMs = 100): Promise<void> {
  const { id } = await orchestrator.begin(orderOf(levers), scopeOf());
  const answered = orchestrator.answered(id);
  await vi.advanceTimersByTimeAsync(forMs);
  await answered;
}

/** As after a SIGKILL: the memory is gone, what was written is there. */
async function restarted(): Promise<void> {
  house.end();
  await vi.advanceTimersByTimeAsync(1);
  await orchestrator.close();
  const { history, runtime } = house;
  const next = fakeHouse((name) => steps.push(name));
  next.history.orders = history.orders;
  next.history.events = history.events;
  next.runtime.runs = runtime.runs;
  next.runtime.saved.clear();
  house = next;
  orchestrator = new Orchestrator({ context: house.context, isLocal: () => true });
}

describe('an order', () => {
  it('is written with its audit entry before anything leaves, and each lever before it is sent', async () => {
    house.runtime.onPull = () => { steps.push(`pull after ${house.history.writes.join(' ')}, ${house.history.order(1).levers[0]?.state}`); return Promise.resolve(said('stopped')); };
    await ordered([leverOf('cut')]);
    expect(house.history.audits[0]).toMatchObject({ action: 'stop.order', outcome: 'asked' });
    expect(steps.filter((one) => one !== 'look' && one !== 'verdict_written')).toEqual(['intent_written', 'saving', 'saved', 'sending_written', 'pull after stops.begin stops.write, sending', 'sent', 'answered', 'reported_written', 'answered_written']);
    expect(house.history.lever('cut')).toMatchObject({ state: 'reported', reported: 'stopped', attempts: 1, undoState: 'none' });
  });

  it('sends nothing when the intent cannot be written', async () => {
    house.history.fault = new Error('disk full');
    await expect(orchestrator.begin(orderOf([leverOf('cut')]), scopeOf())).rejects.toThrow('disk full');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(house.runtime.calls).toEqual([]);
  });

  it('goes step by step, together within a step, whatever order the plan names them in', async () => {
    const log: string[] = [];
    house.runtime.onPull = async ({ leverId }) => {
      log.push(`> ${leverId}`);
      await new Promise((done) => { setTimeout(done, 100); });
      log.push(`< ${leverId}`);
      return said('accepted');
    };
    await ordered([leverOf('revoke', { plan: { step: 'revoke' } }), leverOf('cut-b'), leverOf('sessions', { plan: { step: 'end_sessions' } }), leverOf('cut-a'), leverOf('crons', { plan: { step: 'disarm' } })], 2_000);
    expect(log).toEqual(['> crons', '< crons', '> cut-b', '> cut-a', '< cut-b', '< cut-a', '> sessions', '< sessions', '> revoke', '< revoke']);
  });

  it('does not let one lever that hangs keep the others from being pulled', async () => {
    house.runtime.onPull = ({ leverId }, signal) => (leverId === 'crons' ? never(signal) : Promise.resolve(said('stopped')));
    await ordered([leverOf('crons', { plan: { step: 'disarm' } }), leverOf('cut')], 6_000 + 30_000);
    expect(house.history.lever('cut').state).toBe('reported');
    expect((house.history.lever('cut').sentUs ?? 0) - (house.history.lever('crons').sentUs ?? 0)).toBe(5_000_000);
    expect(house.history.lever('crons')).toMatchObject({ state: 'unknown', attempts: 1 });
    expect(house.history.order(1).answeredUs).not.toBeNull();
  });

  it('keeps one lever\'s error from the others, and says a mistake of ours in the log only', async () => {
    house.runtime.onPull = ({ leverId }) => (leverId === 'broken' ? Promise.reject(new TypeError('secret internals')) : Promise.resolve(said('stopped')));
    await ordered([leverOf('broken'), leverOf('cut')]);
    expect(house.history.lever('cut').state).toBe('reported');
    expect(house.history.lever('broken').state).toBe('unknown');
    expect(JSON.stringify(house.history.events)).not.toContain('secret internals');
    expect(house.logged).toHaveLength(1);
  });

  it('leaves a lever out that cannot be pulled, and says why', async () => {
    await ordered([leverOf('no-right', { plan: { problem: 'The credential lacks the right to this.' } }), leverOf('cut')]);
    expect(house.history.lever('no-right')).toMatchObject({ state: 'skipped' });
    expect(house.history.events.find((one) => one.kind === 'skipped')?.text).toContain('lacks the right');
    expect(house.runtime.calls).toEqual(['cut']);
  });

  it('says a connection that is switched off in its own words', async () => {
    const context = { ...house.context, ports: { open: () => Promise.reject(new CallFailure('conflict', 'The connection "Fake" is switched off.')) } };
    const other = new Orchestrator({ context, isLocal: () => true });
    await other.begin(orderOf([leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(200);
    expect(house.history.lever('cut')).toMatchObject({ state: 'failed', reportedText: 'The connection "Fake" is switched off.', attempts: 0 });
  });

  it('masks what the runtime says', async () => {
    const open = await house.context.ports.open(1);
    const context = { ...house.context, ports: { open: () => Promise.resolve({ ...open, mask: () => <T>(value: T): T => (typeof value === 'string' ? value.replaceAll('sk-123', '[credential]') : value) as T }) } };
    house.runtime.onPull = () => Promise.resolve(said('accepted', 'You sent x-api-key: sk-123.'));
    await new Orchestrator({ context, isLocal: () => true }).begin(orderOf([leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(200);
    expect(JSON.stringify([house.history.orders, house.history.events])).not.toContain('sk-123');
    expect(house.history.lever('cut')).toMatchObject({ reportedText: 'You sent x-api-key: [credential].' });
  });
});

describe('a lever that fails', () => {
  const failing = (...errors: (Error | LeverReply)[]): void => {
    house.runtime.onPull = () => {
      const next = errors.shift();
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next ?? said('stopped'));
    };
  };

  it.each([
    ['did not answer, and may be sent twice', true, [unreachable('ECONNRESET'), unreachable('ECONNRESET')], 3, 'reported'],
    ['never answers, and may be sent twice', true, [unreachable('ECONNRESET'), unreachable('ECONNRESET'), unreachable('ECONNRESET')], 3, 'unknown'],
    ['did not answer, and must not be sent twice', false, [unreachable('ECONNRESET')], 1, 'unknown'],
    ['could not be connected to, so that nothing left', false, [unreachable('ECONNREFUSED'), unreachable('ECONNREFUSED')], 3, 'reported'],
    ['is never connected to, so that nothing left', false, [unreachable('ECONNREFUSED'), unreachable('ECONNREFUSED'), unreachable('ECONNREFUSED')], 3, 'failed'],
    ['was asked to wait, so that nothing was done', false, [new RuntimeFault('throttled', 'It asks us to wait.', { status: 429, retryAfterMs: 700 })], 2, 'reported'],
    ['was refused', false, [new RuntimeFault('forbidden', 'The credential lacks the right.', { status: 403 })], 1, 'failed'],
    ['failed in the runtime, and must not be sent twice', false, [new RuntimeFault('runtime_error', 'It failed.', { status: 500 })], 1, 'unknown'],
    ['failed in the runtime, and may be sent twice', true, [new RuntimeFault('runtime_error', 'It failed.', { status: 500 })], 2, 'reported'],
    ['answered what nobody understands', false, [new RuntimeFault('garbage', 'It is no JSON.')], 1, 'unknown'],
  ])('%s', async (_name, repeatable, errors, attempts, state) => {
    failing(...errors);
    await ordered([leverOf('cut', { repeatable })], 5_000);
    expect(house.history.lever('cut')).toMatchObject({ state, attempts });
    expect(house.runtime.pulls('cut')).toBe(attempts);
  });

  it('for want of a credential was not sent, and an order of which nothing left says so and ends', async () => {
    failing(new RuntimeFault('credential_missing', 'The credential is missing.'));
    await ordered([leverOf('cut')], 3_000);
    expect(house.history.lever('cut')).toMatchObject({ state: 'failed', sentUs: null });
    expect(house.history.events.find((one) => one.kind === 'failed')?.text).toContain('Nothing was sent. The credential is missing.');
    expect(house.history.order(1)).toMatchObject({ commandedUs: null, state: 'unverified', headline: 'Nothing was sent: no lever could be pulled. It was not stopped from here.', endedUs: expect.any(Number) as unknown });
  });

  it('for want of a credential takes nothing back of what another lever sent, nor of an attempt that may have left', async () => {
    house.runtime.onPull = ({ leverId }) => (leverId === 'cut' ? Promise.resolve(said('stopped')) : Promise.reject(new RuntimeFault('credential_missing', 'The credential is missing.')));
    await ordered([leverOf('cut'), leverOf('other')], 3_000);
    expect([house.history.lever('cut').sentUs, house.history.lever('other').sentUs, house.history.order(1).commandedUs]).toEqual([expect.any(Number), null, expect.any(Number)]);
    failing(unreachable('ECONNRESET'), new RuntimeFault('credential_missing', 'The credential is missing.'));
    await ordered([leverOf('twice')], 3_000);
    expect(house.history.lever('twice')).toMatchObject({ attempts: 2, sentUs: expect.any(Number) as unknown });
  });

  it('is told of with the time of its first attempt, and of a lost answer when the next finds nothing open', async () => {
    const beganUs = Date.now() * 1_000;
    failing(unreachable('ECONNRESET'), said('nothing_to_stop', 'No run of it was open.'));
    await ordered([leverOf('cut')], 3_000);
    expect(house.history.lever('cut')).toMatchObject({ attempts: 2, sentUs: beganUs, reported: 'nothing_to_stop' });
    expect(house.history.events.find((one) => one.kind === 'reported')?.text).toContain('No run of it was open. That is the answer to attempt 2: one before it, whose answer is not known, may have ended what was open.');
  });

  it('after some of its runs had answered is not sent twice when that does more than once', async () => {
    house.runtime.onPull = (_call, _signal, tell) => { tell(3, 10); return Promise.reject(unreachable('ECONNREFUSED')); };
    await ordered([leverOf('cut', { repeatable: false })], 5_000);
    expect(house.runtime.pulls('cut')).toBe(1);
    expect(house.history.lever('cut').state).toBe('unknown');
  });

  it('by its deadline is not known, and an answer that comes after all is what the runtime reported', async () => {
    let answer: (reply: LeverReply) => void = () => undefined;
    house.runtime.onPull = () => new Promise((done) => { answer = done; });
    await ordered([leverOf('cut', { repeatable: false })], 30_100);
    expect(house.history.lever('cut')).toMatchObject({ state: 'unknown', attempts: 1 });
    answer(said('stopped', 'Cancelled 1 run.'));
    await vi.advanceTimersByTimeAsync(100);
    expect(house.history.lever('cut')).toMatchObject({ state: 'reported', reported: 'stopped', reportedText: 'It answered late: Cancelled 1 run.' });
  });

  it('is not sent when what undoing needs cannot be read', async () => {
    house.runtime.port.save = () => Promise.reject(unreachable('ECONNREFUSED'));
    await ordered([leverOf('pause', { plan: { undo: 'exact' } })]);
    expect(house.runtime.calls).toEqual([]);
    expect(house.history.lever('pause')).toMatchObject({ state: 'failed', attempts: 0, undoState: 'none' });
  });
});

describe('a history that takes no writes any more', () => {
  const broken = (): void => { house.history.fault = new Error('disk full'); };

  it('keeps back what could be done twice or never be undone, and lets go what does no harm', async () => {
    house.runtime.saved.set('pause', '{"enabled":true}');
    const { id } = await orchestrator.begin(orderOf([leverOf('once', { repeatable: false }), leverOf('pause', { plan: { undo: 'exact' } }), leverOf('cut')]), scopeOf());
    broken();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(house.runtime.calls).toEqual(['cut']);
    house.history.fault = null;
    await vi.advanceTimersByTimeAsync(3_000);
    await orchestrator.answered(id);
    expect(house.history.orders[0]?.levers.map((one) => one.state)).toEqual(['failed', 'failed', 'reported']);
  });
});

describe('an engine that begins again', () => {
  const at = (state: 'waiting' | 'sending', more: Parameters<typeof leverOf>[1] = {}): void => {
    const [order] = house.history.orders;
    const lever = order?.levers[0];
    if (order === undefined || lever === undefined) throw new Error('there is no order');
    house.history.orders = [{ ...order, answeredUs: null, levers: [{ ...lever, ...more, plan: lever.plan, state, attempts: state === 'sending' ? 1 : 0, sentUs: state === 'sending' ? order.intentUs : null }] }];
  };

  it('pulls what was waiting', async () => {
    await ordered([leverOf('cut', { repeatable: false })]);
    await restarted();
    at('waiting');
    await orchestrator.resume(null);
    await vi.advanceTimersByTimeAsync(100);
    expect(house.runtime.calls).toEqual(['cut']);
    expect(house.history.events.some((one) => one.kind === 'resumed' && one.text.includes('Nobody watched from'))).toBe(true);
  });

  it('pulls again what was on its way and does no more when sent twice, with what was saved the first time', async () => {
    await ordered([leverOf('pause', { plan: { undo: 'exact' } })]);
    await restarted();
    at('sending', { ...leverOf('pause'), saved: 'as it was' } as never);
    let got: string | null = null;
    house.runtime.onPull = ({ saved }) => { got = saved; return Promise.resolve(said('stopped')); };
    house.runtime.saved.set('pause', 'as we left it');
    await orchestrator.resume(null);
    await vi.advanceTimersByTimeAsync(100);
    expect(got).toBe('as it was');
    expect(house.history.lever('pause')).toMatchObject({ state: 'reported', attempts: 2 });
  });

  it('never sends again what does more when sent twice', async () => {
    await ordered([leverOf('once', { repeatable: false })]);
    await restarted();
    at('sending');
    await orchestrator.resume(null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(house.runtime.calls).toEqual([]);
    expect(house.history.lever('once')).toMatchObject({ state: 'unknown', attempts: 1 });
    expect(house.history.order(1).answeredUs).not.toBeNull();
  });
});

describe('a lever that needs an idle target', () => {
  const deleting = (): NewLever => leverOf('delete', { idleOnly: true, plan: { step: 'refuse', level: 'suspend' } });

  it('waits for a look without running work, after what cuts', async () => {
    const running: number[] = [];
    house.runtime.start('run-1');
    house.runtime.onPull = ({ leverId }) => {
      if (leverId === 'cut') setTimeout(() => house.runtime.end('run-1'), 3_000);
      running.push(house.runtime.runs.length);
      return Promise.resolve(said('accepted'));
    };
    await ordered([deleting(), leverOf('cut')], 5_000);
    expect(house.runtime.calls).toEqual(['cut', 'delete']);
    expect(running).toEqual([1, 0]);
  });

  it('is left out when the work does not end, and the later steps are not kept waiting', async () => {
    house.runtime.start('run-1');
    house.runtime.onPull = () => Promise.resolve(said('accepted'));
    await ordered([deleting(), leverOf('cut'), leverOf('revoke', { plan: { step: 'revoke' } })], 25_000);
    expect(house.runtime.calls).toEqual(['cut', 'revoke']);
    expect(house.history.lever('delete')).toMatchObject({ state: 'skipped' });
    expect(house.history.lever('revoke').sentUs).toBeLessThan((house.history.order(1).commandedUs ?? 0) + 1_000_000);
  });
});
