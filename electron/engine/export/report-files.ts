/** The files of a report: what it will consist of, where each is written until it is whole, and how nothing half is left behind. */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, realpathSync, renameSync, rmdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { reportTarget } from '../../../shared/reports.ts';
import type { ReportContent, ReportFormat, ReportSpec } from '../../../shared/reports.ts';
import type { Sink } from './format.ts';
import { fileFailure, ReportFailure } from './report-failure.ts';

const endings: Readonly<Record<ReportFormat, string>> = { csv: 'csv', jsonl: 'jsonl', parquet: 'parquet', xlsx: 'xlsx', 'ocsf-1.8.0': 'ocsf-1.8.0.jsonl', 'ocsf-1.9.0': 'ocsf-1.9.0.jsonl', cef: 'cef', focus: 'focus.csv', pdf: 'pdf' };

export interface Output { readonly content: ReportContent | null; readonly format: ReportFormat; /** of its folder. */ readonly name: string }

/** Every content in every format; FOCUS is of cost only, a PDF is of all contents. */
export function outputsOf({ contents, formats }: Pick<ReportSpec, 'contents' | 'formats'>): Output[] {
  return [...new Set(formats)].flatMap((format): Output[] => {
    if (format === 'pdf') return [{ content: null, format, name: 'report.pdf' }];
    const own = [...new Set(contents)].filter((content) => format !== 'focus' || content === 'cost');
    return own.map((content) => ({ content, format, name: `${content}.${endings[format]}` }));
  });
}

/** Where a report goes. A single file has what belongs to it beside it, under its own name. */
export interface Place { readonly folder: string; readonly makeFolder: boolean; nameOf(name: string): string }

export function placeOf(spec: Pick<ReportSpec, 'contents' | 'formats' | 'pack'>, target: string): Place {
  if (spec.pack) return { folder: `${target}.parts`, makeFolder: true, nameOf: (name) => name };
  if (reportTarget(spec) === 'folder') return { folder: target, makeFolder: !existsSync(target), nameOf: (name) => name };
  const only = outputsOf(spec)[0]?.name;
  return { folder: dirname(target), makeFolder: false, nameOf: (name) => (name === only ? basename(target) : `${basename(target)}.${name}`) };
}

/** What goes along with every report. */
export const companions = ['completeness.txt', 'completeness.json', 'columns.csv'] as const;

/** SECURITY: a report may not be written over the history, the key of the log or what else the data folder holds. Answers the path as it is used. */
export function checkedTarget(target: string, dataFolder: string): string {
  if (!isAbsolute(target) || target.includes('\0')) throw new ReportFailure('Say the whole path of where the report goes. Nothing was written.');
  const path = resolve(target);
  const within = relative(real(dataFolder), join(real(dirname(path)), basename(path)));
  if (within === '' || (!within.startsWith('..') && !isAbsolute(within))) throw new ReportFailure('A report cannot be written into the folder of the history. Nothing was written. Choose another place.');
  return path;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It is not there: the next one up decides where it would be.
    const up = dirname(path);
    return up === path ? path : join(real(up), basename(path));
  }
}

/** Throws where something is in the way, before anything is begun. */
export function checkFree(spec: ReportSpec, target: string, overwrite: boolean): void {
  const place = placeOf(spec, target);
  const above = spec.pack || place.makeFolder ? dirname(target) : place.folder;
  if (statSync(above, { throwIfNoEntry: false })?.isDirectory() !== true) throw new ReportFailure(`The folder ${above} is not there. Nothing was written. Choose another place.`);
  const names = spec.pack ? [target] : [...outputsOf(spec).map(({ name }) => name), ...companions].map((name) => join(place.folder, place.nameOf(name)));
  for (const path of names) {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) throw new ReportFailure(`${path} is a folder. Nothing was written. Choose another name.`);
    if (there !== undefined && !overwrite) throw new ReportFailure(`${path} is there already. Nothing was written. Choose another name, or say that it may be replaced.`);
  }
}

const gathered = 256 * 1024;
/** bytes of UTF-8. */
const mostOfCharacter = 3;

