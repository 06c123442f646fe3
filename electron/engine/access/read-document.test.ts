import { describe, expect, test } from 'vitest';
import { facetsOf } from './column.ts';
import { effective } from './effective.ts';
import type { Held } from './normalised.ts';
import { readDocument } from './read-document.ts';

const iam = (statement: unknown, role: 'identity' | 'boundary' | 'scp' | 'resource' = 'identity') => readDocument({ format: 'iam', role, text: JSON.stringify({ Version: '2012-10-17', Statement: statement }) });
const held = (reading: Held['reading'], role: Held['role'] = 'identity'): Held => ({ reading, role, documentId: 1, credential: null });

describe('an IAM policy', () => {
  test('gives one reading a statement, with what its source says', () => {
    const { readings, understood, problems } = iam({ Sid: 'Read', Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::invoices/*' });
    expect(problems).toEqual([]);
    expect(understood).toBe('whole');
    expect(readings).toHaveLength(1);
    expect(readings[0]).toMatchObject({ name: 'Read', effect: 'allow', actions: ['s3:GetObject', 's3:PutObject'], resources: ['arn:aws:s3:::invoices/*'], classes: [{ class: 'read', reversibility: 'read_only' }, { class: 'write', reversibility: 'unknown' }] });
    expect(facetsOf(readings[0] as Held['reading'])).toContainEqual({ resource: 's3 invoices/*', class: 'read', reversibility: 'read_only' });
  });

  test('with an action that the catalogue does not have says so', () => {
    const { readings, understood } = iam({ Effect: 'Allow', Action: 's3:GetObjekt', Resource: '*' });
    expect(understood).toBe('partly');
    expect(readings[0]?.notUnderstood[0]).toContain('s3:GetObjekt');
    expect(readings[0]?.classes).toEqual([{ class: 'not_understood', reversibility: 'unknown' }]);
  });

  test('with a part that IAM does not know is not understood, and still shown', () => {
    const { readings } = iam({ Effect: 'Allow', Action: 's3:GetObject', Resouce: '*' });
    expect(readings[0]).toMatchObject({ understood: 'not' });
    expect(readings[0]?.classes).toContainEqual({ class: 'not_understood', reversibility: 'unknown' });
  });

  test('keeps nothing of what another statement denies everywhere', () => {
    const { readings } = iam([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }, { Effect: 'Deny', Action: 's3:Delete*', Resource: '*' }]);
    const [left] = effective(readings.map((reading) => held(reading)));
    expect(left?.state).toBe('limited');
    expect(left?.facets.some((facet) => facet.class === 'delete')).toBe(false);
    expect(left?.facets.some((facet) => facet.class === 'read')).toBe(true);
  });
});
