import parseSyslogLine from 'nsyslog-parser';
import { afterAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../alerts/deliver/test-certificates.ts';
import { SyslogReceiver } from '../alerts/deliver/test-receivers.ts';
import { cefLine } from './cef-line.ts';
import { cefRecord } from './cef-words.ts';
import { columnsOf } from './columns.ts';
import { fit, frameOf, sendSyslogLines } from './syslog-lines.ts';
import { parseCef } from './test-cef-parser.ts';
import { fullRow, hostile } from './test-rows.ts';

const open: SyslogReceiver[] = [];
async function opened(receiver: SyslogReceiver): Promise<SyslogReceiver> {
  open.push(await receiver.up());
  return receiver;
}
afterAll(async () => { for (const one of open) await one.down(); });

const lineOf = (text: string): string => cefLine(cefRecord('activity', columnsOf.activity, fullRow('activity', { kind: 'tool_call', status: 'denied', input: text })), '1.2.3');
async function* each(lines: readonly string[]): AsyncGenerator<string> { yield* lines; }
const limits = { totalMs: 5_000, settleMs: 100 };
const sending = (receiver: SyslogReceiver, lines: readonly string[], more: object = {}) => sendSyslogLines({ config: { host: '127.0.0.1', port: receiver.port, transport: 'tcp', facility: 13, ca: undefined, ...more }, lines: each(lines), host: 'ops.example', signal: new AbortController().signal, limits });

describe('a report by syslog', () => {
  it('arrives line by line, whole or told by its hash', async () => {
    const receiver = await opened(new SyslogReceiver());
    const lines = [...hostile.map(lineOf), '', ...Array.from({ length: 500 }, (_, i) => lineOf(`row ${i}`))];
    const sent = await sending(receiver, lines);
    expect(sent).toEqual({ lines: lines.length - 1, shortened: 1, ending: 'closed' });
    await expect.poll(() => receiver.messages.length, { timeout: 5_000 }).toBe(lines.length - 1);
    expect(receiver.messages[0]).toMatchObject({ facility: 13, severity: 5, timestamp: '2026-02-01T10:00:00.000Z', hostname: 'ops.example', appName: 'Gatehouse', msgId: 'report', bom: false });
    const texts = receiver.messages.map(({ text }) => parseCef(text).extension);
    expect(hostile.slice(0, -1).map((text, i) => texts[i]?.get('request') === text)).toEqual(hostile.slice(0, -1).map(() => true));
    expect(texts[hostile.length - 1]?.get('request')).toMatch(/^\(1000000 characters, SHA-256 [0-9a-f]{64}\)$/);
    expect(texts[hostile.length - 1]?.get('GatehouseConsoleShortened')).toBe('request');
  });

  it('goes over TLS to whom the certificate names, and to nobody else', async () => {
    const { ca, good, other } = await makeAuthority();
    const [right, wrong] = [await opened(new SyslogReceiver(good)), await opened(new SyslogReceiver(other))];
    expect(await sending(right, [lineOf('x')], { transport: 'tls', ca })).toEqual({ lines: 1, shortened: 0, ending: 'closed' });
    await expect.poll(() => right.messages.length, { timeout: 5_000 }).toBe(1);
    await expect(sending(wrong, [lineOf('x')], { transport: 'tls', ca })).rejects.toThrow(/127\.0\.0\.1:\d+: /);
    expect(wrong.messages).toHaveLength(0);
  });

  it('goes nowhere that a name must not lead, and tells a receiver that hung up from one that took all', async () => {
    const anywhere = await opened(new SyslogReceiver());
    await expect(sending(anywhere, [lineOf('x')], { host: '0.0.0.0' })).rejects.toThrow(/^0\.0\.0\.0:\d+: A report is not sent to an address like that/);
    expect(anywhere.messages).toEqual([]);
    const hangsUp = await opened(new SyslogReceiver());
    hangsUp.meets = (socket) => { socket.end(); };
    const tally = { lines: 0, shortened: 0 };
    async function* slow(): AsyncGenerator<string> { for (let n = 0; n < 200; n += 1) { await new Promise((done) => { setTimeout(done, 5); }); yield lineOf(`row ${n}`); } }
    await expect(sendSyslogLines({ config: { host: '127.0.0.1', port: hangsUp.port, transport: 'tcp', facility: 13, ca: undefined }, lines: slow(), host: 'h', signal: new AbortController().signal, limits, tally })).rejects.toThrow(/closed the connection|broke the connection/);
    expect(tally.lines).toBeLessThan(200);
  });

  it('fails in words where nobody listens', async () => {
    const receiver = await opened(new SyslogReceiver());
    await receiver.down();
    await expect(sending(receiver, [lineOf('x')])).rejects.toThrow(/Nothing listens/);
  });

  it('is read by a parser of somebody else', () => {
    const frame = frameOf(lineOf('plain'), 13, 'ops.example').toString('utf8');
    const entry = parseSyslogLine(frame.slice(frame.indexOf(' ') + 1));
    expect(entry).toMatchObject({ type: 'CEF', prival: 109, host: 'ops.example', appName: 'Gatehouse', messageid: 'report', cef: { deviceEventClassID: 'agent.tool_call.denied' }, fields: { request: 'plain', outcome: 'denied' } });
  });

  it('says which values it shortened, and shortens no more than it must', () => {
    const line = lineOf('y'.repeat(9_000));
    const short = fit(line, 7_600);
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(7_600);
    expect(parseCef(short).extension.get('GatehouseConsoleShortened')).toBe('request');
    expect(fit(short, 7_600)).toBe(short);
  });
});
