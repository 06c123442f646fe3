import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actionsOf } from './action-catalogue.ts';
import { effective, effectiveClasses } from './effective.ts';
import { decide } from './iam-decide.ts';
import { oracleDecide } from './iam-oracle.ts';
import type { OraclePolicy, OracleStatement } from './iam-oracle.ts';
import type { Context } from './iam-pattern.ts';
import { witnesses } from './iam-witness.ts';
import type { Held } from './normalised.ts';
import { readDocument } from './read-document.ts';

interface Sources { identity: OraclePolicy[]; boundary: OraclePolicy | null; scp: OraclePolicy | null }

function heldOf({ identity, boundary, scp }: Sources): Held[] {
  const documents = [...identity.map((policy) => ({ policy, role: 'identity' as const })), ...(boundary ? [{ policy: boundary, role: 'boundary' as const }] : []), ...(scp ? [{ policy: scp, role: 'scp' as const }] : [])];
  return documents.flatMap(({ policy, role }, documentId) => readDocument({ format: 'iam', role, text: JSON.stringify(policy) }).readings.map((reading) => ({ reading, role, documentId, credential: null })));
}

const oneOrList = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> => fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }));
/** Services with few actions, so that every action can be asked for. */
const services = ['a2c', 'sts', 'ram'];
/** For the tests that ask every resource for every action. */
const fewServices = ['a2c', 'sts'];
const catalogued = services.flatMap((service) => [...actionsOf(service).values()]);
const actionPattern = fc.oneof(fc.constantFrom('*', 'a2c:*', 'a2c:Get*', 'A2C:getdeploymentjobdetails', 'a2c:?tart*', 'a2c:*Job', 'sts:*', 'sts:Assume*', 'sts:Get*', 'ram:*', 'ram:List*', 'ram:D*', 'ram:*Share*', 'a2c:NoSuchAction'), fc.constantFrom(...catalogued.map(({ full }) => full)));
const word = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 0, maxLength: 3 });
const resourcePattern = fc.oneof(fc.constant('*'), word.map((text) => `arn:aws:s3:::${text}`), word.map((text) => `arn:aws:*:::${text}`), fc.constantFrom('arn:aws:s3:::${aws:username}', 'arn:aws:s3:::${aws:PrincipalTag/team, \'b\'}*', 'arn:aws:s3:::a${*}'));
const plainResource = fc.oneof(fc.constant('*'), word.map((text) => `arn:aws:s3:::${text}`));

