import { describe, expect, it } from 'vitest';
import type { AuditCheck, AuditEntryDetail, AuditKey, AuditSeal, AuditStatus } from '../../shared/audit.ts';
import { runLine } from './cli-test-run.ts';
import type { Answers, Printed } from './cli-test-run.ts';

const at = '2026-11-23T12:00:00.000Z';
const hash = 'ab'.repeat(32);
const entry: AuditEntryDetail = { id: 'aud-a', at, actor: 'ada', actorKind: 'desktop', action: 'stop.order', subject: 'stp-1', outcome: 'done', text: 'one\u202e', details: '{"a":1}', seq: 10, body: hash, hash, previous: hash, erasedAt: null, sealedAt: null, line: '{"seq":10}' };
const check: AuditCheck = { state: 'whole', startedAt: at, endedAt: at, entries: 12, of: 12, seals: 1, damage: [], more: false };
const seal: AuditSeal = { id: 'sea-1', number: 1, hour: at, writtenAt: at, size: 12, root: 'cm9vdA==', note: 'log\n12\ncm9vdA==\nreason pack\n' };
const key: AuditKey = { name: 'gatehouse.local/01234567', verifier: 'gatehouse.local/01234567+aa+bb', pem: '-----BEGIN PUBLIC KEY-----\nxx\n-----END PUBLIC KEY-----\n', fingerprint: hash, madeAt: at, retiredAt: null, place: 'file' };
const status: AuditStatus = { entries: 12, firstSeq: 1, oldestAt: at, newestAt: at, check, seal, seals: 1, nextSealAt: at, key, remembered: false, tombstones: [] };


const run = (line: string, answers: Answers): Promise<Printed> => runLine(line, { answers });

describe('the audit log in a terminal', () => {
  it('is listed as it is asked for, inert, with what was erased named', async () => {
    const answers: Answers = { 'audit.list': () => ({ rows: [entry, { ...entry, id: 'aud-9', actor: '', text: '', details: '' }], next: null }) };
    const { out, asked } = await run('audit list --by ada --action stop. --outcome done --text x --since 1h --until 2026-11-23T11:30:00Z --subject stp-1', answers);
    expect(asked).toEqual([{ method: 'audit.list', params: { actor: 'ada', action: 'stop.', outcome: 'done', text: 'x', from: '2026-11-23T11:00:00.000Z', to: '2026-11-23T11:30:00.000Z', subject: 'stp-1', limit: 101 } }]);
    expect(out).toMatch(/aud-a\s+ada\s+desktop\s+stop\.order\s+stp-1\s+done\s+one\[U\+202E\]/u);
    expect(out).toMatch(/aud-9 .*\(erased\)/u);
    expect((await run('audit --json', answers)).asked).toEqual([{ method: 'audit.list', params: { limit: 1_000 } }]);
    await expect(run('audit --outcome perhaps', {})).rejects.toThrow('--outcome is one of');
  });

  it('shows an entry by its number, with what proves it', async () => {
    const { out, asked } = await run('audit show 10', { 'audit.get': () => entry });
    expect(asked).toEqual([{ method: 'audit.get', params: { id: 'aud-a' } }]);
    expect(out).toContain(`Hash       ${hash}`);
    expect(out).toContain('one[U+202E]');
    expect((await run('audit show aud-a --json', { 'audit.get': () => entry })).out).toBe(`${JSON.stringify(entry, null, 2)}\n`);
  });

  it('ends with 1 when the log is damaged, and says where', async () => {
    const whole = await run('audit check', { 'audit.check': () => ({ ...check, activity: { digests: 2, records: 7, of: 7 } }), 'audit.status': () => status });
    expect([whole.code, whole.out]).toEqual([0, expect.stringContaining('Everything is as it was written. 12 entries and 1 seal were read; 7 records of activity in 2 digests were compared.')]);
    expect(whole.out).toContain('compare the fingerprint');
    const damaged = await run('audit check', { 'audit.check': () => ({ ...check, state: 'damaged', damage: [{ kind: 'changed', where: 'entry', at: 5, text: 'Entry 5 is not what was written.' }], more: true }), 'audit.status': () => ({ ...status, remembered: true }) });
    expect([damaged.code, damaged.out]).toEqual([1, expect.stringContaining('changed at entry 5: Entry 5 is not what was written.')]);
    expect(damaged.out).toContain('... and more.');
  });

  it('shows seals and keys', async () => {
    expect((await run('audit seals', { 'audit.seals': () => ({ rows: [seal], next: null }) })).out).toMatch(/1\s+2026-11-23 12:00:00Z\s+2026-11-23 12:00:00Z\s+12\s+pack\s+cm9vdA==/u);
    const rows = [key, { ...key, fingerprint: 'cd'.repeat(32), retiredAt: at }];
    const { out } = await run('audit key', { 'audit.keys': () => ({ rows }) });
    expect(out).toContain('BEGIN PUBLIC KEY');
    expect(out).toContain('whoever can change the one can use the other');
    expect(out).not.toContain('cdcd');
    expect((await run('audit key --all', { 'audit.keys': () => ({ rows }) })).out).toContain('cdcd');
    expect((await run('audit key', { 'audit.keys': () => ({ rows: [] }) })).out).toContain('no key yet');
    expect((await run('audit renew-key --reason moved', { 'audit.renewKey': () => key })).asked).toEqual([{ method: 'audit.renewKey', params: { reason: 'moved' } }]);
  });

  it('removes nothing without being told twice', async () => {
    await expect(run('audit prune --until 30d --reason old', {})).rejects.toThrow('--yes');
    await expect(run('audit prune --until 30d --yes', {})).rejects.toThrow('--reason');
    const { out, asked } = await run('audit prune --until 30d --reason old --yes', { 'audit.prune': () => ({ entries: 5, upTo: 5 }) });
    expect(asked).toEqual([{ method: 'audit.prune', params: { before: '2026-10-24T12:00:00.000Z', reason: 'old' } }]);
    expect(out).toContain('5 entries were removed, up to entry 5');
    await expect(run('audit burn', {})).rejects.toThrow('nothing that can be done');
  });
});
