/** What changes between two lists of a runtime, and what of it is drift. */
import { describe, expect, it } from 'vitest';
import type { FoundGrant } from '../ingest/collected.ts';
import { mostChanges } from './grant-changes.ts';
import { second, t0 } from './test-history.ts';
import { freshRuntime, type TestRuntime } from './test-runtime.ts';

const at = (seconds: number): number => t0 + seconds * second;
const tool = (name: string, more: Partial<FoundGrant> = {}): FoundGrant => ({ kind: 'tool', name, description: 'text', readOnly: true, destructive: null, openWorld: false, idempotent: null, from: 'tools/list', ...more });
const agent = (grants: readonly FoundGrant[], id = 'assistant-1'): { claim: { id: string; name: string }; aliases: string[]; grants: readonly FoundGrant[]; atUs: number } => ({ claim: { id, name: id }, aliases: [], grants, atUs: at(1) });

function changes(runtime: TestRuntime): string[] {
  return runtime.history.all<{ what: string; widening: number; name: string; agent: number; first: number; text: string }>('SELECT what, widening, name, agent, first, text FROM grant_change ORDER BY id')
    .map((one) => `${one.first === 1 ? 'first ' : ''}${one.what} ${one.name}${one.agent === 0 ? '' : ' of an agent'}${one.widening === 1 ? ' further' : ''}`);
}

