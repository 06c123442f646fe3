/** Reads the files of a pack, each once, and holds every one against the manifest while it is read. */
import { hex, joined, textOf } from './bytes.ts';
import type { Findings } from './findings.ts';
import type { Hashing } from './hashing.ts';
import { linesOf, UnreadableLines } from './lines.ts';
import { unlisted } from './manifest.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import type { OpenZip, ZippedFile } from './zip.ts';

export class PackReader {
  readonly #zip: OpenZip;
  readonly #listed: ReadonlyMap<string, ManifestFile>;
  readonly #hashing: Hashing;
  readonly #findings: Findings;
  readonly #read = new Set<string>();
  readonly #advance: (bytes: number) => void;

  constructor(zip: OpenZip, manifest: Manifest, hashing: Hashing, findings: Findings, advance: (bytes: number) => void) {
    this.#zip = zip;
    this.#listed = new Map(manifest.files.map((file) => [file.path, file]));
    this.#hashing = hashing;
    this.#findings = findings;
    this.#advance = advance;
  }

  /** Names in the zip that the manifest does not tell, names told twice, and files that are not there. */
  checkNames(): void {
    const seen = new Set<string>();
    for (const name of this.#zip.names) {
      const known = this.#listed.has(name) || unlisted.includes(name);
      if (!known || seen.has(name)) this.#findings.add('files', 'file_extra', 'file', name, known ? `There is more than one file ${name}.` : `${name} is not in the manifest: it was put in.`);
      seen.add(name);
    }
    for (const path of [...this.#listed.keys(), ...unlisted]) if (!this.#zip.files.has(path)) this.#findings.add('files', 'file_missing', 'file', path, `${path} is missing.`);
  }

  paths(prefix: string): string[] {
    return [...this.#listed.keys()].filter((path) => path.startsWith(prefix));
  }

  has(path: string): boolean { return this.#listed.has(path); }

  /** Null: it is not there, or no text. What is wrong with it was told. */
  async text(path: string, most: number): Promise<string | null> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.#chunks(path)) {
      length += chunk.length;
      if (length <= most) parts.push(chunk.slice());
    }
    return length > most ? null : textOf(joined(...parts));
  }

  /** Stops where a line cannot be read; that was told then. */
  async* lines(path: string): AsyncGenerator<string> {
    try {
      yield* linesOf(this.#chunks(path));
    } catch (error) {
      if (!(error instanceof UnreadableLines)) throw error;
      this.#findings.add('files', 'file_changed', 'file', path, `${path}: ${error.message}.`);
    }
  }

  /** Everything that nobody has read yet. Answers with how many files were checked in all. */
  async rest(): Promise<number> {
    for (const path of this.#listed.keys()) {
      if (this.#read.has(path)) continue;
      const left = this.#chunks(path);
      while (!(await left.next()).done);
    }
    return this.#read.size;
  }

  async* #chunks(path: string): AsyncGenerator<Uint8Array> {
    this.#read.add(path);
    const [file, listed] = [this.#zip.files.get(path), this.#listed.get(path)];
    if (file === undefined || listed === undefined) return;
    const hash = this.#hashing.sha256();
    let bytes = 0;
    try {
      for await (const chunk of bounded(file, listed.bytes)) {
        hash.update(chunk);
        bytes += chunk.length;
        this.#advance(chunk.length);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof UnreadableLines || (error instanceof Error && error.name === 'AbortError')) throw error;
      this.#findings.add('files', 'file_changed', 'file', path, `${path} cannot be unpacked whole: it was changed.`);
      return;
    }
    if (bytes !== listed.bytes || hex(hash.digest()) !== listed.sha256) this.#findings.add('files', 'file_changed', 'file', path, `${path} is not what the manifest tells: it was changed.`);
  }
}

/** SECURITY: no more than the manifest tells and one chunk, however small the zip is that unpacks to it. */
async function* bounded(file: ZippedFile, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of file.read()) {
    bytes += chunk.length;
    yield chunk;
    if (bytes > most) return;
  }
}
