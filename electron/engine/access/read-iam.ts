/**
 * IAM policy documents (JSON): the whole grammar of identity, boundary, SCP and resource policies. One reading a statement. A part that
 * this grammar does not know makes the statement "not understood": it is shown, and evaluation takes it for whatever it may permit.
 * Names of actions are compared with the catalogue for the words only: a name that AWS does not have is evaluated as it is written.
 */
import type { DocumentReading, DocumentRole, GrantReading } from '../../../shared/access.ts';
import { actionsMatching } from './action-catalogue.ts';
import { bounded, MOST_PATTERNS, MOST_POLICY_TEXT, MOST_READINGS, quoted, uniqueNames } from './bounds.ts';
import { conditionText } from './condition-text.ts';
import { isKnownOperator, operatorOf, valueProblem } from './iam-condition.ts';
import { isActionPattern, isResourcePattern } from './iam-pattern.ts';
import { iamClasses } from './iam-classes.ts';
import { isObject, parseDocument } from './json-document.ts';
import type { Json } from './json-document.ts';
import { bare, negated } from './normalised.ts';
import { asDocument, unreadableDocument } from './unreadable.ts';
import { worstOf } from './worst.ts';

const documentKeys = new Set(['Version', 'Id', 'Statement']);
const statementKeys = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal', 'Condition']);
const versions = new Set(['2012-10-17', '2008-10-17']);

export function readIam(text: string, role: DocumentRole): DocumentReading {
  if (text.length > MOST_POLICY_TEXT) return unreadableDocument('statement', text, [`It is longer than ${MOST_POLICY_TEXT} characters, which is more than any policy of AWS.`]);
  const parsed = parseDocument(plainText(text));
  if (!isObject(parsed.value)) return unreadableDocument('statement', text, parsed.problems.length > 0 ? parsed.problems : ['This is no JSON object, so it is no IAM policy.']);
  const outer = parsed.value;
  // `aws iam get-role-policy` and `get-policy-version` wrap the document.
  const policy = unwrapped(outer);
  if (!policy) return unreadableDocument('statement', text, [...parsed.problems, 'It has no Statement, so it is no IAM policy.']);
  const broken = [...parsed.problems, ...documentProblems(policy)];
  const problems = [...broken];
  const statements = Array.isArray(policy['Statement']) ? policy['Statement'] : [policy['Statement']];
  if (statements.length === 0) problems.push('It has no statement.');
  if (statements.length > MOST_READINGS) problems.push(`${statements.length - MOST_READINGS} statements beyond the first ${MOST_READINGS} were not read.`);
  const nameOf = uniqueNames();
  const readings = statements.slice(0, MOST_READINGS).map((statement, place) => readStatement(statement ?? null, { role, place, version: policy['Version'], nameOf, brokenPolicy: broken }));
  return asDocument(readings, problems);
}

/** SDKs hand policies out URL-encoded. */
function plainText(text: string): string {
  const trimmed = text.trim();
  if (!/^%7B/iu.test(trimmed)) return trimmed;
  try {
    return decodeURIComponent(trimmed);
  } catch {
    // Not URL-encoded after all; what is wrong with it is said when it is parsed.
    return trimmed;
  }
}

