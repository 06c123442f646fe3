import type { Entities, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cedarText } from './cedar-reading.ts';
import { cedar } from './cedar.ts';
import { effective } from './effective.ts';
import type { Held } from './normalised.ts';
import { readDocument } from './read-document.ts';

const TIME = 60_000;

/** Cedar's own evaluation is the oracle: of the source, and of a policy set that is written from the readings alone. */
const entities: Entities = [
  { uid: { type: 'User', id: 'a' }, attrs: { level: 3, blocked: false }, parents: [{ type: 'Group', id: 'g' }] }, { uid: { type: 'User', id: 'b"\\' }, attrs: { level: 1, blocked: true }, parents: [] },
  { uid: { type: 'Group', id: 'g' }, attrs: {}, parents: [] }, { uid: { type: 'Photo', id: 'p' }, attrs: { owner: { __entity: { type: 'User', id: 'a' } } }, parents: [{ type: 'Album', id: 'x' }] }, { uid: { type: 'Photo', id: 'q' }, attrs: {}, parents: [] }, { uid: { type: 'Album', id: 'x' }, attrs: {}, parents: [] },
  { uid: { type: 'Action', id: 'view' }, attrs: {}, parents: [{ type: 'Action', id: 'readers' }] }, { uid: { type: 'Action', id: 'delete' }, attrs: {}, parents: [] }, { uid: { type: 'Action', id: 'readers' }, attrs: {}, parents: [] },
];
const user = fc.constantFrom({ type: 'User', id: 'a' }, { type: 'User', id: 'b"\\' });
const group = fc.constantFrom({ type: 'Group', id: 'g' }, { type: 'User', id: 'a' });
const thing = fc.constantFrom({ type: 'Photo', id: 'p' }, { type: 'Photo', id: 'q' }, { type: 'Album', id: 'x' });
const action = fc.constantFrom({ type: 'Action', id: 'view' }, { type: 'Action', id: 'delete' }, { type: 'Action', id: 'readers' });

type Named = fc.Arbitrary<{ readonly type: string; readonly id: string }>;
function scope(one: Named, container: Named, type: string): fc.Arbitrary<PolicyJson['resource']> {
  return fc.oneof(fc.constant({ op: 'All' as const }), one.map((entity) => ({ op: '==' as const, entity })), container.map((entity) => ({ op: 'in' as const, entity })), fc.constant({ op: 'is' as const, entity_type: type }), container.map((entity) => ({ op: 'is' as const, entity_type: type, in: { entity } })));
}
const clause = fc.constantFrom(
  'when { context.mfa == true }', 'unless { principal.blocked }', 'when { resource has owner && resource.owner == principal }', 'when { principal.level > 2 || context.ip.isInRange(ip("10.0.0.0/8")) }', 'when { context.text like "a*\\*" }', 'when { if context.mfa then principal in Group::"g" else false }', 'when { ["x", "y"].contains(context.text) }', 'unless { principal is User in Group::"g" }',
).map((text) => {
  const answer = cedar().policyToJson(`permit(principal, action, resource) ${text};`);
  return answer.type === 'success' ? answer.json.conditions : [];
});
const policy: fc.Arbitrary<PolicyJson> = fc.record({
  effect: fc.constantFrom<PolicyJson['effect']>('permit', 'permit', 'forbid'), principal: scope(user, group, 'User'), resource: scope(thing, thing, 'Photo'),
  action: fc.oneof<fc.Arbitrary<PolicyJson['action']>[]>(fc.constant({ op: 'All' }), action.map((entity) => ({ op: '==', entity })), action.map((entity) => ({ op: 'in', entity })), fc.uniqueArray(action, { minLength: 1, maxLength: 3, selector: ({ id }) => id }).map((list) => ({ op: 'in', entities: list }))),
  conditions: fc.array(clause, { maxLength: 2 }).map((some) => some.flat()),
});
const policies = fc.array(policy, { minLength: 1, maxLength: 5 });
const sourceOf = (all: readonly PolicyJson[]): string => all.map((one) => {
  const answer = cedar().policyToText(one);
  return answer.type === 'success' ? answer.text : '';
}).join('\n');

const request = fc.record({ principal: user, action, resource: thing, context: fc.record({ mfa: fc.boolean(), text: fc.constantFrom('a*', 'ab', 'x'), ip: fc.constantFrom('10.1.1.1', '8.8.8.8').map((arg) => ({ __extn: { fn: 'ip', arg } })) }) });

function decided(text: string, asked: { principal: { type: string; id: string }; action: { type: string; id: string }; resource: { type: string; id: string }; context: Parameters<ReturnType<typeof cedar>['isAuthorized']>[0]['context'] }): string {
  const answer = cedar().isAuthorized({ ...asked, policies: { staticPolicies: text }, entities });
  return answer.type === 'success' ? answer.response.decision : `failure: ${answer.errors[0]?.message}`;
}
const readingsOf = (text: string) => readDocument({ format: 'cedar', role: 'identity', text }).readings;

describe('a normalised Cedar reading', { timeout: TIME }, () => {
  test('written out again decides every request as its source does', () => {
    fc.assert(fc.property(policies, request, (all, asked) => {
      const source = sourceOf(all);
      const readings = readingsOf(source);
      expect(readings).toHaveLength(all.length);
      const answer = decided(source, asked);
      expect(answer).toMatch(/^(?:allow|deny)$/u);
      expect(decided(readings.map(cedarText).join('\n'), asked)).toBe(answer);
    }), { numRuns: 150 });
  });

  test('that has nothing left never permits, and whatever is permitted is left', () => {
    fc.assert(fc.property(policies, fc.array(request, { minLength: 5, maxLength: 15 }), (all, requests) => {
      const held = readingsOf(sourceOf(all)).map((reading): Held => ({ reading, role: 'identity', documentId: 1, credential: null }));
      const forbids = held.filter(({ reading }) => reading.effect === 'deny');
      for (const [place, remaining] of effective(held).entries()) {
        const one = held[place];
        if (!one || one.reading.effect === 'deny') continue;
        const text = [...forbids, one].map(({ reading }) => cedarText(reading)).join('\n');
        const allowed = requests.some((asked) => decided(text, asked) === 'allow');
        expect({ allowed, left: remaining.facets.length > 0 || !allowed }).toEqual({ allowed, left: true });
      }
    }), { numRuns: 40 });
  });
});
