/**
 * Checks a pack from one end to the other and says what it found. The same code in the command line and in the page that goes with every pack; it imports
 * nothing of the program that wrote the pack.
 */
import { fromHex, hex, joined, textOf, utf8 } from './bytes.ts';
import { BodyHashes, checkBodies } from './check-bodies.ts';
import type { Bodies } from './check-bodies.ts';
import { checkActivity } from './check-activity.ts';
import { checkCheckpoint } from './check-checkpoint.ts';
import { checkPinned, fingerprintText, keysPath, pemPath, readKeys, vkeyPath } from './check-key.ts';
import type { Keys, Pinned } from './check-key.ts';
import { LogCheck, readTombstone } from './check-log.ts';
import type { Tombstone } from './check-log.ts';
import { checkSeals } from './check-seals.ts';
import type { Seals } from './check-seals.ts';
import { checkNames, Findings } from './findings.ts';
import type { Check, Finding } from './findings.ts';
import { sha256Hex } from './hashing.ts';
import type { Hashing } from './hashing.ts';
import { count, counted, inert } from './inert.ts';
import { manifestNoteText, readManifest, sumsText, zipNoteText } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { openNote } from './notes.ts';
import { PackReader } from './pack-reader.ts';
import { chunksOf, openZip } from './zip.ts';
import type { Bytes, OpenZip } from './zip.ts';

export const entriesPath = 'log/entries.jsonl';
export const bodiesPath = 'log/bodies.jsonl';
export const sealsPath = 'log/seals.jsonl';
export const newestSealPath = 'log/newest-seal.txt';
export const tombstonesPath = 'log/tombstones.jsonl';

const mostManifest = 64 * 1024 * 1024;

export interface VerifyOptions {
  readonly hashing: Hashing;
  /** fingerprint of the key as `readPinned` gives it; null: nobody told. */
  readonly pinned: string | null;
  /** a seal of this log that the auditor keeps; null: none. */
  readonly checkpoint: string | null;
  readonly signal?: AbortSignal;
  /** bytes that were checked, and of how many. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface PackFacts {
  readonly madeAt: string; readonly by: string; readonly version: string; readonly name: string; readonly from: string; readonly to: string; readonly origin: string; readonly fingerprint: string; readonly verifier: string;
  readonly files: number; readonly entries: number; readonly firstSeq: number; readonly seals: number; readonly newestSealHour: string | null; readonly withheld: number; readonly erased: number;
}

/** `whole`: nothing was found; it is proven to be of that log only where `pinned` is `matches`. */
export interface Verification { readonly verdict: 'whole' | 'damaged'; readonly pinned: Pinned; readonly checks: readonly Check[]; readonly findings: readonly Finding[]; /** found and not listed. */ readonly more: number; readonly pack: PackFacts | null }

export async function verifyPack(bytes: Bytes, options: VerifyOptions): Promise<Verification> {
  const run = new Run(bytes, options);
  await run.all();
  return run.verification();
}

class Run {
  readonly #bytes: Bytes;
  readonly #options: VerifyOptions;
  readonly #findings = new Findings();
  #done = 0;
  #of: number;
  #pinned: Pinned = 'not_given';
  #facts: PackFacts | null = null;

  constructor(bytes: Bytes, options: VerifyOptions) {
    this.#bytes = bytes;
    this.#options = options;
    this.#of = bytes.size;
  }

