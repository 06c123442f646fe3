/** A seal that the auditor keeps from another day, held against the seals of this pack: shows a log that was put back, or another one. */
import { utf8 } from './bytes.ts';
import { signedSeal } from './check-seals.ts';
import type { Seals } from './check-seals.ts';
import type { Findings } from './findings.ts';
import { sha256Hex } from './hashing.ts';
import type { Hashing } from './hashing.ts';
import { hourText } from './notes.ts';
import type { NoteKey } from './notes.ts';

export async function checkCheckpoint(held: string, seals: Seals, keys: readonly NoteKey[], origin: string, hashing: Hashing, findings: Findings): Promise<void> {
  // Text that went through a mail or an editor comes back with other line ends.
  const note = `${held.replaceAll('\r\n', '\n').trim()}\n`;
  const signed = await signedSeal(note, keys, origin, hashing);
  if (signed === null) {
    findings.add('checkpoint', 'seal_forged', 'key', 'checkpoint', 'The checkpoint that you gave is no seal of this log that its key signed.');
    return;
  }
  const { seal } = signed;
  const hash = sha256Hex(hashing, utf8(note));
  const told = `the seal of ${hourText(seal.hour)}, which counted ${seal.size} entries`;
  if (seals.known.some((one) => one.hash === hash)) {
    findings.done('checkpoint', `You hold ${told}: it is in this pack. What stood in the log then stands in it still.`);
    return;
  }
  const newest = seals.known.at(-1)?.seal;
  const older = newest === undefined || newest.hour < seal.hour || newest.size < seal.size;
  findings.add('checkpoint', 'rolled_back', 'seal', seals.count + 1, older
    ? `You hold ${told}. ${newest === undefined ? 'This pack holds no seal' : `This pack ends with the seal of ${hourText(newest.hour)}, which counted ${newest.size}`}: it was made before, or the log was put back to an earlier one.`
    : `You hold ${told}, and it is not among the seals of this pack: the log was put back and written anew, or it is another one.`);
}
