/** `gatehouse export --syslog`: what may be typed, and the command line itself against a real receiver, without and with an engine that runs. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportJob } from '../../shared/reports.ts';
import { SyslogReceiver } from './alerts/deliver/test-receivers.ts';
import { readExport } from './cli-export-arguments.ts';
import { readReceiver, sentText } from './cli-export-syslog.ts';
import { parseWords } from './cli-options.ts';
import type { Caller } from './control-client.ts';
import { startEngine } from './engine.ts';

const callerOf = (targets: unknown[]): Caller => ({ call: () => Promise.resolve({ rows: targets }) }) as unknown as Caller;

describe('what is typed', () => {
  it('is a kept target by name, or an address, and nothing else', async () => {
    const caller = callerOf([{ id: 'tgt-1', name: 'siem', config: { kind: 'syslog', host: 'log.example', port: 6514, transport: 'tls', facility: 16 } }, { id: 'tgt-2', name: 'hook', config: { kind: 'webhook', url: 'https://x', scheme: 'none' } }]);
    expect(await readReceiver('siem', caller)).toEqual({ host: 'log.example', port: 6514, transport: 'tls', targetId: 'tgt-1' });
    expect(await readReceiver('tls://log.example', caller)).toEqual({ host: 'log.example', port: 6514, transport: 'tls', targetId: null });
    expect(await readReceiver('tcp://[::1]', caller)).toEqual({ host: '::1', port: 601, transport: 'tcp', targetId: null });
    await expect(readReceiver('hook', caller)).rejects.toThrow(/kind webhook/);
    await expect(readReceiver('nobody', caller)).rejects.toThrow(/no target/);
    await expect(readReceiver('tcp://x:99999', caller)).rejects.toThrow(/no port/);
  });

  it('goes with CEF files only', () => {
    const read = (words: string) => readExport([], parseWords(words.split(' ')).values, (text) => text, Date.parse('2026-03-01T00:00:00.000Z'), '/home/me');
    expect(read('--formats cef,csv --out r --syslog siem')).toMatchObject({ syslog: 'siem' });
    expect(read('--formats cef --syslog siem --try')).toMatchObject({ syslog: 'siem', out: null });
    expect(() => read('--formats csv --out r --syslog siem')).toThrow(/needs --formats cef/);
    expect(() => read('--formats cef --pack --out r --syslog siem')).toThrow(/no --pack/);
  });

  it('is answered with what is known, and with what is not', () => {
    const sent = { to: 'tcp://h:601', messages: 3, of: 9, shortened: 1, ending: null };
    expect(sentText({ ...sent, state: 'failed', error: 'h:601: It closed the connection.' })).toMatch(/not sent whole to tcp:\/\/h:601: h:601: It closed the connection\. 3 of 9 messages were handed to TCP; the last of them may not have arrived\..*1 of them long values/);
    expect(sentText({ ...sent, messages: 9, state: 'done', ending: 'closed', error: null })).toMatch(/^Sent 9 messages to tcp:\/\/h:601\..*closed the connection in order.*Syslog answers nothing/);
  });
});

describe('the command line itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-syslog-'));
  const [data, out] = [join(folder, 'data'), join(folder, 'out')];
  const receiver = new SyslogReceiver();
  const cli = fileURLToPath(new URL(process.env['GATEHOUSE_TEST_BUILT'] === '1' ? '../../dist/engine/cli.js' : './cli.ts', import.meta.url));
  const gatehouse = (words: string): Promise<{ code: number; out: string; err: string }> => new Promise((done) => {
    execFile(process.execPath, [cli, ...words.split(' '), '--data', data], (error, stdout, stderr) => done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out: stdout, err: stderr }));
  });
  beforeAll(async () => {
    await receiver.up();
    // What the audit log holds of it is what is sent.
    await gatehouse(`export --contents gaps --formats csv --out ${out}.csv`);
  }, 60_000);
  afterAll(async () => {
    await receiver.down();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([['without an engine', false], ['with an engine that runs', true]] as const)('sends %s', async (_how, runs) => {
    const engine = runs ? await startEngine({ dataFolder: data, receiver: 'off', owner: 'ada', vault: null, onApprovals: null, desktop: null }) : null;
    const file = `${out}-${String(runs)}.cef`;
    const before = receiver.messages.length;
    const told = await gatehouse(`export --contents console --formats cef --out ${file} --syslog tcp://127.0.0.1:${receiver.port} --json`);
    expect([told.code, told.err]).toEqual([0, '']);
    const job = JSON.parse(told.out) as ReportJob;
    const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(0);
    expect(job.sent).toMatchObject({ state: 'done', messages: lines.length, of: lines.length, ending: 'closed' });
    expect(receiver.messages.slice(before).map(({ text }) => text)).toEqual(lines);
    await engine?.close();
  }, 60_000);

  it('ends with a code and keeps the file where nobody listens', async () => {
    const closed = await new SyslogReceiver().up();
    await closed.down();
    const { code, err } = await gatehouse(`export --contents console --formats cef --out ${out}-kept.cef --syslog tcp://127.0.0.1:${closed.port}`);
    expect([code, err]).toEqual([1, expect.stringMatching(/not sent whole.*Nothing listens.*None of \d+ messages went out/) as string]);
    expect(readFileSync(`${out}-kept.cef`, 'utf8')).toMatch(/^CEF:0/);
  }, 60_000);
});
