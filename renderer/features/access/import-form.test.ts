import { describe, expect, it } from 'vitest';
import type { GrantReading } from '../../../shared/access.ts';
import { emptyForm, figuresOf, guessFormat, importOf, missing, typedAnything } from './import-form.ts';

describe('the format of a pasted text', () => {
  it.each([
    ['{"Version":"2012-10-17","Statement":[]}', 'iam'], ['  {\n "grants": []}', 'declared'], ['[{"name":"a","inputSchema":{}}]', 'tools'], ['{"tools":[]}', 'tools'],
    ['permit(principal, action, resource);', 'cedar'], ['// note\n@id("x")\nforbid (principal, action, resource);', 'cedar'], ['{"staticPolicies":{"a":{"effect":"permit"}}}', 'cedar'], ['{"a":1}', null], ['Mail.Send Mail.Read', null], ['', null],
  ])('of %j is taken for %s', (text, format) => { expect(guessFormat(text)).toBe(format); });
});

it('says what is missing, in the order of the form', () => {
  expect(missing(emptyForm)).toEqual(['the document', 'a name', 'at least one agent']);
  expect(missing({ ...emptyForm, text: 'x'.repeat(1_000_001), name: ' a ', agentIds: ['1'] })).toEqual(['a shorter document: at most 1,000,000 characters']);
  expect(missing({ ...emptyForm, text: 'Mail.Send', name: 'a', agentIds: ['1'] })).toEqual([]);
  expect(typedAnything(emptyForm)).toBe(false);
  expect(typedAnything({ ...emptyForm, agentIds: ['1'] })).toBe(true);
});

it('sends a role only where the format has roles, and a credential only when one is named', () => {
  const form = { ...emptyForm, text: 't', name: ' n ', agentIds: ['1'], role: 'boundary' as const, credential: '  ' };
  expect(importOf(form)).toEqual({ name: 'n', format: 'iam', role: 'boundary', enforcement: 'unknown', text: 't', agentIds: ['1'] });
  expect(importOf({ ...form, format: 'cedar', credential: ' key-1 ' })).toMatchObject({ role: 'identity', credential: 'key-1' });
});

it('counts what was understood, never more', () => {
  const readings = [{ understood: 'whole', effect: 'allow' }, { understood: 'partly', effect: 'deny' }, { understood: 'not', effect: 'allow' }] as unknown as GrantReading[];
  expect(figuresOf({ readings, understood: 'partly', problems: [] })).toEqual({ readings: 3, whole: 1, partly: 1, not: 1, allows: 2, denies: 1 });
});
