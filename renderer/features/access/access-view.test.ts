import { describe, expect, it } from 'vitest';
import { askedOf, clearedFilters, flags, readAtLine, readView, summaryLine, viewFilters, type AccessSummary } from './access-view.ts';

describe('the matrix in the address', () => {
  it('is the usual one where the address says nothing, or nonsense', () => {
    const usual = readView({});
    expect(usual).toMatchObject({ by: 'resource', days: 90, text: '', agentId: null, after: 0, row: null, column: null });
    expect(readView({ by: 'moon', days: '12', after: '-4', unused: 'yes' })).toEqual(usual);
    expect(askedOf(usual).filter).toEqual({ unused: false, attempted: false, irreversible: false, shared: false });
  });

  it('asks for what it says', () => {
    const view = readView({ by: 'class', days: '30', q: '  mail ', unused: '1', expiring: '1', fresh: '1', agent: 'agt-1', after: '40', row: 'agt-1', column: 'c9' });
    expect(askedOf(view)).toEqual({ by: 'class', unusedDays: 30, columnsAfter: 40, columns: 80, limit: 100, filter: { unused: true, attempted: false, irreversible: false, shared: false, text: 'mail', agentId: 'agt-1', expiringDays: 30, newDays: 7 } });
    expect(view).toMatchObject({ row: 'agt-1', column: 'c9' });
    expect(viewFilters(view)).toEqual(['text “mail”', 'only one agent', 'unused only', 'ends soon', 'new']);
  });

  it('asks for no text that the engine would refuse', () => {
    expect(askedOf(readView({ q: 'x'.repeat(900) })).filter?.text).toHaveLength(200);
  });

  it('clears every filter and no choice', () => {
    expect(Object.keys(clearedFilters).toSorted()).toEqual([...flags, 'after', 'agent', 'q'].toSorted());
  });
});

const summary: AccessSummary = { agents: 41, grants: 1_312, used: 118, never: 1_194, cannotTell: 0, notUnderstood: 0, denied: 31, findings: { serious: 0, attention: 0, info: 0, dismissed: 0 }, readAt: null };

it('says in one line what is held and what of it is used', () => {
  expect(summaryLine(summary)).toBe('41 agents, 1,312 grants: 118 used, 1,194 never, 31 attempts denied');
  expect(summaryLine({ ...summary, cannotTell: 3, denied: 1 })).toBe('41 agents, 1,312 grants: 118 used, 1,194 never, 3 use not seen, 1 attempt denied');
  expect(summaryLine({ ...summary, agents: 0, grants: 0 })).toBe('no grant is known yet');
});

it('says how old the reading is, from the newest to the oldest', () => {
  const now = Date.parse('2026-11-17T14:00:00.000Z');
  expect(readAtLine({ oldest: '2026-11-17T13:56:00.000Z', newest: '2026-11-17T13:59:12.000Z' }, now)).toBe('Grants read 48 s to 4 min ago');
  expect(readAtLine({ oldest: '2026-11-17T13:56:10.000Z', newest: '2026-11-17T13:56:50.000Z' }, now)).toBe('Grants read 3 min ago');
  expect(readAtLine(null, now)).toBe('No connection lists grants');
});
