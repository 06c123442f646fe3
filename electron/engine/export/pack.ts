/**
 * The auditor pack: one zip with the files of a report, the audit log and its seals, what proves the exported activities, the public key, and verifiers that
 * need nothing of ours. docs/verify.md tells what is in it, verifier/ checks it.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Completeness, ReportJob, ReportSpec } from '../../../shared/reports.ts';
import { leavesPath, standingPath } from '../../../verifier/check-activity.ts';
import { keysPath, pemPath, vkeyPath } from '../../../verifier/check-key.ts';
import { isPackPath, manifestNoteText, packFormat, sumsText, zipNoteText } from '../../../verifier/manifest.ts';
import type { ManifestFile } from '../../../verifier/manifest.ts';
import { bodiesPath, entriesPath, newestSealPath, sealsPath, tombstonesPath } from '../../../verifier/verify.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { Json } from '../audit/canonical-json.ts';
import { hashOf } from '../audit/chain.ts';
import { completenessText, readmeText } from './pack-words.ts';
import type { PackLog } from './pack-log.ts';
import { PackZip } from './pack-zip.ts';
import type { Sink, Zipped } from './pack-zip.ts';

/** Where one record of an exported activity stands in the digest of the hour in which it came. */
export interface Standing { readonly activity: string; readonly connection: string; /** ISO 8601. */ readonly hour: string; readonly index: number; readonly leaf: string }

/** What proves exported activities. */
export interface PackActivity {
  /** In the order of the export. */
  readonly standing: () => AsyncIterable<readonly Standing[]>;
  /** All leaves of one hour of a connection, hex, in order. Null: its digest is not sealed yet, or is gone. */
  readonly leaves: (connection: string, hour: string) => AsyncIterable<readonly string[]> | null;
}

/** The programs and the guide that go along. */
export interface PackPrograms { readonly verifyHtml: string; readonly verifySh: string; readonly verifyMd: string }

type ReportFile = ReportJob['files'][number];

export interface PackOrder {
  /** holds `files`, whose paths are below it. */
  readonly folder: string;
  readonly files: readonly ReportFile[];
  readonly spec: ReportSpec; readonly completeness: Completeness;
  readonly by: string; readonly version: string; readonly madeAt: Date;
  readonly log: PackLog;
  readonly activity: PackActivity | null;
  readonly programs: PackPrograms;
  /** A signed note of the text, by the log's key. */
  readonly sign: (text: string) => string | Promise<string>;
  readonly signal?: AbortSignal;
  /** A file begins; bytes that were packed so far. */
  readonly onProgress?: (path: string, bytes: number) => void;
}

/** How many records of exported activities have their proof in the pack, and how many came in hours that are not sealed. */
export interface Packed { readonly files: number; readonly entries: number; readonly proven: number; readonly notSealed: number }

export async function writePack(order: PackOrder, sink: Sink): Promise<Packed> {
  const pack = new Pack(order, sink);
  return pack.write();
}

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join('');
/** Names and tags were typed by somebody; a manifest has no spelling for half a character. */
const wellFormed = (spec: ReportSpec): unknown => JSON.parse(JSON.stringify(spec), (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));
const spelled = (value: Readonly<Record<string, unknown>>): string => canonicalJson(value as unknown as Json);

class Pack {
  readonly #order: PackOrder;
  readonly #zip: PackZip;
  readonly #files: ManifestFile[] = [];
  #bytes = 0;
  #proven = 0;
  #notSealed = 0;

  constructor(order: PackOrder, sink: Sink) {
    this.#order = order;
    this.#zip = new PackZip(sink, order.madeAt);
  }

