import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportJob } from '../../shared/reports.ts';
import type { ReportJob } from '../../shared/reports.ts';
import { SyslogReceiver } from './alerts/deliver/test-receivers.ts';
import { sendReport, sentText, syslogConfig } from './cli-export-syslog.ts';
import { readExport } from './cli-export-arguments.ts';
import { parseWords } from './cli-options.ts';
import type { Caller } from './control-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-syslog-'));
const receiver = new SyslogReceiver();
beforeAll(() => receiver.up());
afterAll(async () => {
  await receiver.down();
  rmSync(folder, { recursive: true, force: true });
});

const job = (): ReportJob => reportJob.parse({
  id: 'rep-1', spec: { name: 'R', from: '2026-02-01T00:00:00.000Z', to: '2026-02-02T00:00:00.000Z', scope: { kind: 'everything' }, contents: ['activity', 'gaps'], formats: ['cef', 'csv'] }, state: 'done', by: 'me', startedAt: '2026-02-02T00:00:00.000Z', endedAt: null,
  target: folder, step: '', rows: 2, of: 2, bytes: 1, error: null, completeness: null,
  files: ['activity.cef', 'gaps.cef', 'gaps.csv'].map((path) => ({ path, content: null, format: path.slice(path.indexOf('.') + 1), bytes: 1, rows: 1, sha256: 'ab'.repeat(32) })),
});
const line = (id: string): string => `CEF:0|Gatehouse|Console|1|gap.engine_off|Not seen|4|rt=1769940000000 externalId=${id}\n`;

function callerOf(asked: { method: string; params: unknown }[], targets: unknown[] = []): Caller {
  return { call: (method: string, params: unknown) => { asked.push({ method, params }); return Promise.resolve(method === 'targets.list' ? { rows: targets } : {}); } } as unknown as Caller;
}

it('sends the CEF files only, and has it written down before and after', async () => {
  writeFileSync(join(folder, 'activity.cef'), line('a') + line('b'));
  writeFileSync(join(folder, 'gaps.cef'), line('c'));
  const asked: { method: string; params: unknown }[] = [];
  const sent = await sendReport(job(), `tcp://127.0.0.1:${receiver.port}`, callerOf(asked), new AbortController().signal);
  expect(sent).toEqual({ to: `tcp://127.0.0.1:${receiver.port}`, files: 2, lines: 3, shortened: 0 });
  expect(sentText(sent)).toMatch(/^Sent 3 messages to tcp:/);
  await expect.poll(() => receiver.messages.map(({ text }) => text.slice(-1)), { timeout: 5_000 }).toEqual(['a', 'b', 'c']);
  expect(asked).toMatchObject([{ method: 'console.record', params: { act: 'report.send', outcome: 'asked', subject: 'rep-1' } }, { params: { outcome: 'done', details: { lines: 3, files: 2 } } }]);
});

it('says that it was not sent, and has that written down', async () => {
  const asked: { method: string; params: unknown }[] = [];
  const closed = await new SyslogReceiver().up();
  await closed.down();
  await expect(sendReport(job(), `tcp://127.0.0.1:${closed.port}`, callerOf(asked), new AbortController().signal)).rejects.toThrow(/written, but not sent whole/);
  expect(asked.at(-1)).toMatchObject({ params: { outcome: 'failed', details: { lines: 0 } } });
});

it('takes a kept target by name, or an address, and nothing else', async () => {
  const syslog = { id: 'tgt-1', name: 'siem', config: { kind: 'syslog', host: 'log.example', port: 6514, transport: 'tls', facility: 16 } };
  const caller = callerOf([], [syslog, { id: 'tgt-2', name: 'hook', config: { kind: 'webhook', url: 'https://x', scheme: 'none' } }]);
  expect(await syslogConfig('siem', caller)).toMatchObject({ host: 'log.example', facility: 16 });
  expect(await syslogConfig('tls://log.example', caller)).toEqual({ host: 'log.example', port: 6514, transport: 'tls', facility: 13, ca: undefined });
  expect(await syslogConfig('tcp://[::1]:601', caller)).toMatchObject({ host: '::1', port: 601, transport: 'tcp' });
  await expect(syslogConfig('hook', caller)).rejects.toThrow(/kind webhook/);
  await expect(syslogConfig('nobody', caller)).rejects.toThrow(/no target/);
  await expect(syslogConfig('tcp://x:99999', caller)).rejects.toThrow(/no port/);
});

it('is asked for with CEF files only', () => {
  const read = (words: string) => readExport([], parseWords(words.split(' ')).values, (text) => text, Date.parse('2026-03-01T00:00:00.000Z'), '/home/me');
  expect(read('--formats cef,csv --out r --syslog siem')).toMatchObject({ syslog: 'siem' });
  expect(read('--formats cef --syslog siem --try')).toMatchObject({ syslog: null });
  expect(() => read('--formats csv --out r --syslog siem')).toThrow(/needs --formats cef/);
  expect(() => read('--formats cef --pack --out r --syslog siem')).toThrow(/no --pack/);
});
