import { describe, expect, it } from 'vitest';
import type { AlertMessage } from '../../../../shared/alerts.ts';
import { boundedMessage } from './plain-text.ts';
import { syslogFrame } from './syslog-frame.ts';
import { testMessage } from './test-messages.ts';
import { framesIn, parseSyslog } from './test-syslog-parser.ts';
import type { ParsedSyslog } from './test-syslog-parser.ts';

function framed(message: AlertMessage, facility = 13): ParsedSyslog {
  const { frames, rest } = framesIn(syslogFrame(boundedMessage(message), { facility, processId: 4711 }));
  expect(rest).toHaveLength(0);
  expect(frames).toHaveLength(1);
  return parseSyslog(frames[0]!);
}

describe('the syslog frame', () => {
  it('is an RFC 5424 message that says everything', () => {
    const read = framed(testMessage({ times: 3 }));
    expect(read).toMatchObject({ facility: 13, severity: 4, timestamp: '2026-11-23T10:00:00.000Z', hostname: 'ops.example', appName: 'Gatehouse', procId: '4711', msgId: 'alert.raised', bom: true, text: 'payer: send_payment failed: It was not seen before.' });
    expect(Object.fromEntries(read.structured.get('gatehouse@32473') ?? [])).toEqual({ delivery: 'dlv-0001', event: 'raised', alert: 'alt-1', kind: 'new_failure', severity: 'attention', rule: 'New failure', agent: 'payer', connection: 'Production', times: '3', version: '1.0.0' });
  });

  it.each([['urgent', 'raised', 0, 2], ['attention', 'escalated', 4, 4], ['info', 'raised', 23, 6], ['urgent', 'over', 13, 5]] as const)('makes its priority of %s, %s and facility %i', (severity, event, facility, level) => {
    expect(framed(testMessage({ severity }, { event }), facility)).toMatchObject({ facility, severity: level });
  });

  it('leaves out what is not known', () => {
    const values = framed(testMessage({ id: null, agent: null, connection: null })).structured.get('gatehouse@32473');
    expect([...values?.keys() ?? []]).toEqual(['delivery', 'event', 'kind', 'severity', 'rule', 'times', 'version']);
  });

  it('ends neither its values nor its frame where an agent wrote what ends them', () => {
    const evil = 'a"] [x@1 y="z\\" \u202e\r\n99 <0>1 - - - - - - forged';
    const read = framed(testMessage({ title: evil, text: evil, agent: evil, rule: evil }));
    expect([...read.structured.keys()]).toEqual(['gatehouse@32473']);
    expect(read.structured.get('gatehouse@32473')?.get('agent')).toBe('a"] [x@1 y="z\\" 99 <0>1 - - - - - - forged');
    expect(read.text).not.toMatch(/[\r\n\u202e]/);
  });

  it('says nothing rather than something wrong of a host or a time that cannot be written', () => {
    const message = testMessage({}, { from: { product: 'Gatehouse', version: '1.0.0', host: '\u4e16 \u754c' } });
    expect(framed({ ...message, alert: { ...message.alert, raisedAt: 'yesterday' } })).toMatchObject({ hostname: '-', timestamp: '-' });
  });

  it('stays short and whole, whatever is written', () => {
    const emoji = '\u{1F600}\u00e4'.repeat(20_000);
    const bytes = syslogFrame(boundedMessage(testMessage({ title: emoji, text: emoji, agent: emoji, connection: emoji, rule: '"]\\'.repeat(5_000) })), { facility: 13, processId: 1 });
    expect(bytes.length).toBeLessThanOrEqual(8_005);
    const read = parseSyslog(framesIn(bytes).frames[0]!);
    expect(read.text.endsWith('\u2026')).toBe(true);
  });
});
