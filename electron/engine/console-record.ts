/** What a person did in the desktop, in words for the audit log. The words are the engine's: of the desktop come only which act it was, and facts. */
import type { ConsoleRecord } from '../../shared/audit.ts';
import { auditBy } from './audit-words.ts';
import type { Actor } from './ports.ts';
import type { AuditWords } from './store/runtime-commands.ts';

const words: Readonly<Record<ConsoleRecord['act'], string>> = {
  'lock.set': 'Set a passphrase that locks this window', 'lock.change': 'Changed the lock of this window', 'lock.remove': 'Took the lock of this window off',
  'lock.lock': 'Locked the window', 'lock.unlock': 'Unlocked the window',
  'auditor.enter': 'Put the window into auditor mode', 'auditor.leave': 'Took the window out of auditor mode',
  'certificate.save': 'Saved a stop certificate as a file', 'text.save': 'Saved a text of the console as a file', 'folder.open': 'Opened the data folder',
};
const ends: Readonly<Record<ConsoleRecord['outcome'], string>> = { asked: ' (asked)', done: '', failed: ': it failed', refused: ': refused' };

export function consoleWords({ act, outcome, subject, at, details }: ConsoleRecord, actor: Actor): AuditWords {
  const why = typeof details['why'] === 'string' ? ` ${details['why']}` : '';
  return auditBy(actor, { action: act, subject, outcome, text: `${words[act]}${ends[outcome]}.${why}`, details: { at, ...details } });
}
