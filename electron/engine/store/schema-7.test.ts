/** A file of version 6 gets rules for alerts, and is not told of what was before them. */
import { expect, it } from 'vitest';
import { alertTrigger, targetConfig } from '../../../shared/alerts.ts';
import { olderFile } from './test-older.ts';

it('gives an older file rules and a desktop, and says how far it was looked at', () => {
  const { db, up } = olderFile(6);
  db.exec("INSERT INTO grant_change (id, at_us, connection, agent, grant_id, kind, name, what, widening, first, text) VALUES (41, 1, 1, 1, 1, 'tool', 'n', 'added', 1, 0, '')");
  const begunMs = Date.now();
  expect(up(7).from).toBe(6);
  expect([db.pragma('user_version', { simple: true }), db.pragma('quick_check', { simple: true })]).toEqual([7, 'ok']);
  expect(db.prepare('SELECT what, id FROM alert_cursor ORDER BY what').all()).toEqual([{ what: 'budgets', id: 0 }, { what: 'failures', id: 0 }, { what: 'grants', id: 41 }]);
  const rules = db.prepare<[], { fires: string; createdUs: number; targets: string }>('SELECT fires, created_us AS createdUs, targets FROM alert_rule WHERE built_in = 1 AND enabled = 1').all();
  expect(rules.map((rule) => alertTrigger.parse(JSON.parse(rule.fires)).kind).toSorted()).toEqual(['approval', 'budget', 'budget', 'denials', 'failure_rate', 'gap', 'grant', 'new_failure', 'stop']);
  expect(rules.every((rule) => Math.abs(rule.createdUs / 1_000 - begunMs) < 60_000)).toBe(true);
  expect(rules.filter((rule) => rule.targets === '[1]').length).toBe(2);
  expect(db.prepare<[], { config: string }>('SELECT config FROM alert_target').all().map((row) => targetConfig.parse(JSON.parse(row.config)))).toEqual([{ kind: 'desktop' }]);
});
