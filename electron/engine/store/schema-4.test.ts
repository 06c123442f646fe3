/** A file of version 3 becomes one of version 4: nothing of it is lost, and levers told in fewer words are asked for again. */
import Sqlite from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openReader } from './database.ts';
import { schemaVersion } from './migrations.ts';
import { runtimeFacts, runtimeLinks } from './queries/runtimes.ts';
import { Reading } from './queries/reading.ts';
import { olderFile } from './test-older.ts';

it('keeps runtimes and their credentials, has no stop credential yet, and no order', () => {
  const { db, file, up } = olderFile(3);
  db.prepare("INSERT INTO connection (kind, name, created_us, enabled, demo, content) VALUES ('langgraph', 'Server', 1, 1, 0, 'full')").run();
  const facts = { product: 'LangGraph', version: '1', visibility: 'all', visibilityText: 'All.', capabilities: [], levers: [{ id: 'langgraph.cancel-run', level: 'cancel', kind: 'cut', title: 'Cancel', reach: 'task', doesNotStop: [] }], findings: [] };
  db.prepare('INSERT INTO runtime (connection, target, credential, credential_hint, facts, discovered_us) VALUES (1, ?, ?, ?, ?, 5)').run('{"kind":"langgraph","url":"http://127.0.0.1:1"}', 'vault:a', 'abcd', JSON.stringify(facts));
  db.prepare('INSERT INTO runtime (connection, target) VALUES (2, ?)').run('{"kind":"langgraph","url":"http://127.0.0.1:2"}');
  db.prepare("INSERT INTO gap (connection, from_us, to_us, reason, text) VALUES (1, 1, 2, 'engine_off', 'off')").run();

  const { from, backup } = up();

  expect([from, db.pragma('user_version', { simple: true }), backup !== null && existsSync(backup), db.pragma('integrity_check', { simple: true })]).toEqual([3, schemaVersion, true, 'ok']);
  expect(db.prepare('SELECT credential, credential_hint, stop_credential, stop_credential_hint FROM runtime WHERE connection = 1').all()).toEqual([{ credential: 'vault:a', credential_hint: 'abcd', stop_credential: null, stop_credential_hint: null }]);
  expect(db.prepare('SELECT (SELECT count(*) FROM stop_order) AS orders, (SELECT count(*) FROM gap) AS gaps').get()).toEqual({ orders: 0, gaps: 1 });
  db.close();
  const reader = openReader(file);
  const reading = new Reading(reader);
  expect(runtimeLinks(reading).get(1)).toMatchObject({ product: 'LangGraph', levers: [], credential: 'kept', stopCredential: 'none', stopCredentialHint: null });
  expect(runtimeFacts(reading)).toMatchObject([{ id: 1, credential: 'vault:a', stopCredential: null }]);
  reader.close();
  const copy = new Sqlite(backup ?? '', { readonly: true });
  expect([copy.pragma('user_version', { simple: true }), JSON.parse(String(copy.prepare('SELECT facts FROM runtime WHERE connection = 1').pluck().get()))]).toEqual([3, facts]);
  copy.close();
});
