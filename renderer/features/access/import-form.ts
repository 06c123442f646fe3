/** What a person types to import a grant document, and whether it can be sent. Pure. */
import type { DocumentReading, DocumentRole, Enforcement, GrantReading, ImportFormat } from '../../../shared/access.ts';
import type { Params } from '../../../shared/contract.ts';

export const mostCharacters = 1_000_000;

export interface ImportForm { name: string; format: ImportFormat; role: DocumentRole; enforcement: Enforcement; text: string; agentIds: readonly string[]; credential: string }
export const emptyForm: ImportForm = { name: '', format: 'iam', role: 'identity', enforcement: 'unknown', text: '', agentIds: [], credential: '' };

/** A guess by what a text looks like; the person sees it and may choose otherwise. Null: nothing speaks for any. */
export function guessFormat(text: string): ImportFormat | null {
  const start = text.trimStart();
  if (/^[[{]/.test(start)) {
    if (/"Statement"\s*:/.test(start)) return 'iam';
    if (/"staticPolicies"\s*:|"effect"\s*:\s*"(permit|forbid)"/.test(start)) return 'cedar';
    if (/"grants"\s*:/.test(start)) return 'declared';
    if (/"(inputSchema|annotations|tools)"\s*:/.test(start)) return 'tools';
    return null;
  }
  if (/^(@\w+\([^)]*\)\s*)*(permit|forbid)\s*\(/m.test(start)) return 'cedar';
  return null;
}

/** What is missing before it can be imported, in the order of the form. */
export function missing(form: ImportForm): string[] {
  return [
    ...(form.text.trim() === '' ? ['the document'] : form.text.length > mostCharacters ? ['a shorter document: at most 1,000,000 characters'] : []),
    ...(form.name.trim() === '' ? ['a name'] : []),
    ...(form.agentIds.length === 0 ? ['at least one agent'] : []),
  ];
}

export function importOf(form: ImportForm): Params<'access.import'> {
  const credential = form.credential.trim();
  return { name: form.name.trim(), format: form.format, role: form.format === 'iam' ? form.role : 'identity', enforcement: form.enforcement, text: form.text, agentIds: [...form.agentIds], ...(credential === '' ? {} : { credential }) };
}

/** Anything that closing would lose. */
export const typedAnything = (form: ImportForm): boolean => form.text.trim() !== '' || form.name.trim() !== '' || form.credential.trim() !== '' || form.agentIds.length > 0;

export interface ReadingFigures { readings: number; whole: number; partly: number; not: number; allows: number; denies: number }
export function figuresOf(reading: DocumentReading): ReadingFigures {
  const count = (test: (one: GrantReading) => boolean): number => reading.readings.filter(test).length;
  return {
    readings: reading.readings.length, whole: count((one) => one.understood === 'whole'), partly: count((one) => one.understood === 'partly'), not: count((one) => one.understood === 'not'),
    allows: count((one) => one.effect === 'allow'), denies: count((one) => one.effect === 'deny'),
  };
}
