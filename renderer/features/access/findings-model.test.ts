import { expect, it } from 'vitest';
import { findingRules } from '../../../shared/access.ts';
import { findingRuleIds } from './access-words.ts';
import { dismissUntil, findingsFilters, ofSeverity, readFindingsView } from './findings-model.ts';

it('has words for every rule that the engine may name', () => {
  expect([...findingRuleIds].toSorted()).toEqual([...findingRules].toSorted());
});

it('reads what was asked for from the address, and nothing else', () => {
  expect(readFindingsView({ severity: 'serious', rule: 'no_owner', dismissed: '1', q: 'x', agent: 'a', finding: 'f' })).toEqual({ severity: 'serious', rule: 'no_owner', dismissed: true, text: 'x', agentId: 'a', chosen: 'f' });
  const plain = readFindingsView({ severity: 'huge', rule: 'unknown', dismissed: 'yes' });
  expect(plain).toEqual({ severity: null, rule: null, dismissed: false, text: '', agentId: null, chosen: null });
  expect(findingsFilters(plain)).toEqual([]);
  expect(findingsFilters({ ...plain, text: ' pay ', severity: 'attention', rule: 'wildcard' })).toEqual(['text “pay”', 'attention', 'wildcard']);
});

it('keeps the rows of one severity', () => {
  const rows = (['serious', 'info', 'serious'] as const).map((severity, at) => ({ id: String(at), severity })) as unknown as Parameters<typeof ofSeverity>[0];
  expect(ofSeverity(rows, 'serious').map((row) => row.id)).toEqual(['0', '2']);
  expect(ofSeverity(rows, null)).toHaveLength(3);
});

it('ends a dismissal after whole days, or never by time', () => {
  const now = Date.parse('2026-11-17T14:00:00.000Z');
  expect(dismissUntil('30', now)).toBe('2026-12-17T14:00:00.000Z');
  expect(dismissUntil('gone', now)).toBeNull();
});