  async write(): Promise<Packed> {
    const { log, programs, completeness, activity } = this.#order;
    await this.#text('README.txt', readmeText(this.#order));
    await this.#text('VERIFY.md', programs.verifyMd);
    await this.#text('verify.html', programs.verifyHtml);
    await this.#text('verify.sh', programs.verifySh);
    await this.#text(vkeyPath, `${log.key.verifier}\n`);
    await this.#text(pemPath, log.key.pem);
    await this.#text(keysPath, lines(log.keys.map((key) => spelled({ ...key }))), log.keys.length);
    await this.#text('completeness.json', `${JSON.stringify(completeness, null, 2)}\n`);
    await this.#text('completeness.txt', completenessText(completeness));
    for (const file of this.#order.files) await this.#reportFile(file);
    if (activity !== null) await this.#activity(activity);
    await this.#log(log);
    await this.#sign(log);
    return { files: this.#files.length, entries: log.size - log.firstSeq + 1, proven: this.#proven, notSealed: this.#notSealed };
  }

  async #reportFile({ path, bytes, rows, content, format }: ReportFile): Promise<void> {
    const name = `report/${path.replaceAll('\\', '/')}`;
    if (!isPackPath(name)) throw new Error(`${path} is no name for a file of a pack.`);
    await this.#add(name, createReadStream(join(this.#order.folder, path)), { rows: () => rows, content, format, about: bytes });
  }

  async #activity({ standing, leaves }: PackActivity): Promise<void> {
    const hours = new Map<string, { readonly connection: string; readonly hour: string; readonly sealed: boolean }>();
    const counts = { proven: 0, notSealed: 0 };
    const isSealed = ({ connection, hour }: Standing): boolean => {
      const path = leavesPath(connection, Date.parse(hour) / 3_600_000);
      const known = hours.get(path) ?? { connection, hour, sealed: leaves(connection, hour) !== null };
      hours.set(path, known);
      return known.sealed;
    };
    async function* text(): AsyncGenerator<Uint8Array> {
      for await (const page of standing()) {
        const sealed = page.filter(isSealed);
        counts.proven += sealed.length;
        counts.notSealed += page.length - sealed.length;
        yield Buffer.from(lines(sealed.map(({ activity, connection, hour, index, leaf }) => spelled({ activity, connection, hour, index, leaf }))));
      }
    }
    await this.#add(standingPath, text(), { rows: () => counts.proven, content: 'activity', format: 'jsonl', about: 0 });
    this.#proven = counts.proven;
    this.#notSealed = counts.notSealed;
    for (const [path, { connection, hour }] of [...hours].filter(([, { sealed }]) => sealed).toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      const pages = leaves(connection, hour);
      if (pages === null) throw new Error('A digest that was sealed is not there any more.');
      const read = { rows: 0 };
      await this.#add(path, linesOf(pages, read), { rows: () => read.rows, content: 'activity', format: 'txt', about: 0 });
    }
  }

  async #log(log: PackLog): Promise<void> {
    const [entries, bodies] = [{ rows: 0 }, { rows: 0 }];
    const named = this.#order.spec.people === 'names';
    await this.#add(entriesPath, linesOf(log.lines(), entries), { rows: () => entries.rows, content: 'console', format: 'jsonl', about: 0 });
    await this.#add(bodiesPath, linesOf(log.bodies(this.#order.spec), bodies), { rows: () => bodies.rows, content: 'console', format: 'jsonl', about: 0 });
    await this.#text(sealsPath, lines(log.seals.map((note, i) => spelled({ note, seal: i + 1 }))), log.seals.length);
    await this.#text(newestSealPath, log.seals.at(-1) ?? '');
    await this.#text(tombstonesPath, lines(log.tombstones.map((one) => spelled(named ? { ...one } : { ...one, by: null, reason: null }))), log.tombstones.length);
  }

  async #sign({ key, firstSeq, size, root, seals, newestSealHour }: PackLog): Promise<void> {
    const { sign, version } = this.#order;
    const [by, spec] = [this.#order.by.toWellFormed(), wellFormed(this.#order.spec)];
    const madeAt = this.#order.madeAt.toISOString();
    const counts = { ...Object.fromEntries(this.#order.completeness.contents.map(({ content, examined }) => [content, examined])), proofs: { notSealed: this.#notSealed, proven: this.#proven } };
    const manifest = canonicalJson({ by, counts, files: this.#files, format: packFormat, key: { fingerprint: key.fingerprint, name: key.name, verifier: key.verifier }, log: { firstSeq, newestSealHour, origin: key.name, root, seals: seals.length, size }, madeAt, spec, version } as unknown as Json);
    const sha256 = hashOf(manifest);
    await this.#plain('manifest.json', manifest);
    await this.#plain('manifest.note', await sign(manifestNoteText(key.name, sha256, madeAt)));
    await this.#plain('SHA256SUMS', sumsText(this.#files, sha256));
    await this.#zip.end((zipSha256, bytes) => sign(zipNoteText(key.name, zipSha256, bytes)));
  }

  async #plain(path: string, text: string): Promise<Zipped> {
    return this.#zip.add(path, chunks(text), text.length);
  }

  #text(path: string, text: string, rows: number | null = null): Promise<void> {
    return this.#add(path, chunks(text), { rows: () => rows, content: null, format: path.slice(path.lastIndexOf('.') + 1), about: text.length });
  }

  async #add(path: string, from: AsyncIterable<Uint8Array>, { rows, content, format, about }: { readonly rows: () => number | null; readonly content: string | null; readonly format: string; readonly about: number }): Promise<void> {
    const { signal, onProgress } = this.#order;
    const passed = (bytes: number): void => {
      signal?.throwIfAborted();
      this.#bytes += bytes;
      onProgress?.(path, this.#bytes);
    };
    passed(0);
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const chunk of from) {
        passed(chunk.length);
        yield chunk;
      }
    }
    const { bytes, sha256 } = await this.#zip.add(path, watched(), about);
    this.#files.push({ path, bytes, sha256, rows: rows(), content, format });
  }
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function* linesOf(pages: AsyncIterable<readonly string[]> | Iterable<readonly string[]>, read: { rows: number }): AsyncGenerator<Uint8Array> {
  for await (const page of pages) {
    read.rows += page.length;
    yield Buffer.from(lines(page));
  }
}
