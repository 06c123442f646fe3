import { describe, expect, it } from 'vitest';
import type { Result } from '../../shared/contract.ts';
import type { Chore, Erasure, ErasurePreview, Hold, RetentionPolicy } from '../../shared/retention.ts';
import { UsageError } from './cli-options.ts';
import { readInvocation } from './cli-arguments.ts';
import { noKeys, runLine } from './cli-test-run.ts';
import type { Answers, Printed } from './cli-test-run.ts';

const at = '2026-11-23T12:00:00.000Z';
const policy: RetentionPolicy = { connectionId: 'con-1', connectionName: 'lang\u202egraph', kind: 'langgraph', removed: false, period: 30, days: 30, activities: 1_234, oldestAt: at, due: 10, held: 2, goneBefore: at, gone: 99 };
const hold: Hold = { id: 'hld-1', scope: { kind: 'connection', id: 'con-1' }, scopeName: 'langgraph', reason: 'case 7', placedAt: at, placedBy: 'root', liftedAt: null, liftedBy: null, liftReason: null, activities: 12, due: 2 };
const chore: Chore = { id: 'cho-1', kind: 'retention', state: 'done', by: 'root', startedAt: at, endedAt: at, step: 'Done', done: 0, of: null, activities: 10, freedBytes: 2_097_152, error: null };
const preview: ErasurePreview = { found: [{ place: 'owners', count: 3, text: 'owners of agents' }], total: 3, records: 0, aliases: [{ text: 'ada@example.com', count: 2, ticked: false }], moreAliases: 0, remains: [{ why: 'runtime', count: null, text: 'the runtimes' }], warnings: ['be careful'], fileBytes: 1 };
const erasure: Erasure = { id: 'ers-1', number: 1, chore: { ...chore, kind: 'erasure' }, replacement: 'erased person 1', reason: 'letter', salt: 's', hashes: ['h'], found: preview.found, remains: preview.remains, matches: true };
const known: Answers = { 'retention.policies': () => ({ generalDays: 90, rows: [policy] }) };

function run(line: readonly string[], answers: Answers = {}, typed: string | null = null): Promise<Printed> {
  return runLine(line, { answers, lookUps: known, keys: { ...noKeys, stdin: () => Promise.resolve('Ada Lovelace\n'), line: () => Promise.resolve(typed) } });
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