  async all(): Promise<void> {
    const zip = await this.#open();
    if (zip === null) return;
    const [text, note, sums] = [await this.#unlisted(zip, 'manifest.json'), await this.#unlisted(zip, 'manifest.note'), await this.#unlisted(zip, 'SHA256SUMS')];
    const manifest = text === null ? null : readManifest(text);
    if (text === null || manifest === null) {
      this.#findings.add('manifest', text === null ? 'file_missing' : 'manifest_forged', 'file', 'manifest.json', text === null ? 'There is no manifest: this is no pack, or not all of it.' : 'manifest.json is not spelled as a manifest is.');
      return;
    }
    this.#of += manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    const reader = new PackReader(zip, manifest, this.#options.hashing, this.#findings, (more) => this.#advance(more));
    reader.checkNames();
    const keys = await this.#checkKeys(reader, manifest);
    await this.#checkSigned(zip, manifest, text, note ?? '', keys);
    const sum = sha256Hex(this.#options.hashing, utf8(text));
    if (sums !== null && sums !== sumsText(manifest.files, sum)) this.#findings.add('files', 'file_changed', 'file', 'SHA256SUMS', 'SHA256SUMS does not repeat the sums of the manifest.');
    const bodies = await this.#checkLog(reader, manifest, keys);
    this.#remember(manifest, bodies);
    const files = await reader.rest();
    this.#findings.done('files', `${counted(files, 'file')}, each as the manifest tells.`);
  }

  verification(): Verification {
    const { list, more, total } = this.#findings;
    const notDone = { key: this.#facts === null ? 'The pack could not be read.' : `No key was given to compare with. Whose this pack is you know only when you compare this fingerprint with what you were told by another way: ${fingerprintText(this.#facts.fingerprint)}.`, checkpoint: 'No checkpoint was given. With one that you keep from another day, a log that was put back to an earlier one shows.', activity: 'There are no activities with proofs in this pack.' };
    return { verdict: total === 0 ? 'whole' : 'damaged', pinned: this.#pinned, checks: checkNames.map((name) => this.#findings.check(name, name in notDone ? notDone[name as keyof typeof notDone] : 'The pack could not be read so far.')), findings: list, more, pack: this.#facts };
  }

  async #open(): Promise<OpenZip | null> {
    try {
      return await openZip(this.#bytes);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      this.#findings.add('zip', 'file_changed', 'file', 'zip', `This cannot be read as a zip: it is no pack, was cut or was changed (${error instanceof Error ? error.message : String(error)}).`);
      return null;
    }
  }

  /** A file whose hash stands in no list: small, and proven by what is signed. */
  async #unlisted(zip: OpenZip, path: string): Promise<string | null> {
    const file = zip.files.get(path);
    if (file === undefined || file.bytes > mostManifest) return null;
    const parts: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const part of file.read()) {
        length += part.length;
        if (length > mostManifest) break;
        parts.push(part.slice());
      }
    } catch {
      // Told as changed just below, whatever it was.
      length = -1;
    }
    const text = length < 0 || length > mostManifest ? null : textOf(joined(...parts));
    if (text === null) this.#findings.add('files', 'file_changed', 'file', path, `${path} cannot be unpacked whole: it was changed.`);
    return text;
  }

  async #checkKeys(reader: PackReader, manifest: Manifest): Promise<Keys> {
    const text = (path: string): Promise<string | null> => (reader.has(path) ? reader.text(path, 65_536) : Promise.resolve(null));
    const keys = await readKeys(this.#options.hashing, manifest, { vkey: await text(vkeyPath), pem: await text(pemPath), keys: await text(keysPath) }, this.#findings);
    this.#pinned = checkPinned(keys, this.#options.pinned, this.#findings);
    return keys;
  }

  /** The two signatures of the pack itself: over its manifest, and over the zip byte for byte. */
  async #checkSigned(zip: OpenZip, manifest: Manifest, text: string, note: string, { current }: Keys): Promise<void> {
    const { hashing } = this.#options;
    const origin = manifest.log.origin;
    const signed = current === null ? null : await openNote(hashing, note, current);
    if (signed !== manifestNoteText(origin, sha256Hex(hashing, utf8(text)), manifest.madeAt)) this.#findings.add('manifest', 'manifest_forged', 'file', 'manifest.note', 'The manifest is not what the key of this pack signed.');
    else this.#findings.done('manifest', `Signed by ${origin}; lists ${counted(manifest.files.length, 'file')}.`);
    const end = this.#bytes.size - zip.comment.length - 2;
    const hash = hashing.sha256();
    for await (const chunk of chunksOf(this.#bytes, Math.max(0, end))) {
      hash.update(chunk);
      this.#advance(chunk.length);
    }
    const comment = textOf(zip.comment);
    const told = comment === null || current === null ? null : await openNote(hashing, comment, current);
    if (told !== zipNoteText(origin, hex(hash.digest()), end)) this.#findings.add('zip', 'file_changed', 'file', 'zip', 'The zip is not byte for byte the one that was written: something in it was changed, or it was packed anew.');
    else this.#findings.done('zip', `All ${count(this.#bytes.size)} bytes of the zip are as they were written.`);
  }

  async #checkLog(reader: PackReader, manifest: Manifest, keys: Keys): Promise<Bodies> {
    const { hashing, checkpoint } = this.#options;
    const origin = manifest.log.origin;
    const seals = await checkSeals(reader.lines(sealsPath), keys.all, origin, hashing, this.#findings);
    await this.#judgeSeals(reader, seals, manifest);
    const tombstone = await this.#tombstone(reader, manifest, seals);
    const log = new LogCheck(seals.known, tombstone, hashing, this.#findings);
    const [hashes, deeds] = [new BodyHashes(), new Map<number, 'digest' | 'erasure'>()];
    let pruneSaid = tombstone === null;
    for await (const line of reader.lines(entriesPath)) {
      const entry = log.take(line);
      hashes.add(fromHex(entry?.body ?? '') ?? new Uint8Array(32));
      const seq = (tombstone?.upTo ?? 0) + hashes.count;
      if (entry?.action === 'activity.digest') deeds.set(seq, 'digest');
      if (entry?.action === 'erasure.audit') deeds.set(seq, 'erasure');
      if (entry?.action === 'audit.prune' && seq === tombstone?.entry) pruneSaid = true;
    }
    log.end(manifest.log);
    if (!pruneSaid) this.#findings.add('log', 'missing', 'entry', 1, `Entries up to ${tombstone?.upTo ?? 0} are gone, and entry ${tombstone?.entry ?? 0} does not say that they were removed.`);
    this.#findings.done('log', `${counted(hashes.count, 'entry', 'entries')}, each named by the next; ${counted(log.matched, 'seal')} counted them as they stand${tombstone === null ? '' : `. Entries 1 to ${tombstone.upTo} were pruned behind a seal`}.`);
    const bodies = await checkBodies(reader.lines(bodiesPath), hashes, (tombstone?.upTo ?? 0) + 1, deeds, hashing, this.#findings);
    this.#findings.done('bodies', `Actor, text and details: of ${counted(bodies.shown, 'entry', 'entries')} they are what was written, of ${count(bodies.withheld)} they were withheld from this pack, of ${count(bodies.erased)} erased.`);
    if (checkpoint !== null) await checkCheckpoint(checkpoint, seals, keys.all, origin, hashing, this.#findings);
    const activity = await checkActivity(reader, bodies.digests, hashing, this.#findings);
    if (activity.hours > 0 || activity.standing > 0) this.#findings.done('activity', `${counted(activity.standing, 'record')} of exported activities, each with its leaf where it says, among the ${count(activity.leaves)} that came in ${counted(activity.hours, 'sealed hour')}.`);
    return bodies;
  }

  async #judgeSeals(reader: PackReader, seals: Seals, { log }: Manifest): Promise<void> {
    const newest = reader.has(newestSealPath) ? await reader.text(newestSealPath, 65_536) : null;
    if (seals.known.length > 0 && newest !== seals.known.at(-1)?.note) this.#findings.add('seals', 'does_not_match', 'file', newestSealPath, `${newestSealPath} is not the newest seal.`);
    if (seals.count < log.seals) this.#findings.add('seals', 'seal_missing', 'seal', seals.count + 1, `There are ${seals.count} seals; the manifest tells ${log.seals}.`);
    if (seals.count > log.seals) this.#findings.add('seals', 'out_of_order', 'seal', log.seals + 1, `There are ${seals.count} seals; the manifest tells ${log.seals}.`);
    this.#findings.done('seals', `${counted(seals.count, 'seal')}, each signed and naming the one before; no hour is without one.`);
  }

  /** What stands for the entries that were pruned. Null: the log begins with entry 1. */
  async #tombstone(reader: PackReader, { log }: Manifest, seals: Seals): Promise<Tombstone | null> {
    let newest: Tombstone | null = null;
    let lines = 0;
    for await (const line of reader.lines(tombstonesPath)) {
      lines += 1;
      const one = readTombstone(line);
      if (one === null) this.#findings.add('log', 'does_not_match', 'file', tombstonesPath, `Line ${lines} of ${tombstonesPath} is no tombstone.`);
      else if (newest === null || one.upTo > newest.upTo) newest = one;
    }
    const upTo = newest?.upTo ?? 0;
    if (log.firstSeq !== upTo + 1) this.#findings.add('log', 'missing', 'entry', Math.min(log.firstSeq, upTo + 1), `The manifest tells that the log begins with entry ${log.firstSeq}; by its tombstones it begins with ${upTo + 1}.`);
    if (newest !== null && !seals.known.some(({ seal }) => seal.size === upTo)) this.#findings.add('log', 'does_not_match', 'entry', upTo, `No seal counted exactly the ${upTo} entries that a tombstone stands for.`);
    return newest;
  }

  #remember({ madeAt, by, version, spec, log, key, files }: Manifest, { withheld, erased }: Bodies): void {
    const word = (name: string): string => (typeof spec[name] === 'string' ? inert(spec[name]) : '');
    this.#facts = { madeAt: inert(madeAt), by: inert(by), version: inert(version), name: word('name'), from: word('from'), to: word('to'), origin: inert(log.origin), fingerprint: key.fingerprint, verifier: inert(key.verifier), files: files.length, entries: log.size - log.firstSeq + 1, firstSeq: log.firstSeq, seals: log.seals, newestSealHour: log.newestSealHour === null ? null : inert(log.newestSealHour), withheld, erased };
  }

  #advance(bytes: number): void {
    this.#options.signal?.throwIfAborted();
    this.#done += bytes;
    this.#options.onProgress?.(this.#done, this.#of);
  }
}
