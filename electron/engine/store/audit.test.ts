import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../shared/contract.ts';
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
    ['written over', "INSERT OR REPLACE INTO audit_entry (id, at_us, actor, actor_kind, action, outcome, text, details) VALUES (1, 1, 'eve', 'engine', 'x', 'done', 'y', '{}')"],
    ['written over by a conflict clause', "INSERT INTO audit_entry (id, at_us, actor, actor_kind, action, outcome, text, details) VALUES (1, 1, 'eve', 'engine', 'x', 'done', 'y', '{}') ON CONFLICT DO UPDATE SET text = 'y'"],
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
});
