/** The operators of IAM's Condition block. */
const operators = new Set([
  'StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike', 'NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals',
  'DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals', 'Bool', 'BinaryEquals', 'IpAddress', 'NotIpAddress', 'ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'Null',
]);

export interface Operator { readonly set: 'one' | 'any' | 'all'; readonly name: string; readonly ifExists: boolean }

/** null: IAM knows no such operator. */
export function operatorOf(text: string): Operator | null {
  const set = text.startsWith('ForAnyValue:') ? 'any' : text.startsWith('ForAllValues:') ? 'all' : 'one';
  const rest = set === 'one' ? text : text.slice(text.indexOf(':') + 1);
  const ifExists = rest.endsWith('IfExists');
  const name = ifExists ? rest.slice(0, -'IfExists'.length) : rest;
  return operators.has(name) && !(ifExists && name === 'Null') ? { set, name, ifExists } : null;
}

export const isKnownOperator = (text: string): boolean => operatorOf(text) !== null;
