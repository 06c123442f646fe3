/**
 * The parts of a Cedar policy as texts of a reading, and back: the reading holds all that the policy says, so that a policy written from it
 * decides as the source does.
 *
 * Actions: `*`, `Action::"read"`, `in Action::"group"`. Resource: `*`, `== Photo::"x"`, `in Album::"y"`, `is Photo`, `is Photo in Album::"y"`; the
 * principal the same way, as the condition `principal …`. Conditions: `when { … }` and `unless { … }`.
 */
import type { ActionConstraint, Clause, EntityUidJson, PolicyJson, PrincipalOrResourceInConstraint, ResourceConstraint } from '@cedar-policy/cedar-wasm/nodejs';
import { askCedar } from './cedar.ts';
import { nameHints, plainVerb } from './name-hints.ts';
import type { Normalised } from './normalised.ts';
import { mergeClasses } from './worst.ts';
import type { ClassReading } from './worst.ts';

export function entityText(entity: EntityUidJson): string {
  const { type, id } = '__entity' in entity ? entity.__entity : entity;
  return `${type}::${cedarString(id)}`;
}

/** As Cedar writes a text: its escapes are those of Rust. */
export const cedarString = (text: string): string => `"${text.replace(/[\\"]/gu, '\\$&').replace(/\p{C}/gu, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`)}"`;

export function actionOf(action: ActionConstraint): string[] {
  if (action.op === 'All') return ['*'];
  if (action.op === '==') return ['entity' in action ? entityText(action.entity) : '?action'];
  return ('entities' in action ? action.entities : [action.entity]).map((entity) => `in ${entityText(entity)}`);
}

export function scopeText(scope: ResourceConstraint): string {
  if (scope.op === 'All') return '*';
  if (scope.op === '==') return `== ${'entity' in scope ? entityText(scope.entity) : scope.slot}`;
  if (scope.op === 'in') return `in ${inText(scope)}`;
  return `is ${scope.entity_type}${scope.in ? ` in ${inText(scope.in)}` : ''}`;
}

const inText = (inside: PrincipalOrResourceInConstraint): string => ('entity' in inside ? entityText(inside.entity) : inside.slot);

/** null: one of them cannot be written out, and a policy without it would permit more than its source. */
export function conditionsOf(clauses: readonly Clause[]): string[] | null {
  const texts = clauses.map((clause) => {
    const bare: PolicyJson = { effect: 'permit', principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' }, conditions: [clause] };
    const answer = askCedar((cedar) => cedar.policyToText(bare));
    return answer?.type === 'success' ? /\b(?:when|unless)\b.*(?=;\s*$)/su.exec(answer.text)?.[0].trim() ?? null : null;
  });
  return texts.includes(null) ? null : texts.filter((text) => text !== null);
}

/** The policy that a reading says. */
export function cedarText({ effect, actions, resources, conditions }: Pick<Normalised, 'effect' | 'actions' | 'resources' | 'conditions'>): string {
  const principal = conditions.find((text) => text.startsWith('principal '));
  const action = actions[0] === '*' || actions.length === 0 ? '' : actions.length === 1 && actions[0]?.startsWith('in ') !== true ? ` == ${actions[0]}` : ` in [${actions.map((one) => one.replace(/^in /u, '')).join(', ')}]`;
  const resource = resources[0] === '*' || resources[0] === undefined ? '' : ` ${resources[0]}`;
  return [`${effect === 'deny' ? 'forbid' : 'permit'} (${principal ?? 'principal'}, action${action}, resource${resource})`, ...conditions.filter((text) => text !== principal)].join('\n') + ';';
}

/** The name of an action without its type: what is called. */
export const actionName = (action: string): string => {
  const quotedId = /::("(?:[^"\\]|\\.)*")$/su.exec(action)?.[1];
  return quotedId === undefined ? action : quotedId.slice(1, -1).replace(/\\u\{([0-9a-f]+)\}/gu, (_whole, code: string) => String.fromCodePoint(Number.parseInt(code, 16))).replace(/\\(["\\])/gu, '$1');
};

export function cedarClasses(actions: readonly string[]): { classes: ClassReading[]; said: string[] } {
  const doubt: ClassReading = { class: 'not_understood', reversibility: 'unknown' };
  if (actions[0] === '*') return { classes: [doubt], said: ['It is for every action that the application has; which those are does not stand here.'] };
  const said: string[] = [];
  const classes = actions.flatMap((action): ClassReading[] => {
    const verb = plainVerb(actionName(action));
    return verb === null ? [doubt, ...nameHints(actionName(action))] : [verb];
  });
  if (classes.includes(doubt)) said.push('What an action does is the application\'s own matter; its name alone does not say it.');
  // A list of several is how Cedar names several actions; a single `in` is how it names a group.
  const group = actions.length === 1 && actions[0]?.startsWith('in ') === true;
  if (actions.some((action) => action.startsWith('in '))) said.push(group ? 'The action is a group of others; which those are does not stand here.' : 'An action of the list may be a group of others; which those are does not stand here.');
  return { classes: mergeClasses(group ? [...classes, doubt] : classes), said };
}
