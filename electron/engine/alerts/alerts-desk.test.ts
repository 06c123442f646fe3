import { describe, expect, it } from 'vitest';
import type { AlertMessage, TargetConfig } from '../../../shared/alerts.ts';
import { alertRuleDraft, targetDraft } from '../../../shared/alerts.ts';
import { Credentials } from '../collect/credentials.ts';
import { SessionVault } from '../collect/vault.ts';
import type { AuditWords } from '../store/runtime-commands.ts';
import { addTarget, at, newAlert } from '../store/test-alerts.ts';
import { freshRuntime, type TestRuntime } from '../store/test-runtime.ts';
import { alertsDesk } from './alerts-desk.ts';
import type { AlertsDesk } from './alerts-desk.ts';

const context = { actor: { kind: 'desktop' as const, name: 'nina', place: 'page' as const, readOnly: false }, signal: new AbortController().signal };
const from = { product: 'Gatehouse', version: '0.0.0', host: 'here' } as const;
const webhook: TargetConfig = { kind: 'webhook', url: 'https://example.com/in?team=hush', scheme: 'bearer' };
const target = (config: TargetConfig, more: object = {}): ReturnType<typeof targetDraft.parse> => targetDraft.parse({ name: 'hook', config, ...more });
const rule = (more: object = {}): ReturnType<typeof alertRuleDraft.parse> => alertRuleDraft.parse({ name: 'Mine', trigger: { kind: 'denials', count: 3, withinS: 60 }, watches: { kind: 'everything' }, severity: 'urgent', ...more });

interface Bench { readonly runtime: TestRuntime; readonly desk: AlertsDesk; readonly vault: SessionVault; readonly sent: AlertMessage[]; readonly audits: () => { action: string; subject: string | null; outcome: string; text: string; details: AuditWords['details'] }[] }

function bench(answer = { ok: true, text: 'Taken.' }): Bench {
  const runtime = freshRuntime();
  const vault = new SessionVault();
  const sent: AlertMessage[] = [];
  const desk = alertsDesk({
    history: { command: (name, params) => new Promise((done) => { done(runtime.command(name, params as never) as never); }), query: (name, params) => Promise.resolve(runtime.ask(name as never, params)) },
    credentials: new Credentials({ vault, lasting: true, environment: {} }), tests: { send: (_target, message) => { sent.push(message); return Promise.resolve(answer); } }, from, clock: { now: () => at(60) / 1_000 },
    log: { info: () => undefined, warn: () => undefined, error: (text, error) => { throw new Error(text, { cause: error }); } },
  });
  const audits = (): ReturnType<Bench['audits']> => runtime.history.all<{ action: string; subject: string | null; outcome: string; text: string; details: string }>("SELECT action, subject, outcome, text, details FROM audit_entry WHERE actor = 'nina' ORDER BY id").map((row) => ({ ...row, details: JSON.parse(row.details) as AuditWords['details'] }));
  return { runtime, desk, vault, sent, audits };
}

const nameOf = (reference: string | null | undefined): string => (reference ?? '').slice('vault:'.length);
const referenceOf = ({ runtime }: Bench, id: number): string | null => runtime.history.all<{ credential: string | null }>('SELECT credential FROM alert_target WHERE id = ?', id)[0]?.credential ?? null;

