import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../shared/contract.ts';
import { bodyText, firstPrevious, hashOf, lineText, microTime } from '../audit/chain.ts';
import { eraseAudit } from './audit-erase.ts';
import { readHead } from './audit-head.ts';
import { readKeptEntries } from './audit-read.ts';
import { t0 } from './test-history.ts';
import { TestRuntime, words } from './test-runtime.ts';

let runtime: TestRuntime;
beforeEach(() => { runtime = new TestRuntime(); });
afterEach(() => { runtime.close(); });

const append = (text: string, more: Parameters<typeof words>[1] = {}): number => runtime.command('audit.append', words('ann', { text, ...more })).id;
const list = (params: Record<string, unknown>): Result<'audit.list'> => runtime.ask('audit.list', { limit: 100, ...params }) as Result<'audit.list'>;

describe('the audit log', () => {
  it.each([
    ['changed', "UPDATE audit_entry SET text = 'nothing happened'"],
    ['shortened', 'DELETE FROM audit_entry'],
    ['shortened at its end', 'DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)'],
    ['blanked', "UPDATE audit_entry SET erasure = 2, actor = '', text = '', details = '', salt = x''"],
    ['written over', "INSERT OR REPLACE INTO audit_entry (id, at_us, actor, actor_kind, action, outcome, text, details, body, hash, salt) VALUES (1, 1, 'eve', 'engine', 'x', 'done', 'y', '{}', x'', x'', x'')"],
    ['written over by a conflict clause', "INSERT INTO audit_entry (id, at_us, actor, actor_kind, action, outcome, text, details, body, hash, salt) VALUES (1, 1, 'eve', 'engine', 'x', 'done', 'y', '{}', x'', x'', x'') ON CONFLICT DO UPDATE SET text = 'y'"],
  ])('cannot be %s', (_what, sql) => {
    append('one');
    const before = runtime.history.all('SELECT * FROM audit_entry');
    expect(() => runtime.history.db.exec(sql)).toThrow(/append-only/);
    expect(runtime.history.all('SELECT * FROM audit_entry')).toEqual(before);
  });

  it('is told newest first, page by page, and by what was acted on', () => {
    append('first', { subject: 'apr-1', details: { fingerprint: 'abc' } });
    append('second');
    append('third', { subject: 'apr-1', outcome: 'done' });
    const page = list({ limit: 2 });
    expect(page.rows.map((row) => row.text)).toEqual(['third', 'second']);
    // The runtime itself was added before.
    expect(list({ limit: 2, before: page.next }).rows.map((row) => row.text)).toEqual(['first', 'ann did it.']);
    expect(list({ subject: 'apr-1' }).rows).toMatchObject([{ text: 'third', outcome: 'done' }, { text: 'first', details: '{"fingerprint":"abc"}', actor: 'ann', actorKind: 'desktop', at: new Date(t0 / 1_000 + 60_000).toISOString() }]);
  });

  it('comes in shorter pages where its lines are long, and whole all the same', () => {
    for (let n = 0; n < 12; n++) append(`line ${n}`, { details: { answer: 'y'.repeat(900_000) } });
    const texts: string[] = [];
    let before: string | null | undefined;
    do {
      const page = list({ limit: 1_000, ...(before ? { before } : {}) });
      expect(page.rows.reduce((sum, row) => sum + row.details.length, 0)).toBeLessThan(5 * 1024 * 1024);
      texts.push(...page.rows.map((row) => row.text));
      before = page.next;
    } while (before !== null);
    expect(texts).toEqual([...Array.from({ length: 12 }, (_, n) => `line ${11 - n}`), 'ann did it.']);
  });

  it('bounds what is too long, and says so with what proves it', () => {
    append('x'.repeat(9_000), { details: { answer: 'y'.repeat(2_000_000) } });
    const [row] = list({ limit: 1 }).rows;
    expect(row?.text).toMatch(/^x{3999}…$/);
    expect(JSON.parse(row?.details ?? '')).toMatchObject({ cut: true, length: 2_000_013, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  it('chains each entry to the one before it, whatever stands in it', () => {
    append('half \ud800 a pair, a \u0000, an é', { actor: 'ann', details: { odd: '\udfff' } });
    append('second');
    const kept = [...readKeptEntries(runtime.history.db, 0)];
    expect(kept.map((entry) => entry.line.seq)).toEqual([1, 2, 3]);
    let previous = firstPrevious;
    for (const { line, hash, body } of kept) {
      expect(hashOf(lineText(line, previous))).toBe(hash);
      expect(body === null ? '' : hashOf(bodyText(body))).toBe(line.body);
      previous = hash;
    }
    expect(kept[1]?.body?.text).toBe('half \ufffd a pair, a \u0000, an é');
    expect(kept[1]?.line.at).toBe(microTime(t0 + 60_000_000));
    expect(readHead(runtime.history.db)).toMatchObject({ last: previous, frontier: { size: 3 } });
    expect(new Set(kept.map((entry) => entry.body?.salt)).size).toBe(3);
  });

  it('is not moved on by what did not happen', () => {
    const before = readHead(runtime.history.db);
    expect(() => runtime.writer.inTransaction(() => {
      append('never');
      throw new Error('no');
    })).toThrow('no');
    expect(readHead(runtime.history.db)).toEqual(before);
    expect(append('then')).toBe(2);
  });

  it('goes on in a file that was meddled with, and says that it counted anew', () => {
    append('one');
    runtime.history.db.exec('DELETE FROM audit_head');
    expect(append('two')).toBe(4);
    expect(list({ limit: 2 }).rows.map((row) => row.action)).toEqual(['test', 'audit.counted_anew']);
    runtime.history.db.exec("INSERT INTO audit_entry (id, at_us, actor, actor_kind, action, outcome, text, details, body, hash, salt) VALUES (9, 1, 'eve', 'engine', 'x', 'done', 'y', '{}', x'', x'', x'')");
    expect(append('three')).toBe(11);
    expect(readHead(runtime.history.db)?.frontier.size).toBe(11);
  });

  it('lets bodies go that an entry says were erased, and nothing else of them', () => {
    const [one, two, three] = [append('one'), append('two'), append('three')];
    const before = [...readKeptEntries(runtime.history.db, 0)];
    const { entry, erased } = runtime.writer.inTransaction(() => eraseAudit(runtime.history.db, [three, one, two, 99], words('ann', { text: 'Erased.', details: { request: 'r1' } }), t0));
    expect([entry, erased]).toEqual([5, 3]);
    const after = [...readKeptEntries(runtime.history.db, 0)];
    expect(after.slice(1, 4)).toEqual(before.slice(1).map((kept) => ({ ...kept, body: null, erasure: 5 })));
    expect(after[4]?.body?.details).toBe('{"request":"r1","entries":[[2,4]]}');
    // Once is enough, and what says it stays.
    expect(runtime.writer.inTransaction(() => eraseAudit(runtime.history.db, [one, 5], words('ann'), t0))).toEqual({ entry: null, erased: 0 });
    expect(() => runtime.history.db.exec("UPDATE audit_entry SET erasure = 5, actor = '', text = '', details = '', salt = x'' WHERE id = 5")).toThrow(/append-only/);
    expect(() => runtime.history.db.exec("UPDATE audit_entry SET erasure = 5, actor = '', text = '', details = '', salt = x'', outcome = 'failed' WHERE id = 1")).toThrow(/append-only/);
    expect(list({ limit: 10 }).rows.find((row) => row.id === 'aud-2')).toMatchObject({ actor: '', text: '', details: '' });
  });
});
