/** The seals among themselves: signed by the key, each naming the one before, no hour without one. */
import { sha256Hex } from './hashing.ts';
import type { Hashing } from './hashing.ts';
import { utf8 } from './bytes.ts';
import { isFields, readCanonical } from './canonical.ts';
import type { Findings } from './findings.ts';
import { hourText, noteText, openNote, readSeal } from './notes.ts';
import type { NoteKey, Seal } from './notes.ts';

const none = '0'.repeat(64);

/** A seal that holds. `number` from 1; `hash`: of the note as it was written. */
export interface KnownSeal { readonly number: number; readonly hash: string; readonly note: string; readonly seal: Seal }
export interface Seals { readonly known: readonly KnownSeal[]; readonly count: number }

/** Where the next seal should stand; null: of a seal that is forged nothing is known, so the next is not measured by it. */
interface Expected { readonly previous: string | null; readonly hour: number | null; readonly size: number }

/** `keys`: oldest first. A seal is never signed by a key that the log had before the one of an earlier seal. */
export async function checkSeals(lines: AsyncIterable<string>, keys: readonly NoteKey[], origin: string, hashing: Hashing, findings: Findings): Promise<Seals> {
  const known: KnownSeal[] = [];
  let [number, from] = [0, 0];
  let expected: Expected = { previous: none, hour: null, size: 0 };
  for await (const line of lines) {
    number += 1;
    const note = noteOf(line, number);
    const signed = note === null ? null : await signedSeal(note, keys.slice(from), origin, hashing);
    if (note === null || signed === null) {
      findings.add('seals', 'seal_forged', 'seal', number, `Seal ${number} is not signed by a key of this log, or was changed.`);
      expected = { ...expected, previous: null, hour: null };
      continue;
    }
    from += signed.key;
    const { seal } = signed;
    judge(seal, number, expected, findings);
    const hash = sha256Hex(hashing, utf8(note));
    // One that was written before its hour was over, e.g. for a pack, says so and closes nothing.
    expected = { previous: hash, hour: isEarly(seal) ? seal.hour : seal.hour + 1, size: Math.max(expected.size, seal.size) };
    known.push({ number, hash, note, seal });
  }
  return { known, count: number };
}

const isEarly = (seal: Seal): boolean => seal.more.some((line) => /^reason [a-z]{1,32}$/.test(line));

function noteOf(line: string, number: number): string | null {
  const value = readCanonical(line);
  return isFields(value) && value['seal'] === number && typeof value['note'] === 'string' && Object.keys(value).length === 2 && value['note'].length <= 65_536 ? value['note'] : null;
}

/** `key`: place among `keys` of the one that signed it. Null: not a seal of this log by one of them. */
export async function signedSeal(note: string, keys: readonly NoteKey[], origin: string, hashing: Hashing): Promise<{ readonly seal: Seal; readonly key: number } | null> {
  const seal = readSeal(noteText(note));
  if (seal === null || seal.origin !== origin) return null;
  for (const [key, one] of keys.entries()) if (await openNote(hashing, note, one) !== null) return { seal, key };
  return null;
}

function judge(seal: Seal, number: number, { previous, hour, size }: Expected, findings: Findings): void {
  const is = hourText(seal.hour);
  if (previous !== null && seal.previous !== previous) findings.add('seals', 'seal_missing', 'seal', number, number === 1 ? `The first seal, of ${is}, names one before it: seals were taken away.` : `The seal of ${is} does not follow the one that stands before it: a seal was taken away, put in or put elsewhere.`);
  if (hour !== null && seal.hour > hour) findings.add('seals', 'hour_missing', 'seal', number, `There is no seal for ${hourText(hour)}${seal.hour - hour > 1 ? ` to ${hourText(seal.hour - 1)}` : ''}.`);
  else if (hour !== null && seal.hour < hour) findings.add('seals', 'out_of_order', 'seal', number, `The seal of ${is} stands behind that of ${hourText(hour - 1)}.`);
  if (seal.size < size) findings.add('seals', 'does_not_match', 'seal', number, `The seal of ${is} counts ${seal.size} entries; one before it counted ${size}.`);
}
