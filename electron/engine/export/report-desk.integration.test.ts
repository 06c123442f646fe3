/** Reports as jobs: in their own thread, over a real history, with what can go wrong. One history for all cases. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { reportContents } from '../../../shared/reports.ts';
import type { ReportJob, ReportSpec } from '../../../shared/reports.ts';
import { CallFailure } from '../call-failure.ts';
import { ask } from '../history-port.ts';
import { systemClock } from '../ports.ts';
import { SyslogReceiver } from '../alerts/deliver/test-receivers.ts';
import type { Actor } from '../ports.ts';
import { History } from '../store/history.ts';
import { publicId } from '../store/ids.ts';
import { t0, TestHistory } from '../store/test-history.ts';
import { openReports } from './report-desk.ts';
import type { OpenedReports } from './report-desk.ts';
import type { PackReport } from './report-packing.ts';
import { day, diceOf, fill, spec } from './test-report.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const many = 1_500;
const ann: Actor = { kind: 'desktop', name: 'ann', place: 'main', readOnly: false };
const context = { actor: ann, signal: new AbortController().signal };
const log = { info: () => undefined, warn: () => undefined, error: (text: string, error: unknown) => { errors.push(`${text} ${String(error)}`); } };
const errors: string[] = [];
let dir: string;
let out: string;
let history: History;
let reports: OpenedReports;

let pack: PackReport = () => Promise.reject(new Error('no pack was asked for'));
const open = (): OpenedReports => openReports({ history, dataFolder: dir, version: '1.2.3', log, changed: () => undefined, pack: (job) => pack(job) });

beforeAll(async () => {
  const made = new TestHistory();
  const values = Array.from({ length: 600 }, (_, i) => (i * 7_919 + 13) % 9_973);
  made.db.transaction(() => {
    fill(made.db, diceOf(values));
    const add = made.db.prepare('INSERT INTO activity (task, agent, ts_us, dur_us, kind, status, flags, name, model, key, trace, span, parent_span, claim, service, source, record, block, slot) VALUES (1, 1, ?, 1, 2, 2, 0, 1, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)');
    for (let n = 0; n < many; n++) add.run(t0 + n, 1_000 + n);
  })();
  // The engine's own fold would judge these anew between the preview and the report.
  made.db.exec('DELETE FROM finding; DELETE FROM access_dirty');
  dir = made.dir;
  made.db.close();
  history = await History.open({ dataDir: dir, clock: systemClock });

  out = mkdtempSync(join(tmpdir(), 'gatehouse-reports-'));
  reports = open();
});

/** Nothing is put down to chance: what a case did not expect stands here. */
afterEach(() => { if (errors.length > 0) throw new Error(errors.splice(0).join('\n')); });

afterAll(async () => {
  await reports.close();
  await history.close();
  rmSync(dir, { recursive: true, force: true });
  rmSync(out, { recursive: true, force: true });
});

const start = (own: Partial<ReportSpec>, target: string, more: { overwrite?: boolean; actor?: Actor; pdf?: string } = {}): Promise<ReportJob> =>
  reports.desk['reports.start']({ spec: spec(own), target, overwrite: more.overwrite ?? false, pdf: more.pdf }, { ...context, actor: more.actor ?? ann }) as Promise<ReportJob>;
const jobs = async (): Promise<ReportJob[]> => ((await reports.desk['reports.jobs']({ limit: 50 }, context)) as { rows: ReportJob[] }).rows;

async function ended(id: string): Promise<ReportJob> {
  return vi.waitFor(async () => {
    const job = (await jobs()).find((one) => one.id === id);
    if (job === undefined || job.endedAt === null) throw new Error('it is still being written');
    return job;
  }, { timeout: 40_000, interval: 50 });
}

