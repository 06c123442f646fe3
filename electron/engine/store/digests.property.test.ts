/** Stories in any order, with repeats, crashes, retention and erasure: digests hold; and whatever byte of the file is changed behind Gatehouse's back is found. */
import { describe, expect, it } from 'vitest';
import type { AuditDamage } from '../../../shared/audit.ts';
import type { Draft } from '../ingest/draft.ts';
import { packPayloads, payloadFormat, unpackPayload, type PayloadRef } from '../ingest/payload.ts';
import type { Told } from './assemble/assembler.ts';
import { US_HOUR } from './codes.ts';
import { checkDigests, type DigestCheck } from './digest-check.ts';
import { foldDigests } from './digest-fold.ts';
import { DigestPlaces } from './digest-places.ts';
import { closeDigests, recordsGone } from './digests.ts';
import { tellingIds } from './hash.ts';
import { BlockFiller, compress, decompress } from './payloads.ts';
import { activityProof, listDigests } from './queries/digests.ts';
import { Reading } from './queries/reading.ts';
import type { ReadDb } from './database.ts';
import { freshHistory, logDraft, spanDraft, t0, trace, type TestHistory } from './test-history.ts';
import { dropPayloads } from './retention.ts';

interface Random { readonly int: (from: number, to: number) => number; readonly chance: (of: number) => boolean; readonly pick: <T>(list: readonly T[]) => T; readonly hex: (bytes: number) => string }

function seededRandom(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return { int, chance: (of) => next() < of, pick: (list) => list[int(0, list.length - 1)] as (typeof list)[number], hex: (bytes) => Array.from({ length: bytes }, () => int(0, 255).toString(16).padStart(2, '0')).join('') };
}

const payload = (text: string, context: PayloadRef['context']): PayloadRef => ({ kind: 1, source: Buffer.from(text), start: 0, end: Buffer.byteLength(text), context });
const contexts = ['a', 'bb', ''].map((text) => ({ source: Buffer.from(`resource ${text}scope`), resourceStart: 0, resourceEnd: 9 + text.length, scopeStart: 9 + text.length, scopeEnd: 14 + text.length }));

function draftOf(random: Random): Draft {
  const n = random.int(1, 60);
  const status = random.pick(['ok', 'error', 'running'] as const);
  if (random.chance(0.2)) return logDraft(`event:${n}`, n, { status });
  if (random.chance(0.1)) return spanDraft(n, 0, { traceId: trace(n % 7), plain: true, status });
  return spanDraft(n, n > 20 ? n % 20 : 0, { traceId: trace(n % 7), status, at: random.chance(0.1) ? -500_000 : n, ...(n % 20 === 0 ? { role: 'agent', agent: { name: `agent ${n}` } } : {}) });
}

const check = (history: TestHistory): DigestCheck => {
  const steps = checkDigests(history.db);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
};

interface Story { readonly history: TestHistory; readonly hours: number; accepted: number }

/** The power goes before the commit. */
function cutOff(history: TestHistory, run: () => void): void {
  history.db.exec('BEGIN');
  run();
  history.db.exec('ROLLBACK');
  history.assembler.forget();
}

/** Told in transactions of random size by two connections over some hours; some fail, some are followed by a restart. */
function tellStory(random: Random, most = 14): Story {
  const history = freshHistory();
  const two = history.connect('two');
  let hour = 0;
  let accepted = 0;
  for (let round = random.int(5, most); round > 0; round--) {
    if (random.chance(0.2)) hour += random.int(1, 3);
    if (random.chance(0.05)) hour = Math.max(0, hour - 2);
    const nowUs = t0 + hour * US_HOUR + round;
    const filler = new BlockFiller();
    const told = Array.from({ length: random.int(1, random.chance(0.05) ? 200 : 12) }, (): Told => {
      const draft = draftOf(random);
      const ref = payload(`${draft.key} ${draft.status} ${random.chance(0.3) ? 'again' : random.hex(4)}`, random.pick(contexts));
      return { connection: random.chance(0.3) ? two : 1, service: 'svc', serviceVersion: '', draft, ids: tellingIds(draft), payload: filler.place(ref), receivedUs: nowUs };
    });
    if (random.chance(0.1)) {
      cutOff(history, () => history.tellTold(told, nowUs));
      continue;
    }
    history.tellTold(told, nowUs);
    accepted += told.length;
    if (random.chance(0.1)) history.restart();
    if (random.chance(0.3)) history.db.transaction(() => foldDigests(history.db, random.pick([0.1, 100]))).immediate();
    if (random.chance(0.3)) history.db.transaction(() => closeDigests(history.db, nowUs)).immediate();
  }
  return { history, hours: hour, accepted };
}

