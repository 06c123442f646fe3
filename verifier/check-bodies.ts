/** What may be erased or withheld of each entry, held against the hash of it in the entry's line. */
import { hex, utf8 } from './bytes.ts';
import { isFields, parsed, readCanonical } from './canonical.ts';
import type { Fields } from './canonical.ts';
import type { Findings } from './findings.ts';
import { sha256Hex } from './hashing.ts';
import type { Hashing } from './hashing.ts';

/** Hashes of bodies in the order of their entries: 32 bytes each, however long the log. */
export class BodyHashes {
  #bytes = new Uint8Array(32 * 1_024);
  #count = 0;

  add(hash: Uint8Array): void {
    if (this.#bytes.length < (this.#count + 1) * 32) {
      const more = new Uint8Array(this.#bytes.length * 2);
      more.set(this.#bytes);
      this.#bytes = more;
    }
    this.#bytes.set(hash, this.#count * 32);
    this.#count += 1;
  }

  get count(): number { return this.#count; }
  at(index: number): string { return hex(this.#bytes.subarray(index * 32, index * 32 + 32)); }
}

/** One digest over what a connection brought within an hour of arrival. `root`: hex. */
export interface Digest { readonly connection: string; readonly hour: number; readonly records: number; readonly root: string; readonly seq: number }
export interface Bodies { readonly shown: number; readonly erased: number; readonly withheld: number; readonly digests: readonly Digest[] }

/** `firstSeq`: of the first hash. `deeds`: what the entries of two actions are about, by number. */
export async function checkBodies(lines: AsyncIterable<string>, hashes: BodyHashes, firstSeq: number, deeds: ReadonlyMap<number, 'digest' | 'erasure'>, hashing: Hashing, findings: Findings): Promise<Bodies> {
  const counts = { shown: 0, erased: 0, withheld: 0 };
  const digests: Digest[] = [];
  const erasures = new Erasures();
  let at = 0;
  for await (const line of lines) {
    const seq = firstSeq + at;
    at += 1;
    const value = readCanonical(line);
    const told = isFields(value) && value['seq'] === seq && at <= hashes.count ? value : null;
    const body = told?.['body'];
    if (typeof body === 'string') {
      counts.shown += 1;
      if (sha256Hex(hashing, utf8(body)) !== hashes.at(at - 1)) findings.add('bodies', 'body_changed', 'entry', seq, `Actor, text and details of entry ${seq} are not what was written.`);
      else if (deeds.get(seq) === 'digest') digests.push(...digestsOf(body, seq));
      else if (deeds.get(seq) === 'erasure') erasures.said(seq, detailsOf(body));
    } else if (told?.['withheld'] === true) counts.withheld += 1;
    else if (Number.isSafeInteger(told?.['erased'])) {
      counts.erased += 1;
      erasures.gone(seq, Number(told?.['erased']));
    }
    else findings.add('bodies', 'body_changed', 'entry', seq, at > hashes.count ? `There is a body without an entry behind entry ${firstSeq + hashes.count - 1}.` : `What should be the body of entry ${seq} is something else.`);
  }
  if (at < hashes.count) findings.add('bodies', 'body_changed', 'entry', firstSeq + at, `The bodies end before entry ${firstSeq + at}.`);
  for (const { seq, by } of erasures.unsaid(deeds)) findings.add('bodies', 'body_changed', 'entry', seq, `Actor, text and details of entry ${seq} are gone, and entry ${by} does not say that they were erased.`);
  return { ...counts, digests };
}

const detailsOf = (body: string): unknown => {
  const value = parsed(body);
  return isFields(value) && typeof value['details'] === 'string' ? parsed(value['details']) : null;
};

function digestsOf(body: string, seq: number): Digest[] {
  const details = detailsOf(body);
  const list = Array.isArray(details) ? details : isFields(details) && Array.isArray(details['digests']) ? details['digests'] : [];
  return list.filter(isFields).map((one: Fields) => ({ connection: String(one['connection']), hour: Math.floor(Date.parse(String(one['hour'])) / 3_600_000), records: Number(one['records']), root: String(one['root']), seq }));
}

/** What the log itself says was erased, held against what is gone. */
class Erasures {
  readonly #gone: { readonly seq: number; readonly by: number }[] = [];
  readonly #said = new Map<number, readonly (readonly number[])[]>();

  gone(seq: number, by: number): void { this.#gone.push({ seq, by }); }

  said(by: number, details: unknown): void {
    const entries: unknown = isFields(details) ? details['entries'] : null;
    this.#said.set(by, Array.isArray(entries) ? entries.filter((one): one is number[] => Array.isArray(one) && one.every((n) => Number.isSafeInteger(n))) : []);
  }

  /** An erasure whose own words are withheld here is believed by its line alone. */
  unsaid(deeds: ReadonlyMap<number, 'digest' | 'erasure'>): { readonly seq: number; readonly by: number }[] {
    return this.#gone.filter(({ seq, by }) => deeds.get(by) !== 'erasure' || by <= seq || !(this.#said.get(by)?.some(([from = 0, to = -1]) => seq >= from && seq <= to) ?? true));
  }
}
