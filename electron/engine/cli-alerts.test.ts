import { describe, expect, it } from 'vitest';
import type { Alert, AlertRule, AlertTarget, Delivery } from '../../shared/alerts.ts';
import type { KeyPlaces } from './cli-keys.ts';
import { runLine } from './cli-test-run.ts';
import type { Answers, Printed } from './cli-test-run.ts';

const at = '2026-11-23T12:00:00.000Z';
const alert: Alert = {
  id: 'alt-1', ruleId: 'alr-5', ruleName: 'Failures pile up', kind: 'failure_rate', severity: 'attention', state: 'open', title: 'plan\u202ener fails', text: 'one\ntwo', agentId: 'agt-1', agentName: 'planner', connectionId: null, connectionName: null, target: { screen: 'failures', id: null },
  raisedAt: at, lastAt: at, times: 3, acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null, resolvedBy: null, steps: 0, nextStepAt: at, deliveries: { sent: 1, waiting: 2, failed: 0 },
};
const rule: AlertRule = {
  id: 'alr-5', name: 'Failures pile up', trigger: { kind: 'failure_rate', percent: 50, least: 10, withinS: 900 }, watches: { kind: 'everything' }, watchesName: 'Everything', severity: 'attention', sustainedS: 60, targetIds: ['tgt-2'], escalation: [{ afterMin: 15, targetIds: ['tgt-1'] }], tellEnd: false, enabled: true,
  builtIn: true, createdAt: at, changedAt: at, changedBy: 'Gatehouse', raised: 4, lastAt: at, open: 1,
};
const target: AlertTarget = {
  id: 'tgt-2', name: 'hook', config: { kind: 'webhook', url: 'https://example.com/x', scheme: 'bearer' }, quiet: null, enabled: true, credential: { from: 'vault', hint: 'beef', lost: false }, createdAt: at, changedAt: at, changedBy: 'ada', lastSentAt: null,
  failing: { since: at, text: 'HTTP 500', nextAt: at }, waiting: 2, failed: 1, usedBy: 1,
};
const desktop: AlertTarget = { ...target, id: 'tgt-1', name: 'This desktop', config: { kind: 'desktop' }, credential: null, failing: null, waiting: 0, failed: 0 };
const delivery: Delivery = { id: 'dlv-1', targetId: 'tgt-2', targetName: 'hook', targetKind: 'webhook', alertId: 'alt-1', title: 'planner fails', what: 'raised', state: 'waiting', createdAt: at, dueAt: at, sentAt: null, attempts: 2, lastError: 'HTTP\u0007 500' };

const known: Answers = { 'alerts.rules': () => ({ rows: [rule] }), 'targets.list': () => ({ rows: [desktop, target] }) };
const keys: KeyPlaces = { variable: (name) => (name === 'HOOK_KEY' ? 'secret' : undefined), file: (path) => (path === 'rule.json' ? JSON.stringify({ ...rule, name: 'Mine' }) : path === 'ca.pem' ? '-----BEGIN CERTIFICATE-----' : 'no'), stdin: () => Promise.resolve('{"name":""}'), line: () => Promise.resolve(null) };

const run = (line: string, answers: Answers = {}): Promise<Printed> => runLine(line, { answers, keys, lookUps: known });

describe('alerts in a terminal', () => {
  const list: Answers = { 'alerts.list': () => ({ rows: [alert], next: null, open: 1, acknowledged: 0 }) };

  it('are listed inert, and as JSON whole', async () => {
    const { out, asked } = await run('alerts --state all --rule alr-5 --text plan', list);
    expect(asked).toEqual([{ method: 'alerts.list', params: { state: 'all', ruleId: 'alr-5', text: 'plan', limit: 101 } }]);
    expect(out).toMatch(/alt-1\s+attention\s+open\s+2026-11-23 12:00:00Z\s+2026-11-23 12:00:00Z\s+3\s+Failures pile up\s+planner\s+plan\[U\+202E\]ner fails\s+1 sent, 2 waiting/u);
    expect(JSON.parse((await run('alerts --json', list)).out)).toEqual([alert]);
    expect((await run('alerts', { 'alerts.list': () => ({ rows: [], next: null, open: 0, acknowledged: 0 }) })).out).toBe('No alert is open.\n');
  });

  it('are told whole, with what was said of one and whom it was told to', async () => {
    const { out } = await run('alerts show alt-1', { 'alerts.get': () => ({ alert, deliveries: [delivery], history: [{ at, by: 'Gatehouse', text: 'plan\u0007ner fails' }] }) });
    expect(out).toMatch(/Raised\s+2026-11-23 12:00:00Z, 3 times/u);
    expect(out).toContain('  one\n  two\n');
    expect(out).toContain('Gatehouse: plan[U+0007]ner fails');
    expect(out).toMatch(/dlv-1\s+hook\s+raised\s+waiting.*HTTP\[U\+0007\] 500/u);
  });

  it('take what people say of several at once', async () => {
    const done = await run('alerts acknowledge alt-1 alt-2 --note mine', { 'alerts.acknowledge': () => ({ changed: 1 }) });
    expect(done.asked).toEqual([{ method: 'alerts.acknowledge', params: { ids: ['alt-1', 'alt-2'], note: 'mine' } }]);
    expect(done.out).toBe('1 alert acknowledged; the others are left as they were.\n');
    expect((await run('alerts reopen alt-1', { 'alerts.reopen': () => ({ changed: 1 }) })).asked).toEqual([{ method: 'alerts.reopen', params: { ids: ['alt-1'] } }]);
    await expect(run('alerts resolve')).rejects.toThrow('at least one alert');
    await expect(run('alerts reopen alt-1 --note x')).rejects.toThrow('--note means nothing');
  });

  it('have rules, which say when and whom they tell, and are kept as JSON', async () => {
    expect((await run('alerts rules')).out).toMatch(/alr-5\s+Failures pile up\s+on\s+attention\s+at least 50 % of at least 10 activities failed within 15 min\s+Everything\s+inbox, hook, after 15 min This desktop\s+4\s+1/u);
    const saved = await run('alerts save-rule rule.json --rule alr-5', { 'alerts.saveRule': ({ draft }) => ({ ...rule, ...draft } as AlertRule) });
    const { id: _id, watchesName: _name, builtIn: _builtIn, createdAt: _created, changedAt: _changed, changedBy: _by, raised: _raised, lastAt: _last, open: _open, ...draft } = rule;
    expect(saved.asked).toEqual([{ method: 'alerts.saveRule', params: { id: 'alr-5', draft: { ...draft, name: 'Mine' } } }]);
    await expect(run('alerts save-rule -')).rejects.toThrow(/That is no rule: /u);
    await expect(run('alerts save-rule other.json')).rejects.toThrow('no JSON');
    const off = await run('alerts disable-rule alr-5', { 'alerts.saveRule': ({ draft: given }) => ({ ...rule, ...given } as AlertRule) });
    expect([off.asked, off.out]).toEqual([[{ method: 'alerts.saveRule', params: { id: 'alr-5', draft: { ...draft, enabled: false } } }], 'The rule Failures pile up is off.\n']);
    expect((await run('alerts remove-rule alr-5', { 'alerts.removeRule': () => ({}) })).out).toContain('counts as resolved');
  });
});

