/** The operators of IAM's Condition block, and whether a condition holds in the context of a request. */
import { BlockList, isIP } from 'node:net';
import { conditionOf } from './condition-text.ts';
import { tokensMatch } from './glob.ts';
import { hasVariable, resourceTokens, withVariables } from './iam-pattern.ts';
import type { Context, Fit } from './iam-pattern.ts';

type Compare = (policy: string, asked: string, context: Context) => boolean;

const equals = (fold: (text: string) => string): Compare => (policy, asked, context) => {
  const tokens = withVariables(policy, context, { wild: false });
  return tokens !== null && fold(tokens.join('')) === fold(asked);
};
const like: Compare = (policy, asked, context) => {
  const tokens = withVariables(policy, context);
  return tokens !== null && tokensMatch(tokens, asked);
};
const arn: Compare = (policy, asked, context) => {
  const tokens = resourceTokens(policy, context);
  return tokens !== null && tokensMatch(tokens, asked);
};
const numbers = (test: (asked: number, policy: number) => boolean): Compare => (policy, asked) => isNumber(policy) && isNumber(asked) && test(Number(asked), Number(policy));
const isNumber = (text: string): boolean => /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/u.test(text);
const dates = (test: (asked: number, policy: number) => boolean): Compare => (policy, asked) => {
  const [left, right] = [dateOf(asked), dateOf(policy)];
  return left !== null && right !== null && test(left, right);
};
/** ISO 8601, or seconds since 1970. */
function dateOf(text: string): number | null {
  const ms = /^\d+$/u.test(text) ? Number(text) * 1_000 : /^\d{4}-\d{2}-\d{2}/u.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}
const folded = (text: string): string => text.toLowerCase();
const asIs = (text: string): string => text;

/** What each compares, and whether it holds where nothing compared. */
const operators: Readonly<Record<string, { readonly compare: Compare; readonly not?: true }>> = {
  StringEquals: { compare: equals(asIs) }, StringNotEquals: { compare: equals(asIs), not: true }, StringEqualsIgnoreCase: { compare: equals(folded) }, StringNotEqualsIgnoreCase: { compare: equals(folded), not: true },
  StringLike: { compare: like }, StringNotLike: { compare: like, not: true },
  NumericEquals: { compare: numbers((a, b) => a === b) }, NumericNotEquals: { compare: numbers((a, b) => a === b), not: true }, NumericLessThan: { compare: numbers((a, b) => a < b) }, NumericLessThanEquals: { compare: numbers((a, b) => a <= b) }, NumericGreaterThan: { compare: numbers((a, b) => a > b) }, NumericGreaterThanEquals: { compare: numbers((a, b) => a >= b) },
  DateEquals: { compare: dates((a, b) => a === b) }, DateNotEquals: { compare: dates((a, b) => a === b), not: true }, DateLessThan: { compare: dates((a, b) => a < b) }, DateLessThanEquals: { compare: dates((a, b) => a <= b) }, DateGreaterThan: { compare: dates((a, b) => a > b) }, DateGreaterThanEquals: { compare: dates((a, b) => a >= b) },
  Bool: { compare: (policy, asked) => /^(?:true|false)$/iu.test(policy) && folded(policy) === folded(asked) }, BinaryEquals: { compare: (policy, asked) => policy === asked },
  IpAddress: { compare: inNetwork }, NotIpAddress: { compare: inNetwork, not: true },
  ArnEquals: { compare: arn }, ArnLike: { compare: arn }, ArnNotEquals: { compare: arn, not: true }, ArnNotLike: { compare: arn, not: true },
};

function inNetwork(policy: string, asked: string): boolean {
  const [address = '', prefix] = policy.split('/');
  const [kind, askedKind] = [isIP(address), isIP(asked)];
  if (kind === 0 || kind !== askedKind) return false;
  const family = kind === 4 ? 'ipv4' : 'ipv6';
  const bits = prefix === undefined ? (kind === 4 ? 32 : 128) : Number(prefix);
  if (!Number.isInteger(bits) || bits < 0 || bits > (kind === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, bits, family);
  return list.check(asked, family);
}

export interface Operator { readonly set: 'one' | 'any' | 'all'; readonly name: string; readonly ifExists: boolean }

/** null: IAM knows no such operator. */
export function operatorOf(text: string): Operator | null {
  const set = text.startsWith('ForAnyValue:') ? 'any' : text.startsWith('ForAllValues:') ? 'all' : 'one';
  const rest = set === 'one' ? text : text.slice(text.indexOf(':') + 1);
  const ifExists = rest.endsWith('IfExists');
  const name = ifExists ? rest.slice(0, -'IfExists'.length) : rest;
  const known = name === 'Null' ? set === 'one' && !ifExists : Object.hasOwn(operators, name);
  return known ? { set, name, ifExists } : null;
}

export const isKnownOperator = (text: string): boolean => operatorOf(text) !== null;

/** What is wrong with a value for its operator; null: nothing. Such a value compares with nothing, and an AWS that takes it is not known. */
export function valueProblem(name: string, value: string): string | null {
  if (hasVariable(value)) return null;
  if (name.startsWith('Numeric')) return isNumber(value) ? null : 'no number';
  if (name.startsWith('Date')) return dateOf(value) === null ? 'no date' : null;
  if (name === 'Bool' || name === 'Null') return /^(?:true|false)$/iu.test(value) ? null : 'neither true nor false';
  if (name.endsWith('IpAddress')) return inNetwork(value, value.split('/')[0] ?? '') ? null : 'no address or network';
  return null;
}

/** Whether one sentence of a reading holds. Without a context, nothing can be told of it. */
export function conditionHolds(text: string, context: Context): Fit {
  const condition = conditionOf(text);
  const operator = condition ? operatorOf(condition.operator) : null;
  if (!condition || !operator || context === null) return 'maybe';
  // What an AWS makes of no value, or of one that does not fit its operator, is not known: neither that it holds nor that it does not.
  if (condition.values.length === 0 || condition.values.some((value) => valueProblem(operator.name, value) !== null)) return 'maybe';
  const asked = context.get(condition.key.toLowerCase());
  if (operator.name === 'Null') return condition.values.some((value) => (folded(value) === 'true') === (asked === undefined)) ? 'yes' : 'no';
  const known = operators[operator.name];
  if (!known) return 'maybe';
  const one = (value: string): boolean => condition.values.some((policy) => known.compare(policy, value, context)) !== (known.not === true);
  if (asked === undefined) return operator.ifExists || operator.set === 'all' || (known.not === true && operator.set === 'one') ? 'yes' : 'no';
  if (operator.set === 'any') return asked.some(one) ? 'yes' : 'no';
  if (operator.set === 'all') return asked.every(one) ? 'yes' : 'no';
  // Several values for an operator that asks for one: AWS does not say which counts.
  return asked.length === 1 ? (one(asked[0] ?? '') ? 'yes' : 'no') : 'maybe';
}
