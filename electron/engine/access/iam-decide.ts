/**
 * IAM's evaluation over normalised readings: an explicit deny decides; then a boundary and an organisation's policies must let through what
 * an identity policy, or a policy at the resource, permits; what nobody permits is denied. What needs a context that is not known is
 * `cannot_tell`, never guessed.
 */
import { conditionOf } from './condition-text.ts';
import { globMatches } from './glob.ts';
import { conditionHolds } from './iam-condition.ts';
import { isActionPattern, resourceFits } from './iam-pattern.ts';
import type { Context, Fit } from './iam-pattern.ts';
import { bare, isNegated } from './normalised.ts';
import type { Held, Normalised } from './normalised.ts';

export interface IamRequest {
  /** `s3:GetObject` */
  readonly action: string;
  readonly resource: string;
  /** who asks, as an ARN; null: not known. */
  readonly principal?: string | null;
  readonly context?: Context;
}

export type Decision = 'allowed' | 'explicit_deny' | 'implicit_deny' | 'cannot_tell';

/** `held`: everything that bears on one principal. What is only written down denies and limits nothing. */
export function decide(held: readonly Held[], request: IamRequest): Decision {
  const statements = held.filter(({ reading, role, enforcement }) => reading.kind === 'statement' && !(enforcement === 'log_only' && (reading.effect === 'deny' || role === 'boundary' || role === 'scp')));
  const denies = statements.filter(({ reading }) => reading.effect === 'deny').map(({ reading }) => statementFits(reading, request));
  if (denies.includes('yes')) return 'explicit_deny';
  const allowed = permitted(statements, request);
  if (allowed === 'no') return 'implicit_deny';
  return allowed === 'yes' && !denies.includes('maybe') ? 'allowed' : 'cannot_tell';
}

function permitted(statements: readonly Held[], request: IamRequest): Fit {
  const fit = ({ reading }: Held): Fit => (reading.effect === 'allow' ? statementFits(reading, request) : 'no');
  const at = (role: Held['role']): Held[] => statements.filter((one) => (one.role ?? 'identity') === role);
  const resource = best(at('resource').map((one) => (fit(one) === 'yes' && !meansCaller(one.reading, request) ? 'maybe' : fit(one))));
  const identity = best(at('identity').map(fit));
  const boundary = worst(byDocument(at('boundary')).map((some) => best(some.map(fit))));
  // A policy at the resource reaches past a boundary where it names the session itself: which session it was is not told.
  const bounded = boundary === 'no' && resource !== 'no' ? 'maybe' : boundary;
  return worst([best([identity, resource]), bounded, organisation(at('scp'), fit)]);
}

export const best = (fits: readonly Fit[]): Fit => (fits.includes('yes') ? 'yes' : fits.includes('maybe') ? 'maybe' : 'no');
export const worst = (fits: readonly Fit[]): Fit => (fits.includes('no') ? 'no' : fits.includes('maybe') ? 'maybe' : 'yes');
export const byDocument = (some: readonly Held[]): Held[][] => [...Map.groupBy(some, ({ documentId }) => documentId).values()];

/**
 * Policies at one level of an organisation add up, those of several levels must all agree, and the level is not told: one must allow, and
 * it is certain where all do. One that only denies stands beside the policy that AWS puts at every level, which allows everything.
 */
function organisation(scps: readonly Held[], fit: (one: Held) => Fit): Fit {
  const fits = byDocument(scps).filter(allowsAny).map((some) => best(some.map(fit)));
  return fits.length > 0 && best(fits) === 'no' ? 'no' : worst(fits) === 'yes' ? 'yes' : 'maybe';
}

export const allowsAny = (document: readonly Held[]): boolean => document.some(({ reading }) => reading.effect === 'allow');

/** A policy at the resource that names an account leaves it to that account's own policies; naming everybody or the caller, it permits by itself. */
function meansCaller({ conditions }: Normalised, { principal = null }: IamRequest): boolean {
  return conditions.map(conditionOf).some((condition) => condition?.key === 'principal' && condition.operator === 'is' && condition.values.some((value) => value === '*' || (principal !== null && isSame(value, principal))));
}

export function statementFits(reading: Normalised, request: IamRequest): Fit {
  const fits = worst([actionFits(reading.actions, request.action), listFits(reading.resources, (pattern) => resourceFits(pattern, request.resource, request.context ?? null)), ...reading.conditions.map((text) => sentenceFits(text, request))]);
  return fits === 'yes' && reading.understood === 'not' ? 'maybe' : fits;
}

export function actionFits(actions: readonly string[], action: string): Fit {
  const lower = action.toLowerCase();
  return listFits(actions, (pattern) => (!isActionPattern(pattern) ? 'maybe' : globMatches(pattern.toLowerCase(), lower) ? 'yes' : 'no'));
}

/** An empty list: it could be any. */
function listFits(patterns: readonly string[], fit: (pattern: string) => Fit): Fit {
  if (patterns.length === 0) return 'yes';
  const found = best(patterns.map((pattern) => fit(bare(pattern))));
  return patterns.every(isNegated) ? opposite(found) : found;
}

const opposite = (fit: Fit): Fit => (fit === 'yes' ? 'no' : fit === 'no' ? 'yes' : 'maybe');

function sentenceFits(text: string, { principal = null, context = null }: IamRequest): Fit {
  const condition = conditionOf(text);
  if (condition?.key !== 'principal') return conditionHolds(text, context);
  const found = best(condition.values.map((value) => principalFits(value, principal)));
  return condition.operator === 'is-not' ? opposite(found) : found;
}

export function principalFits(value: string, principal: string | null): Fit {
  if (value === '*') return 'yes';
  if (principal === null) return 'maybe';
  const [kind, ...rest] = value.split(':');
  if (kind !== 'AWS') return 'no';
  const named = rest.join(':');
  const account = /^(?:arn:[^:]*:iam::)?(\d{12})(?::root)?$/u.exec(named)?.[1];
  if (account !== undefined) return principal.split(':')[4] === account ? 'yes' : 'no';
  return isSame(value, principal) ? 'yes' : 'no';
}

/** A session of a role is that role. */
function isSame(value: string, principal: string): boolean {
  if (value === `AWS:${principal}`) return true;
  const [, partition, account, role] = /^arn:([^:]*):sts::(\d{12}):assumed-role\/([^/]+)\//u.exec(principal) ?? [];
  const [, partition2, account2, role2] = /^AWS:arn:([^:]*):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/u.exec(value) ?? [];
  return role !== undefined && role === role2 && account === account2 && partition === partition2;
}
