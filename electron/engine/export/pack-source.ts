/** Reads from the history what a pack proves: the log as it is kept, and the digests over what connections brought. */
import { createReadStream } from 'node:fs';
import { linesOf } from '../../../verifier/lines.ts';
import type { KeptEntry } from '../audit/log-check.ts';
import { keptKeys, readKeptEntries, readSeals, readTombstones } from '../store/audit-read.ts';
import type { AnyDb } from '../store/database.ts';
import { DigestPlaces } from '../store/digest-places.ts';
import type { DigestRow } from '../store/digest-places.ts';
import { rowIdOf } from '../store/ids.ts';
import type { LogSource } from './pack-log.ts';
import type { PackActivity, Standing } from './pack.ts';

/** So long is one look at the file: a long one would keep what is written meanwhile from being folded into it. */
const page = 2_000;
const leafBytes = 32;

export function logSource(db: AnyDb): LogSource {
  return {
    keys: keptKeys(db), seals: readSeals(db).map(({ note }) => note),
    tombstones: readTombstones(db).map(({ upTo, entries, atUs, by, reason, seal, last, frontier, entry }) => ({ at: new Date(atUs / 1_000).toISOString(), by, entries, entry, frontier: hashes(frontier), last: last.toString('hex'), reason, seal, upTo })),
    entries: (after, upTo) => entriesOf(db, after, upTo),
  };
}

const hashes = (bytes: Buffer): string[] => Array.from({ length: bytes.length / leafBytes }, (_, i) => bytes.toString('hex', i * leafBytes, (i + 1) * leafBytes));

function* entriesOf(db: AnyDb, after: number, upTo: number): Generator<KeptEntry> {
  for (let from = after; from < upTo; from += page) {
    // Read to its end before anybody works on it: an open question would hold the file as it is.
    const some = Array.from(readKeptEntries(db, from, Math.min(from + page, upTo)));
    yield* some;
  }
}

/** `file`: what the report noted of where its activities stand. `sealed`: how many entries the newest seal counts. */
export function activitySource(db: AnyDb, file: string, sealed: number): PackActivity {
  const places = new DigestPlaces(db);
  const sealedDigest = (connection: string, hour: string): DigestRow | null => {
    const row = rowIdOf('connection', connection);
    const digest = row === null ? undefined : places.find(row, Date.parse(hour) / 3_600_000);
    return digest === undefined || digest.root === null || digest.entry === null || digest.entry > sealed ? null : digest;
  };
  return {
    standing: () => standingOf(file),
    leaves: (connection, hour) => {
      const digest = sealedDigest(connection, hour);
      return digest === null ? null : leafPages(places, digest);
    },
  };
}

async function* leafPages(places: DigestPlaces, digest: DigestRow): AsyncGenerator<readonly string[]> {
  for (const leaves of places.leavesOf(digest)) yield hashes(leaves);
}

async function* standingOf(file: string): AsyncGenerator<readonly Standing[]> {
  let held: Standing[] = [];
  // The file was written by the report a moment ago.
  for await (const line of linesOf(createReadStream(file))) {
    held.push(JSON.parse(line) as Standing);
    if (held.length < page) continue;
    yield held;
    held = [];
  }
  if (held.length > 0) yield held;
}
