/** The page may not load zod, so the list stands apart from the schema that checks it. */
import type { TextLevel } from './reports.ts';

export const textLevels: readonly TextLevel[] = ['hashes', 'redacted', 'full'];