async function refused(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    if (error instanceof CallFailure) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

it('writes every content in every format, with as many rows as the preview counted, and says so in the audit log', async () => {
  const folder = join(out, 'all');
  const asked: Partial<ReportSpec> = { contents: [...reportContents], formats: ['csv', 'jsonl', 'parquet', 'xlsx', 'ocsf-1.9.0', 'cef', 'focus'], text: 'hashes' };
  const preview = await ask(history, 'reports.preview', spec(asked));
  const begun = await start(asked, folder);
  expect(begun).toMatchObject({ target: folder, by: 'ann', endedAt: null });
  const job = await ended(begun.id);
  expect(job).toMatchObject({ state: 'done', error: null });
  expect(readdirSync(folder).some((name) => name.endsWith('.part'))).toBe(false);
  for (const { content, count } of preview.rows) {
    const files = job.files.filter((file) => file.content === content && file.rows !== null);
    expect(files.map(({ format }) => format)).toEqual(['csv', 'jsonl', 'parquet', 'xlsx', 'ocsf-1.9.0', 'cef', ...(content === 'cost' ? ['focus'] : [])]);
    for (const file of files) expect({ path: file.path, rows: file.rows }).toEqual({ path: file.path, rows: count });
    expect(readFileSync(join(folder, `${content}.jsonl`), 'utf8').split('\n')).toHaveLength(count + 1);
  }
  const total = preview.rows.reduce((sum, { count }) => sum + count, 0);
  expect(total).toBeGreaterThan(many);
  expect(job).toMatchObject({ rows: total, of: total });
  expect(job.completeness?.contents.map(({ content, examined }) => ({ content, count: examined }))).toEqual(preview.rows.map(({ content, count }) => ({ content, count })));
  expect(JSON.parse(readFileSync(join(folder, 'completeness.json'), 'utf8'))).toEqual(job.completeness);
  expect(readFileSync(join(folder, 'completeness.txt'), 'utf8')).toContain(preview.completeness.sentences[0]);
  const { rows } = await ask(history, 'audit.list', { subject: job.id, limit: 10 });
  expect(rows.map(({ action, outcome, actor }) => ({ action, outcome, actor }))).toEqual([{ action: 'reports.start', outcome: 'done', actor: 'ann' }, { action: 'reports.start', outcome: 'asked', actor: 'ann' }]);
  expect(JSON.parse(rows[0]?.details ?? '{}')).toMatchObject({ files: job.files });
});

it('writes a single file where it was said, with what belongs to it beside it, and replaces nothing unasked', async () => {
  const file = join(out, 'some.jsonl');
  const first = await ended((await start({ contents: ['gaps'] }, file)).id);
  expect(first).toMatchObject({ state: 'done' });
  expect(first.files.map(({ path }) => path)).toEqual(['some.jsonl', 'some.jsonl.completeness.txt', 'some.jsonl.completeness.json', 'some.jsonl.columns.csv']);
  writeFileSync(file, 'mine');
  expect(await refused(start({ contents: ['gaps'] }, file))).toMatch(/is there already\. Nothing was written/);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  expect(await ended((await start({ contents: ['gaps'] }, file, { overwrite: true })).id)).toMatchObject({ state: 'done' });
  expect(readFileSync(file, 'utf8')).not.toBe('mine');
});

it('says in plain words where it may not or cannot write', async () => {
  expect(await refused(start({}, join(dir, 'inside.jsonl')))).toMatch(/folder of the history/);
  expect(await refused(start({}, join(out, 'nowhere', 'file.jsonl')))).toMatch(/is not there\. Nothing was written/);
  expect(await refused(start({}, 'relative.jsonl'))).toMatch(/whole path/);
  mkdirSync(join(out, 'folder.jsonl'));
  expect(await refused(start({}, join(out, 'folder.jsonl')))).toMatch(/is a folder/);
  expect(await refused(start({ to: spec().from }, join(out, 'x.jsonl')))).toMatch(/ends before it begins/);
  expect(await refused(start({ formats: ['pdf'] }, join(out, 'x.pdf')))).toMatch(/printed by the window/);
  expect(await refused(start({}, join(out, 'x.jsonl'), { actor: { ...ann, readOnly: true, text: 'hashes' } }))).toMatch(/hashes at most/);
  writeFileSync(join(out, 'busy.jsonl.part'), 'of another program');
  expect(await ended((await start({}, join(out, 'busy.jsonl'))).id)).toMatchObject({ state: 'failed', error: expect.stringMatching(/being written there/) as string });
  expect(readFileSync(join(out, 'busy.jsonl.part'), 'utf8')).toBe('of another program');
});

it('leaves nothing of a report that is cancelled, and nothing of those that the engine ends', async () => {
  const folder = join(out, 'cancelled');
  const { id } = await start({ contents: ['activity', 'gaps'], formats: ['csv', 'xlsx'] }, folder);
  const waiting = await start({ contents: ['activity'], formats: ['csv'] }, join(out, 'waits.csv'));
  await reports.desk['reports.cancel']({ id }, context);
  expect(await ended(id)).toMatchObject({ state: 'cancelled', files: [] });
  expect(existsSync(folder)).toBe(false);
  await ended(waiting.id);
  const last = await start({ contents: ['activity'], formats: ['xlsx'] }, join(out, 'last.xlsx'));
  await reports.close();
  reports = open();
  expect(await ended(last.id)).toMatchObject({ state: 'failed', error: expect.stringMatching(/^Gatehouse ended/) as string });
  expect(readdirSync(out).filter((name) => name.startsWith('last'))).toEqual([]);
});

it('clears up what an engine that was killed had begun, and nothing else', async () => {
  const part = join(out, 'killed.csv.part');
  await history.command('reports.begin', { spec: spec(), by: 'ann', target: join(out, 'killed.csv'), parts: [part, join(out, 'some.jsonl')], audit: { actor: 'ann', actorKind: 'desktop', action: 'reports.start', subject: null, outcome: 'asked', text: 'x', details: {} } });
  writeFileSync(part, 'half');
  await reports.start();
  expect(existsSync(part)).toBe(false);
  expect(existsSync(join(out, 'some.jsonl'))).toBe(true);
  expect((await jobs())[0]).toMatchObject({ state: 'failed', error: expect.stringMatching(/^Gatehouse ended/) as string });
});

it('hands the files of a pack on and leaves one zip, or nothing', async () => {
  const target = join(out, 'pack.zip');
  let seen: string[] = [];
  pack = (job) => {
    seen = readdirSync(job.folder).toSorted();
    job.write(Buffer.from(job.files.map(({ path }) => path).join(' ')));
    return Promise.resolve();
  };
  const done = await ended((await start({ pack: true, contents: ['gaps', 'activity'], formats: ['csv'] }, target)).id);
  expect(done).toMatchObject({ state: 'done', files: [{ path: 'pack.zip', format: 'pack' }] });
  expect(seen).toEqual(['activity.csv', 'columns.csv', 'gaps.csv', 'standing.jsonl']);
  expect(readFileSync(target, 'utf8')).toBe('gaps.csv activity.csv columns.csv');
  expect(existsSync(`${target}.parts`)).toBe(false);
  pack = () => Promise.reject(new Error('broken'));
  expect(await ended((await start({ pack: true, formats: ['csv'] }, join(out, 'broken.zip'))).id)).toMatchObject({ state: 'failed' });
  expect(errors.splice(0)).toEqual(['a report failed Error: broken']);
  expect(readdirSync(out).filter((name) => name.startsWith('broken'))).toEqual([]);
});

const sendTo = (receiver: SyslogReceiver, more: Partial<NonNullable<ReportSpec['send']>> = {}): Partial<ReportSpec> => ({ contents: ['activity', 'gaps'], formats: ['cef', 'csv'], send: { host: '127.0.0.1', port: receiver.port, transport: 'tcp', targetId: null, ...more } });
const sendings = async (id: string): Promise<string[]> => (await ask(history, 'audit.list', { subject: id, limit: 20 })).rows.filter(({ action }) => action === 'report.send').map(({ outcome }) => outcome).toReversed();

it('sends the CEF lines of a report on, and keeps what was sent where beside the job and in the audit log', async () => {
  const receiver = await new SyslogReceiver().up();
  const { id } = await start(sendTo(receiver), join(out, 'sent'));
  const job = await ended(id);
  const messages = job.files.filter(({ format }) => format === 'cef').reduce((sum, { rows }) => sum + (rows ?? 0), 0);
  expect(messages).toBeGreaterThan(many);
  expect(job).toMatchObject({ state: 'done', sent: { to: `tcp://127.0.0.1:${receiver.port}`, state: 'done', messages, of: messages, ending: 'closed', error: null } });
  await vi.waitFor(() => { expect(receiver.messages).toHaveLength(messages); }, { timeout: 5_000 });
  expect(receiver.broken).toEqual([]);
  expect(receiver.messages.map(({ text }) => text)).toEqual(['activity.cef', 'gaps.cef'].flatMap((name) => readFileSync(join(out, 'sent', name), 'utf8').split('\n')).filter((line) => line !== ''));
  expect(await sendings(id)).toEqual(['asked', 'done']);
  await receiver.down();
});

it('says how much went out where the line is cut midway, and keeps the files', async () => {
  const receiver = await new SyslogReceiver().up();
  receiver.meets = (socket) => { socket.once('data', () => socket.resetAndDestroy()); };
  const job = await ended((await start(sendTo(receiver), join(out, 'cut'))).id);
  expect(job).toMatchObject({ state: 'done', error: null, sent: { state: 'failed', ending: null, error: expect.stringMatching(/broke the connection off|closed the connection/) as string } });
  expect(job.sent?.messages).toBeLessThanOrEqual(job.sent?.of ?? 0);
  expect(existsSync(join(out, 'cut', 'activity.cef'))).toBe(true);
  await receiver.down();
  const none = await ended((await start(sendTo(receiver), join(out, 'nobody'))).id);
  expect(none.sent).toMatchObject({ state: 'failed', messages: 0, error: expect.stringMatching(/Nothing listens/) as string });
  expect(await sendings(none.id)).toEqual(['asked', 'failed']);
});

it('ends a sending that is cancelled and keeps the files', async () => {
  const receiver = await new SyslogReceiver().up();
  // Taken and never read: TCP takes what it has room for, and the rest waits.
  receiver.meets = (socket) => { socket.pause(); };
  const asked = { ...sendTo(receiver), contents: [...reportContents] };
  const { id } = await start(asked, join(out, 'stopped'));
  await vi.waitFor(async () => { expect((await jobs()).find((one) => one.id === id)).toMatchObject({ state: 'running', endedAt: null, step: `Sending to tcp://127.0.0.1:${receiver.port}` }); }, { timeout: 30_000, interval: 10 });
  await reports.desk['reports.cancel']({ id }, context);
  const job = await ended(id);
  expect(job).toMatchObject({ state: 'done', sent: { state: 'cancelled', error: 'Cancelled by ann.' } });
  expect(existsSync(join(out, 'stopped', 'activity.cef'))).toBe(true);
  await receiver.down();
});

it('checks at the door what is sent, where, and by whom', async () => {
  const receiver = await new SyslogReceiver().up();
  const asked = sendTo(receiver);
  expect(await refused(start({ ...asked, formats: ['csv'] }, join(out, 'no')))).toMatch(/choose CEF/);
  expect(await refused(start({ ...asked, pack: true }, join(out, 'no.zip')))).toMatch(/no auditor pack/);
  expect(await refused(start(asked, join(out, 'no'), { actor: { ...ann, readOnly: true } }))).toMatch(/^Auditor mode: nothing is sent/);
  for (const host of ['169.254.169.254', '0.0.0.0', '::', 'ff02::1', '255.255.255.255', '::ffff:169.254.169.254']) expect(await refused(start(sendTo(receiver, { host }), join(out, 'no')))).toMatch(/not sent to an address like that/);
  expect(await refused(start(sendTo(receiver, { targetId: 'tgt-1' }), join(out, 'no')))).toMatch(/not there any more/);
  const kept = await history.command('targets.save', { id: null, name: 'siem', config: { kind: 'syslog', host: 'log.example', port: 601, transport: 'tcp', facility: 16 }, quiet: null, enabled: true, credential: undefined, changedBy: 'ann', audit: { actor: 'ann', actorKind: 'desktop', action: 'targets.save', subject: null, outcome: 'done', text: 'x', details: {} } });
  expect(await refused(start(sendTo(receiver, { targetId: publicId('target', kept.id) }), join(out, 'no')))).toMatch(/The target siem leads to tcp:\/\/log\.example:601 now/);
  expect(existsSync(join(out, 'no'))).toBe(false);
  expect(receiver.messages).toEqual([]);
  await receiver.down();
});

it('calls people in its data files as the PDF does that was made with the same key, which is kept nowhere', async () => {
  const key = 'c7'.repeat(32);
  const asked: Partial<ReportSpec> = { contents: ['console', 'approvals', 'stops'], people: 'pseudonyms' };
  const begin = (target: string, more: object, actor = ann): Promise<ReportJob> => reports.desk['reports.start']({ spec: spec(asked), target, overwrite: false, ...more }, { ...context, actor }) as Promise<ReportJob>;
  const named = (text: string): string[] => [...new Set(text.match(/person-[0-9a-f]{12}/g) ?? [])];
  const inFiles = (folder: string): string[] => named(asked.contents?.map((content) => readFileSync(join(out, folder, `${content}.jsonl`), 'utf8')).join('') ?? '');
  expect(await ended((await begin(join(out, 'keyed'), { pseudonymKey: key })).id)).toMatchObject({ state: 'done' });
  const onPaper = named(JSON.stringify((await ask(history, 'reports.document', { ...spec(asked), pseudonymKey: key })).sections));
  expect(onPaper.length).toBeGreaterThan(0);
  expect(inFiles('keyed')).toEqual(expect.arrayContaining(onPaper));
  expect(await ended((await begin(join(out, 'unkeyed'), {})).id)).toMatchObject({ state: 'done' });
  expect(inFiles('unkeyed').filter((one) => onPaper.includes(one))).toEqual([]);
  expect(JSON.stringify([await jobs(), (await ask(history, 'audit.list', { limit: 500 })).rows])).not.toContain(key);
  expect(await refused(begin(join(out, 'typed'), { pseudonymKey: key }, { ...ann, kind: 'command_line', place: 'socket' }))).toMatch(/made anew for each/);
});

it('says that it does not know how a sending ended that the engine did not outlive', async () => {
  const { id } = await start({ contents: ['gaps'], formats: ['cef'] }, join(out, 'unsure.cef'));
  await ended(id);
  const sent = { to: 'tcp://log.example:601', state: 'sending', messages: 0, of: 3, shortened: 0, ending: null, error: null };
  await history.command('audit.append', { actor: 'ann', actorKind: 'desktop', action: 'report.send', subject: id, outcome: 'asked', text: 'x', details: sent });
  expect((await jobs()).find((one) => one.id === id)?.sent).toEqual({ ...sent, state: 'unknown' });
});

it('keeps templates, one of a name', async () => {
  const save = (name: string, id?: string): Promise<{ id: string }> => reports.desk['reports.saveTemplate']({ id, name, period: 'last_month', spec: spec({ from: new Date((t0 - 30 * day) / 1_000).toISOString() }) }, context) as Promise<{ id: string }>;
  const { id } = await save('Monthly');
  expect(await save('Every month', id)).toMatchObject({ id, name: 'Every month', period: 'last_month', changedBy: 'ann' });
  await expect(save('every month')).rejects.toThrow(/is called every month already/);
  await reports.desk['reports.removeTemplate']({ id }, context);
  expect((await ask(history, 'reports.templates', {})).rows).toEqual([]);
});