describe('a target', () => {
  it('is kept with its credential beside it, and neither the answer nor the audit log holds what is secret', async () => {
    const one = bench();
    const saved = await one.desk['targets.save']({ draft: target(webhook), credential: { from: 'value', value: 'a-very-secret-token' } }, context);
    expect(saved).toMatchObject({ id: 'tgt-2', name: 'hook', credential: { from: 'vault', hint: 'oken', lost: false }, changedBy: 'nina' });
    expect(await one.vault.get(nameOf(referenceOf(one, 2)))).toBe('a-very-secret-token');
    const [audit] = one.audits();
    expect(audit).toMatchObject({ action: 'targets.save', subject: 'tgt-2', outcome: 'done', text: 'Added the target "hook": posts to https://example.com/in. A credential was given.', details: { before: null, credential: 'value' } });
    expect(JSON.stringify(one.audits())).not.toMatch(/very-secret|hush/u);
    expect(JSON.stringify(saved)).not.toContain('very-secret');
  });

  it('keeps its credential until it is replaced or taken away, and nothing is left behind in the vault', async () => {
    const one = bench();
    const { id } = await one.desk['targets.save']({ draft: target(webhook), credential: { from: 'value', value: 'the-first-token-of-it' } }, context);
    const first = nameOf(referenceOf(one, 2));
    await one.desk['targets.save']({ id, draft: target(webhook, { name: 'pager', enabled: false }) }, context);
    expect(nameOf(referenceOf(one, 2))).toBe(first);
    await one.desk['targets.save']({ id, draft: target(webhook), credential: { from: 'value', value: 'the-second-token' } }, context);
    const second = nameOf(referenceOf(one, 2));
    expect([one.vault.has(first), await one.vault.get(second)]).toEqual([false, 'the-second-token']);
    await one.desk['targets.save']({ id, draft: target(webhook), credential: { from: 'none' } }, context);
    expect([one.vault.has(second), referenceOf(one, 2)]).toEqual([false, null]);
    await one.desk['targets.save']({ id, draft: target(webhook), credential: { from: 'value', value: 'the-third-token' } }, context);
    const third = nameOf(referenceOf(one, 2));
    await one.desk['targets.remove']({ id }, context);
    expect(one.vault.has(third)).toBe(false);
    expect(one.audits().map((audit) => audit.text.replace(/^.*example\.com\/in\./u, ''))).toEqual([' A credential was given.', '', ' Its credential was replaced.', ' Its credential was taken away.', ' A credential was given.', 'Removed the target "hook".']);
    await expect(one.desk['targets.remove']({ id }, context)).rejects.toThrow('There is no target with the identifier tgt-2 any more. Nothing was changed.');
  });

  it('that cannot be kept leaves no credential behind', async () => {
    const one = bench();
    const put: string[] = [];
    const inner = one.vault.put.bind(one.vault);
    one.vault.put = (name, value) => { put.push(name); return inner(name, value); };
    await expect(one.desk['targets.save']({ draft: { ...target(webhook), enabled: 'maybe' as never, name: undefined as never }, credential: { from: 'value', value: 'a-very-secret-token' } }, context)).rejects.toThrow(TypeError);
    expect(put.map((name) => one.vault.has(name))).toEqual([false]);
  });

  /** One history for all: nothing of them may be kept. */
  const impossible = [
    [{ kind: 'desktop' }, { from: 'value', value: 'abc' }, 'take no credential'],
    [{ kind: 'syslog', host: 'h', port: 514, transport: 'tcp' }, { from: 'env', name: 'X' }, 'takes no credential'],
    [{ kind: 'slack' }, undefined, 'Slack needs a credential'],
    [{ kind: 'slack' }, { from: 'value', value: 'xoxb-123' }, 'begins with https://'],
    [{ kind: 'slack' }, { from: 'value', value: 'http://hooks.example.com/x' }, 'begins with https://'],
    [{ kind: 'webhook', url: 'https://example.com', header: 'X-Key' }, undefined, 'The header X-Key needs a credential'],
    [{ kind: 'webhook', url: 'https://example.com/in?sig=abc' }, undefined, '"sig" in the address looks like a secret'],
    [{ kind: 'webhook', url: 'https:////ada:pw@example.com/in' }, undefined, 'no user or password'],
    [{ kind: 'webhook', url: 'https://example.com/{credential}' }, undefined, 'needs a credential that is put there'],
    [{ kind: 'webhook', url: 'https://example.com/{credential}' }, { from: 'none' }, 'needs a credential that is put there'],
    [{ kind: 'webhook', url: 'https://{credential}/in' }, { from: 'env', name: 'X' }, 'behind the host'],
    [{ kind: 'webhook', url: 'https://example.com{credential}' }, { from: 'env', name: 'X' }, 'behind the host'],
    [{ kind: 'webhook', url: 'https://example.com/#{credential}' }, { from: 'env', name: 'X' }, 'behind the host'],
    [{ kind: 'webhook', url: 'https://example.com/{credential}', header: 'X-Key' }, { from: 'env', name: 'X' }, 'not into both'],
    [{ kind: 'email', host: 'mail.example.com', port: 25, security: 'none', user: 'me', from: 'a@example.com', to: ['b@example.com'] }, { from: 'env', name: 'X' }, 'outside only over TLS'],
    [{ kind: 'email', host: 'h', port: 25, security: 'tls', user: 'me', from: 'a@example.com', to: ['b@example.com'] }, undefined, 'needs a credential: the password'],
    [{ kind: 'email', host: 'h', port: 25, security: 'tls', from: 'a@example.com', to: ['b@example.com'] }, { from: 'env', name: 'X' }, 'needs the name of its user'],
  ] as const;

  it('is not kept where it cannot work', async () => {
    const one = bench();
    for (const [config, credential, text] of impossible) await expect(one.desk['targets.save']({ draft: target(config as never), ...(credential === undefined ? {} : { credential }) }, context)).rejects.toThrow(text);
    expect([one.audits(), (await one.desk['targets.list']({}, context)).rows.length]).toEqual([[], 1]);
  });

  it('may keep an address that was kept before addresses were checked, and gets no other such', async () => {
    const one = bench();
    const { id } = await one.desk['targets.save']({ draft: target(webhook) }, context);
    const old = 'https://example.com/in?token=old-and-known';
    one.runtime.history.db.prepare('UPDATE alert_target SET config = ? WHERE id = 2').run(JSON.stringify({ ...webhook, url: old }));
    const quiet = await one.desk['targets.save']({ id, draft: target({ ...webhook, url: old } as TargetConfig, { enabled: false }) }, context);
    expect(quiet).toMatchObject({ enabled: false, config: { url: old } });
    await expect(one.desk['targets.save']({ id, draft: target({ ...webhook, url: `${old}er` } as TargetConfig) }, context)).rejects.toThrow('looks like a secret');
    expect(JSON.stringify(one.audits())).not.toContain('old-and-known');
  });

  it('stays of its kind', async () => {
    const one = bench();
    await expect(one.desk['targets.save']({ id: 'tgt-1', draft: target(webhook) }, context)).rejects.toThrow('This target is of the kind desktop: make a new one for webhook.');
  });

  it('is tested past the queue, and says what came of it', async () => {
    const one = bench({ ok: false, text: 'HTTP 500' });
    expect(await one.desk['targets.test']({ id: 'tgt-1' }, context)).toMatchObject({ ok: false, text: 'HTTP 500' });
    expect(one.sent).toMatchObject([{ event: 'test', alert: { id: null, kind: 'test' }, from }]);
    expect(one.runtime.history.all('SELECT uid, what, state, alert FROM delivery')).toEqual([{ uid: one.sent[0]?.delivery, what: 'test', state: 'failed', alert: null }]);
    expect(one.audits()).toMatchObject([{ action: 'targets.test', subject: 'tgt-1', outcome: 'asked' }, { action: 'targets.test', subject: 'tgt-1', outcome: 'failed', text: 'Sent a test to the target "This desktop": HTTP 500' }]);
    expect(await one.desk['targets.retry']({ id: 'tgt-1' }, context)).toEqual({ deliveries: 0 });
    expect(one.audits().at(-1)).toMatchObject({ action: 'targets.retry' });
  });
});