const closeAll = ({ history, hours }: Story): void => { history.db.transaction(() => closeDigests(history.db, t0 + (hours + 100) * US_HOUR)).immediate(); };
const reading = (history: TestHistory): Reading => new Reading(history.db as unknown as ReadDb);

/** Every place that an activity stands on. */
const placesOf = (history: TestHistory): string[] => history.all<{ place: string }>("SELECT DISTINCT block || '.' || slot AS place FROM (SELECT block, slot FROM activity UNION ALL SELECT block, slot FROM extra_ref) WHERE block <> 0").map((one) => one.place).toSorted();
const inDigests = (history: TestHistory): string[] => history.all<{ place: number; n: number }>('SELECT place, n FROM digest_run').flatMap(({ place, n }) => Array.from({ length: n }, (_, at) => `${Math.floor(place / 1_024)}.${(place % 1_024) + at}`)).toSorted();

describe('a random story', { timeout: 60_000 }, () => {
  it('has each record that activities stand on in exactly one digest, whatever came in between, and each digest holds', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const story = tellStory(seededRandom(seed));
      const { history } = story;
      const places = inDigests(history);
      expect(new Set(places).size).toBe(places.length);
      expect(placesOf(history).filter((place) => !new Set(places).has(place))).toEqual([]);
      expect({ seed, ...check(history) }).toMatchObject({ seed, damage: [], more: false });
      closeAll(story);
      expect({ seed, ...check(history) }).toMatchObject({ seed, damage: [], records: places.length });
      const page = listDigests(reading(history), { limit: 1000 });
      expect(page.rows.reduce((sum, one) => sum + one.records, 0)).toBe(places.length);
      expect(page.rows.every((one) => one.entryId !== null)).toBe(true);
    }
  });

  it('proves each activity, and a proof is of a root that the audit log names', () => {
    for (let seed = 31; seed <= 33; seed++) {
      const story = tellStory(seededRandom(seed));
      closeAll(story);
      const read = reading(story.history);
      const log = JSON.stringify(story.history.all("SELECT details FROM audit_entry WHERE action = 'activity.digest'"));
      for (const { id } of story.history.all<{ id: number }>('SELECT id FROM activity')) {
        const { records } = activityProof(read, { id: `act-${id.toString(36)}` });
        expect(records.length).toBeGreaterThan(0);
        for (const one of records) expect([one.state, log.includes(one.root ?? '-')]).toEqual(['holds', true]);
      }
    }
  });

  it('stays checkable while its records go, and of an hour that is gone as a whole count and root stay', () => {
    for (let seed = 41; seed <= 44; seed++) {
      const random = seededRandom(seed);
      const story = tellStory(random);
      const { history } = story;
      if (random.chance(0.5)) closeAll(story);
      const roots = history.all('SELECT connection, hour, records, root FROM digest WHERE root IS NOT NULL ORDER BY id');
      const ids = history.all<{ id: number; block: number; slot: number }>('SELECT id, block, slot FROM activity');
      while (ids.length > 0) {
        const going = ids.splice(0, random.int(5, 60));
        history.db.transaction(() => {
          const gone = new Map<number, { slots: Set<number>; count: number }>();
          for (const { id, block, slot } of going) {
            for (const one of [{ block, slot }, ...history.all<{ block: number; slot: number }>('SELECT block, slot FROM extra_ref WHERE activity = ? AND block <> 0', id)]) {
              const inBlock = gone.get(one.block) ?? { slots: new Set(), count: 0 };
              inBlock.slots.add(one.slot);
              inBlock.count += 1;
              gone.set(one.block, inBlock);
            }
            history.db.prepare('DELETE FROM activity WHERE id = ?').run(id);
            history.db.prepare('DELETE FROM extra_ref WHERE activity = ?').run(id);
          }
          dropPayloads(history.db, gone);
        }).immediate();
        expect({ seed, left: ids.length, ...check(history) }).toMatchObject({ damage: [] });
      }
      closeAll(story);
      expect({ seed, ...check(history) }).toMatchObject({ damage: [] });
      const after = history.all<{ id: number; letGoUs: number | null }>('SELECT connection, hour, records, root FROM digest ORDER BY id');
      expect(after).toEqual(expect.arrayContaining(roots));
      expect(history.all('SELECT count(*) AS n FROM digest_run')).toEqual([{ n: 0 }]);
    }
  });
});

