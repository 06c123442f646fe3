import { describe, expect, test } from 'vitest';
import { facetsOf } from './column.ts';
import { MOST_LABELS } from './labels.ts';
import type { Normalised } from './normalised.ts';

const base: Normalised = { kind: 'tool', name: 'search', effect: 'allow', understood: 'whole', classes: [{ class: 'read', reversibility: 'read_only' }], actions: ['search'], resources: [], conditions: [] };
const labels = (change: Partial<Normalised>): string[] => [...new Set(facetsOf({ ...base, ...change }).map((facet) => facet.resource))];
const statement = (actions: string[], resources: string[]): string[] => labels({ kind: 'statement', name: 'Statement 1', actions, resources });

describe('the column of a grant', () => {
  test.each<[string, Partial<Normalised>, string[]]>([
    ['a tool: its name', {}, ['search']], ['a tool with resources: its name still', { resources: ['x'] }, ['search']], ['a scope: what it is about', { kind: 'scope', name: 'Mail.Send', resources: ['Mail'] }, ['Mail']], ['an unknown scope: its name', { kind: 'scope', name: 'x:y' }, ['x:y']],
    ['a data store: each', { kind: 'data_store', name: 'orders', resources: ['postgres orders', 'postgres people'] }, ['postgres orders', 'postgres people']], ['a Cedar policy: its resource', { kind: 'policy', name: 'p', resources: ['== Photo::"a.jpg"'] }, ['Photo a.jpg']], ['a Cedar policy for all', { kind: 'policy', name: 'p', resources: ['*'] }, ['Cedar all']],
  ])('%s', (_title, change, expected) => {
    expect(labels(change)).toEqual(expected);
  });

  test('of an IAM statement is service and resource', () => {
    expect(statement(['s3:GetObject'], ['arn:aws:s3:::invoices/*'])).toEqual(['s3 invoices/*']);
    expect(statement(['s3:*'], ['*'])).toEqual(['s3 all']);
    expect(statement(['*'], ['*'])).toEqual(['AWS all']);
    expect(statement(['*'], ['arn:aws:s3:::invoices/*'])).toEqual(['AWS invoices/*']);
    expect(statement(['s3:GetObject', 'sqs:SendMessage'], ['*'])).toEqual(['s3 all', 'sqs all']);
    expect(statement(['dynamodb:GetItem'], ['arn:aws:dynamodb:eu-west-1:111122223333:table/orders'])).toEqual(['dynamodb table/orders']);
    expect(statement(['s3:GetObject'], ['not arn:aws:s3:::secret/*'])).toEqual(['s3 all but some']);
  });

  test('that names hundreds of resources opens a bounded number of columns and counts the rest', () => {
    const found = statement(['s3:GetObject'], Array.from({ length: 500 }, (_one, place) => `arn:aws:s3:::b${place}/*`));
    expect(found).toHaveLength(MOST_LABELS);
    expect(found.at(-1)).toBe(`s3 ${500 - MOST_LABELS + 1} more`);
  });
});