describe('a rule for alerts', () => {
  it('is kept with what it was before, and comes back as it is kept', async () => {
    const one = bench();
    addTarget(one.runtime, 'hook');
    const saved = await one.desk['alerts.saveRule']({ draft: rule({ targetIds: ['tgt-2', 'tgt-2'], escalation: [{ afterMin: 5, targetIds: ['tgt-1'] }], sustainedS: 90 }) }, context);
    expect(saved).toMatchObject({ id: 'alr-a', targetIds: ['tgt-2'], escalation: [{ afterMin: 5, targetIds: ['tgt-1'] }], builtIn: false, changedBy: 'nina', watchesName: 'Everything' });
    await one.desk['alerts.saveRule']({ id: 'alr-a', draft: rule({ severity: 'info' }) }, context);
    await one.desk['alerts.removeRule']({ id: 'alr-a' }, context);
    expect(one.audits()).toMatchObject([
      { action: 'alertRules.save', subject: 'alr-a', text: 'Set the rule for alerts "Mine": 3 denials within 1 min and it holds for 90 s; urgent, tells tgt-2, tgt-2, after 5 min tgt-1.', details: { before: null, after: { name: 'Mine' } } },
      { action: 'alertRules.save', details: { before: { severity: 'urgent', sustainedS: 90 }, after: { severity: 'info' } } }, { action: 'alertRules.remove', subject: 'alr-a' },
    ]);
  });

  const senseless = [
    [{ trigger: { kind: 'new_failure' }, sustainedS: 5 }, 'What happens once cannot hold for a while'], [{ trigger: { kind: 'new_failure' }, tellEnd: true }, 'does not end by itself'],
    [{ escalation: [{ afterMin: 5, targetIds: ['tgt-1'] }, { afterMin: 5, targetIds: ['tgt-1'] }] }, 'step 2 is after 5 min, step 1 after 5 min'], [{ targetIds: ['tgt-9'] }, 'There is no target with the identifier tgt-9 any more'], [{ targetIds: ['x'] }, 'There is no target with the identifier x.'],
    [{ watches: { kind: 'agent', id: 'con-1' } }, 'There is no agent with the identifier con-1'],
  ] as const;

  it('is not kept where it makes no sense', async () => {
    const one = bench();
    for (const [more, text] of senseless) await expect(one.desk['alerts.saveRule']({ draft: rule(more) }, context)).rejects.toThrow(text);
    expect(one.audits()).toEqual([]);
  });
});

it('what a person says of alerts is said in their name', async () => {
  const one = bench();
  for (const key of ['a', 'b']) one.runtime.command('alerts.raise', newAlert({ key }));
  expect(await one.desk['alerts.acknowledge']({ ids: ['alt-1', 'alt-2'], note: 'on it' }, context)).toEqual({ changed: 2 });
  expect(await one.desk['alerts.resolve']({ ids: ['alt-1'], note: '' }, context)).toEqual({ changed: 1 });
  expect(await one.desk['alerts.reopen']({ ids: ['alt-1'] }, context)).toEqual({ changed: 1 });
  expect(one.audits()).toMatchObject([{ action: 'alerts.acknowledge', subject: null, text: 'Acknowledged 2 alerts. on it' }, { action: 'alerts.resolve', subject: 'alt-1', text: 'Resolved an alert.' }, { action: 'alerts.reopen' }]);
  await expect(one.desk['alerts.resolve']({ ids: ['alt-1', 'agt-1'], note: '' }, context)).rejects.toThrow('There is no alert with the identifier agt-1. Nothing was changed.');
});