describe('lists of grants', () => {
  it('keeps the reading and the source, and calls the first list no drift', () => {
    const runtime = freshRuntime();
    runtime.discover({ grants: [tool('read', { source: { format: 'mcp', text: '{"name":"read"}' } })], agents: [agent([tool('wipe', { readOnly: false, destructive: true })])] });
    const rows = runtime.history.all<{ name: string; understood: string; reversibility: string; enforcement: string; reading: string }>('SELECT name, understood, reversibility, enforcement, reading FROM grant_seen ORDER BY name');
    expect(rows.map((row) => ({ ...row, reading: (JSON.parse(row.reading) as { classes: { class: string }[] }).classes.map((one) => one.class) }))).toEqual([
      { name: 'read', understood: 'whole', reversibility: 'read_only', enforcement: 'declared', reading: ['read'] },
      { name: 'wipe', understood: 'whole', reversibility: 'irreversible', enforcement: 'declared', reading: ['write', 'delete'] },
    ]);
    expect(runtime.history.all('SELECT format, text FROM grant_source')).toEqual([{ format: 'mcp', text: '{"name":"read"}' }]);
    expect(changes(runtime)).toEqual(['first added read further', 'first added wipe of an agent further']);
  });

  it('tells what came, changed, went and came back, and nothing where nothing changed', () => {
    const runtime = freshRuntime();
    runtime.discover({ grants: [tool('read'), tool('gone')] }, at(60));
    runtime.discover({ grants: [tool('read'), tool('gone')] }, at(120));
    runtime.discover({ grants: [tool('read', { readOnly: null }), tool('new')] }, at(180));
    runtime.discover({ grants: [tool('read', { readOnly: null }), tool('new'), tool('gone')] }, at(240));
    expect(changes(runtime).slice(2)).toEqual(['changed read further', 'added new further', 'removed gone', 'back gone further']);
    expect(runtime.history.all<{ text: string }>("SELECT text FROM grant_change WHERE what = 'changed'")[0]?.text).toContain('no longer says whether it only reads');
    expect(runtime.history.all('SELECT id, name, gone_us FROM grant_seen ORDER BY id')).toEqual([{ id: 1, name: 'read', gone_us: null }, { id: 2, name: 'gone', gone_us: null }, { id: 3, name: 'new', gone_us: null }]);
  });

  it('takes what an incomplete list leaves out for nothing', () => {
    const runtime = freshRuntime();
    runtime.discover({ grants: [tool('read')] }, at(60));
    runtime.discover({ grants: [], complete: false }, at(120));
    expect(runtime.history.all('SELECT gone_us FROM grant_seen')).toEqual([{ gone_us: null }]);
  });

  it('calls it no drift when an agent is met for the first time, and drift when one that is known holds more', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent([tool('a')])] }, at(60));
    runtime.discover({ agents: [agent([tool('a'), tool('b')]), agent([tool('c')], 'assistant-2')] }, at(120));
    expect(changes(runtime)).toEqual(['first added a of an agent further', 'added b of an agent further', 'first added c of an agent further']);
  });

  it('takes the list after an upgrade for the beginning, also where rows of before differ', () => {
    const runtime = freshRuntime();
    runtime.discover({ grants: [tool('read'), tool('gone')] }, at(60));
    // As version 4 left them: without readings, and never listed since.
    runtime.history.db.exec("DELETE FROM grant_change; UPDATE grant_seen SET reading = '{}'; UPDATE runtime SET grants_us = NULL");
    runtime.discover({ grants: [tool('read', { readOnly: false }), tool('new')] }, at(120));
    expect(changes(runtime)).toEqual(['first changed read further', 'first added new further', 'first removed gone']);
    expect(runtime.history.all<{ n: number }>("SELECT count(*) AS n FROM grant_seen WHERE reading = '{}' AND gone_us IS NULL")).toEqual([{ n: 0 }]);
  });

  it('does not go back and forth over an entry that is listed twice', () => {
    const runtime = freshRuntime();
    for (const time of [60, 120, 180]) runtime.discover({ grants: [tool('read'), tool('read', { readOnly: false })] }, at(time));
    expect(changes(runtime)).toEqual(['first added read further']);
  });

  it('keeps so many changes a connection, and drops the oldest', () => {
    const runtime = freshRuntime();
    runtime.discover({ grants: [tool('read')] }, at(60));
    runtime.history.db.prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO grant_change (at_us, connection, agent, grant_id, kind, name, what, widening, first, text) SELECT i, ?, 0, 1, 'tool', 'read', 'changed', 0, 0, 'x' FROM n`).run(mostChanges, runtime.connection);
    runtime.discover({ grants: [tool('read', { description: 'other' })] }, at(120));
    expect(runtime.history.all('SELECT count(*) AS n, max(at_us) AS last FROM grant_change')).toEqual([{ n: mostChanges, last: at(120) }]);
  });

  it('marks whom the fold must look at: agents whose list changed, and whoever holds what a connection offers', () => {
    const runtime = freshRuntime();
    runtime.discover({ grants: [tool('read')], agents: [agent([tool('a')]), agent([tool('b')], 'assistant-2')] }, at(60));
    runtime.history.db.exec(`DELETE FROM access_dirty; INSERT INTO grant_holder (connection, agent, actor, at_us) VALUES (${runtime.connection}, 77, 'ann', 0)`);
    runtime.discover({ grants: [tool('read')], agents: [agent([tool('a'), tool('c')]), agent([tool('b')], 'assistant-2')] }, at(120));
    expect(runtime.history.all('SELECT holder FROM access_dirty')).toEqual([{ holder: 1 }]);
    runtime.discover({ grants: [], agents: [agent([tool('a'), tool('c')]), agent([tool('b')], 'assistant-2')] }, at(180));
    expect(runtime.history.all('SELECT holder FROM access_dirty')).toEqual([{ holder: -runtime.connection }, { holder: 1 }, { holder: 77 }]);
  });

  it('masks what a runtime says of its tools where the connection asks for it', () => {
    const runtime = freshRuntime('langgraph', 'redacted');
    const key = 'sk-ant-api03-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    runtime.discover({ grants: [tool('read', { description: `uses ${key}`, source: { format: 'mcp', text: JSON.stringify({ description: `uses ${key}` }) } })], agents: [{ ...agent([]), owner: 'ann@example.com' }] });
    const [kept] = runtime.history.all<{ all_: string; owner: string }>('SELECT g.description || s.text AS all_, o.name AS owner FROM grant_seen g JOIN grant_source s ON s.grant_id = g.id, agent_owner o');
    expect(kept?.all_).toContain('uses');
    expect(kept?.all_).not.toContain('AAAAAAAA');
    // Whoever answers for an agent must be found.
    expect(kept?.owner).toBe('ann@example.com');
  });

  it('keeps the owner that the runtime names until it names another or nobody', () => {
    const runtime = freshRuntime();
    const owners = (): unknown[] => runtime.history.all('SELECT role, source, name, at_us FROM agent_owner');
    runtime.discover({ agents: [{ ...agent([]), owner: 'Ann' }] }, at(60));
    runtime.discover({ agents: [{ ...agent([]), owner: 'Ann' }] }, at(120));
    expect(owners()).toEqual([{ role: 'owner', source: 'runtime', name: 'Ann', at_us: at(60) }]);
    runtime.discover({ agents: [{ ...agent([]), owner: null }] }, at(180));
    expect(owners()).toEqual([]);
  });
});
