/**
 * What version 3 adds: sums in the shape in which screens ask for them. A month of every agent's hours, or of every failure's
 * days, was read and sorted for one screen, and grew with the rows told (up to one line for each agent, hour and model).
 */
const hoursOfDay = Array.from({ length: 24 }, (_, hour) => `h${hour}`);
const sums = 'tasks, activities, failures, denials, input, output, cache_read, cache_write, reasoning, micros, priced, unpriced';

/** An agent's lines stand together: each agent's stretch is summed as it is read, without sorting, and no second index is kept. */
function agentFirst(table: string, unit: string): string {
  return `CREATE TABLE ${table}_3 (
  agent INTEGER NOT NULL, ${unit} INTEGER NOT NULL, model INTEGER NOT NULL, currency INTEGER NOT NULL,
  ${sums.split(', ').map((column) => `${column} INTEGER NOT NULL`).join(', ')},
  PRIMARY KEY (agent, ${unit}, model, currency)
) STRICT, WITHOUT ROWID;
INSERT INTO ${table}_3 (agent, ${unit}, model, currency, ${sums}) SELECT agent, ${unit}, model, currency, ${sums} FROM ${table} ORDER BY agent, ${unit}, model, currency;
DROP TABLE ${table};
ALTER TABLE ${table}_3 RENAME TO ${table};`;
}

export const SCHEMA_3 = `
${agentFirst('by_hour', 'hour')}
${agentFirst('by_day', 'day')}

-- Failures of an agent's day, hour by hour in one line: a month is 31 lines, and bins of any length can still be made of it.
CREATE TABLE failed_hours (
  agent INTEGER NOT NULL, day INTEGER NOT NULL, ${hoursOfDay.map((hour) => `${hour} INTEGER NOT NULL DEFAULT 0`).join(', ')}, PRIMARY KEY (agent, day)
) STRICT, WITHOUT ROWID;
INSERT INTO failed_hours (agent, day, ${hoursOfDay.join(', ')})
  SELECT agent, hour / 24, ${hoursOfDay.map((_, hour) => `sum(CASE hour % 24 WHEN ${hour} THEN failures ELSE 0 END)`).join(', ')} FROM by_hour WHERE failures > 0 GROUP BY agent, hour / 24;

-- Known money of all agents of a connection together. A line of nothing but unpriced work is not kept.
CREATE TABLE spend_hour (
  hour INTEGER NOT NULL, connection INTEGER NOT NULL, model INTEGER NOT NULL, currency INTEGER NOT NULL, micros INTEGER NOT NULL, priced INTEGER NOT NULL,
  PRIMARY KEY (hour, connection, model, currency)
) STRICT, WITHOUT ROWID;
INSERT INTO spend_hour (hour, connection, model, currency, micros, priced)
  SELECT s.hour, a.connection, s.model, s.currency, sum(s.micros), sum(s.priced) FROM by_hour s JOIN agent a ON a.id = s.agent WHERE s.priced > 0 GROUP BY 1, 2, 3, 4;

-- The days of one agent's failures of one kind stand together; over all time they are one line.
CREATE TABLE failure_day_3 (
  failure INTEGER NOT NULL, agent INTEGER NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (failure, agent, day)
) STRICT, WITHOUT ROWID;
INSERT INTO failure_day_3 (failure, agent, day, count) SELECT failure, agent, day, count FROM failure_day ORDER BY failure, agent, day;
DROP TABLE failure_day;
ALTER TABLE failure_day_3 RENAME TO failure_day;
CREATE TABLE failure_agent (failure INTEGER NOT NULL, agent INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (failure, agent)) STRICT, WITHOUT ROWID;
INSERT INTO failure_agent (failure, agent, count) SELECT failure, agent, sum(count) FROM failure_day GROUP BY failure, agent;
CREATE INDEX failure_agent_agent ON failure_agent (agent);
CREATE INDEX failure_last ON failure (last_us);

-- Counting tasks reads a page for every few hundred of them. Triggers, since tasks come and go in several places.
CREATE TABLE counted (what TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counted (what, n) SELECT 'tasks', count(*) FROM task;
CREATE TRIGGER task_came AFTER INSERT ON task BEGIN UPDATE counted SET n = n + 1 WHERE what = 'tasks'; END;
CREATE TRIGGER task_went AFTER DELETE ON task BEGIN UPDATE counted SET n = n - 1 WHERE what = 'tasks'; END;
`;
