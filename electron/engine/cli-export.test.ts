import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Params } from '../../shared/contract.ts';
import type { ReportJob } from '../../shared/reports.ts';
import { readInvocation } from './cli-arguments.ts';
import { runExport } from './cli-export.ts';
import type { ExportCommand } from './cli-export-arguments.ts';
import type { Answers } from './cli-test-run.ts';
import { noKeys, runLine } from './cli-test-run.ts';
import { runVerify } from './cli-verify.ts';
import { packLog } from './export/pack-log.ts';
import { completeness, logOf, makePack, newKey } from './export/test-pack.ts';

const job = (params: Params<'reports.start'>, more: Partial<ReportJob>): ReportJob => ({ id: 'rep-1', spec: params.spec as ReportJob['spec'], state: 'running', by: 'ada', startedAt: '2026-11-23T12:00:00.000Z', endedAt: null, target: params.target, step: 'Writing activities', rows: 2, of: 10, bytes: 20, files: [], error: null, completeness: null, sent: null, ...more });

/** An engine whose job is over when it is asked for the `after`th time. */
function engine(end: Partial<ReportJob>, after = 1): { readonly answers: Answers; readonly asked: Params<'reports.start'>[]; cancelled: number } {
  const told: { readonly answers: Answers; readonly asked: Params<'reports.start'>[]; cancelled: number } = { answers: {}, asked: [], cancelled: 0 };
  let times = 0;
  const now = (): ReportJob => {
    const params = told.asked[0] as Params<'reports.start'>;
    times += 1;
    return job(params, times >= after ? end : {});
  };
  Object.assign(told.answers, {
    'reports.start': (params: Params<'reports.start'>) => {
      told.asked.push(params);
      return job(params, {});
    },
    'reports.jobs': () => ({ rows: [now()] }),
    'reports.cancel': () => {
      told.cancelled += 1;
      return job(told.asked[0] as Params<'reports.start'>, { state: 'cancelled', error: 'Cancelled by ada.' });
    },
    'agents.list': () => ({ rows: [{ id: 'agt-1', name: 'Mailer', service: 's', connectionName: 'c' }] }),
    'reports.preview': () => ({ rows: [{ content: 'activity', count: 1_234, text: '1,234 activities' }], completeness, bytes: 2_000_000, seconds: 3, warnings: ['Names are in it.'] }),
  });
  return told;
}

