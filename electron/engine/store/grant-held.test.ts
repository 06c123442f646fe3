/** The kept counts of grants equal what would be counted, whichever way grants come, go and come back. */
import { expect, it, onTestFinished } from 'vitest';
import { TestHistory, t0 } from './test-history.ts';
import { dropGrants } from './stored-grant.ts';

const kept = 'SELECT document, agent, connection, kind, n FROM grant_held WHERE n <> 0 ORDER BY 1, 2, 3, 4';
const counted = 'SELECT document, agent, connection, kind, count(*) AS n FROM grant_seen WHERE gone_us IS NULL GROUP BY document, agent, connection, kind ORDER BY 1, 2, 3, 4';

it('count what is there', () => {
  const history = new TestHistory();
  onTestFinished(() => { history.close(); });
  const { db } = history;
  const same = (lines: number): void => {
    const found = db.prepare(kept).all();
    expect(found).toEqual(db.prepare(counted).all());
    expect(found).toHaveLength(lines);
  };
  const add = db.prepare("INSERT INTO grant_seen (connection, agent, document, kind, name, source, first_us, last_us, gone_us) VALUES (?, ?, ?, ?, ?, '', 0, 0, ?)");
  same(0);
  for (let at = 0; at < 40; at += 1) add.run(at % 3, at % 2, at % 4, at % 5 === 0 ? 'tool' : 'scope', `g${at}`, at % 7 === 0 ? t0 : null);
  const lines = db.prepare(counted).all().length;
  same(lines);
  db.prepare('UPDATE grant_seen SET gone_us = ? WHERE connection = 1 AND gone_us IS NULL').run(t0);
  same(db.prepare(counted).all().length);
  expect(db.prepare(counted).all().length).toBeLessThan(lines);
  // Gone again later, and seen again while it is there: neither counts.
  db.prepare('UPDATE grant_seen SET gone_us = ? WHERE connection = 1').run(t0 + 1);
  db.prepare('UPDATE grant_seen SET gone_us = NULL, last_us = 5 WHERE connection <> 1').run();
  same(db.prepare(counted).all().length);
  db.prepare("UPDATE grant_seen SET gone_us = NULL WHERE connection = 1 AND kind = 'tool'").run();
  same(db.prepare(counted).all().length);
  dropGrants(db, 'agent = ?', 1);
  same(db.prepare(counted).all().length);
  db.exec('DELETE FROM grant_seen');
  same(0);
});
