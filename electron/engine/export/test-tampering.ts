/**
 * For tests: packs that somebody tampered with, each with what must be found in it. Some were changed after they were made, by somebody without the key. Others were
 * made, by the log's own key, of a log that was changed before: their signatures are whole, and only what is sealed in the log tells.
 */
import { appended, firstPrevious, hashOf, lineText, sealText } from '../audit/chain.ts';
import type { KeptEntry } from '../audit/log-check.ts';
import { openZip } from '../../../verifier/zip.ts';
import { PackZip } from './pack-zip.ts';
import { packLog } from './pack-log.ts';
import type { LogSource } from './pack-log.ts';
import { activity, bytesOf, firstHour, leaves, logOf, makePack, newKey, sourceOf, standing } from './test-pack.ts';
import type { SigningKey } from './test-pack.ts';

export interface Tampered {
  readonly name: string;
  readonly pack: Buffer;
  /** fingerprint that the auditor was told. */
  readonly pinned: string;
  /** a seal that the auditor keeps; null: none. */
  readonly checkpoint: string | null;
  /** `kind where at` that must be among what is found; none: the pack is whole. */
  readonly found: readonly string[];
}

const hours = [3, 0, 4, 0, 2];

type Files = Map<string, Buffer>;

async function unpack(pack: Buffer): Promise<Files> {
  const zip = await openZip(bytesOf(pack));
  const files: Files = new Map();
  for (const [path, file] of zip.files) {
    const parts: Uint8Array[] = [];
    for await (const part of file.read()) parts.push(Buffer.from(part));
    files.set(path, Buffer.concat(parts));
  }
  return files;
}

/** Packed anew, with the comment that a whole pack would have if this key had signed it. */
async function repack(files: Files, key: SigningKey): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const zip = new PackZip((bytes) => {
    chunks.push(Buffer.from(bytes));
    return Promise.resolve();
  }, new Date('2026-11-23T12:00:00.000Z'));
  for (const [path, bytes] of files) await zip.add(path, once(bytes), bytes.length);
  await zip.end((sha256, bytes) => key.sign(`${key.name}/zip\nsha256 ${sha256}\nbytes ${bytes}\n`));
  return Buffer.concat(chunks);
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const flipped = (pack: Buffer, at: number): Buffer => {
  const changed = Buffer.from(pack);
  changed[at] = (changed[at] ?? 0) ^ 0x20;
  return changed;
};

