import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CallFailure } from '../call-failure.ts';
import type { NewLever } from '../store/stop-commands.ts';
import { FakeRuntime, fakeHouse, leverOf, openOf, orderOf, said, scopeOf, unreachable } from './fake-stop.ts';
import type { House } from './fake-stop.ts';
import { Orchestrator } from './orchestrator.ts';
import { freshEngine } from './test-orders.ts';
import { watchedSources } from './watched.ts';

const ada = { kind: 'desktop', name: 'ada', place: 'page', readOnly: false } as const;
const hold = (): NewLever => leverOf('console.hold', { plan: { step: 'refuse', kind: 'hold', level: 'suspend', undo: 'exact', title: 'hold' } });
let house: House;
let orchestrator: Orchestrator;
freshEngine((fresh) => { ({ house, orchestrator } = fresh); }, () => ({ house, orchestrator }));

async function held(): Promise<void> {
  await orchestrator.begin(orderOf([hold()], { silenceS: 20, watchS: 20 }), scopeOf());
  await vi.advanceTimersByTimeAsync(50);
}

describe('a hold', () => {
  it('cancels every run that begins after the order, within a second, and counts each once', async () => {
    house.runtime.start('before');
    await vi.advanceTimersByTimeAsync(10);
    await held();
    house.runtime.start('new-1');
    await vi.advanceTimersByTimeAsync(1_100);
    expect(house.runtime.runs.map((one) => one.id)).toEqual(['before']);
    house.runtime.start('new-2', 'scheduled');
    house.runtime.start('new-3', 'queued');
    await vi.advanceTimersByTimeAsync(1_100);
    expect(house.runtime.runs.map((one) => one.id)).toEqual(['before']);
    expect(house.history.lever('hold')).toMatchObject({ state: 'reported', reported: 'accepted', undoState: 'open', holdCancelled: 3 });
    expect(house.history.events.filter((one) => one.text.startsWith('Cancelled')).map((one) => one.text)).toEqual(['Cancelled a new run as it appeared: new-1.', 'Cancelled 2 new runs as they appeared: new-2, new-3.']);
  });

  it('writes each of its cancels into the audit log, one entry for all that one look found', async () => {
    await held();
    house.runtime.start('new-1');
    house.runtime.start('new-2');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(house.history.audits.filter((one) => one.action === 'stop.hold')).toMatchObject([{ actor: 'Gatehouse', subject: 'stp-1', outcome: 'done', text: 'Hold of stop order 1 (clerk, Fake): Cancelled 2 new runs as they appeared: new-1, new-2.', details: { order: 1, runs: 2 } }]);
  });

  it('leaves none out for a runtime whose clock is behind: not when its first look is late, not in the next engine', async () => {
    const behind = (id: string): void => { house.runtime.runs = [...house.runtime.runs, { id, agent: 'clerk-1', state: 'running', sinceUs: (Date.now() - 3_600_000) * 1_000, what: 'clerk' }]; };
    const { survey } = house.runtime.port;
    house.runtime.port.survey = () => Promise.reject(unreachable('ECONNREFUSED'));
    await orchestrator.begin(orderOf([hold(), leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(5_000);
    behind('new-1');
    house.runtime.port.survey = survey;
    await vi.advanceTimersByTimeAsync(1_100);
    expect(house.runtime.runs).toEqual([]);
    house.end();
    await vi.advanceTimersByTimeAsync(1);
    await orchestrator.close();
    const { history } = house;
    house = fakeHouse();
    house.history.orders = history.orders;
    behind('new-2');
    orchestrator = new Orchestrator({ context: house.context, isLocal: () => true });
    await orchestrator.resume(null);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(house.runtime.runs).toEqual([]);
  });

  it('knows in the next engine what was open before the order, and leaves it alone where nothing was to be cut', async () => {
    house.runtime.start('before');
    await vi.advanceTimersByTimeAsync(10);
    await held();
    house.end();
    await vi.advanceTimersByTimeAsync(1);
    await orchestrator.close();
    const { history, runtime } = house;
    house = fakeHouse();
    house.history.orders = history.orders;
    house.runtime.runs = [...runtime.runs, { id: 'new-1', agent: 'clerk-1', state: 'running', sinceUs: 0, what: 'clerk' }];
    orchestrator = new Orchestrator({ context: house.context, isLocal: () => true });
    await orchestrator.resume(null);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(house.runtime.runs.map((one) => one.id)).toEqual(['before']);
  });

  it('looks at once when the history hears of something', async () => {
    await held();
    await vi.advanceTimersByTimeAsync(350);
    house.runtime.start('new-1');
    orchestrator.kick();
    await vi.advanceTimersByTimeAsync(50);
    expect(house.runtime.runs).toEqual([]);
  });

  it('says what keeps it from working, and that it works again', async () => {
    await held();
    const { survey } = house.runtime.port;
    house.runtime.port.survey = () => Promise.reject(unreachable('ECONNREFUSED'));
    await vi.advanceTimersByTimeAsync(1_100);
    expect(house.history.lever('hold')).toMatchObject({ hold: { problem: expect.stringContaining('New runs could not be looked for') as unknown } });
    house.runtime.start('new-1');
    house.runtime.port.survey = survey;
    await vi.advanceTimersByTimeAsync(1_100);
    expect(house.history.lever('hold')).toMatchObject({ hold: { problem: null, cancelled: 1 } });
  });

  it('counts no run that the runtime refused to cancel, and tries it again', async () => {
    await held();
    house.runtime.onPull = () => Promise.resolve(said('refused', 'Not while it migrates.'));
    house.runtime.start('new-1');
    await vi.advanceTimersByTimeAsync(1_100);
    expect(house.history.lever('hold')).toMatchObject({ hold: { cancelled: 0, problem: expect.stringContaining('Not while it migrates.') as unknown } });
    house.runtime.onPull = (call) => { house.runtime.endRuns(call); return Promise.resolve(said('accepted')); };
    await vi.advanceTimersByTimeAsync(10_100);
    expect(house.history.lever('hold').holdCancelled).toBe(1);
  });

  it('says that it holds nothing where no lever ends a single run', async () => {
    const context = { ...house.context, ports: { open: () => Promise.resolve({ ...openOf(house.runtime, house.context.life), levers: [] }) } };
    const other = new Orchestrator({ context, isLocal: () => true });
    await other.begin(orderOf([hold()]), scopeOf());
    await vi.advanceTimersByTimeAsync(1_100);
    expect(house.history.lever('hold')).toMatchObject({ hold: { problem: expect.stringContaining('nothing can be held') as unknown } });
  });

  it('goes on in the next engine, also when the order is no longer watched, until it is released', async () => {
    await held();
    house.runtime.start('new-1');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(house.history.order(1).endedUs).not.toBeNull();
    house.end();
    await vi.advanceTimersByTimeAsync(1);
    await orchestrator.close();
    const { history } = house;
    house = fakeHouse();
    house.history.orders = history.orders;
    orchestrator = new Orchestrator({ context: house.context, isLocal: () => true });
    await orchestrator.resume(null);
    house.runtime.start('new-2');
    await vi.advanceTimersByTimeAsync(1_100);
    expect(house.runtime.runs).toEqual([]);
    expect(house.history.lever('hold').holdCancelled).toBe(2);
    const released = orchestrator.release('stp-1', null, ada, 'It was a false alarm.');
    await vi.advanceTimersByTimeAsync(100);
    await released;
    house.runtime.start('new-3');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(house.runtime.runs.map((one) => one.id)).toEqual(['new-3']);
    expect(house.history.lever('hold')).toMatchObject({ undoState: 'done' });
    expect(house.history.audits.filter((one) => one.action === 'stop.release').map((one) => one.outcome)).toEqual(['asked', 'done']);
  });
});

describe('a release', () => {
  const pausing = (id: string, step: 'disarm' | 'refuse' | 'revoke'): NewLever => leverOf(id, { plan: { step, undo: 'exact' } });
  async function ordered(levers: readonly NewLever[]): Promise<void> {
    for (const one of levers) house.runtime.saved.set(one.plan.leverId, `${one.plan.leverId} as it was`);
    await orchestrator.begin(orderOf(levers), scopeOf());
    await vi.advanceTimersByTimeAsync(200);
  }
  const release = async (only: string | null = null): Promise<unknown> => {
    const asked = orchestrator.release('stp-1', only, ada, '').then(() => 'released', (error: unknown) => error);
    await vi.advanceTimersByTimeAsync(20_000);
    return asked;
  };

  it('puts back what was saved, in the reverse order, and only that', async () => {
    await ordered([pausing('crons', 'disarm'), pausing('pause', 'refuse'), leverOf('cut'), pausing('key', 'revoke')]);
    expect(await release()).toBe('released');
    expect(house.runtime.undone).toEqual(['key key as it was', 'pause pause as it was', 'crons crons as it was']);
    expect(house.history.order(1).releasedUs).not.toBeNull();
    expect(house.history.order(1).endedUs).not.toBeNull();
    expect(house.history.lever('cut').undoState).toBe('none');
  });

  it('shows what could not be put back, and tries only that again', async () => {
    await ordered([pausing('crons', 'disarm'), pausing('key', 'revoke')]);
    house.runtime.onUndo = (leverId) => (leverId === 'key' ? Promise.reject(unreachable('ECONNREFUSED')) : Promise.resolve('Put back.'));
    await release();
    expect(house.history.lever('key')).toMatchObject({ undoState: 'failed', undoneText: 'It could not be reached.' });
    expect(house.history.lever('crons').undoState).toBe('done');
    expect(house.history.order(1).releasedUs).toBeNull();
    expect(house.history.audits.at(-1)).toMatchObject({ action: 'stop.release', outcome: 'failed' });
    house.runtime.onUndo = () => Promise.resolve('Put back.');
    house.runtime.undone.length = 0;
    await release();
    expect(house.runtime.undone).toEqual(['key key as it was']);
    expect(house.history.order(1).releasedUs).not.toBeNull();
  });

  it('waits for an order that is still being sent', async () => {
    house.runtime.onPull = () => new Promise((done) => { setTimeout(() => done(said('accepted')), 10_000); });
    await ordered([pausing('pause', 'refuse')]);
    const refused = await release();
    expect(refused).toMatchObject({ code: 'conflict' });
    expect(house.runtime.undone).toEqual([]);
  });

  it('puts back one lever alone', async () => {
    await ordered([pausing('crons', 'disarm'), pausing('key', 'revoke')]);
    await release('key');
    expect(house.runtime.undone).toEqual(['key key as it was']);
    expect(house.history.lever('crons').undoState).toBe('open');
    expect(house.history.order(1).releasedUs).toBeNull();
    expect(await release('key')).toMatchObject({ code: 'conflict' });
  });

  it('follows a drill by itself when its watch is over: a canary is not to stay stopped', async () => {
    house.runtime.saved.set('pause', 'as it was');
    await orchestrator.begin(orderOf([pausing('pause', 'refuse'), hold()], { origin: 'drill', silenceS: 20, watchS: 60 }), scopeOf());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(house.runtime.undone).toEqual([]);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(house.runtime.undone).toEqual(['pause as it was']);
    expect(house.history.order(1)).toMatchObject({ state: 'verified', releasedUs: expect.any(Number) as unknown });
    expect(house.history.audits.at(-1)).toMatchObject({ action: 'stop.release', actor: 'Gatehouse', outcome: 'done' });
    house.runtime.start('run-9');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(house.runtime.runs).toHaveLength(1);
  });

  describe('of one lever, where the order has agents elsewhere', () => {
    let other: FakeRuntime;
    beforeEach(async () => {
      other = new FakeRuntime(() => Date.now() * 1_000);
      const ports = { open: (connection: number) => Promise.resolve(openOf(connection === 2 ? other : house.runtime, house.context.life)) };
      const [first, agent] = [scopeOf().connections[0]!, scopeOf().agents[0]!];
      const facts = { ...scopeOf(), connections: [first, { ...first, id: 2, publicId: 'con-2', name: 'Other' }], agents: [agent, { ...agent, id: 2, sources: [{ agent: 2, key: 'clerk-2', service: 'fake', connection: 2 }] }] };
      house.history.facts = facts;
      orchestrator = new Orchestrator({ context: { ...house.context, ports }, isLocal: () => true });
      house.runtime.saved.set('pause', 'as it was');
      await orchestrator.begin(orderOf([pausing('pause', 'refuse'), leverOf('cut', { connection: 2, plan: { connectionId: 'con-2', connectionName: 'Other' } })], { agents: [1, 2], sources: [1, 2], watched: watchedSources(facts) }), facts);
      await vi.advanceTimersByTimeAsync(5_000);
      await release('pause');
    });

    it('ends the watch of what that one kept from acting, and nothing else', async () => {
      expect(house.history.order(1)).toMatchObject({ endedUs: null, releasedUs: null });
      expect(house.history.events.map((one) => one.text)).toContain('Released by ada: the agents at Fake are no longer watched; the rest of the order is.');
      house.runtime.act();
      house.runtime.start('run-1');
      house.history.rows = [{ id: 1, task: 1, agent: 1, connection: 1, kind: 'tool_call', status: 'ok', name: 'write', source: 'genai/span', startUs: Date.now() * 1_000, endUs: Date.now() * 1_000 }];
      await vi.advanceTimersByTimeAsync(100_000);
      expect(house.history.order(1).state).toBe('verified');
      other.act();
      await vi.advanceTimersByTimeAsync(5_000);
      expect(house.history.order(1)).toMatchObject({ state: 'still_acting', reopened: 1 });
    });

    it('stays so for an engine that comes after it', async () => {
      house.end();
      await vi.advanceTimersByTimeAsync(1);
      await orchestrator.close();
      const { history, runtime } = house;
      house = fakeHouse();
      house.history.orders = history.orders;
      house.history.facts = history.facts;
      const ports = { open: (connection: number) => Promise.resolve(openOf(connection === 2 ? other : runtime, house.context.life)) };
      orchestrator = new Orchestrator({ context: { ...house.context, ports }, isLocal: () => true });
      await orchestrator.resume(null);
      runtime.act();
      await vi.advanceTimersByTimeAsync(100_000);
      expect(house.history.order(1).state).toBe('verified');
    });
  });

  it('ends the watch: what acts from then on may do so', async () => {
    await ordered([pausing('pause', 'refuse')]);
    await release();
    house.runtime.act();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(house.alarms).toEqual([]);
    expect(house.history.order(1).state).not.toBe('still_acting');
  });
});

describe('an order of which nothing could be sent', () => {
  it('ends at once, says so, and is nothing that was verified', async () => {
    const context = { ...house.context, ports: { open: () => Promise.reject(new CallFailure('conflict', 'The connection "Fake" is switched off.')) } };
    const other = new Orchestrator({ context, isLocal: () => true });
    await other.begin(orderOf([leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(3_000);
    expect(house.history.order(1)).toMatchObject({ state: 'unverified', headline: 'Nothing was sent: no lever could be pulled. It was not stopped from here.', commandedUs: null, endedUs: expect.any(Number) as unknown });
    expect(house.alarms).toHaveLength(1);
  });
});

describe('a lever that is sent once more', () => {
  it('goes out again, and the order is watched again', async () => {
    house.runtime.onPull = () => Promise.reject(unreachable('ECONNREFUSED'));
    await orchestrator.begin(orderOf([leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(5_000);
    expect(house.history.lever('cut').state).toBe('failed');
    house.runtime.onPull = () => Promise.resolve(said('stopped'));
    const asked = orchestrator.retry('stp-1', 'cut', ada);
    await vi.advanceTimersByTimeAsync(5_000);
    await asked;
    expect(house.history.lever('cut')).toMatchObject({ state: 'reported', attempts: 4 });
    await expect(orchestrator.retry('stp-1', 'cut', ada)).rejects.toMatchObject({ code: 'conflict' });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(house.history.order(1).state).toBe('verified');
  });

  it('is watched anew for a whole watch, also long after the order had ended', async () => {
    house.runtime.onPull = () => Promise.reject(unreachable('ECONNREFUSED'));
    await orchestrator.begin(orderOf([leverOf('cut')], { watchS: 30 }), scopeOf());
    await vi.advanceTimersByTimeAsync(300_000);
    expect(house.history.order(1)).toMatchObject({ state: 'verified', endedUs: expect.any(Number) as unknown });
    house.runtime.start('run-1');
    house.runtime.onPull = (call) => { house.runtime.endRuns(call); return Promise.resolve(said('stopped')); };
    const asked = orchestrator.retry('stp-1', 'cut', ada);
    await vi.advanceTimersByTimeAsync(30_000);
    await asked;
    expect(house.history.order(1)).toMatchObject({ state: 'stopping', endedUs: null });
    await vi.advanceTimersByTimeAsync(80_000);
    expect(house.history.order(1).state).toBe('verified');
  });

  it('is refused where it may have been carried out and would do more than once', async () => {
    house.runtime.onPull = () => Promise.reject(unreachable('ECONNRESET'));
    await orchestrator.begin(orderOf([leverOf('cut', { repeatable: false })]), scopeOf());
    await vi.advanceTimersByTimeAsync(5_000);
    await expect(orchestrator.retry('stp-1', 'cut', ada)).rejects.toMatchObject({ code: 'conflict' });
    expect(house.runtime.pulls('cut')).toBe(1);
  });
});

describe('an order that needs a second person', () => {
  const waiting = async (): Promise<void> => {
    await orchestrator.begin(orderOf([leverOf('cut')], { state: 'waiting_second' }), scopeOf());
    await vi.advanceTimersByTimeAsync(100);
    expect(house.runtime.calls).toEqual([]);
  };

  it('sends nothing until that one confirmed, and then once, however often it is confirmed', async () => {
    await waiting();
    const both = Promise.allSettled([orchestrator.second('stp-1', 'Grace', ada), orchestrator.second('stp-1', 'Grace', ada)]);
    await vi.advanceTimersByTimeAsync(200);
    expect((await both).map((one) => one.status)).toEqual(['fulfilled', 'rejected']);
    expect(house.runtime.calls).toEqual(['cut']);
    expect(house.history.order(1)).toMatchObject({ state: 'stopping', secondBy: 'Grace' });
  });

  it('can be withdrawn, and then never be confirmed', async () => {
    await waiting();
    await orchestrator.withdraw('stp-1', ada);
    expect(house.history.order(1)).toMatchObject({ state: 'withdrawn' });
    await expect(orchestrator.second('stp-1', 'Grace', ada)).rejects.toMatchObject({ code: 'conflict' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(house.runtime.calls).toEqual([]);
  });

  it('is withdrawn by itself after fifteen minutes, also when the engine began again meanwhile', async () => {
    await waiting();
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    house.end();
    await vi.advanceTimersByTimeAsync(1);
    await orchestrator.close();
    const { history } = house;
    house = fakeHouse();
    house.history.orders = history.orders;
    orchestrator = new Orchestrator({ context: house.context, isLocal: () => true });
    await orchestrator.resume(null);
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(house.history.order(1).state).toBe('waiting_second');
    await vi.advanceTimersByTimeAsync(70_000);
    expect(house.history.order(1).state).toBe('withdrawn');
    expect(house.history.audits.at(-1)).toMatchObject({ action: 'stop.withdraw', actor: 'Gatehouse' });
  });
});