describe('targets in a terminal', () => {
  const save: Answers = { 'targets.save': ({ draft }) => ({ ...target, ...draft } as AlertTarget) };

  it('are listed with where they lead and why they fail', async () => {
    expect((await run('targets')).out).toMatch(/tgt-2\s+hook\s+webhook\s+https:\/\/example\.com\/x\s+vault \(…beef\)\s+failing since 2026-11-23 12:00:00Z\s+2\s+1\s+1\s+HTTP 500/u);
    const listed = await run('targets deliveries hook --state failed --limit 5', { 'targets.deliveries': () => ({ rows: [delivery], next: null }) });
    expect(listed.asked).toEqual([{ method: 'targets.deliveries', params: { targetId: 'tgt-2', state: 'failed', limit: 6 } }]);
  });

  it('are added by kind, with quiet hours and a credential that is never an argument', async () => {
    expect((await run('targets add webhook --name pager --url https://example.com/y --header X-Key --scheme plain --key-env HOOK_KEY --quiet 22:00-07:00 --quiet-days fri-mon,wed', save)).asked).toEqual([{ method: 'targets.save', params: {
      draft: { name: 'pager', config: { kind: 'webhook', url: 'https://example.com/y', header: 'X-Key', scheme: 'plain' }, quiet: { from: '22:00', to: '07:00', days: [0, 1, 3, 5, 6] }, enabled: true }, credential: { from: 'value', value: 'secret' },
    } }]);
    expect((await run('targets add email --name ops --host mail.example.com --from g@example.com --to a@example.com,b@example.com --ca-file ca.pem', save)).asked).toMatchObject([{ params: { draft: { config: { kind: 'email', host: 'mail.example.com', port: 587, security: 'starttls', from: 'g@example.com', to: ['a@example.com', 'b@example.com'], ca: '-----BEGIN CERTIFICATE-----' } }, credential: { from: 'none' } } }]);
    expect((await run('targets add syslog --name log --host 127.0.0.1 --transport tls --facility 16', save)).asked).toMatchObject([{ params: { draft: { config: { kind: 'syslog', port: 6514, transport: 'tls', facility: 16 } } } }]);
    await expect(run('targets add pigeon --name x')).rejects.toThrow('one of desktop, webhook');
    await expect(run('targets add slack --name x --quiet 22-7')).rejects.toThrow('--quiet is FROM-TO');
  });

  it('are changed in what is said, and keep the rest', async () => {
    const draft = { name: 'hook', config: target.config, quiet: null, enabled: true };
    expect((await run('targets change hook --url https://example.com/z', save)).asked).toEqual([{ method: 'targets.save', params: { id: 'tgt-2', draft: { ...draft, config: { ...target.config, url: 'https://example.com/z' } } } }]);
    expect((await run('targets credential hook --credential env:HOOK', save)).asked).toEqual([{ method: 'targets.save', params: { id: 'tgt-2', draft, credential: { from: 'env', name: 'HOOK' } } }]);
    expect((await run('targets disable tgt-2', save)).asked).toEqual([{ method: 'targets.save', params: { id: 'tgt-2', draft: { ...draft, enabled: false } } }]);
    await expect(run('targets test nothing')).rejects.toThrow('No target has the id or the name "nothing".');
  });

  it('say whether a test arrived, and try again what waits', async () => {
    const failed = await run('targets test hook', { 'targets.test': () => ({ ok: false, text: 'refused', ms: 12 }) });
    expect([failed.code, failed.out]).toEqual([1, 'It did not arrive (12 ms): refused\n']);
    expect((await run('targets test hook', { 'targets.test': () => ({ ok: true, text: 'taken', ms: 3 }) })).code).toBe(0);
    expect((await run('targets retry hook', { 'targets.retry': () => ({ deliveries: 3 }) })).out).toBe('3 deliveries will be tried now.\n');
    expect((await run('targets remove hook', { 'targets.remove': () => ({}) })).out).toBe('The target hook was removed; 2 deliveries that waited for it will not be sent.\n');
  });
});
