/** The digests over what connections brought, and where the records of an activity stand in them. */
import type { ActivityProof } from '../../../../shared/audit.ts';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { isIncluded } from '../../audit/merkle.ts';
import { leafOf } from '../../ingest/leaf.ts';
import { BrokenDigest } from '../digest-tree.ts';
import { DigestEntries } from '../digest-entry.ts';
import { DigestPlaces, type ActivityRecord, type DigestRow, type StandingRecord } from '../digest-places.ts';
import { iso as hourIso } from '../digests.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { PayloadReader } from '../payloads.ts';
import { parseCursor, rowId, writeCursor, type Reading } from './reading.ts';

interface ListedDigest extends DigestRow { readonly gone: number; readonly name: string | null }

const past = Number.MAX_SAFE_INTEGER;

/** Newest hour first. */
export function listDigests(reading: Reading, params: ParsedParams<'audit.digests'>): Result<'audit.digests'> {
  const before = params.before === undefined ? { us: past, id: past } : parseCursor(params.before);
  const of = params.connectionId === undefined ? null : rowId('connection', params.connectionId);
  const rows = reading.sql<(number | null)[], ListedDigest>(`SELECT d.id, d.connection, d.hour, d.records, d.folded, d.root, d.entry, d.gone, c.name FROM digest d LEFT JOIN connection c ON c.id = d.connection
    WHERE (d.hour, d.connection) < (?, ?) ${of === null ? '' : 'AND d.connection = ?'} ORDER BY d.hour DESC, d.connection DESC LIMIT ?`).all(before.us, before.id, ...(of === null ? [] : [of]), params.limit + 1);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  return {
    rows: page.map((one) => ({
      connectionId: publicId('connection', one.connection), connectionName: one.name ?? '(removed)', hour: hourIso(one.hour), records: one.records,
      root: one.root?.toString('hex') ?? null, entryId: one.entry === null ? null : publicId('audit', one.entry), erased: one.gone,
    })),
    next: rows.length > page.length && last !== undefined ? writeCursor({ us: last.hour, id: last.connection }) : null,
  };
}

type Proof = ActivityProof['records'][number];
const mostRecords = 100;

/** Everything is made anew from what is stored now: the leaf from the record, the way to the root from the other leaves, the root from the audit log. */
export function activityProof(reading: Reading, { id }: ParsedParams<'activity.proof'>): Result<'activity.proof'> {
  const row = rowId('activity', id);
  const connection = reading.sql<[number], { connection: number }>('SELECT t.connection FROM activity a JOIN task t ON t.id = a.task WHERE a.id = ?').get(row)?.connection;
  if (connection === undefined) throw new StoreError('not_found', 'There is no such activity in the history any more.');
  const places = new DigestPlaces(reading.db);
  const parts = { places, payloads: new PayloadReader(reading.db), entries: new DigestEntries(reading.db), connection: publicId('connection', connection) };
  return { activityId: id, records: places.of([row]).slice(0, mostRecords).map((record) => proofOf(parts, record)) };
}

interface Parts { readonly places: DigestPlaces; readonly payloads: PayloadReader; readonly entries: DigestEntries; readonly connection: string }

function proofOf(parts: Parts, record: ActivityRecord): Proof {
  const { standing } = record;
  if (standing === null) {
    const state = record.before ? 'before_digests' : parts.payloads.stored(record) !== null ? 'does_not_match' : 'erased';
    return { connectionId: parts.connection, hour: null, index: null, size: null, leaf: null, path: [], root: null, entryId: null, state };
  }
  const { digest, index, leaf, gone } = standing;
  const place = { connectionId: publicId('connection', digest.connection), hour: hourIso(digest.hour), index, size: digest.records, leaf: leaf.toString('hex'), entryId: digest.entry === null ? null : publicId('audit', digest.entry) };
  const stored = parts.payloads.stored(record);
  const isSame = stored !== null && leafOf(stored).equals(leaf);
  // Its root still changes: there is nothing yet that a way could lead to.
  if (digest.root === null) return { ...place, path: [], root: null, state: gone ? 'erased' : isSame ? 'open_hour' : 'does_not_match' };
  const path = wayOf(parts, standing);
  const said = parts.entries.of(digest);
  const holds = path !== null && isIncluded({ index, size: digest.records, leaf, proof: path, root: digest.root }) && (said === 'same' || said === 'gone') && (gone || isSame);
  return { ...place, path: path?.map((hash) => hash.toString('hex')) ?? [], root: digest.root.toString('hex'), state: !holds ? 'does_not_match' : gone ? 'erased' : 'holds' };
}

function wayOf({ places }: Parts, { digest, index }: StandingRecord): Buffer[] | null {
  try {
    return places.path(digest, index);
  } catch (cause) {
    // Leaves are missing from the file: that is what the answer says.
    if (cause instanceof BrokenDigest) return null;
    throw cause;
  }
}
