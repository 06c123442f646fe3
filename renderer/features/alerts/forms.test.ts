/** What is typed in the dialogs of rules and targets, and what the contract takes of it. */
import { describe, expect, it } from 'vitest';
import { alertRuleDraft, targetDraft } from '../../../shared/alerts.ts';
import { askedOf, filterWords, nextAfter, paramsOf, readView } from './inbox-view.ts';
import { addStep, draftOf, emptyRule, formOf, ruleOf, spanForm, usualOf, type RuleForm } from './rule-form.ts';
import { emptyTarget, formOf as targetForm, lostWords, targetOf, usualName, type TargetForm } from './target-form.ts';
import { alertKinds } from './alert-words.ts';
import { testRule, testTarget } from './test-alerts.ts';

const rule = (changes: Partial<RuleForm> = {}) => ruleOf({ ...emptyRule, name: 'Refunds', ...changes }, null);
const target = (changes: Partial<TargetForm> = {}) => targetOf({ ...emptyTarget, name: 'On call', url: 'https://alerts.example.com/x', ...changes }, null);

describe('a rule', () => {
  it('of every kind is taken by the contract as it first stands', () => {
    for (const kind of alertKinds) {
      const made = rule({ kind, amount: '25', ...usualOf[kind] });
      if (typeof made === 'string') throw new Error(`${kind}: ${made}`);
      expect(alertRuleDraft.parse(made.draft).trigger.kind).toBe(kind);
    }
  });

  it('comes back from its form as it went in', () => {
    const stands = testRule({
      trigger: { kind: 'spend_rate', amountMicros: 12_345_600, currency: 'EUR', withinS: 5_400 }, watches: { kind: 'owner', name: 'Ines: Park' }, severity: 'urgent', sustainedS: 90, targetIds: ['tgt-1'], tellEnd: true, enabled: false,
      escalation: [{ afterMin: 5, targetIds: ['tgt-1'] }, { afterMin: 60, targetIds: ['tgt-2', 'tgt-1'] }],
    });
    expect(ruleOf(formOf(stands), 'alr-1')).toEqual({ id: 'alr-1', draft: draftOf(stands) });
    for (const trigger of [{ kind: 'budget', on: ['soft', 'forecast'] }, { kind: 'grant', on: 'any' }, { kind: 'gap', afterS: 0 }, { kind: 'stop' }] as const) {
      const other = testRule({ trigger: trigger.kind === 'budget' ? { kind: 'budget', on: [...trigger.on] } : trigger });
      expect(ruleOf(formOf(other), null)).toEqual({ draft: draftOf(other) });
    }
  });

  it.each([
    [{ name: ' ' }, /name/], [{ percent: '101' }, /Per cent/], [{ least: '0' }, /at least/], [{ within: { count: '30', unit: 's' } }, /Within: from 1 min to 1 d/], [{ within: { count: 'soon', unit: 's' } }, /Within/],
    [{ kind: 'spend_rate', amount: '0' }, /above zero/], [{ kind: 'spend_rate', amount: '5', currency: 'US' }, /three letters/], [{ kind: 'budget', budgetOn: [] }, /at least one/],
    [{ steps: [{ after: '10', targetIds: [] }] }, /tells nobody/], [{ steps: [{ after: '10', targetIds: ['t'] }, { after: '10', targetIds: ['t'] }] }, /later than the one before/], [{ sustained: { count: '25', unit: 'h' } }, /Without a break/],
  ] as const satisfies readonly (readonly [Partial<RuleForm>, RegExp])[])('%j is refused with words', (changes, words) => {
    expect(rule(changes)).toMatch(words);
  });

  it('asks of what happens once neither that it holds nor that its end is told', () => {
    const made = rule({ kind: 'new_failure', sustained: { count: '5', unit: 'min' }, tellEnd: true });
    expect(made).toMatchObject({ draft: { sustainedS: 0, tellEnd: false } });
  });

  it('writes lengths in the widest unit that says them exactly, and steps one after the other', () => {
    expect([0, 45, 60, 5_400, 7_200].map(spanForm)).toEqual([{ count: '0', unit: 'min' }, { count: '45', unit: 's' }, { count: '1', unit: 'min' }, { count: '90', unit: 'min' }, { count: '2', unit: 'h' }]);
    expect(addStep(addStep([])).map((step) => step.after)).toEqual(['15', '30']);
  });
});

