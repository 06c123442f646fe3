/** What people ask of the audit log, over a real file and with the real thread that reads it. */
import { describe, expect, it, vi } from 'vitest';
import type { AuditStatus } from '../../../shared/audit.ts';
import type { Actor, CallContext } from '../ports.ts';
import { openAudit } from './open-audit.ts';
import type { AuditParts, OpenedAudit } from './open-audit.ts';
import { hourMs } from './sealer.ts';
import { AuditBench } from './test-audit.ts';

const actor: Actor = { kind: 'desktop', name: 'ada', place: 'page', readOnly: false, text: 'full' };
const context: CallContext = { actor, signal: new AbortController().signal };

function opened(bench: AuditBench, more: Partial<AuditParts> = {}): OpenedAudit {
  return openAudit({
    history: bench.port, vault: bench.vault, dataFolder: bench.folder, lasting: true, changed: () => undefined, clock: { now: () => bench.now },
    alarms: { raise: (id, _severity, text) => void bench.alarms.set(id, text), clear: (id) => void bench.alarms.delete(id) }, log: { info: () => undefined, warn: () => undefined, error: () => undefined }, ...more,
  });
}
const status = async (audit: OpenedAudit): Promise<AuditStatus> => await audit.desk['audit.status']({}, context) as AuditStatus;
const actions = (bench: AuditBench): string[] => bench.runtime.history.all<{ action: string; outcome: string; actor: string }>("SELECT actor, action, outcome FROM audit_entry WHERE action LIKE 'audit.%' ORDER BY id").map((row) => `${row.actor} ${row.action} ${row.outcome}`);

describe('the audit desk', () => {
  it('seals and checks at the start, on demand, and names the damage in an alarm', async () => {
    const bench = new AuditBench();
    const audit = opened(bench);
    expect((await status(audit)).check.state).toBe('never');
    audit.start();
    await vi.waitFor(async () => { expect((await status(audit)).check.state).toBe('whole'); }, { timeout: 30_000, interval: 50 });
    expect(await status(audit)).toMatchObject({ entries: 2, firstSeq: 1, seals: 1, remembered: true, key: { place: 'keyring' }, seal: { number: 1, size: 2 }, nextSealAt: new Date((Math.floor(bench.now / hourMs) + 1) * hourMs).toISOString() });
    bench.write(5);
    const [one, two] = await Promise.all([audit.desk['audit.check']({}, context), audit.desk['audit.check']({}, context)]);
    expect([one, two]).toMatchObject([{ state: 'whole', entries: 7, activity: { digests: 0, records: 0, of: 0 } }, { state: 'whole', entries: 7 }]);
    bench.runtime.history.db.exec("DROP TRIGGER audit_no_update; UPDATE audit_entry SET outcome = 'refused' WHERE id = 4");
    expect(await audit.desk['audit.check']({}, context)).toMatchObject({ state: 'damaged', damage: [{ kind: 'changed', where: 'entry', at: 4 }] });
    expect(bench.alarms.get('audit-damage')).toContain('Entry 4 is not what was written.');
    // The console goes on, and nothing is removed from what cannot be proven.
    bench.write(1);
    bench.now += 2 * hourMs;
    await audit.sealNow('pack');
    expect(await audit.desk['audit.check']({}, context)).toMatchObject({ state: 'damaged', damage: [{ at: 4 }, { kind: 'does_not_match', where: 'seal', at: 2 }] });
    await expect(audit.desk['audit.prune']({ before: new Date(bench.now + 1).toISOString(), reason: 'old' }, context)).rejects.toThrow(/Nothing was removed/);
    await audit.close();
    expect(actions(bench).slice(0, 3)).toEqual(['Gatehouse audit.key done', 'ada audit.check done', 'ada audit.check done']);
  });

  it('lets entries go behind a seal, unless something stands in the way, and says so', async () => {
    const bench = new AuditBench();
    const audit = opened(bench);
    bench.runtime.history.db.exec("INSERT INTO hold (connection, agent, name, reason, placed_us, placed_by) VALUES (NULL, NULL, 'everything', 'case 7', 1, 'ada')");
    await audit.sealNow('began');
    const before = { before: new Date(bench.now + 1).toISOString(), reason: 'older than a year' };
    await expect(audit.desk['audit.prune'](before, context)).rejects.toThrow(/A legal hold stands/);
    bench.runtime.history.db.exec('UPDATE hold SET lifted_us = 2');
    expect(await audit.desk['audit.prune']({ ...before, before: '2020-01-01T00:00:00.000Z' }, context)).toEqual({ entries: 0, upTo: null });
    bench.write(10);
    bench.now += hourMs;
    expect(await audit.sealNow('pack')).toMatchObject({ size: 13 });
    expect(await audit.desk['audit.prune']({ ...before, before: new Date(bench.now).toISOString() }, context)).toEqual({ entries: 13, upTo: 13 });
    expect(bench.runtime.history.all('SELECT min(id) AS first, max(id) AS last FROM audit_entry')).toEqual([{ first: 14, last: 14 }]);
    expect(await audit.desk['audit.check']({}, context)).toMatchObject({ state: 'whole', entries: 1 });
    expect(await status(audit)).toMatchObject({ entries: 15, firstSeq: 14, tombstones: [{ upTo: 13, entries: 13, by: 'ada', reason: 'older than a year' }] });
    expect(actions(bench).at(-2)).toBe('ada audit.prune done');
    await audit.close();
    // At its end it covered what was written since.
    expect(bench.seals().at(-1)).toMatchObject({ size: 15, reason: 'closing' });
  });

  it('takes another key when it is asked to, and an engine that does not last takes none', async () => {
    const bench = new AuditBench();
    const audit = opened(bench);
    await audit.sealNow('began');
    const before = (await status(audit)).key;
    const after = await audit.desk['audit.renewKey']({ reason: 'new machine' }, context);
    expect(after).toMatchObject({ name: before?.name, place: 'keyring', retiredAt: null });
    expect((await status(audit)).key).toEqual(after);
    expect(await audit.desk['audit.check']({}, context)).toMatchObject({ state: 'whole' });
    await audit.close();
    const brief = opened(bench, { lasting: false });
    brief.start();
    expect([await brief.sealNow('pack'), (await status(brief)).nextSealAt]).toEqual([null, null]);
    // It compares with the key that it can reach all the same.
    expect(await brief.desk['audit.check']({}, context)).toMatchObject({ state: 'whole' });
    bench.runtime.history.db.exec('UPDATE audit_key SET public = zeroblob(32) WHERE retired_us IS NULL');
    expect(await brief.desk['audit.check']({}, context)).toMatchObject({ state: 'damaged', damage: [{ kind: 'key_changed', text: expect.stringContaining('did not hand over') as string }, { kind: 'key_changed', text: expect.stringContaining('this machine signs with') as string }, { kind: 'seal_forged', where: 'seal', at: 3 }, { kind: 'does_not_match', where: 'key', at: 2 }] });
    await expect(brief.desk['audit.renewKey']({ reason: 'x' }, context)).rejects.toThrow('seals nothing');
    await brief.close();
  });
});