/** Writes to `<path>.part`. SECURITY: made new and for its owner only; what is there is not followed. */
export class PartFile implements Sink {
  readonly path: string;
  private readonly hash: Hash = createHash('sha256');
  private readonly handle: number;
  /** One for all that is written: a buffer for each chunk would stay until the thread clears up. */
  private readonly waiting = Buffer.allocUnsafeSlow(gathered);
  private waitingBytes = 0;
  private written = 0;
  private digest: string | null = null;

  constructor(path: string) {
    this.path = path;
    try {
      this.handle = openSync(partOf(path), 'wx', 0o600);
    } catch (error) {
      throw fileFailure(error, path);
    }
  }

  get bytes(): number {
    return this.written + this.waitingBytes;
  }

  write(chunk: Uint8Array | string): void {
    const most = typeof chunk === 'string' ? chunk.length * mostOfCharacter : chunk.byteLength;
    if (this.waitingBytes + most > gathered) this.flush();
    if (most > gathered) this.put(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    else if (typeof chunk === 'string') this.waitingBytes += this.waiting.write(chunk, this.waitingBytes, 'utf8');
    else {
      this.waiting.set(chunk, this.waitingBytes);
      this.waitingBytes += chunk.byteLength;
    }
  }

  sha256(): string {
    if (this.digest === null) {
      this.flush();
      this.digest = this.hash.digest('hex');
      try {
        fsyncSync(this.handle);
        closeSync(this.handle);
      } catch (error) {
        throw fileFailure(error, this.path);
      }
    }
    return this.digest;
  }

  private flush(): void {
    const all = this.waiting.subarray(0, this.waitingBytes);
    this.waitingBytes = 0;
    this.put(all);
  }

  private put(all: Uint8Array): void {
    this.hash.update(all);
    try {
      for (let at = 0; at < all.byteLength;) at += writeSync(this.handle, all, at);
    } catch (error) {
      throw fileFailure(error, this.path);
    }
    this.written += all.byteLength;
  }

  /** Ends it without a word, whatever state it is in, and removes it. */
  discard(): void {
    if (this.digest === null) {
      this.digest = '';
      closeSync(this.handle);
    }
    rmSync(partOf(this.path), { force: true });
  }
}

export const partOf = (path: string): string => `${path}.part`;

/** All files of one report: they become whole together, or none of them stays. */
export class ReportFolder {
  private readonly place: Place;
  private readonly overwrite: boolean;
  private readonly parts: PartFile[] = [];
  private readonly done: string[] = [];

  constructor(place: Place, overwrite: boolean) {
    this.place = place;
    this.overwrite = overwrite;
    if (place.makeFolder) {
      try {
        mkdirSync(place.folder, { mode: 0o700 });
      } catch (error) {
        throw fileFailure(error, place.folder);
      }
    }
  }

  get bytes(): number {
    return this.parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  open(name: string): PartFile {
    const part = new PartFile(join(this.place.folder, this.place.nameOf(name)));
    this.parts.push(part);
    return part;
  }

  nameOf(name: string): string {
    return this.place.nameOf(name);
  }

  /** What another program made whole, e.g. a PDF. */
  copy(from: string, name: string): PartFile {
    const part = this.open(name);
    try {
      part.write(readFileSync(from));
    } catch (error) {
      throw fileFailure(error, from);
    }
    return part;
  }

  finish(): void {
    for (const { path } of this.parts) {
      // It may have come since the report began.
      if (!this.overwrite && existsSync(path)) throw new ReportFailure(`${path} was made by somebody else meanwhile. It was left as it is, and nothing of the report is there. Choose another name.`);
    }
    for (const { path } of this.parts) {
      try {
        renameSync(partOf(path), path);
        this.done.push(path);
      } catch (error) {
        throw fileFailure(error, path);
      }
    }
  }

  discard(): void {
    for (const part of this.parts) part.discard();
    for (const path of this.done) rmSync(path, { force: true });
    if (this.place.makeFolder) removeEmpty(this.place.folder);
  }
}

/** What somebody else put there stays, and the folder with it. */
export function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty, or gone already.
  }
}
