/**
 * The corpus: documents with the readings that a person expects of them, and for those that mean something together, what they decide and
 * what remains. Each file of `corpus/` is a list of cases; what a case does not say is not checked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { documentReading } from '../../../shared/access.ts';
import type { DocumentRole, GrantReading, ImportFormat } from '../../../shared/access.ts';
import { facetsOf } from './column.ts';
import { effective, effectiveClasses } from './effective.ts';
import { decide } from './iam-decide.ts';
import type { Held } from './normalised.ts';
import { readDocument } from './read-document.ts';

interface Source { format: ImportFormat; role: DocumentRole; text?: string; document?: unknown; credential?: string }
type Expected = Partial<Omit<GrantReading, 'classes' | 'notUnderstood'>> & { classes?: string[]; classSet?: string[]; columns?: string[]; notUnderstood?: string[]; conditionCount?: number };
interface Asked { action: string; resource: string; principal?: string; context?: Record<string, string | string[]>; is: string }
interface Case extends Source { name: string; documents?: Source[]; understood?: string; readings?: Expected[]; decide?: Asked[]; remain?: string[]; certain?: boolean }

const folder = new URL('./corpus/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json')).sort();
const cases: { file: string; one: Case }[] = files.flatMap((file) => (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case[]).map((one) => ({ file, one })));

const textOf = ({ text, document }: Source): string => text ?? JSON.stringify(document);
const readingOf = (source: Source) => readDocument({ format: source.format, role: source.role, text: textOf(source) });
const heldOf = (sources: readonly Source[]): Held[] => sources.flatMap((source, documentId) => readingOf(source).readings.map((reading) => ({ reading, role: source.role, documentId, credential: source.credential ?? null })));

/** What the expectation speaks of, as the reading has it. */
function seen(reading: GrantReading, expected: Expected): Expected {
  const parts: Expected = { ...reading, classes: reading.classes.map((one) => `${one.class} ${one.reversibility}`), classSet: reading.classes.map((one) => one.class), columns: [...new Set(facetsOf(reading).map((facet) => facet.resource))].sort(), notUnderstood: expected.notUnderstood?.filter((part) => reading.notUnderstood.join(' ').includes(part)) ?? [], conditionCount: reading.conditions.length };
  return Object.fromEntries(Object.keys(expected).map((key) => [key, parts[key as keyof Expected]]));
}

test('the corpus holds at least sixty documents', () => {
  expect(cases.flatMap(({ one }) => one.documents ?? [one]).length).toBeGreaterThanOrEqual(60);
});

const saying = (part: keyof Case) => cases.filter(({ one }) => one[part] !== undefined).map(({ file, one }): [string, Case] => [`${file}: ${one.name}`, one]);

describe('a document is read as its source says', () => {
  test.each(saying('readings'))('%s', (_title, one) => {
    const read = readingOf(one);
    expect(documentReading.parse(read)).toEqual(read);
    expect(read.understood).toBe(one.understood);
    expect(read.readings.map((reading, place) => seen(reading, one.readings?.[place] ?? {}))).toEqual(one.readings);
    expect(read.readings.filter((reading) => reading.understood !== 'whole' && reading.notUnderstood.length === 0)).toEqual([]);
  });
});

describe('documents decide as their sources do', () => {
  test.each(saying('decide'))('%s', (_title, one) => {
    const held = heldOf(one.documents ?? [one]);
    const said = (one.decide ?? []).map(({ action, resource, principal, context }) => decide(held, { action, resource, principal: principal ?? null, context: context ? new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()])) : null }));
    expect(said).toEqual((one.decide ?? []).map((asked) => asked.is));
  });
});

describe('documents leave what their sources leave together', () => {
  test.each(saying('remain'))('%s', (_title, one) => {
    expect(effectiveClasses(heldOf(one.documents ?? [one])).map((left) => left.class)).toEqual(one.remain);
  });

  test.each(saying('certain'))('%s, and say whether that is certain', (_title, one) => {
    expect(effective(heldOf(one.documents ?? [one])).filter(({ facets }) => facets.length > 0).every(({ certain }) => certain)).toBe(one.certain);
  });
});
