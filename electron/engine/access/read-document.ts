/** A grant document that a person gives, read part by part. Nothing of it is dropped: what cannot be read is told, and counts as a permission of an unknown kind. */
import type { DocumentReading, DocumentRole, ImportFormat } from '../../../shared/access.ts';
import { MOST_TEXT } from './bounds.ts';
import { readCedar } from './read-cedar.ts';
import { readDeclared } from './read-declared.ts';
import { readIam } from './read-iam.ts';
import { readAppRoles, readScopes } from './read-scopes.ts';
import { readTools } from './read-tools.ts';

export interface DocumentInput { readonly format: ImportFormat; readonly role: DocumentRole; readonly text: string }

export function readDocument({ format, role, text }: DocumentInput): DocumentReading {
  // SECURITY: the longest text that is looked at.
  if (text.length > MOST_TEXT) return { readings: [], understood: 'not', problems: [`It is longer than ${MOST_TEXT} characters.`] };
  if (text.trim() === '') return { readings: [], understood: 'not', problems: ['It is empty.'] };
  switch (format) {
    case 'iam': return readIam(text, role);
    case 'cedar': return readCedar(text);
    case 'oauth_scopes': return readScopes(text);
    case 'app_roles': return readAppRoles(text);
    case 'tools': return readTools(text);
    case 'declared': return readDeclared(text);
  }
}
