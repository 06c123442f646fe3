/**
 * What version 6 adds: what work cost by the price book beside what agents told, how tasks came out and what finished ones cost, bills,
 * and what people know of failures.
 */
export const SCHEMA_6 = `
-- micros, currency and provenance are what is shown: told by the agent (reported), else by the price book (computed). What the book says is kept beside it always.
ALTER TABLE activity ADD COLUMN computed INTEGER;
ALTER TABLE activity ADD COLUMN computed_currency INTEGER;
-- Circumstances that a price depends on; 0: none told.
ALTER TABLE activity ADD COLUMN billing INTEGER NOT NULL DEFAULT 0;
-- Of cache_write: what is kept for an hour. NULL: not told apart.
ALTER TABLE activity ADD COLUMN cache_write_1h INTEGER;
-- Of priced: what is only computed. A sum is only as sure as the least of it.
ALTER TABLE by_hour ADD COLUMN computed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE by_day ADD COLUMN computed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hour_total ADD COLUMN computed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN computed INTEGER NOT NULL DEFAULT 0;
CREATE TABLE billing (id INTEGER PRIMARY KEY AUTOINCREMENT, provider TEXT NOT NULL, region TEXT NOT NULL, tier TEXT NOT NULL, UNIQUE (provider, region, tier)) STRICT;
-- Billed units beyond tokens, JSON {unit: count}; few rows have one.
CREATE TABLE activity_units (activity INTEGER PRIMARY KEY, units TEXT NOT NULL) STRICT;

-- Of an agent's day: what nobody reported, and what the book says of all that it knows, also beside what was reported. A line of another currency may hold the book's part alone.
ALTER TABLE by_day ADD COLUMN only_computed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE by_day ADD COLUMN book INTEGER NOT NULL DEFAULT 0;
ALTER TABLE by_day ADD COLUMN book_n INTEGER NOT NULL DEFAULT 0;
-- Money of an agent's day side by side, each kind under its own currency. A table of its own would be one more line to write for each agent, day and model of a transaction.
CREATE VIEW spend_day AS
  SELECT agent, day, model, currency, micros - only_computed AS reported, priced - computed AS reported_n, book AS computed, book_n AS computed_n, only_computed, computed AS only_computed_n, unpriced AS unpriced_n
  FROM by_day WHERE priced > 0 OR book_n > 0 OR unpriced > 0;

-- changed_us, changed_by: of this version. replaces: the entry (own) that it is a new version of. body: PriceEntry as JSON.
CREATE TABLE price_entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL, provider TEXT, model TEXT NOT NULL, body TEXT NOT NULL, overrides TEXT, replaces INTEGER, changed_us INTEGER NOT NULL, changed_by TEXT NOT NULL, removed_us INTEGER, removed_by TEXT
) STRICT;

-- What a task brought into task_day when it was last folded, a line for each currency of its money. main: the line that counts the task, of the currency that most of its money is in (0: none known).
-- day: the one on which it began. kind: its name (string id), 0: none. version: of its agent when it began (string id), 0: not told. model: the one that most of its money went to.
-- after_stop: of micros, spent after a stop command for its agent or itself was first sent, until it was released. retried: of the rest, on calls that failed. unpriced: activities. seen_*: the task as it was then.
CREATE TABLE task_cost (
  task INTEGER NOT NULL, main INTEGER NOT NULL, day INTEGER NOT NULL, agent INTEGER NOT NULL, connection INTEGER NOT NULL, kind INTEGER NOT NULL, version INTEGER NOT NULL, model INTEGER NOT NULL, outcome INTEGER NOT NULL, currency INTEGER NOT NULL,
  micros INTEGER NOT NULL, retried INTEGER NOT NULL, after_stop INTEGER NOT NULL, only_computed INTEGER NOT NULL, unpriced INTEGER NOT NULL, seen_micros INTEGER NOT NULL, seen_rows INTEGER NOT NULL, seen_us INTEGER NOT NULL,
  PRIMARY KEY (task, currency)
) STRICT, WITHOUT ROWID;
-- Of tasks that the retention took rows of: what those had brought.
CREATE TABLE task_kept (
  task INTEGER NOT NULL, model INTEGER NOT NULL, currency INTEGER NOT NULL, micros INTEGER NOT NULL, retried INTEGER NOT NULL, after_stop INTEGER NOT NULL, only_computed INTEGER NOT NULL, unpriced INTEGER NOT NULL, tokens INTEGER NOT NULL,
  PRIMARY KEY (task, model, currency)
) STRICT, WITHOUT ROWID;
CREATE INDEX stop_commanded ON stop_order (commanded_us) WHERE commanded_us IS NOT NULL;
CREATE TABLE task_day (
  agent INTEGER NOT NULL, day INTEGER NOT NULL, connection INTEGER NOT NULL, kind INTEGER NOT NULL, version INTEGER NOT NULL, model INTEGER NOT NULL, outcome INTEGER NOT NULL, currency INTEGER NOT NULL,
  tasks INTEGER NOT NULL, micros INTEGER NOT NULL, retried INTEGER NOT NULL, after_stop INTEGER NOT NULL, only_computed INTEGER NOT NULL, unpriced_tasks INTEGER NOT NULL,
  PRIMARY KEY (agent, day, kind, version, model, outcome, currency)
) STRICT, WITHOUT ROWID;
-- A person's word on how a task came out. outcome: codes.ts OUTCOME.
CREATE TABLE task_mark (task INTEGER PRIMARY KEY, outcome INTEGER NOT NULL, actor TEXT NOT NULL, at_us INTEGER NOT NULL, note TEXT NOT NULL) STRICT;

CREATE TABLE bill (
  id INTEGER PRIMARY KEY AUTOINCREMENT, connection INTEGER NOT NULL, name TEXT NOT NULL, format TEXT NOT NULL, currency TEXT NOT NULL, from_day INTEGER NOT NULL, to_day INTEGER NOT NULL, micros INTEGER NOT NULL, lines INTEGER NOT NULL,
  refused TEXT NOT NULL, imported_us INTEGER NOT NULL, imported_by TEXT NOT NULL, removed_us INTEGER
) STRICT;
CREATE TABLE bill_day (
  connection INTEGER NOT NULL, day INTEGER NOT NULL, currency TEXT NOT NULL, model TEXT NOT NULL, micros INTEGER NOT NULL, bill INTEGER NOT NULL, PRIMARY KEY (connection, day, currency, model)
) STRICT, WITHOUT ROWID;
CREATE INDEX bill_day_day ON bill_day (day);

-- Which tasks a failure hit, kept by the same fold as task_cost. micros: of its calls that failed, as far as they are in the currency of the task's main line; last: it was the last failure of the task.
-- version, outcome: of the task. lost: the rest of what it cost, where it failed with this as its last failure. computed, unpriced: 1 where some of its money is only computed, or not known.
CREATE TABLE failure_task (
  failure INTEGER NOT NULL, last_us INTEGER NOT NULL, task INTEGER NOT NULL, agent INTEGER NOT NULL, times INTEGER NOT NULL, currency INTEGER NOT NULL, micros INTEGER NOT NULL, is_last INTEGER NOT NULL,
  version INTEGER NOT NULL, outcome INTEGER NOT NULL, lost INTEGER NOT NULL, computed INTEGER NOT NULL, unpriced INTEGER NOT NULL, PRIMARY KEY (failure, last_us, task)
) STRICT, WITHOUT ROWID;
CREATE INDEX failure_task_task ON failure_task (task);
-- Sums of those, with how their tasks came out and as what version they ran. Like all sums it stays when the retention takes the tasks.
CREATE TABLE failure_hit (
  failure INTEGER NOT NULL, day INTEGER NOT NULL, agent INTEGER NOT NULL, version INTEGER NOT NULL, outcome INTEGER NOT NULL, currency INTEGER NOT NULL,
  tasks INTEGER NOT NULL, own INTEGER NOT NULL, lost INTEGER NOT NULL, computed INTEGER NOT NULL, unpriced INTEGER NOT NULL, PRIMARY KEY (failure, day, agent, version, outcome, currency)
) STRICT, WITHOUT ROWID;
-- What people said of a group. state: known, resolved, snoozed. seen: its count when that was said.
CREATE TABLE failure_state (failure INTEGER PRIMARY KEY, state TEXT NOT NULL, actor TEXT NOT NULL, at_us INTEGER NOT NULL, until_us INTEGER, seen INTEGER NOT NULL) STRICT;
CREATE TABLE failure_said (id INTEGER PRIMARY KEY AUTOINCREMENT, failure INTEGER NOT NULL, at_us INTEGER NOT NULL, actor TEXT NOT NULL, state TEXT, note TEXT) STRICT;
CREATE INDEX failure_said_of ON failure_said (failure, id);

-- How many grants are there, by what gave them and who has them: counting a hundred thousand reads them all. Triggers, since grants come, go and come back in several places. A line of none may stay.
CREATE TABLE grant_held (
  document INTEGER NOT NULL, agent INTEGER NOT NULL, connection INTEGER NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (document, agent, connection, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO grant_held (document, agent, connection, kind, n) SELECT document, agent, connection, kind, count(*) FROM grant_seen WHERE gone_us IS NULL GROUP BY document, agent, connection, kind;
CREATE TRIGGER grant_came AFTER INSERT ON grant_seen WHEN NEW.gone_us IS NULL BEGIN
  INSERT INTO grant_held (document, agent, connection, kind, n) VALUES (NEW.document, NEW.agent, NEW.connection, NEW.kind, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER grant_went AFTER DELETE ON grant_seen WHEN OLD.gone_us IS NULL BEGIN
  UPDATE grant_held SET n = n - 1 WHERE document = OLD.document AND agent = OLD.agent AND connection = OLD.connection AND kind = OLD.kind;
END;
CREATE TRIGGER grant_turned AFTER UPDATE OF gone_us ON grant_seen WHEN (OLD.gone_us IS NULL) <> (NEW.gone_us IS NULL) BEGIN
  INSERT INTO grant_held (document, agent, connection, kind, n) VALUES (NEW.document, NEW.agent, NEW.connection, NEW.kind, iif(NEW.gone_us IS NULL, 1, -1)) ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
-- Counts up with every fold that changed a cell of the holder, also when all of them went: cells that were read at one count are those of the file while it stands.
CREATE TABLE access_turn (holder INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;
-- newest: the latest day of the agent in tool_day. n: counts up with every transaction that changed an earlier one.
CREATE TABLE tool_turn (agent INTEGER PRIMARY KEY, newest INTEGER NOT NULL, n INTEGER NOT NULL) STRICT;
INSERT INTO tool_turn (agent, newest, n) SELECT agent, max(day), 0 FROM tool_day GROUP BY agent;
`;
