import { describe, expect, it } from 'vitest';
import { mustNotShowMore, shownAt } from './shown-text.ts';

const secret = 'the customer is ada@example.com';
const detail = {
  activity: { id: 'act-1', name: 'pay', agentName: 'clerk', error: { type: 'Denied', message: secret } },
  attributes: [{ key: 'gen_ai.prompt', value: secret, length: 31, agentText: true }, { key: 'gen_ai.request.model', value: 'gpt-5', length: 5, agentText: false }],
  events: [{ name: 'said', at: null, attributes: [{ key: 'content', value: secret }] }],
  resource: [{ key: 'service.name', value: 'desk' }],
  raw: [JSON.stringify({ prompt: secret })],
};

describe('in auditor mode', () => {
  it('what agents wrote is hashed, and facts and names stay', () => {
    const json = shownAt('hashes', 'activity.get', JSON.stringify(detail));
    expect(json).not.toContain('ada@example.com');
    const seen = JSON.parse(json) as typeof detail;
    expect(seen.activity).toMatchObject({ id: 'act-1', name: 'pay', agentName: 'clerk', error: { type: 'Denied', message: expect.stringMatching(/^sha256 [0-9a-f]{64}, 31 characters$/) as string } });
    expect([seen.attributes[1]?.value, seen.resource[0]?.value]).toEqual(['gpt-5', 'desk']);
    expect(JSON.parse(seen.raw[0] ?? '')).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, length: JSON.stringify({ prompt: secret }).length });
  });

  it('or masked again, also where it was kept in full; and left where that was chosen', () => {
    const json = shownAt('redacted', 'activity.get', JSON.stringify(detail));
    expect(json).not.toContain('ada@example.com');
    expect(json).toContain('the customer is');
    expect(shownAt('full', 'activity.get', JSON.stringify(detail))).toBe(JSON.stringify(detail));
  });

  it.each([
    ['approvals.get', { title: secret, question: secret, actions: [{ name: 'pay', parameters: JSON.stringify({ to: secret }), description: null }], raw: '{}', evidence: [{ name: 'n', value: secret }] }],
    ['activity.list', { rows: [{ error: { type: null, message: secret } }] }],
    ['live.activity', { rows: [{ error: { type: null, message: secret } }], dropped: 0 }],
    ['failures.get', { error: { type: 'x', message: secret }, alike: [{ name: 'Message', value: secret }] }],
    ['overview.get', { needsYou: [{ kind: 'approval', text: secret }, { kind: 'failure', text: secret }] }],
    ['alerts.list', { rows: [{ ruleId: 'r', title: 'New failure', text: secret }] }],
    ['stop.get', { orderLevers: [{ reportedText: secret }], events: [{ by: 'runtime', text: secret }] }],
    ['audit.list', { rows: [{ text: 'Wants to approve.', details: JSON.stringify({ decision: { response: secret } }) }] }],
  ] as const)('%s shows nothing of it', (method, answer) => {
    for (const level of ['hashes', 'redacted'] as const) expect(shownAt(level, method, JSON.stringify(answer))).not.toContain('ada@example.com');
  });

  it('a report holds no more than the window shows', () => {
    expect(() => mustNotShowMore('hashes', 'reports.start', { spec: { text: 'redacted' } })).toThrow('cannot hold more');
    expect(() => mustNotShowMore('redacted', 'reports.preview', { text: 'full' })).toThrow('cannot hold more');
    for (const [level, text] of [['redacted', 'hashes'], ['redacted', 'redacted'], ['full', 'full']] as const) expect(() => mustNotShowMore(level, 'reports.start', { spec: { text } })).not.toThrow();
  });
});