interface Blob { readonly table: string; readonly key: number; readonly column: string; readonly bytes: Buffer }

/** Everything of the digests and the records that stands in the file as bytes. */
function blobs(history: TestHistory): Blob[] {
  const of = (table: string, key: string, column: string): Blob[] => history.all<{ key: number; bytes: Buffer }>(`SELECT ${key} AS "key", ${column} AS bytes FROM ${table} WHERE length(${column}) > 0`).map((row) => ({ table, column, ...row }));
  return [...of('payload', 'id', 'body'), ...of('digest_chunk', 'at', 'leaves'), ...of('digest_chunk', 'at', 'root'), ...of('digest', 'id', 'root')];
}

const kinds = (damage: readonly AuditDamage[]): string[] => [...new Set(damage.map((one) => `${one.kind} ${one.where}`))];

describe('what is changed behind Gatehouse\'s back', { timeout: 60_000 }, () => {
  it('is found, whichever byte it was', () => {
    for (let seed = 61; seed <= 62; seed++) {
      const random = seededRandom(seed);
      const story = tellStory(random, 8);
      closeAll(story);
      const { history } = story;
      for (let flips = 0; flips < 30; flips++) {
        const { table, key, column, bytes } = random.pick(blobs(history));
        const at = random.int(0, bytes.length - 1);
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << random.int(0, 7));
        const same = table === 'payload' && sameRecords(history, key, flipped);
        history.db.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${table === 'digest_chunk' ? 'at' : 'id'} = ?`).run(flipped, key);
        expect({ seed, table, at, found: check(history).damage.length > 0 || same }).toMatchObject({ found: true });
        history.db.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${table === 'digest_chunk' ? 'at' : 'id'} = ?`).run(bytes, key);
      }
      expect(check(history).damage).toEqual([]);
    }
  });

  /** Some bits of the compressor's own frame say nothing, and in some slots stands what came again. */
  function sameRecords(history: TestHistory, block: number, flipped: Buffer): boolean {
    const [row] = history.all<{ format: number; codec: number; body: Buffer }>('SELECT format, codec, body FROM payload WHERE id = ?', block);
    if (row === undefined) return false;
    const slots = history.all<{ place: number; n: number }>('SELECT place, n FROM digest_run WHERE place / 1024 = ?', block).flatMap(({ place, n }) => Array.from({ length: n }, (_, at) => (place % 1_024) + at));
    const recordsOf = (body: Buffer): string => JSON.stringify(slots.map((slot) => unpackPayload(row.format, decompress({ codec: row.codec, body }), slot)));
    try {
      return recordsOf(row.body) === recordsOf(flipped);
    } catch {
      // It cannot be read at all: that is not the same.
      return false;
    }
  }

  function threeActivities(): { history: TestHistory; ids: number[] } {
    const history = freshHistory();
    const filler = new BlockFiller();
    const context = contexts[0] as PayloadRef['context'];
    const told = [1, 2, 3].map((n): Told => {
      const draft = spanDraft(n, 0);
      return { connection: 1, service: 'svc', serviceVersion: '', draft, ids: tellingIds(draft), payload: filler.place(payload(`record ${n}`, context)), receivedUs: t0 };
    });
    history.tellTold(told, t0);
    history.db.transaction(() => closeDigests(history.db, t0 + US_HOUR)).immediate();
    return { history, ids: history.all<{ id: number }>('SELECT id FROM activity ORDER BY span').map((one) => one.id) };
  }

  /** As somebody would who knows the file: the block is packed anew, with one record changed. */
  function rewrite(history: TestHistory, change: (text: string) => string): void {
    const [row] = history.all<{ id: number; format: number; codec: number; body: Buffer }>('SELECT id, format, codec, body FROM payload');
    if (row === undefined) throw new Error('no block');
    const plain = decompress(row);
    const refs = [0, 1, 2].map((slot): PayloadRef => {
      const { record, resource, scope } = unpackPayload(row.format, plain, slot);
      const source = Buffer.concat([resource, scope, Buffer.from(change(Buffer.from(record).toString()))]);
      const scopeEnd = resource.length + scope.length;
      return { kind: 1, source, start: scopeEnd, end: source.length, context: { source, resourceStart: 0, resourceEnd: resource.length, scopeStart: resource.length, scopeEnd } };
    });
    const { codec, body } = compress(packPayloads(refs));
    history.db.prepare('UPDATE payload SET format = ?, codec = ?, body = ? WHERE id = ?').run(payloadFormat, codec, body, row.id);
  }

  const stateOf = (history: TestHistory, id: number): (string | undefined)[] => activityProof(reading(history), { id: `act-${id.toString(36)}` }).records.map((one) => one.state);

  it('is located to the activity whose record it was, in the check and in the proof', () => {
    const { history, ids } = threeActivities();
    rewrite(history, (text) => text.replace('record 2', 'rec0rd 2'));
    expect(check(history).damage).toMatchObject([{ kind: 'changed', where: 'activity', at: ids[1] }]);
    expect(ids.map((id) => stateOf(history, id))).toEqual([['holds'], ['does_not_match'], ['holds']]);
  });

  it('is seen when a record was emptied without a retention, and not when one was let go', () => {
    const { history, ids } = threeActivities();
    rewrite(history, (text) => (text === 'record 3' ? '' : text));
    expect(check(history).damage).toMatchObject([{ kind: 'missing', where: 'activity', at: ids[2] }]);
    recordsGone(history.db, 1, new Set([2]), t0);
    expect(check(history).damage).toEqual([]);
    expect(ids.map((id) => stateOf(history, id))).toEqual([['holds'], ['holds'], ['erased']]);
    expect(listDigests(reading(history), { limit: 10 }).rows).toMatchObject([{ records: 3, erased: 1 }]);
  });

  it('is seen when leaf and record were changed together, a row was put in, a digest taken out, or the log says something else', () => {
    const { history, ids } = threeActivities();
    const damaged = (sql: string): string[] => {
      history.db.exec(`BEGIN; ${sql}`);
      const found = kinds(check(history).damage);
      history.db.exec('ROLLBACK');
      return found;
    };
    expect(damaged('UPDATE digest_chunk SET leaves = zeroblob(96)')).toEqual(['does_not_match digest', 'changed activity']);
    expect(damaged('DELETE FROM digest_chunk')).toEqual(['missing digest']);
    expect(damaged('UPDATE digest_run SET n = 2')).toEqual(['missing digest', 'does_not_match activity']);
    expect(damaged(`UPDATE activity SET slot = 77 WHERE id = ${ids[0]}`)).toEqual(['does_not_match activity']);
    expect(damaged('DELETE FROM digest; DELETE FROM digest_run')).toEqual(['missing digest', 'does_not_match activity']);
    expect(damaged('DELETE FROM digest_run')).toEqual(['missing digest', 'does_not_match activity']);
    expect(damaged('UPDATE digest SET records = 2')).toEqual(['missing digest', 'does_not_match digest']);
    expect(damaged('UPDATE digest SET root = zeroblob(32)')).toEqual(['does_not_match digest']);
    expect(damaged('UPDATE digest SET entry = 9')).toEqual(['missing digest']);
    expect(damaged("UPDATE digest SET gone = 1")).toEqual(['changed digest']);
    expect(damaged('DELETE FROM payload')).toEqual(['missing activity']);
    expect(check(history).damage).toEqual([]);
  });
});

describe('an older file', () => {
  it('says of what was kept before that there were no digests', () => {
    const history = freshHistory();
    const filler = new BlockFiller();
    const draft = spanDraft(1, 0);
    history.tellTold([{ connection: 1, service: 'svc', serviceVersion: '', draft, ids: tellingIds(draft), payload: filler.place(payload('old', contexts[0] as PayloadRef['context'])), receivedUs: t0 }], t0);
    history.db.exec("DELETE FROM digest; DELETE FROM digest_run; UPDATE meta SET value = '2' WHERE key = 'digests_from_block'");
    expect(activityProof(reading(history), { id: 'act-1' }).records).toMatchObject([{ state: 'before_digests', hour: null, root: null }]);
    expect(check(history).damage).toEqual([]);
    expect(new DigestPlaces(history.db).of([1])).toMatchObject([{ activity: 1, standing: null, before: true }]);
  });
});
