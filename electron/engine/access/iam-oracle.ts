/**
 * For tests: IAM's evaluation written a second time, on the source itself, with other means (regular expressions, no readings), after AWS's
 * "Policy evaluation logic". It knows the part of the grammar that the property tests make.
 */
export interface OracleStatement { Effect: 'Allow' | 'Deny'; Action?: string | string[]; NotAction?: string | string[]; Resource?: string | string[]; NotResource?: string | string[]; Condition?: Record<string, Record<string, string | string[]>> }
export interface OraclePolicy { Version: string; Statement: OracleStatement[] }
export interface OracleRequest { action: string; resource: string; context: Record<string, string[]> }

const list = (value: string | string[] | undefined): string[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const escaped = (text: string): string => text.replace(/[.+^$()|[\]{}\\/]/gu, '\\$&');
const wild = (pattern: string, any: string): string => pattern.split('*').map((part) => part.split('?').map(escaped).join(any)).join(`${any}*`);

const lowerKeys = (context: Record<string, string[]>): Record<string, string[]> => Object.fromEntries(Object.entries(context).map(([key, values]) => [key.toLowerCase(), values]));

/** The pattern with each variable replaced by its value; null where there is none. Wildcards in a value are characters. */
function replaced(pattern: string, context: Record<string, string[]>, then: (literal: string) => string, plain: (text: string) => string): string | null {
  const parts = pattern.split(/(\$\{[^}]*\})/u);
  let text = '';
  for (const part of parts) {
    const inside = /^\$\{([^}]*)\}$/u.exec(part)?.[1];
    if (inside === undefined) text += plain(part);
    else if (['*', '?', '$'].includes(inside)) text += then(inside);
    else {
      const [key = '', fallback] = inside.split(',').map((piece) => piece.trim().replace(/^'|'$/gu, ''));
      const values = lowerKeys(context)[key.toLowerCase()];
      const value = values === undefined ? fallback : values.length === 1 ? values[0] : undefined;
      if (value === undefined) return null;
      text += then(value);
    }
  }
  return text;
}

function resourceMatches(pattern: string, resource: string, context: Record<string, string[]>): boolean {
  if (pattern === '*') return true;
  if (resource.split(':').length < 6) return false;
  const [arn, partition, service, region, account, ...rest] = pattern.split(/:(?![^{]*\})/u);
  const [arn2, partition2, service2, region2, account2, ...rest2] = resource.split(':');
  const literal = (text: string): string => escaped(text).replaceAll('*', '\\*').replaceAll('?', '\\?');
  const matches = (one: string, other: string): boolean => {
    const source = replaced(one, context, literal, (text) => wild(text, '[^]'));
    return source !== null && new RegExp(`^${source}$`, 'u').test(other);
  };
  return [[arn, arn2], [partition, partition2], [service, service2], [region, region2], [account, account2], [rest.join(':'), rest2.join(':')]].every(([one, other]) => one !== undefined && other !== undefined && matches(one, other));
}

const actionMatches = (pattern: string, action: string): boolean => new RegExp(`^${wild(pattern, '[^]')}$`, 'iu').test(action);

function conditionMatches(operator: string, key: string, policy: string[], context: Record<string, string[]>): boolean {
  const asked = lowerKeys(context)[key.toLowerCase()];
  if (operator === 'Null') return policy.includes(asked === undefined ? 'true' : 'false');
  const [, quantifier, name = '', ifExists] = /^(ForAnyValue:|ForAllValues:)?(.*?)(IfExists)?$/u.exec(operator) ?? [];
  const negative = name.includes('Not');
  if (asked === undefined) {
    if (ifExists !== undefined || quantifier === 'ForAllValues:') return true;
    return negative && quantifier === undefined;
  }
  const single = (value: string): boolean => {
    const any = policy.some((one) => compares(name.replace('Not', ''), one, value, context));
    return negative ? !any : any;
  };
  if (quantifier === 'ForAnyValue:') return asked.some(single);
  return asked.every(single);
}

function compares(name: string, policy: string, value: string, context: Record<string, string[]>): boolean {
  const exact = replaced(policy, context, (text) => text, (text) => text);
  if (name === 'StringEquals') return exact === value;
  if (name === 'StringEqualsIgnoreCase') return exact !== null && exact.toLowerCase() === value.toLowerCase();
  if (name === 'Bool') return policy.toLowerCase() === value.toLowerCase();
  if (name === 'NumericLessThan') return Number(value) < Number(policy);
  if (name === 'NumericEquals') return Number(value) === Number(policy);
  if (name === 'DateGreaterThan') return new Date(value).getTime() > new Date(policy).getTime();
  if (name === 'StringLike') {
    const source = replaced(policy, context, (text) => escaped(text).replaceAll('*', '\\*').replaceAll('?', '\\?'), (text) => wild(text, '[^]'));
    return source !== null && new RegExp(`^${source}$`, 'u').test(value);
  }
  if (name === 'ArnLike') return resourceMatches(policy, value, context);
  if (name === 'IpAddress') return ipNumber(value) >>> (32 - bitsOf(policy)) === ipNumber(policy.split('/')[0] ?? '') >>> (32 - bitsOf(policy));
  throw new Error(`The oracle does not know ${name}.`);
}
const bitsOf = (network: string): number => Number(network.split('/')[1] ?? 32);
const ipNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

export function oracleStatement(statement: OracleStatement, { action, resource, context }: OracleRequest): boolean {
  const actionFits = statement.NotAction === undefined ? list(statement.Action).some((pattern) => actionMatches(pattern, action)) : !list(statement.NotAction).some((pattern) => actionMatches(pattern, action));
  if (!actionFits) return false;
  const resourceFits = statement.NotResource === undefined ? list(statement.Resource).some((pattern) => resourceMatches(pattern, resource, context)) : !list(statement.NotResource).some((pattern) => resourceMatches(pattern, resource, context));
  return resourceFits && Object.entries(statement.Condition ?? {}).every(([operator, keys]) => Object.entries(keys).every(([key, values]) => conditionMatches(operator, key, list(values), context)));
}

export function oracleDecide({ identity, boundary, scp }: { identity: OraclePolicy[]; boundary: OraclePolicy | null; scp: OraclePolicy | null }, request: OracleRequest): 'allowed' | 'explicit_deny' | 'implicit_deny' {
  const all = [...identity, ...(boundary ? [boundary] : []), ...(scp ? [scp] : [])];
  if (all.some(({ Statement }) => Statement.some((one) => one.Effect === 'Deny' && oracleStatement(one, request)))) return 'explicit_deny';
  const allows = (policy: OraclePolicy): boolean => policy.Statement.some((one) => one.Effect === 'Allow' && oracleStatement(one, request));
  if (scp && scp.Statement.some((one) => one.Effect === 'Allow') && !allows(scp)) return 'implicit_deny';
  if (boundary && !allows(boundary)) return 'implicit_deny';
  return identity.some(allows) ? 'allowed' : 'implicit_deny';
}
