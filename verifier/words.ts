/** The result in words, the same in the page and in the command line. */
import { fingerprintText } from './check-key.ts';
import type { Verification } from './verify.ts';

export interface VerdictWords { readonly state: 'whole' | 'unknown' | 'damaged'; readonly title: string; readonly text: string }

export function verdictWords({ verdict, pinned, pack, findings, more }: Verification): VerdictWords {
  const count = findings.length + more;
  if (verdict === 'damaged') return { state: 'damaged', title: `Damaged: ${count === 1 ? 'one finding' : `${count} findings`}`, text: 'This pack is not what was made, or not of the log that you expect. What was found, and where, stands below.' };
  if (pinned === 'matches') return { state: 'whole', title: 'Whole', text: 'Nothing of this pack was changed since it was made, and it is signed by the key that you gave.' };
  return { state: 'unknown', title: 'It holds together. Whose it is, was not checked', text: `Compare this fingerprint with what you were told by another way than this pack: ${fingerprintText(pack?.fingerprint ?? '')}` };
}
