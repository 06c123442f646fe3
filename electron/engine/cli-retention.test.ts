import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import type { Method, Params, Result } from '../../shared/contract.ts';
import type { Chore, Erasure, ErasurePreview, Hold, RetentionPolicy } from '../../shared/retention.ts';
import { readInvocation } from './cli-arguments.ts';
import { runCommand } from './cli-commands.ts';
import type { AskingCommand } from './cli-commands.ts';
import type { KeyPlaces } from './cli-keys.ts';
import { UsageError } from './cli-options.ts';
import type { Caller } from './control-client.ts';

const at = '2026-11-23T12:00:00.000Z';
const policy: RetentionPolicy = { connectionId: 'con-1', connectionName: 'lang\u202egraph', kind: 'langgraph', removed: false, period: 30, days: 30, activities: 1_234, oldestAt: at, due: 10, held: 2, goneBefore: at, gone: 99 };
const hold: Hold = { id: 'hld-1', scope: { kind: 'connection', id: 'con-1' }, scopeName: 'langgraph', reason: 'case 7', placedAt: at, placedBy: 'root', liftedAt: null, liftedBy: null, liftReason: null, activities: 12, due: 2 };
const chore: Chore = { id: 'cho-1', kind: 'retention', state: 'done', by: 'root', startedAt: at, endedAt: at, step: 'Done', done: 0, of: null, activities: 10, freedBytes: 2_097_152, error: null };
const preview: ErasurePreview = { found: [{ place: 'owners', count: 3, text: 'owners of agents' }], total: 3, records: 0, aliases: [{ text: 'ada@example.com', count: 2, ticked: false }], moreAliases: 0, remains: [{ why: 'runtime', count: null, text: 'the runtimes' }], warnings: ['be careful'], fileBytes: 1 };
const erasure: Erasure = { id: 'ers-1', number: 1, chore: { ...chore, kind: 'erasure' }, replacement: 'erased person 1', reason: 'letter', salt: 's', hashes: ['h'], found: preview.found, remains: preview.remains, matches: true };
type Answers = { [M in Method]?: (params: Params<M>) => Result<M> };
const known: Answers = { 'retention.policies': () => ({ generalDays: 90, rows: [policy] }) };

async function run(line: readonly string[], answers: Answers = {}, typed: string | null = null): Promise<{ code: number; out: string; err: string; asked: { method: string; params: unknown }[] }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const told = { out: '', err: '' };
  out.on('data', (chunk: Buffer) => { told.out += chunk.toString(); });
  err.on('data', (chunk: Buffer) => { told.err += chunk.toString(); });
  const asked: { method: string; params: unknown }[] = [];
  const all: Answers = { ...known, ...answers };
  const caller: Caller = {
    call: (method, params) => {
      if (!(method in known)) asked.push({ method, params });
      const answer = all[method] as ((given: typeof params) => Result<typeof method>) | undefined;
      return answer ? Promise.resolve(answer(params)) : Promise.reject(new Error(`${method} was not expected`));
    },
    close: () => Promise.resolve(),
  };
  const keys: KeyPlaces = { variable: () => undefined, file: () => '', stdin: () => Promise.resolve('Ada Lovelace\n'), line: () => Promise.resolve(typed) };
  const { command, json } = readInvocation(line, '/', Date.parse(at));
  const code = await runCommand(command as AskingCommand, { caller, json, streams: { out, err }, running: true, keys });
  out.end();
  err.end();
  await Promise.all([finished(out), finished(err)]);
  return { code, ...told, asked };
}

describe('retention in a terminal', () => {
  it('lists periods inert, and sets those of one connection or the general one', async () => {
    const { out } = await run(['retention']);
    expect(out).toContain('General: 90 days.');
    expect(out).toContain('lang[U+202E]graph');
    const set = await run(['retention', 'set', 'con-1', '30d'], { 'retention.setPolicy': () => policy });
    expect(set.asked).toEqual([{ method: 'retention.setPolicy', params: { connectionId: 'con-1', period: 30 } }]);
    expect((await run(['retention', 'set', 'con-1', 'general'], { 'retention.setPolicy': () => policy })).asked[0]?.params).toEqual({ connectionId: 'con-1', period: 'general' });
    const general = await run(['retention', 'set', 'general', 'forever'], { 'settings.set': (changes) => changes as Result<'settings.set'> });
    expect(general.asked).toEqual([{ method: 'settings.set', params: { retentionDays: null } }]);
    for (const wrong of [['set', 'con-1', '0'], ['set', 'con-1', '9999'], ['set', 'con-1'], ['eat']]) expect(() => readInvocation(['retention', ...wrong], '/', 0)).toThrow(UsageError);
  });

  it('runs to the end, and says by its code when it did not', async () => {
    expect(await run(['retention', 'run'], { 'retention.run': () => chore })).toMatchObject({ code: 0, out: 'cho-1 done: 10 activities removed, the file is 2.0 MiB smaller.\n', asked: [{ params: { wait: true } }] });
    expect((await run(['retention', 'free', '--rewrite'], { 'retention.free': () => ({ ...chore, state: 'failed', error: 'no room' }) })).code).toBe(1);
  });
});

describe('holds in a terminal', () => {
  it('are placed on exactly one thing, with a reason', async () => {
    const { asked, out } = await run(['hold', 'place', '--connection', 'con-1', '--reason', 'case 7'], { 'holds.place': () => hold });
    expect(asked).toEqual([{ method: 'holds.place', params: { scope: { kind: 'connection', id: 'con-1' }, reason: 'case 7' } }]);
    expect(out).toContain('hld-1');
    for (const wrong of [['place', '--all'], ['place', '--all', '--agent', 'x', '--reason', 'y'], ['place', '--reason', 'y'], ['lift', 'hld-1']]) expect(() => readInvocation(['hold', ...wrong], '/', 0)).toThrow(UsageError);
  });
});

describe('erasure in a terminal', () => {
  const answers: Answers = { 'erasure.preview': () => preview, 'erasure.run': () => erasure };

  it('counts first, and erases nobody before somebody typed the word', async () => {
    const no = await run(['erase', 'run', 'Ada Lovelace', '--reason', 'letter'], answers, 'yes');
    expect(no).toMatchObject({ code: 2, out: '' });
    expect(no.asked.map((one) => one.method)).toEqual(['erasure.preview']);
    expect(no.err).toContain('Named in 3 places');
    expect(no.err).toContain('ada@example.com');
    const yes = await run(['erase', 'run', 'Ada Lovelace', '--alias', 'ada@example.com', '--reason', 'letter'], answers, 'erase');
    expect(yes.asked[1]).toEqual({ method: 'erasure.run', params: { person: 'Ada Lovelace', aliases: ['ada@example.com'], reason: 'letter', rewrite: true, wait: true } });
    expect(yes).toMatchObject({ code: 0 });
  });

  it('takes the name from the standard input, and then asks nobody', async () => {
    const piped = await run(['erase', 'run', '-', '--reason', 'letter', '--yes', '--no-rewrite'], answers);
    expect(piped.asked).toEqual([{ method: 'erasure.run', params: { person: 'Ada Lovelace', aliases: [], reason: 'letter', rewrite: false, wait: true } }]);
    expect((await run(['erase', 'run', '-', '--reason', 'letter'], answers, 'erase')).code).toBe(2);
    const list = await run(['erase', 'list', '-'], { 'erasure.list': () => ({ rows: [erasure] }) });
    expect(list.asked).toEqual([{ method: 'erasure.list', params: { person: 'Ada Lovelace', limit: 100 } }]);
    expect(list.out).toContain('yes');
  });
});
