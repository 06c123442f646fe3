/** The manifest of a pack: what is in it, for what it was asked, and where the log stood. docs/audit-format.md and docs/verify.md describe it. */
import { isFields, readCanonical } from './canonical.ts';
import type { Fields } from './canonical.ts';
import { isHash } from './notes.ts';

export const packFormat = 'gatehouse-pack/1';

export interface ManifestFile { readonly path: string; readonly bytes: number; readonly sha256: string; readonly rows: number | null; readonly content: string | null; readonly format: string }

export interface ManifestLog { readonly origin: string; readonly firstSeq: number; readonly size: number; /** hex. */ readonly root: string; readonly seals: number; readonly newestSealHour: string | null }

export interface Manifest {
  readonly format: typeof packFormat;
  /** of Gatehouse. */
  readonly version: string;
  readonly madeAt: string;
  readonly by: string;
  /** as the report was asked for. */
  readonly spec: Fields;
  readonly counts: Fields;
  readonly log: ManifestLog;
  readonly key: { readonly name: string; readonly verifier: string; readonly fingerprint: string };
  /** In the order in which they lie in the zip. */
  readonly files: readonly ManifestFile[];
}

/** Files that the manifest does not list: it, its signature, and the sums that repeat it. */
export const unlisted = ['manifest.json', 'manifest.note', 'SHA256SUMS'];

/** SECURITY: a path is a plain one below the pack, and no word for a shell. */
export const isPackPath = (path: string): boolean => path.length <= 200 && /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*){0,5}$/.test(path);

export const sumsText = (files: readonly ManifestFile[], manifestSha256: string): string => `${[...files, { path: 'manifest.json', sha256: manifestSha256 }].map((file) => `${file.sha256}  ${file.path}\n`).join('')}`;

export const manifestNoteText = (origin: string, manifestSha256: string, madeAt: string): string => `${origin}/pack\nsha256 ${manifestSha256}\nmade ${madeAt}\n`;
/** In the comment of the zip: covers every byte before the length of the comment. */
export const zipNoteText = (origin: string, sha256: string, bytes: number): string => `${origin}/zip\nsha256 ${sha256}\nbytes ${bytes}\n`;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 4_096;

/** Null: this is no manifest. */
export function readManifest(text: string): Manifest | null {
  const value = readCanonical(text);
  if (!isFields(value) || value['format'] !== packFormat || !isText(value['version']) || !isText(value['madeAt']) || Number.isNaN(Date.parse(value['madeAt'])) || !isText(value['by'])) return null;
  if (!isFields(value['spec']) || !isFields(value['counts']) || !isLog(value['log']) || !isKey(value['key']) || !Array.isArray(value['files']) || !value['files'].every(isFile)) return null;
  return new Set(value['files'].map(({ path }) => path)).size === value['files'].length ? value as unknown as Manifest : null;
}

const isLog = (log: unknown): log is ManifestLog => isFields(log) && isText(log['origin']) && isCount(log['firstSeq']) && log['firstSeq'] > 0 && isCount(log['size']) && isHash(log['root']) && isCount(log['seals']) && (log['newestSealHour'] === null || isText(log['newestSealHour']));
const isKey = (key: unknown): key is Manifest['key'] => isFields(key) && isText(key['name']) && isText(key['verifier']) && isHash(key['fingerprint']);
const isFile = (file: unknown): file is ManifestFile => isFields(file) && isText(file['path']) && isPackPath(file['path']) && !unlisted.includes(file['path']) && isCount(file['bytes']) && isHash(file['sha256']) && (file['rows'] === null || isCount(file['rows'])) && (file['content'] === null || isText(file['content'])) && isText(file['format']);
