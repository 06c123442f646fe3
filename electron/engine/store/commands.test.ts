import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, readSettings, runCommand, type CommandName, type Commands } from './commands.ts';
import { Tallies } from './tallies.ts';
import { t0, TestHistory } from './test-history.ts';

let history: TestHistory;
beforeEach(() => { history = new TestHistory(); });
afterEach(() => { history.close(); });

function command<N extends CommandName>(name: N, params: Commands[N]['params']): Commands[N]['result'] {
  return runCommand(name, history.db, params, new Tallies(history.db), t0);
}

describe('connections', () => {
  it('are added, renamed, switched off and given another token; only the hash of it is kept', () => {
    const { id } = command('connections.add', { name: 'Laptop', content: 'redacted', demo: false, tokenHash: Buffer.from('hash-1'), tokenEnds: 'wxyz' });
    command('connections.update', { id, name: 'Desk', enabled: false });
    command('connections.rotate', { id, tokenHash: Buffer.from('hash-2'), tokenEnds: '1234' });
    expect(history.all('SELECT name, content, enabled, token_ends, CAST(token_hash AS TEXT) AS hash FROM connection WHERE id = ?', id)).toEqual([{ name: 'Desk', content: 'redacted', enabled: 0, token_ends: '1234', hash: 'hash-2' }]);
  });

  it('that are not there are not changed', () => {
    expect(() => command('connections.update', { id: 99, name: 'x' })).toThrow(/no such connection/);
  });
});

describe('what a person does', () => {
  const audit = (action: string, subject: string | null = null) => ({ actor: 'ada', actorKind: 'desktop' as const, action, subject, outcome: 'done' as const, text: `${action}.`, details: {} });
  const told = (): unknown[] => history.all('SELECT action, subject FROM audit_entry ORDER BY id');

  it('stands in the audit log with the deed, under the name that the deed made', () => {
    const { id } = command('connections.add', { name: 'Laptop', content: 'redacted', demo: false, tokenHash: Buffer.from('hash-1'), tokenEnds: 'wxyz', audit: audit('connection.add') });
    const subject = `con-${id.toString(36)}`;
    command('connections.rotate', { id, tokenHash: Buffer.from('hash-2'), tokenEnds: '1234', audit: audit('connection.token', subject) });
    command('settings.set', { retentionDays: 30, audit: audit('settings.change') });
    command('alarms.raise', { id: 'x', severity: 'info', text: 'x', sinceUs: 1 });
    command('alarms.dismiss', { id: 'x', audit: audit('alarm.dismiss') });
    expect(told()).toEqual([{ action: 'connection.add', subject }, { action: 'connection.token', subject }, { action: 'settings.change', subject: null }, { action: 'alarm.dismiss', subject: null }]);
  });

  it('that failed leaves no line that it was done', () => {
    expect(() => command('connections.update', { id: 99, name: 'x', audit: audit('connection.update', 'con-2r') })).toThrow(/no such connection/);
    expect(() => command('settings.set', { otlpPort: 80, audit: audit('settings.change') })).toThrow(/not allowed/);
    expect(told()).toEqual([]);
  });
});

describe('settings', () => {
  it('start with the usual ones and keep what was set', () => {
    expect(readSettings(history.db)).toEqual(defaultSettings);
    expect(command('settings.set', { theme: 'dark', retentionDays: 30 })).toEqual({ ...defaultSettings, theme: 'dark', retentionDays: 30 });
    expect(command('settings.set', { retentionDays: null }).retentionDays).toBeNull();
  });

  it('refuse what is not allowed, and do not trust what stands in the file', () => {
    expect(() => command('settings.set', { otlpPort: 80 })).toThrow(/not allowed/);
    history.db.prepare("INSERT INTO setting VALUES ('theme', '\"purple\"'), ('otlpPort', 'not json'), ('unknown', '1')").run();
    expect(readSettings(history.db)).toEqual(defaultSettings);
  });
});

describe('visits', () => {
  const hour = 3_600_000_000;

  it('tell the one before', () => {
    expect(command('visits.mark', { atUs: t0 })).toEqual({ previousUs: null });
    expect(command('visits.mark', { atUs: t0 + hour })).toEqual({ previousUs: t0 });
  });

  it('are one while the window is loaded anew', () => {
    command('visits.mark', { atUs: t0 });
    expect(command('visits.mark', { atUs: t0 + hour / 4 })).toEqual({ previousUs: null });
    expect(command('visits.mark', { atUs: t0 + hour })).toEqual({ previousUs: t0 });
    expect(command('visits.mark', { atUs: t0 + hour + 1 })).toEqual({ previousUs: t0 });
    // Who only reads leaves no visit behind: the owner's next one still counts from the owner's last.
    expect(command('visits.mark', { atUs: t0 + 3 * hour, look: true })).toEqual({ previousUs: t0 + hour });
    expect(command('visits.mark', { atUs: t0 + 4 * hour })).toEqual({ previousUs: t0 + hour });
  });
});

describe('gaps and seen time', () => {
  it('open and close once', () => {
    const { id } = command('gaps.open', { connection: null, fromUs: t0, toUs: null, reason: 'engine_off', text: 'The engine was off.' });
    command('gaps.close', { id, toUs: t0 + 9 });
    expect(history.all('SELECT from_us, to_us, reason FROM gap')).toEqual([{ from_us: t0, to_us: t0 + 9, reason: 'engine_off' }]);
    expect(() => command('gaps.close', { id, toUs: t0 + 10 })).toThrow(/no such open gap/);
  });

  it('never end before they began: an engine that was killed is last known of from before', () => {
    const { id } = command('gaps.open', { connection: 1, fromUs: t0, toUs: null, reason: 'runtime_unreachable', text: 'x' });
    command('gaps.close', { id, toUs: t0 - 5_000_000 });
    expect(history.all('SELECT from_us, to_us FROM gap')).toEqual([{ from_us: t0, to_us: t0 }]);
  });

  it('grow while it goes on and begin anew after an interruption', () => {
    command('seen.extend', { fromUs: t0, toUs: t0 + 10 });
    command('seen.extend', { fromUs: t0 + 10, toUs: t0 + 20 });
    command('seen.extend', { fromUs: t0 + 50, toUs: t0 + 60 });
    expect(history.all('SELECT connection, from_us - ? AS a, to_us - ? AS b FROM seen ORDER BY from_us', t0, t0)).toEqual([{ connection: 1, a: 0, b: 20 }, { connection: 1, a: 50, b: 60 }]);
  });
});

describe('senders without a token', () => {
  it('are counted by process, the oldest forgotten', () => {
    for (let i = 0; i < 150; i++) command('strangers.count', { process: `p${i}`, pid: i, path: '/v1/traces', us: t0 + i });
    command('strangers.count', { process: 'p149', pid: 149, path: '/v1/traces', us: t0 + 200 });
    expect(history.all<{ n: number; most: number }>('SELECT count(*) AS n, max(count) AS most FROM stranger')).toEqual([{ n: 100, most: 2 }]);
  });
});