function unwrapped(outer: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> | null {
  if ('Statement' in outer) return outer;
  for (const key of ['PolicyVersion', 'Document', 'PolicyDocument', 'AssumeRolePolicyDocument', 'Policy', 'policy', 'Content']) {
    const inner = outer[key];
    if (isObject(inner)) return unwrapped(inner);
    if (typeof inner !== 'string') continue;
    const { value } = parseDocument(plainText(inner));
    if (isObject(value)) return unwrapped(value);
  }
  return null;
}

function documentProblems(policy: Readonly<Record<string, Json>>): string[] {
  const problems = Object.keys(policy).filter((key) => !documentKeys.has(key)).map((key) => `The policy has a part ${quoted(key)}, which IAM does not know.`);
  const version = policy['Version'];
  if (version !== undefined && (typeof version !== 'string' || !versions.has(version))) problems.push(`Its Version is ${quoted(JSON.stringify(version))}; IAM knows 2012-10-17 and 2008-10-17.`);
  return problems;
}

interface Place { readonly role: DocumentRole; readonly place: number; readonly version: Json | undefined; readonly nameOf: (kind: string, name: string) => string; readonly brokenPolicy: readonly string[] }

function readStatement(statement: Json, { role, place, version, nameOf, brokenPolicy }: Place): GrantReading {
  const parts: Json = isObject(statement) ? statement : {};
  // Whatever stands in `broken` keeps the statement from being evaluated; `said` is only told.
  const broken = isObject(statement) ? Object.keys(parts).filter((key) => !statementKeys.has(key)).map((key) => `The statement has a part ${quoted(key)}, which IAM does not know.`) : ['This statement is no JSON object.'];
  // AWS refuses a policy with such a part whole: what its statements do is not known.
  broken.push(...brokenPolicy);
  const effect = parts['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') broken.push(effect === undefined ? 'It has no Effect.' : `Its Effect is ${quoted(JSON.stringify(effect))}; IAM knows Allow and Deny.`);
  const actions = patterns(parts, 'Action', broken);
  broken.push(...actions.map(bare).filter((action) => !isActionPattern(action)).map((action) => `${quoted(action)} is neither * nor a service and an action.`));
  const given = role === 'resource' || 'Resource' in parts || 'NotResource' in parts ? patterns(parts, 'Resource', broken, role === 'resource') : (broken.push('It has neither Resource nor NotResource.'), []);
  broken.push(...given.map(bare).filter((resource) => !isResourcePattern(resource)).map((resource) => `${quoted(resource)} is neither * nor a whole ARN.`));
  const resources = given.map((resource) => ofVersion(version, resource));
  const conditions = [...principals(parts, role, broken), ...conditionsOf(parts['Condition'], version, broken)];
  const said = [...unknownActions(actions), ...oldVariables(version, given, JSON.stringify(parts['Condition'] ?? ''))];
  const sid = parts['Sid'];
  if (sid !== undefined && typeof sid !== 'string') broken.push('Its Sid is no text.');
  const understood = broken.length > 0 ? 'not' : said.length > 0 ? 'partly' : 'whole';
  const classes = iamClasses({ actions, understood });
  return {
    kind: 'statement', name: nameOf('statement', typeof sid === 'string' && sid !== '' ? sid : `Statement ${place + 1}`), description: null,
    effect: effect === 'Deny' ? 'deny' : 'allow', understood, notUnderstood: bounded([...broken, ...said]),
    classes, reversibility: worstOf(classes.map((one) => one.reversibility)), actions, resources, conditions,
    dataClass: null, expiresAt: null, readOnly: null, destructive: null, openWorld: null, idempotent: null, source: JSON.stringify(statement, null, 2),
  };
}

/** Action or NotAction, Resource or NotResource. Exactly one of the two; a text or a list of texts. */
function patterns(parts: Readonly<Record<string, Json>>, name: string, broken: string[], optional = false): string[] {
  const plain = parts[name];
  const not = parts[`Not${name}`];
  if (plain !== undefined && not !== undefined) {
    broken.push(`It has both ${name} and Not${name}.`);
    return [];
  }
  const value = plain ?? not;
  if (value === undefined) {
    if (!optional) broken.push(`It has neither ${name} nor Not${name}.`);
    return [];
  }
  const list = Array.isArray(value) ? value : [value];
  const texts = list.filter((one) => typeof one === 'string');
  if (texts.length > MOST_PATTERNS) {
    broken.push(`${plain === undefined ? 'Not' : ''}${name} has more than ${MOST_PATTERNS} entries.`);
    return [];
  }
  if (texts.length < list.length || texts.length === 0) broken.push(`${plain === undefined ? 'Not' : ''}${name} is neither a text nor a list of texts.`);
  // A list that lost an entry must not look narrower than it is.
  if (texts.length < list.length) return [];
  return plain === undefined ? texts.map(negated) : texts;
}

/** Who is meant, as conditions with the key `principal`. Of a policy that hangs on its holder it must be absent. */
function principals(parts: Readonly<Record<string, Json>>, role: DocumentRole, broken: string[]): string[] {
  const plain = parts['Principal'];
  const not = parts['NotPrincipal'];
  if (plain === undefined && not === undefined) {
    if (role === 'resource') broken.push('A policy at a resource says whom it means; this statement has neither Principal nor NotPrincipal.');
    return [];
  }
  if (plain !== undefined && not !== undefined) broken.push('It has both Principal and NotPrincipal.');
  if (role !== 'resource') broken.push('It names a Principal, which only a policy at a resource does.');
  const said = (operator: string, value: Json | undefined): string[] => (value === undefined ? [] : [conditionText({ key: 'principal', operator, values: principalNames(value, broken) })]);
  return [...said('is', plain), ...said('is-not', not)];
}

function principalNames(value: Json, broken: string[]): string[] {
  if (value === '*') return ['*'];
  if (!isObject(value)) {
    broken.push('Principal is neither "*" nor an object.');
    return [];
  }
  return Object.entries(value).flatMap(([kind, names]) => {
    if (!['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(kind)) broken.push(`Principal has a part ${quoted(kind)}, which IAM does not know.`);
    const list = Array.isArray(names) ? names : [names];
    const texts = list.filter((name) => typeof name === 'string');
    if (texts.length < list.length) broken.push(`Principal ${kind} is neither a text nor a list of texts.`);
    return texts.map((name) => (kind === 'AWS' && name === '*' ? '*' : `${kind}:${name}`));
  });
}

function conditionsOf(block: Json | undefined, version: Json | undefined, broken: string[]): string[] {
  if (block === undefined) return [];
  if (!isObject(block)) {
    broken.push('Condition is no JSON object.');
    return [];
  }
  return Object.entries(block).flatMap(([operator, keys]) => {
    if (!isKnownOperator(operator)) broken.push(`Condition has the operator ${quoted(operator)}, which IAM does not know.`);
    if (!isObject(keys)) {
      broken.push(`Condition ${quoted(operator)} is no JSON object.`);
      return [];
    }
    return Object.entries(keys).map(([key, value]) => {
      const list = Array.isArray(value) ? value : [value];
      // AWS takes an empty list, and its own check of policies says that it does not restrict: neither "never" nor "always" may be concluded.
      if (list.length === 0) broken.push(`Condition ${quoted(operator)} on ${quoted(key)} has no value.`);
      if (!list.every((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')) broken.push(`Condition ${quoted(operator)} on ${quoted(key)} is neither a text nor a list of texts.`);
      const values = list.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
      broken.push(...values.flatMap((value) => valueProblem(operatorOf(operator)?.name ?? '', value) ?? []).map((problem) => `Condition ${quoted(operator)} on ${quoted(key)} has a value that is ${problem}.`));
      return conditionText({ key, operator, values: values.map((value) => ofVersion(version, value)) });
    });
  });
}

function unknownActions(actions: readonly string[]): string[] {
  return actions.map(bare).filter((pattern) => actionsMatching(pattern).length === 0).map((pattern) => `${quoted(pattern)} is no action that the catalogue knows: misspelt, or newer than it.`);
}

/** A policy of 2008, or without a version, has no variables: `${aws:username}` is those characters, which in a newer one are written `${$}{aws:username}`. */
const ofVersion = (version: Json | undefined, text: string): string => (version === '2012-10-17' ? text : text.replaceAll('${', '${$}{'));

function oldVariables(version: Json | undefined, resources: readonly string[], conditions: string): string[] {
  const has = [...resources, conditions].some((text) => text.includes('${'));
  return has && version !== '2012-10-17' ? ['It holds a policy variable, which IAM only replaces in a policy of Version 2012-10-17; here it is read as those very characters.'] : [];
}