describe('gatehouse export', () => {
  it('asks for what was typed, waits for it and says what was written', async () => {
    const done = engine({ state: 'done', rows: 10, bytes: 2_500_000, files: [{ path: 'a.zip', content: null, format: 'pack', bytes: 2_500_000, rows: 10, sha256: 'ab'.repeat(32) }], completeness }, 3);
    const { out, code } = await runLine('export --out a.zip --pack --agent Mailer --contents console,activity --from 2026-11-01 --to 2026-11-20T00:00:00Z --text redacted --people pseudonyms --formats csv,parquet --name Q4', { answers: done.answers });
    expect(done.asked).toEqual([{ target: '/a.zip', overwrite: false, spec: { name: 'Q4', from: '2026-11-01T00:00:00.000Z', to: '2026-11-20T00:00:00.000Z', scope: { kind: 'agents', ids: ['agt-1'] }, contents: ['console', 'activity'], formats: ['csv', 'parquet'], text: 'redacted', people: 'pseudonyms', pack: true } }]);
    expect(code).toBe(0);
    expect(out).toContain('Wrote /a.zip: 10 rows, 2.5 MB.');
    expect(out).toContain(`a.zip  pack, 10 rows, 2.5 MB, SHA-256 ${'ab'.repeat(32)}`);
    expect(out).toContain('Gatehouse was not running.');
  });

  it('takes 30 whole days and everything where nothing is said, and answers with code 1 when nothing was written', async () => {
    const failed = engine({ state: 'failed', error: 'The disk is full. Nothing was written.' });
    const { out, err, code } = await runLine('export --out folder', { answers: failed.answers });
    expect(failed.asked[0]).toMatchObject({ spec: { from: '2026-10-24T00:00:00.000Z', to: '2026-11-23T12:00:00.000Z', scope: { kind: 'everything' }, text: 'hashes', people: 'names', formats: ['csv'], pack: false } });
    expect([code, out, err]).toEqual([1, '', 'The disk is full. Nothing was written.\n']);
  });

  it('only says what would be in it with --try', async () => {
    const none = engine({});
    const { out, code } = await runLine('export --try --contents activity', { answers: none.answers });
    expect([code, none.asked]).toEqual([0, []]);
    expect(out).toContain('as csv (about 2.0 MB, about 3 s)');
    expect(out).toMatch(/activity +1,234 {2}1,234 activities/);
    expect(out).toContain('Attention: Names are in it.');
  });

  it('cancels when the person has seen enough', async () => {
    const long = engine({ state: 'done' }, 1_000);
    const { command } = readInvocation(['export', '--out', 'x'], '/', Date.now());
    const interrupt = new AbortController();
    const caller = { call: (method: keyof Answers, params: never) => Promise.resolve(params).then(long.answers[method] as never), close: () => Promise.resolve() };
    const running = runExport(command as ExportCommand, { caller: caller as never, json: false, streams: { out: new PassThrough(), err: new PassThrough() }, running: true, keys: noKeys }, interrupt.signal);
    interrupt.abort();
    expect([await running, long.cancelled]).toEqual([130, 1]);
  });

  it.each([
    ['export', /needs --out/], ['export --out x --since 1d --from 2026-01-01', /use one of them/], ['export --out x --tag a --agent b', /say one of them/], ['export --out x --formats pdf', /printed by the window/], ['export --out x --contents secrets', /--contents is one of/], ['export --out x --from 2026-11-20 --to 2026-11-01', /ends before it begins/], ['verify', /the file of the pack/],
  ])('refuses: %s', (line, why) => {
    expect(() => readInvocation(line.split(' '), '/', Date.parse('2026-11-23T12:00:00Z'))).toThrow(why);
  });
});

describe('gatehouse verify', () => {
  let folder: string;
  const key = newKey();
  const source = logOf([3, 2], key);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-verify-'));
    const pack = await makePack(key, source);
    writeFileSync(join(folder, 'a.zip'), pack);
    writeFileSync(join(folder, 'cut.zip'), pack.subarray(0, 4_000));
    writeFileSync(join(folder, 'seal.txt'), source.seals[0] ?? '');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function run(words: readonly string[], json = false): Promise<{ readonly code: number; readonly out: string }> {
    const out = new PassThrough();
    const told: Buffer[] = [];
    out.on('data', (chunk: Buffer) => told.push(chunk));
    const { command } = readInvocation(['verify', ...words], folder, 0);
    if (command.name !== 'verify') throw new Error('another command');
    const code = await runVerify(command, json, { out, err: new PassThrough() });
    return { code, out: Buffer.concat(told).toString() };
  }

  it('says whole, unknown or damaged by its code and in words', async () => {
    const pinned = packLog(source).key.fingerprint;
    const whole = await run(['a.zip', '--key', pinned, '--checkpoint', 'seal.txt']);
    expect(whole.code).toBe(0);
    expect(whole.out).toMatch(/checkpoint +passed/);
    expect(whole.out).toContain('WHOLE. Nothing of this pack was changed since it was made');
    expect((await run(['a.zip'])).code).toBe(4);
    const damaged = await run(['cut.zip'], true);
    expect([damaged.code, JSON.parse(damaged.out)]).toMatchObject([1, { state: 'damaged', verdict: 'damaged', findings: [{ kind: 'file_changed', where: 'file', at: 'zip' }] }]);
    expect((await run(['a.zip', '--key', 'ab'.repeat(32)])).code).toBe(1);
  });

  it('refuses what it cannot read, in words', async () => {
    await expect(run(['none.zip'])).rejects.toThrow(/none.zip cannot be read \(ENOENT\)/);
    await expect(run(['a.zip', '--key', 'swordfish'])).rejects.toThrow(/64 hexadecimal digits/);
  });
});