/** Hashes and lengths as they are now, signed by whoever forges; `key` null: nobody could sign. */
function relisted(files: Files, key: SigningKey | null): Files {
  const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '') as { files: { path: string; bytes: number; sha256: string }[]; madeAt: string; log: { origin: string } };
  for (const file of manifest.files) Object.assign(file, { bytes: files.get(file.path)?.length ?? 0, sha256: hashOf(files.get(file.path) ?? Buffer.alloc(0)) });
  const text = JSON.stringify(manifest);
  const next = new Map(files).set('manifest.json', Buffer.from(text)).set('SHA256SUMS', Buffer.from([...manifest.files, { path: 'manifest.json', sha256: hashOf(text) }].map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')));
  return key === null ? next : next.set('manifest.note', Buffer.from(key.sign(`${manifest.log.origin}/pack\nsha256 ${hashOf(text)}\nmade ${manifest.madeAt}\n`)));
}

/** The chain made anew over other entries, as whoever holds the file but not the key could. */
function rechained(entries: readonly KeptEntry[]): KeptEntry[] {
  let last = firstPrevious;
  return entries.map((entry, i) => {
    const line = { ...entry.line, seq: i + 1 };
    last = hashOf(lineText(line, last));
    return { ...entry, line, hash: last };
  });
}

/** Changed by somebody who has the pack and not the key. */
async function afterwards(key: SigningKey, source: LogSource): Promise<Omit<Tampered, 'pinned' | 'checkpoint'>[]> {
  const [pack, other] = [await makePack(key, source), newKey()];
  const files = await unpack(pack);
  const entries = files.get('log/entries.jsonl') ?? Buffer.alloc(0);
  const forged = new Map(files).set('log/entries.jsonl', Buffer.from(entries.toString().replace('settings.change', 'settings.chance')));
  const without = new Map(files);
  without.delete('completeness.json');
  return [
    { name: 'untouched', pack, found: [] },
    { name: 'a byte of a file flipped, within what is deflated', pack: flipped(pack, pack.indexOf('report/activity.csv') + 60), found: ['file_changed file report/activity.csv', 'file_changed file zip'] },
    { name: 'a byte of a header flipped: the time of a file', pack: flipped(pack, 10), found: ['file_changed file zip'] },
    { name: 'the signature at its end flipped', pack: flipped(pack, pack.length - 12), found: ['file_changed file zip'] },
    { name: 'a file taken out and packed anew by somebody else', pack: await repack(without, other), found: ['file_missing file completeness.json', 'file_changed file zip'] },
    { name: 'a file put in', pack: await repack(new Map(files).set('report/more.csv', Buffer.from('more\n')), other), found: ['file_extra file report/more.csv', 'file_changed file zip'] },
    { name: 'an entry changed and the manifest told so, unsigned', pack: await repack(relisted(forged, null), other), found: ['manifest_forged file manifest.note', 'changed entry 1'] },
    { name: 'cut in the middle', pack: pack.subarray(0, pack.length / 2), found: ['file_changed file zip'] },
  ];
}

const sealed = (key: SigningKey, head: { frontier: Parameters<typeof sealText>[1]['frontier']; last: string }, hour: number, before: string): string => key.sign(sealText(key.name, head, { hour, previous: hashOf(before), written: (hour + 1) * 3_600_000, reason: null, more: [] }));

/** Made by the log's own key, of a log that was tampered with. Whoever did that could not seal it anew. */
function before(key: SigningKey, source: LogSource): { readonly name: string; readonly source: LogSource; readonly found: readonly string[] }[] {
  const [entries, seals] = [[...source.entries(0, Number.MAX_SAFE_INTEGER)], source.seals];
  const [second, third] = [entries[1] as KeptEntry, entries[2] as KeptEntry];
  const log = (changed: readonly KeptEntry[], kept: readonly string[] = seals): LogSource => sourceOf(changed, kept, key);
  const changedLine = { ...second, line: { ...second.line, action: 'settings.chance' } };
  return [
    { name: 'an entry changed', source: log(entries.with(1, changedLine)), found: ['changed entry 2', 'does_not_match seal 1'] },
    { name: 'an entry changed and the chain made anew', source: log(rechained(entries.with(1, changedLine))), found: ['does_not_match seal 1'] },
    { name: 'an entry dropped', source: log(entries.toSpliced(1, 1)), found: ['missing entry 2'] },
    { name: 'an entry put in and all numbered anew', source: log(rechained(entries.toSpliced(1, 0, second))), found: ['does_not_match seal 1'] },
    { name: 'an entry put in twice', source: log(entries.toSpliced(2, 0, second)), found: ['out_of_order entry 2'] },
    { name: 'two entries in each other\'s place', source: log(entries.with(1, third).with(2, second)), found: ['missing entry 2', 'out_of_order entry 2'] },
    { name: 'the tail cut', source: log(entries.slice(0, 7)), found: ['cut entry 8'] },
    { name: 'words of an entry changed', source: log(entries.with(2, { ...third, body: third.body === null ? null : { ...third.body, text: 'Did nothing' } })), found: ['body_changed entry 3'] },
    { name: 'words of an entry gone, without a word', source: log(entries.with(2, { ...third, body: null, erasure: 5 })), found: ['body_changed entry 3'] },
    { name: 'the seal of an hour taken away', source: log(entries, seals.toSpliced(1, 1)), found: ['seal_missing seal 2', 'hour_missing seal 2'] },
    { name: 'a seal forged', source: log(entries, seals.with(1, (seals[1] ?? '').replace(/^last ./m, 'last x').replace('last x', 'last 0'))), found: ['seal_forged seal 2'] },
    { name: 'an hour sealed that is long over, by the key', source: log(entries, [...seals, sealed(key, headOf(entries), firstHour + 1, seals.at(-1) ?? '')]), found: ['out_of_order seal 7'] },
  ];
}

function headOf(entries: readonly KeptEntry[]): Parameters<typeof sealText>[1] {
  return entries.reduce((head, { line }) => appended(head, line).head, { frontier: { size: 0, roots: [] }, last: firstPrevious } as Parameters<typeof sealText>[1]);
}

export async function tamperings(): Promise<Tampered[]> {
  const [key, thief] = [newKey(), newKey()];
  const source = logOf(hours, key);
  const pinned = packLog(source).key.fingerprint;
  const checkpoint = source.seals.at(-1) ?? '';
  const earlier = logOf(hours.slice(0, 3), key);
  const wrongLeaf = async function* (): AsyncGenerator<readonly string[]> { yield leaves.with(2, leaves[3] ?? ''); };
  const misplaced = standing.map((one) => ({ ...one, index: one.index === 4 ? 5 : one.index }));
  return [
    ...(await afterwards(key, source)).map((one) => ({ ...one, pinned, checkpoint: null })),
    ...await Promise.all(before(key, source).map(async ({ name, source: changed, found }) => ({ name, pack: await makePack(key, changed), pinned, checkpoint: null, found }))),
    { name: 'a leaf of an hour changed', pack: await makePack(key, source, { activity: { ...activity, leaves: () => wrongLeaf() } }), pinned, checkpoint: null, found: ['leaf_changed leaf activity/leaves/6f1d2c1e-0000-4000-8000-00000000c0de-2026-10-24T00.txt'] },
    { name: 'an activity that stood elsewhere', pack: await makePack(key, source, { activity: { ...activity, async* standing() { yield misplaced; } } }), pinned, checkpoint: null, found: ['leaf_changed leaf act-4'] },
    { name: 'everything signed anew by another key', pack: await makePack(thief, logOf(hours, thief)), pinned, checkpoint, found: ['key_not_pinned key gatehouse.local/0123abcd', 'seal_forged key checkpoint'] },
    { name: 'untouched, with a checkpoint of its own', pack: await makePack(key, source), pinned, checkpoint: source.seals[2] ?? '', found: [] },
    { name: 'put back to an earlier state', pack: await makePack(key, earlier), pinned, checkpoint, found: ['rolled_back seal 5'] },
  ];
}

