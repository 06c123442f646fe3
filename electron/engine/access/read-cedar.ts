/**
 * Cedar policy sets, as text, as Cedar's JSON, or as a gateway hands them out (`definition.cedar.statement`). One reading a policy; Cedar's own
 * parser reads it. A policy that does not parse is shown as it stands, and does not take the others with it.
 *
 * What an action does is the application's own matter, so its class is guessed from its name only where the name is nothing but a plain verb;
 * everything else is `not_understood`, with what the name hints at beside it.
 */
import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { DocumentReading, GrantReading } from '../../../shared/access.ts';
import { bounded, clipped, MOST_READINGS, quoted, uniqueNames } from './bounds.ts';
import { cedar } from './cedar.ts';
import { actionOf, cedarClasses, conditionsOf, scopeText } from './cedar-reading.ts';
import { splitPolicies } from './cedar-split.ts';
import { isObject, parseDocument } from './json-document.ts';
import type { Json } from './json-document.ts';
import { asDocument, unreadable, unreadableDocument } from './unreadable.ts';
import { worstOf } from './worst.ts';

export function readCedar(text: string): DocumentReading {
  const problems: string[] = [];
  const parts = partsOf(text.trim(), problems);
  if (parts.length === 0) return unreadableDocument('policy', text, problems.length > 0 ? problems : ['It holds no policy.']);
  if (parts.length > MOST_READINGS) problems.push(`${parts.length - MOST_READINGS} policies beyond the first ${MOST_READINGS} were not read.`);
  const nameOf = uniqueNames();
  return asDocument(parts.slice(0, MOST_READINGS).map((part, place) => readPart(part, place, nameOf)), problems);
}

/** A policy as text, or already as Cedar's JSON. */
interface Part { readonly text: string; readonly policy: PolicyJson | null; readonly why: string | null; readonly template: boolean }

function partsOf(text: string, problems: string[]): Part[] {
  if (!text.startsWith('{') && !text.startsWith('[')) return fromText(text);
  const { value, problems: wrong } = parseDocument(text);
  problems.push(...wrong);
  return value === undefined ? [] : fromJson(value, problems);
}

function fromText(text: string): Part[] {
  const whole = cedar().policySetTextToParts(text);
  if (whole.type === 'success') return [...whole.policies.map((policy) => parsed(policy)), ...whole.policy_templates.map((template) => ({ text: template, policy: null, why: null, template: true }))];
  return splitPolicies(text).map((policy) => parsed(policy));
}

function parsed(text: string): Part {
  const answer = cedar().policyToJson(text);
  if (answer.type === 'success') return { text, policy: answer.json, why: null, template: false };
  if (cedar().templateToJson(text).type === 'success') return { text, policy: null, why: null, template: true };
  return { text, policy: null, why: answer.errors[0]?.message ?? 'Cedar cannot read it.', template: false };
}

function fromJson(value: Json, problems: string[]): Part[] {
  if (typeof value === 'string') return fromText(value);
  if (Array.isArray(value)) return value.flatMap((one) => fromJson(one, problems));
  if (!isObject(value)) return [{ text: JSON.stringify(value), policy: null, why: 'This is no policy.', template: false }];
  if ('effect' in value) return [fromPolicyJson(value)];
  if ('staticPolicies' in value || 'templates' in value) {
    const links = value['templateLinks'];
    if (Array.isArray(links) && links.length > 0) problems.push('It links templates to principals or resources; those links are not read.');
    return [...entries(value['staticPolicies'], problems), ...entries(value['templates'], problems)];
  }
  for (const key of ['definition', 'cedar', 'policy', 'statement', 'policies', 'policySet']) if (value[key] !== undefined) return fromJson(value[key] ?? null, problems);
  return [{ text: JSON.stringify(value, null, 2), policy: null, why: 'It has none of the parts that a policy has.', template: false }];
}

const entries = (value: Json | undefined, problems: string[]): Part[] => (value === undefined ? [] : isObject(value) ? Object.values(value).flatMap((one) => fromJson(one, problems)) : fromJson(value, problems));

function fromPolicyJson(value: { [key: string]: Json }): Part {
  // Written out and read again: what stands in the reading has passed Cedar's own parser.
  const policy = value as unknown as PolicyJson;
  const text = cedar().policyToText(policy);
  if (text.type === 'success') return parsed(text.text);
  return { text: JSON.stringify(value, null, 2), policy: null, why: text.errors[0]?.message ?? 'Cedar cannot read it.', template: cedar().templateToText(policy).type === 'success' };
}

function readPart({ text, policy, why, template }: Part, place: number, nameOf: (kind: string, name: string) => string): GrantReading {
  const title = `Policy ${place + 1}`;
  if (template) return unreadable('policy', nameOf('policy', title), text, ['It is a template: whom or what it is for is filled in elsewhere.']);
  if (!policy) return unreadable('policy', nameOf('policy', title), text, [`Cedar cannot read it: ${quoted(why ?? '')}.`]);
  const { id, description, ...others } = policy.annotations ?? {};
  const actions = actionOf(policy.action);
  const { classes, said } = cedarClasses(actions);
  return {
    kind: 'policy', name: nameOf('policy', typeof id === 'string' && id !== '' ? id : title), description: description ? clipped(description, 4_000) : Object.keys(others).length > 0 ? clipped(JSON.stringify(others), 400) : null,
    effect: policy.effect === 'forbid' ? 'deny' : 'allow', understood: said.length === 0 ? 'whole' : 'partly', notUnderstood: bounded(said), classes, reversibility: worstOf(classes.map((one) => one.reversibility)),
    actions, resources: [scopeText(policy.resource)], conditions: [...(policy.principal.op === 'All' ? [] : [`principal ${scopeText(policy.principal)}`]), ...conditionsOf(policy.conditions)],
    dataClass: null, expiresAt: null, readOnly: null, destructive: null, openWorld: null, idempotent: null, source: text,
  };
}