const conditions = fc.constantFrom<NonNullable<OracleStatement['Condition']>>(
  { StringEquals: { 'aws:username': ['a', 'b'] } }, { StringNotEquals: { 'AWS:UserName': 'a' } }, { StringLike: { 'aws:username': 'a*' } }, { StringEqualsIfExists: { 'aws:username': 'A' } }, { StringEqualsIgnoreCase: { 'aws:username': 'A' } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }, { Null: { 'aws:username': 'true' } }, { Null: { 'aws:username': 'false' } }, { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.168.1.0/24'] } }, { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
  { NumericLessThan: { 's3:max-keys': '10' } }, { NumericEquals: { 's3:max-keys': ['5', '6'] } }, { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } }, { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:123456789012:a*' } },
  { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { 'ForAllValues:StringLike': { 'aws:TagKeys': ['a*', 'b'] } }, { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': 'a' } }, { 'ForAllValues:StringNotLike': { 'aws:TagKeys': 'a*' } }, { StringEquals: { 'aws:username': '${aws:PrincipalTag/team}' } }, { StringLike: { 'aws:username': '${aws:PrincipalTag/team, \'b\'}*' }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
);

const context = fc.record({
  'aws:username': fc.constantFrom(['a'], ['b'], ['A'], ['ab'], ['*']), 'aws:PrincipalTag/team': fc.constantFrom(['a'], ['b'], ['*']), 'aws:MultiFactorAuthPresent': fc.constantFrom(['true'], ['false']), 'aws:SourceIp': fc.constantFrom(['10.1.2.3'], ['192.168.1.9'], ['8.8.8.8']), 's3:max-keys': fc.constantFrom(['5'], ['10'], ['11']),
  'aws:CurrentTime': fc.constantFrom(['2025-12-31T00:00:00Z'], ['2026-06-01T00:00:00Z']), 'aws:SourceArn': fc.constantFrom(['arn:aws:sns:eu-west-1:123456789012:ab'], ['arn:aws:sns:eu-west-1:123456789013:ab']), 'aws:TagKeys': fc.constantFrom<string[]>(['a'], ['b', 'c'], ['a', 'b'], ['ab']),
}, { requiredKeys: [] }).map((record): Record<string, string[]> => Object.fromEntries(Object.entries(record).flatMap(([key, values]) => (values === undefined ? [] : [[key, [...values]]]))));
const contextOf = (record: Record<string, string[]>): Context => new Map(Object.entries(record).map(([key, values]) => [key.toLowerCase(), values]));

function statement(resource: fc.Arbitrary<string>, condition: fc.Arbitrary<OracleStatement['Condition']>): fc.Arbitrary<OracleStatement> {
  return fc.record({ Effect: fc.constantFrom<'Allow' | 'Deny'>('Allow', 'Allow', 'Deny'), actions: oneOrList(actionPattern), notAction: fc.nat(5), resources: oneOrList(resource), notResource: fc.nat(4), Condition: condition }).map(({ Effect, actions, notAction, resources, notResource, Condition }) => ({
    Effect, ...(notAction === 0 ? { NotAction: actions } : { Action: actions }), ...(notResource === 0 ? { NotResource: resources } : { Resource: resources }), ...(Condition ? { Condition } : {}),
  }));
}
const policy = (one: fc.Arbitrary<OracleStatement>): fc.Arbitrary<OraclePolicy> => fc.array(one, { minLength: 1, maxLength: 4 }).map((Statement) => ({ Version: '2012-10-17', Statement }));
const sources = (one: fc.Arbitrary<OracleStatement>): fc.Arbitrary<Sources> => fc.record({ identity: fc.array(policy(one), { minLength: 1, maxLength: 2 }), boundary: fc.option(policy(one), { freq: 2 }), scp: fc.option(policy(one), { freq: 2 }) });

const full = sources(statement(resourcePattern, fc.option(conditions, { nil: undefined, freq: 1 })));
const plain = sources(statement(plainResource, fc.constant(undefined)));
const asked = fc.record({ action: fc.constantFrom(...catalogued.map((action) => action.full), 'a2c:NoSuchAction', 's3:GetObject'), resource: fc.string({ unit: fc.constantFrom('a', 'b', 'c', '*', '/'), maxLength: 4 }).map((text) => `arn:aws:s3:::${text}`) });

/** A busy machine is no failure. */
const TIME = 60_000;

describe('a normalised IAM reading', { timeout: TIME }, () => {
  test('decides every request as its source does', () => {
    fc.assert(fc.property(full, asked, context, (source, request, moment) => {
      expect(decide(heldOf(source), { ...request, context: contextOf(moment) })).toBe(oracleDecide(source, { ...request, context: moment }));
    }), { numRuns: 400 });
  });

  test('without a context says only what holds at every moment', () => {
    fc.assert(fc.property(full, asked, fc.array(context, { minLength: 1, maxLength: 6 }), (source, request, moments) => {
      const decision = decide(heldOf(source), request);
      const truths = moments.map((moment) => oracleDecide(source, { ...request, context: moment }) === 'allowed');
      const said = { allowed: true, explicit_deny: false, implicit_deny: false, cannot_tell: null }[decision];
      expect(said === null ? [] : truths.filter((truth) => truth !== said)).toEqual([]);
    }), { numRuns: 200 });
  });
});

const permitted = (source: Sources, moment: Record<string, string[]>) => {
  const resources = witnesses([...source.identity, ...(source.boundary ? [source.boundary] : []), ...(source.scp ? [source.scp] : [])], contextOf(moment));
  return few.filter(({ full: action }) => resources.some((resource) => oracleDecide(source, { action, resource, context: moment }) === 'allowed'));
};
const few = catalogued.filter(({ service }) => fewServices.includes(service));
const isFew = (action: string | undefined): boolean => fewServices.some((service) => action?.toLowerCase().startsWith(`${service}:`));
/** Statements that permit, of those services alone. */
const withoutNot = (source: Sources): boolean => source.identity.every((one) => one.Statement.every(({ NotAction, Effect, Action }) => Effect === 'Deny' || (NotAction === undefined && [Action].flat().every(isFew))));
const known = (source: Sources): boolean => source.identity.every((one) => one.Statement.every(({ Action }) => ![Action].flat().includes('a2c:NoSuchAction')));

describe('the classes that remain', { timeout: TIME }, () => {
  test('are exactly those of the catalogued actions that some resource still permits', () => {
    fc.assert(fc.property(plain.filter(withoutNot).filter(known), (source) => {
      const possible = permitted(source, {});
      expect(new Set(effectiveClasses(heldOf(source)).map((one) => one.class))).toEqual(new Set(possible.flatMap(({ classes }) => classes.map((one) => one.class))));
    }), { numRuns: 200 });
  });

  test('show every class that some moment permits, and call certain only what every moment permits', () => {
    fc.assert(fc.property(full.filter(withoutNot), fc.array(context, { minLength: 2, maxLength: 4 }), fc.array(asked, { minLength: 10, maxLength: 30 }), (source, moments, requests) => {
      const shown = new Set(effectiveClasses(heldOf(source)).map((one) => one.class));
      for (const request of requests) {
        const action = catalogued.find(({ full: name }) => name === request.action);
        if (!action || !moments.some((moment) => oracleDecide(source, { ...request, context: moment }) === 'allowed')) continue;
        for (const { class: name } of action.classes) expect(shown).toContain(name);
      }
    }), { numRuns: 200 });
  });

  test('of a statement that is called certain hold at every moment, for some resource', () => {
    fc.assert(fc.property(full.filter(withoutNot).filter(known), context, (source, moment) => {
      const held = heldOf(source);
      for (const [place, remaining] of effective(held).entries()) {
        if (!remaining.certain || remaining.facets.length === 0 || held[place]?.role !== 'identity') continue;
        const classes = new Set(remaining.facets.map((facet) => facet.class));
        const possible = permitted(source, moment);
        for (const name of classes) expect(possible.flatMap((action) => action.classes.map((one) => one.class))).toContain(name);
      }
    }), { numRuns: 200 });
  });
});
