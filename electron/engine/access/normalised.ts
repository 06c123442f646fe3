import type { DocumentRole, Enforcement, GrantReading } from '../../../shared/access.ts';

/**
 * What evaluation needs of a reading, and all that it uses: what is not in here is not part of the normalised reading.
 * `actions` and `resources` are patterns; `not ` before each where the source names what it leaves out; an empty list: it could be any.
 * `conditions` are sentences of `condition-text.ts`.
 */
export type Normalised = Pick<GrantReading, 'kind' | 'name' | 'effect' | 'understood' | 'classes' | 'actions' | 'resources' | 'conditions'>;

/** A reading as somebody holds it. */
export interface Held {
  readonly reading: Normalised;
  /** of its document; null: a runtime told it. */
  readonly role: DocumentRole | null;
  /** which document; readings of one document stand together. */
  readonly documentId: string | number | null;
  /** role, key or account that holds it. Documents of two different ones do not limit each other; null: could be any of them. */
  readonly credential: string | null;
  /** `log_only`: it permits what it permits, and limits nothing. */
  readonly enforcement?: Enforcement;
}

const NOT = 'not ';
export const negated = (pattern: string): string => NOT + pattern;
export const isNegated = (pattern: string): boolean => pattern.startsWith(NOT);
export const bare = (pattern: string): string => (isNegated(pattern) ? pattern.slice(NOT.length) : pattern);