describe('a target', () => {
  const kinds: Partial<TargetForm>[] = [
    { kind: 'desktop' }, { kind: 'webhook', header: 'X-Token', scheme: 'plain', credential: { from: 'value', value: 's3cret', variable: '', path: '' } }, { kind: 'slack', credential: { from: 'env', value: '', variable: 'SLACK_URL', path: '' } },
    { kind: 'email', host: 'smtp.example.com', from: 'gatehouse@example.com', to: 'a@example.com, b@example.com' }, { kind: 'syslog', host: 'logs.example.com', ca: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----' },
  ];
  it('of every kind is taken by the contract', () => {
    for (const changes of kinds) {
      const made = target(changes);
      if (typeof made === 'string') throw new Error(made);
      expect(targetDraft.parse(made.draft).config.kind).toBe(changes.kind);
      // SECURITY: what is secret travels beside the draft, never in it.
      expect(JSON.stringify(made.draft)).not.toContain('s3cret');
    }
    expect(target({ kind: 'email', host: 'smtp.example.com', from: 'g@example.com', to: 'a@example.com a@example.com' })).toMatchObject({ draft: { config: { port: 587, to: ['a@example.com'] } } });
    expect(target({ kind: 'syslog', host: 'logs' })).toMatchObject({ draft: { config: { port: 6514 } } });
  });

  it.each([
    [{ url: 'ftp://x' }, /http/], [{ url: '' }, /address is missing/], [{ kind: 'syslog' }, /server is missing/], [{ url: 'https://me:pw@alerts.example.com' }, /no user or password/], [{ header: 'X Token' }, /header/], [{ ca: '-----BEGIN PRIVATE KEY-----' }, /never a private key/], [{ ca: 'abc' }, /PEM/],
    [{ kind: 'slack', credential: { from: 'value', value: '', variable: '', path: '' } }, /incoming webhook is missing/], [{ kind: 'slack', credential: { from: 'value', value: 'xoxb-1', variable: '', path: '' } }, /begins with https/],
    [{ kind: 'email', host: 'smtp://x', from: 'a@b.de', to: 'a@b.de' }, /host name/], [{ kind: 'email', host: 'x', from: 'a', to: 'a@b.de' }, /sender/], [{ kind: 'email', host: 'x', from: 'a@b.de', to: '' }, /To whom/], [{ kind: 'email', host: 'x', from: 'a@b.de', to: 'a@b.de', user: 'a' }, /needs a password/], [{ kind: 'email', host: 'x', from: 'a@b.de', to: 'a@b.de', credential: { from: 'value', value: 'p', variable: '', path: '' } }, /name of its user/], [{ header: 'X-Token' }, /credential that it carries/],
    [{ kind: 'syslog', host: 'x', port: '70000' }, /port/], [{ kind: 'syslog', host: 'x', facility: '24' }, /facility/],
    [{ quietOn: true, quietFrom: '22:00', quietTo: '22:00' }, /hold nothing back/], [{ quietOn: true, quietDays: [] }, /need a day/],
  ] as const satisfies readonly (readonly [Partial<TargetForm>, RegExp])[])('%j is refused with words', (changes, words) => {
    expect(target(changes)).toMatch(words);
  });

  it('keeps its credential where it is not given anew', () => {
    const stands = testTarget({ quiet: { from: '22:00', to: '07:00', days: [1, 5] }, credential: { from: 'vault', hint: null, lost: false } });
    expect(targetOf(targetForm(stands), stands.id)).toEqual({ id: stands.id, draft: { name: stands.name, config: stands.config, quiet: stands.quiet, enabled: true } });
    expect(targetOf({ ...targetForm(stands), credential: { from: 'none', value: '', variable: '', path: '' } }, stands.id)).toMatchObject({ credential: { from: 'none' } });
  });

  it('is named by where it leads, and says what goes with it', () => {
    expect(usualName({ ...emptyTarget, url: 'https://alerts.example.com/x' })).toBe('alerts.example.com');
    expect(lostWords({ waiting: 0, usedBy: 0 })).toBe('Nothing waits for it. No rule names it.');
    expect(lostWords({ waiting: 3, usedBy: 1 })).toMatch(/^3 deliveries that wait will be dropped.*One rule or escalation names it/);
  });
});

describe('the inbox', () => {
  it('shows what the address promises, and keeps the rest', () => {
    const view = readView('active', { show: 'all', q: 'refund', agent: 'agt-1' });
    expect(askedOf(view)).toEqual({ state: 'all', limit: 200, text: 'refund', agentId: 'agt-1' });
    expect(paramsOf(view, 'active')).toEqual({ q: 'refund', agent: 'agt-1', show: 'all' });
    expect(paramsOf(readView('active', {}), 'active')).toEqual({});
    expect(filterWords({ ...view, ruleId: 'alr-1' }, 'Denied')).toEqual(['text “refund”', 'only one agent', 'rule Denied']);
    expect(readView('open', { show: 'nonsense' }).show).toBe('open');
  });

  it('goes on where rows left', () => {
    const order = ['a', 'b', 'c', 'd'];
    expect(nextAfter(order, new Set(['b', 'c']), 'b')).toBe('d');
    expect(nextAfter(order, new Set(['c', 'd']), 'd')).toBe('b');
    expect(nextAfter(order, new Set(order), 'a')).toBeNull();
  });
});
