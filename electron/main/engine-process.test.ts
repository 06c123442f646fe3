import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineState } from '../../shared/page-api.ts';
import { EngineProcess } from './engine-process.ts';
import type { EngineLine } from './engine-process.ts';

class FakeLine implements EngineLine {
  readonly pid = 4711;
  killed = false;
  askedToEnd = false;
  say: (message: unknown) => void = () => undefined;
  exit: (code: number | null) => void = () => undefined;
  attach(): void { return undefined; }
  detach(): void { return undefined; }
  told: unknown[] = [];
  tell(message: { t: string }): void {
    if (message.t === 'shutdown') this.askedToEnd = true;
    else this.told.push(message);
  }
  kill(): void { this.killed = true; }
  onMessage(listener: (message: unknown) => void): void { this.say = listener; }
  onExit(listener: (code: number | null) => void): void { this.exit = listener; }
  ready(): void { this.say({ t: 'ready', pid: 4711, text: 'The engine runs.' }); }
}

const approvals: unknown[] = [];

function supervise(): { engine: EngineProcess; lines: FakeLine[]; states: EngineState[]; last: () => FakeLine } {
  const lines: FakeLine[] = [];
  const states: EngineState[] = [];
  const engine = new EngineProcess({ start: () => { const line = new FakeLine(); lines.push(line); return line; }, say: () => undefined, vault: ({ name }) => ({ ok: true, value: `the secret of ${name}` }), onApprovals: (message) => { approvals.push(message); }, onAlert: (message) => (message.title === 'broken' ? Promise.reject(new Error('no bus')) : Promise.resolve({ ok: true, text: message.title })), random: () => 0.5 });
  engine.onState((state) => { states.push(state); });
  const last = (): FakeLine => {
    const line = lines.at(-1);
    if (!line) throw new Error('nothing was started');
    return line;
  };
  return { engine, lines, states, last };
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe('EngineProcess', () => {
  it('is ready when the engine says so', () => {
    const { engine, last, states } = supervise();
    engine.start();
    expect(engine.state.state).toBe('starting');
    last().ready();
    expect(states).toEqual([{ state: 'ready', text: 'The engine runs.', restarts: 0 }]);
  });

  it('answers what became of an alert on the line that asked, and not on another', async () => {
    const { engine, last } = supervise();
    engine.start();
    const first = last();
    first.say({ t: 'alert', n: 7, id: 'alt-1', severity: 'urgent', title: 'A stop is not verified', text: '' });
    await vi.waitFor(() => { expect(first.told).toEqual([{ t: 'alert', n: 7, ok: true, text: 'A stop is not verified' }]); });
    first.say({ t: 'alert', n: 8, id: null, severity: 'info', title: 'broken', text: '' });
    await vi.waitFor(() => { expect(first.told[1]).toEqual({ t: 'alert', n: 8, ok: false, text: 'The desktop could not show it: no bus' }); });
    first.say({ t: 'alert', n: 9, id: null, severity: 'info', title: 'late', text: '' });
    first.exit(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(first.told).toHaveLength(2);
    expect(last()).not.toBe(first);
    expect(last().told).toEqual([]);
  });

  it('answers for the vault on the line that asked, and passes approvals on', () => {
    const { engine, last } = supervise();
    engine.start();
    last().say({ t: 'vault', n: 3, op: 'get', name: 'con-1' });
    expect(last().told).toEqual([{ t: 'vault', n: 3, ok: true, value: 'the secret of con-1' }]);
    last().say({ t: 'vault', n: 4, op: 'steal', name: 'con-1' });
    expect(last().told).toHaveLength(1);
    last().say({ t: 'approvals', waiting: 1, fresh: [] });
    expect(approvals).toEqual([{ t: 'approvals', waiting: 1, fresh: [] }]);
  });

  it('starts it again after a crash, each time a little later', () => {
    const { engine, lines, last } = supervise();
    engine.start();
    for (const wait of [250, 500, 1_000]) {
      const before = lines.length;
      last().exit(11);
      expect(engine.state.state).toBe('away');
      vi.advanceTimersByTime(wait - 1);
      expect(lines).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(lines).toHaveLength(before + 1);
    }
    last().ready();
    expect(engine.state).toMatchObject({ state: 'ready', restarts: 3 });
  });

  it('stays down after the sixth failure in ten minutes, until a person asks', () => {
    const { engine, lines, last } = supervise();
    engine.start();
    for (let failure = 0; failure < 6; failure += 1) {
      last().exit(1);
      vi.advanceTimersByTime(20_000);
    }
    expect(lines).toHaveLength(6);
    expect(engine.state.state).toBe('stopped');
    vi.advanceTimersByTime(3_600_000);
    expect(lines).toHaveLength(6);
    engine.restart();
    expect(lines).toHaveLength(7);
    last().ready();
    expect(engine.state.state).toBe('ready');
  });

  it('forgets failures that are older than ten minutes', () => {
    const { engine, last } = supervise();
    engine.start();
    for (let failure = 0; failure < 20; failure += 1) {
      last().exit(1);
      for (let second = 0; second < 150; second += 1) {
        vi.advanceTimersByTime(1_000);
        last().say({ t: 'beat' });
      }
    }
    expect(engine.state.state).toBe('away');
  });

  it('does not fight for a folder that another engine holds', () => {
    const { engine, lines, last } = supervise();
    engine.start();
    last().say({ t: 'not_started', why: 'held', text: 'Another engine (process 12) has it.' });
    last().exit(3);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(1);
    expect(engine.state).toMatchObject({ state: 'stopped', text: 'Another engine (process 12) has it.' });
  });

  it('kills an engine without life signs by its own line, and starts another', () => {
    const { engine, lines, last } = supervise();
    engine.start();
    last().ready();
    for (let second = 0; second < 60; second += 1) {
      vi.advanceTimersByTime(1_000);
      last().say({ t: 'beat' });
    }
    expect(last().killed).toBe(false);
    vi.advanceTimersByTime(16_000);
    expect(last().killed).toBe(true);
    last().exit(null);
    expect(engine.state.text).toContain('no life sign');
    vi.advanceTimersByTime(1_000);
    expect(lines).toHaveLength(2);
  });

  it('does not take a sleep of the machine for a dead engine', () => {
    const { engine, last } = supervise();
    engine.start();
    last().ready();
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    vi.advanceTimersByTime(3_000);
    expect(last().killed).toBe(false);
  });

  it('ends it cleanly, and kills it when it does not end', async () => {
    const first = supervise();
    first.engine.start();
    const ended = first.engine.stop();
    expect(first.last().askedToEnd).toBe(true);
    first.last().exit(0);
    await ended;
    expect(first.engine.state.state).toBe('starting');
    const second = supervise();
    second.engine.start();
    const forced = second.engine.stop();
    vi.advanceTimersByTime(10_000);
    expect(second.last().killed).toBe(true);
    second.last().exit(null);
    await forced;
    vi.advanceTimersByTime(60_000);
    expect(second.lines).toHaveLength(1);
  });

  it('treats a start that throws as a failure with a sentence', () => {
    const engine = new EngineProcess({ start: () => { throw new Error('no such file'); }, say: () => undefined, vault: () => ({ ok: true, value: null }), onApprovals: () => undefined, onAlert: () => Promise.resolve({ ok: true, text: '' }) });
    engine.start();
    expect(engine.state).toMatchObject({ state: 'away', text: expect.stringContaining('no such file') as string });
  });
});
