/**
 * Cedar policy sets, as text, as Cedar's JSON, or as a gateway hands them out (`definition.cedar.statement`). One reading a policy; Cedar's own
 * parser reads it. A policy that does not parse is shown as it stands, and does not take the others with it.
 *
 * What an action does is the application's own matter, so its class is guessed from its name only where the name is nothing but a plain verb;
 * everything else is `not_understood`, with what the name hints at beside it.
 */
import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { DocumentReading, GrantReading } from '../../../shared/access.ts';
import { bounded, clipped, MOST_POLICY_TEXT, MOST_READINGS, quoted, uniqueNames } from './bounds.ts';
import { askCedar } from './cedar.ts';
import { actionOf, cedarClasses, conditionsOf, scopeText } from './cedar-reading.ts';
import { clausesOf, isTooDeep, splitPolicies } from './cedar-split.ts';
import { isObject, parseDocument } from './json-document.ts';
import type { Json } from './json-document.ts';
import { asDocument, unreadable, unreadableDocument } from './unreadable.ts';
import { worstOf } from './worst.ts';

export function readCedar(text: string): DocumentReading {
  if (text.length > MOST_POLICY_TEXT) return unreadableDocument('policy', text, [`It is longer than ${MOST_POLICY_TEXT} characters.`]);
  const problems: string[] = [];
  const parts = partsOf(text.trim(), problems);
  if (parts.length === 0 && problems.length > 0) return unreadableDocument('policy', text, problems);
  // Read to its end and empty, as a file of comments alone: nothing in it could permit anything, so there is no grant to show.
  if (parts.length === 0) return asDocument([], ['The document holds no policy.']);
  if (parts.length > MOST_READINGS) problems.push(`${parts.length - MOST_READINGS} policies beyond the first ${MOST_READINGS} were not read.`);
  const nameOf = uniqueNames();
  // The same text again is read once.
  const seen = new Map<string, Parsed>();
  return asDocument(parts.slice(0, MOST_READINGS).map((part, place) => readPart(once(part, seen), place, nameOf)), problems);
}

/** A policy as text, as Cedar's JSON, or something that is neither. */
type Part = { readonly text: string } | { readonly json: { [key: string]: Json } } | { readonly neither: Json; readonly why: string };

function partsOf(text: string, problems: string[]): Part[] {
  if (!text.startsWith('{') && !text.startsWith('[')) return fromText(text);
  const { value, problems: wrong } = parseDocument(text);
  problems.push(...wrong);
  return value === undefined ? [] : fromJson(value, problems);
}

function fromText(text: string): Part[] {
  const whole = isTooDeep(text) ? null : askCedar((cedar) => cedar.policySetTextToParts(text));
  const texts = whole?.type === 'success' ? [...whole.policies, ...whole.policy_templates] : splitPolicies(text);
  return texts.map((one) => ({ text: one }));
}

function fromJson(value: Json, problems: string[]): Part[] {
  if (typeof value === 'string') return fromText(value);
  if (Array.isArray(value)) return value.flatMap((one) => fromJson(one, problems));
  if (!isObject(value)) return [{ neither: value, why: 'This is no policy.' }];
  if ('effect' in value) return [{ json: value }];
  if ('staticPolicies' in value || 'templates' in value) {
    const links = value['templateLinks'];
    if (Array.isArray(links) && links.length > 0) problems.push('It links templates to principals or resources; those links are not read.');
    return [...entries(value['staticPolicies'], problems), ...entries(value['templates'], problems)];
  }
  for (const key of ['definition', 'cedar', 'policy', 'statement', 'policies', 'policySet']) if (value[key] !== undefined) return fromJson(value[key] ?? null, problems);
  return [{ neither: value, why: 'It has none of the parts that a policy has.' }];
}

const entries = (value: Json | undefined, problems: string[]): Part[] => (value === undefined ? [] : isObject(value) ? Object.values(value).flatMap((one) => fromJson(one, problems)) : fromJson(value, problems));

type Parsed = { readonly text: string; readonly policy: PolicyJson } | { readonly text: string; readonly why: string };

function parsed(part: Part): Parsed {
  if ('neither' in part) return { text: JSON.stringify(part.neither, null, 2), why: part.why };
  if ('text' in part) return parsedText(part.text);
  // Written out and read again: what stands in the reading has passed Cedar's own parser.
  const policy = part.json as unknown as PolicyJson;
  const written = askCedar((cedar) => cedar.policyToText(policy));
  if (written?.type === 'success') return parsedText(written.text);
  const text = JSON.stringify(part.json, null, 2);
  return askCedar((cedar) => cedar.templateToText(policy))?.type === 'success' ? { text, why: TEMPLATE } : { text, why: `Cedar cannot read it: ${quoted(written?.errors[0]?.message ?? 'it gave up')}.` };
}

function parsedText(text: string): Parsed {
  if (isTooDeep(text)) return { text, why: 'It is nested too deeply to be read.' };
  const answer = askCedar((cedar) => cedar.policyToJson(text));
  if (answer?.type === 'success') return { text, policy: answer.json };
  if (askCedar((cedar) => cedar.templateToJson(text))?.type === 'success') return { text, why: TEMPLATE };
  return { text, why: `Cedar cannot read it: ${quoted(answer?.errors[0]?.message ?? 'it gave up')}.` };
}

const TEMPLATE = 'It is a template: whom or what it is for is filled in elsewhere.';

function once(part: Part, seen: Map<string, Parsed>): Parsed {
  if (!('text' in part)) return parsed(part);
  const read = seen.get(part.text) ?? parsed(part);
  seen.set(part.text, read);
  return read;
}

function readPart(read: Parsed, place: number, nameOf: (kind: string, name: string) => string): GrantReading {
  const title = `Policy ${place + 1}`;
  if ('why' in read) return unreadable('policy', nameOf('policy', title), read.text, [read.why]);
  const { text, policy } = read;
  // Cedar writes out no condition of many parts, which it can read: then they stand in one sentence as they are written.
  const conditions = conditionsOf(policy.conditions) ?? [clausesOf(text)].filter((clauses) => clauses !== null);
  if (policy.conditions.length > 0 && conditions.length === 0) return unreadable('policy', nameOf('policy', title), text, ['Its conditions cannot be written out.']);
  const { id, description, ...others } = policy.annotations ?? {};
  const actions = actionOf(policy.action);
  const { classes, said } = cedarClasses(actions);
  return {
    kind: 'policy', name: nameOf('policy', typeof id === 'string' && id !== '' ? id : title), description: description ? clipped(description, 4_000) : Object.keys(others).length > 0 ? clipped(JSON.stringify(others), 400) : null,
    effect: policy.effect === 'forbid' ? 'deny' : 'allow', understood: said.length === 0 ? 'whole' : 'partly', notUnderstood: bounded(said), classes, reversibility: worstOf(classes.map((one) => one.reversibility)),
    actions, resources: [scopeText(policy.resource)], conditions: [...(policy.principal.op === 'All' ? [] : [`principal ${scopeText(policy.principal)}`]), ...conditions],
    dataClass: null, expiresAt: null, readOnly: null, destructive: null, openWorld: null, idempotent: null, source: text,
  };
}
