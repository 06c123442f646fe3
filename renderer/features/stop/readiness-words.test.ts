import { describe, expect, it } from 'vitest';
import type { ReadinessCell, ReadinessRow } from '../../../shared/stop.ts';
import { cellRank, cellSays, filterReadiness, readinessLooks, readinessStates, unready } from './readiness-words.ts';

const now = Date.parse('2026-11-17T12:00:00.000Z');
const cell = (changes: Partial<ReadinessCell> = {}): ReadinessCell => ({ state: 'ready', kind: 'cut', triedAt: '2026-11-11T11:00:00.000Z', tookMs: 4_100, rightsAt: null, rights: 'ok', text: '', ...changes });
const row = (changes: Partial<ReadinessRow> = {}): ReadinessRow => ({ agentId: 'agt-1', agentName: 'refund-runner', connectionNames: ['LangGraph'], tags: ['finance'], cancel: cell(), suspend: cell({ state: 'never', triedAt: null, tookMs: null }), revoke: cell({ state: 'none', kind: null, triedAt: null, tookMs: null }), canary: null, ...changes });

describe('a cell', () => {
  it('says kind, time and age', () => { expect(cellSays(cell(), now)).toBe('cut 4.1 s, 6 d ago'); });
  it('says that the credential lacks the right', () => { expect(cellSays(cell({ state: 'never', triedAt: null, tookMs: null, rights: 'missing' }), now)).toBe('right missing, cut'); });
  it('says nothing more where there is no lever', () => { expect(cellSays(cell({ state: 'none', kind: null }), now)).toBe(''); });
  it('has a shape and a word of its own', () => { expect(new Set(readinessStates.map((state) => `${readinessLooks[state].state} ${readinessLooks[state].word}`)).size).toBe(5); });
});

it('sorts what failed first, and lacking rights before the rest of its kind', () => {
  const cells = [cell({ state: 'none' }), cell(), cell({ state: 'never', rights: 'missing' }), cell({ state: 'never' }), cell({ state: 'failed' })];
  expect(cells.toSorted((a, b) => cellRank(a) - cellRank(b)).map((one) => `${one.state} ${one.rights}`)).toEqual(['failed ok', 'never missing', 'never ok', 'ready ok', 'none ok']);
});

it('filters by text, state and canary', () => {
  const rows = [row(), row({ agentId: 'b', agentName: 'other', tags: [], canary: { level: 'cancel', everyHours: 24, nextAt: null }, cancel: cell({ state: 'failed' }) })];
  const none = { text: '', state: null, canary: false };
  expect(filterReadiness(rows, { ...none, text: 'FINANCE refund' })).toHaveLength(1);
  expect(filterReadiness(rows, { ...none, state: 'failed' }).map((one) => one.agentId)).toEqual(['b']);
  expect(filterReadiness(rows, { ...none, canary: true }).map((one) => one.agentId)).toEqual(['b']);
  expect(unready(rows)).toBe(1);
});
