/**
 * Digests over what each connection brought, by hour of arrival: the leaf of every record that was kept, in the order in which they were kept. Leaves are
 * made soon after, at the latest when the hour closes, and stay: so a record that was changed is found by itself, and one that was rightly let go leaves its leaf.
 */
export const SCHEMA_8_DIGESTS = `
-- hour: since the epoch. folded: of so many records the leaves are made. root: null while the hour is open. entry: number of the audit entry that holds it.
-- gone: records of it that were let go or erased. let_go_us: all of them were, and the leaves went with them.
CREATE TABLE digest (
  id INTEGER PRIMARY KEY, connection INTEGER NOT NULL, hour INTEGER NOT NULL, records INTEGER NOT NULL, folded INTEGER NOT NULL, root BLOB, entry INTEGER, closed_us INTEGER,
  gone INTEGER NOT NULL DEFAULT 0, let_go_us INTEGER, UNIQUE (connection, hour)
) STRICT;
CREATE INDEX digest_open ON digest (hour) WHERE root IS NULL;
CREATE INDEX digest_hour ON digest (hour, connection);
-- Records that stand side by side in a block. place: 1024 x block + first slot. first: index of its first leaf. leaves: only where records went before their leaves were made.
-- gone: a bit for each whose bytes are rightly not those of its leaf any more; null: none.
CREATE TABLE digest_run (place INTEGER PRIMARY KEY, digest INTEGER NOT NULL, first INTEGER NOT NULL, n INTEGER NOT NULL, leaves BLOB, gone BLOB) STRICT;
CREATE UNIQUE INDEX digest_run_first ON digest_run (digest, first);
-- at: 1048576 x digest + number of the chunk. 1,024 leaves each, the last one what is left, and the root over them: a proof in a large hour does not read all of it.
CREATE TABLE digest_chunk (at INTEGER PRIMARY KEY, root BLOB NOT NULL, leaves BLOB NOT NULL) STRICT;
-- Records in earlier blocks were kept before there were digests.
INSERT INTO meta (key, value) SELECT 'digests_from_block', coalesce(max(id), 0) + 1 FROM payload;
`;
