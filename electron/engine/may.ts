/** Which commands an actor may ask for, judged by where it speaks and how: before a handler runs, and never by what it says of itself. */
import { contract } from '../../shared/contract.ts';
import type { Method } from '../../shared/contract.ts';
import { CallFailure } from './call-failure.ts';
import type { Actor } from './ports.ts';

/** SECURITY: commands that only read, or only say what was done here. Every other command of the contract is refused in auditor mode, also one that is added later. */
export const readOnlyMay: Readonly<Partial<Record<Method, string>>> = {
  'audit.check': 'reads the audit log through and changes nothing of it',
  'reports.start': 'writes a file where the person said, which is what auditors are here for',
  'reports.cancel': 'ends a report and removes only what it had begun to write',
  'access.read': 'reads a document that is given with the call, and keeps nothing',
  'visits.mark': 'answers when the last visit was; the visit of who only reads is not marked',
  'console.record': 'writes into the audit log what a person did in this desktop',
};

/** SECURITY: what decides where on this machine something is written, or what the audit log says of this desktop, is not the word of a page: its content may be hostile. */
const notFromPage: Readonly<Partial<Record<Method, string>>> = {
  'reports.start': 'A report is saved through the window\'s own dialog, where a person says where it goes. Nothing was written.',
  'console.record': 'What was done in this desktop is written down by the desktop itself. Nothing was written.',
};
/** A command line is its own witness of nothing: only the desktop says what was done in it. */
const onlyFromMain: readonly Method[] = ['console.record'];

export const readOnlyText = 'Auditor mode: nothing can be changed or stopped from here. Nothing was done.';

/** Null: it may. */
export function refusalOf(method: Method, actor: Actor): CallFailure | null {
  if (contract[method].type !== 'command') return null;
  if (actor.readOnly && readOnlyMay[method] === undefined) return new CallFailure('conflict', readOnlyText);
  const text = notFromPage[method];
  if (text !== undefined && (actor.place === 'page' || (actor.place !== 'main' && onlyFromMain.includes(method)))) return new CallFailure('conflict', text);
  return null;
}
