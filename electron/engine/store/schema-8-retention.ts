/** Periods by connection, legal holds, work that takes long, and erasures of people. */
export const SCHEMA_8_RETENTION = `
-- days NULL: for ever. No line: as the general setting says.
CREATE TABLE retention_period (connection INTEGER PRIMARY KEY, days INTEGER) STRICT;
-- What went by age so far. before_us: everything of the connection before it, but what a hold kept; 0: no run came to its end. newest_us: when the newest of what went began.
CREATE TABLE retention_gone (connection INTEGER PRIMARY KEY, before_us INTEGER NOT NULL, newest_us INTEGER NOT NULL, activities INTEGER NOT NULL, at_us INTEGER NOT NULL) STRICT;

-- connection, agent: what it covers; both NULL: everything. name: as it was called when it was placed.
CREATE TABLE hold (
  id INTEGER PRIMARY KEY AUTOINCREMENT, connection INTEGER, agent INTEGER, name TEXT NOT NULL, reason TEXT NOT NULL, placed_us INTEGER NOT NULL, placed_by TEXT NOT NULL, lifted_us INTEGER, lifted_by TEXT, lift_reason TEXT
) STRICT;
CREATE INDEX hold_stands ON hold (id) WHERE lifted_us IS NULL;

-- total NULL: not known. freed: bytes that the file shrank by.
CREATE TABLE chore (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, state TEXT NOT NULL, by TEXT NOT NULL, started_us INTEGER NOT NULL, ended_us INTEGER, step TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER, activities INTEGER NOT NULL, freed INTEGER NOT NULL, error TEXT
) STRICT;
CREATE INDEX chore_open ON chore (id) WHERE ended_us IS NULL;

-- SECURITY: whom it was of stands nowhere; hashes: JSON list of scrypt over the salt and each spelling. found, remains: JSON as in shared/retention.ts.
CREATE TABLE erasure (id INTEGER PRIMARY KEY AUTOINCREMENT, chore INTEGER NOT NULL, reason TEXT NOT NULL, salt TEXT NOT NULL, hashes TEXT NOT NULL, found TEXT NOT NULL, remains TEXT NOT NULL) STRICT;
`;
