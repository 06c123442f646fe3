/** What version 9 adds: until when readers may keep what they read of days that are over, and of what stands behind a credential. */
import type { WriteDb } from './database.ts';

const SCHEMA_9 = `
-- One line. open: days before it are over. n: counts up with every transaction that changed what agents did, or whom they had run, on one of those, or what it cost: late data, other prices, or a connection removed with its history.
CREATE TABLE day_turn (id INTEGER PRIMARY KEY CHECK (id = 1), open INTEGER NOT NULL, n INTEGER NOT NULL) STRICT;
-- What was handed on a day, and by whom to whom: a month of lines else had to be passed over for those of today. A pair of agents makes one entry a day.
CREATE INDEX link_day_day ON link_day (day);
-- newest: the latest day of the failure in failure_hit. n: counts up with every change of an earlier one.
CREATE TABLE hit_turn (failure INTEGER PRIMARY KEY, newest INTEGER NOT NULL, n INTEGER NOT NULL) STRICT;
INSERT INTO hit_turn (failure, newest, n) SELECT failure, max(day), 0 FROM failure_hit GROUP BY failure;
-- What a credential opens, for whoever keeps what stands behind columns (holder 0): its grants can come and go before the fold has looked at their holders.
CREATE TRIGGER grant_credential_turned AFTER UPDATE OF gone_us, credential ON grant_seen
  WHEN (OLD.credential IS NOT NULL AND (OLD.gone_us IS NULL) <> (NEW.gone_us IS NULL)) OR OLD.credential IS NOT NEW.credential BEGIN
  INSERT INTO access_turn (holder, n) VALUES (0, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
`;

export function toVersion9(db: WriteDb): void {
  db.exec(SCHEMA_9);
  // A record of the future opens no day.
  db.exec('INSERT INTO day_turn (id, open, n) SELECT 1, min(max(hour) / 24, unixepoch() / 86400), 0 FROM hour_total HAVING count(*) > 0');
}
