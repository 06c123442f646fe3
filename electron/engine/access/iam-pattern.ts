/**
 * Patterns of IAM: actions without regard to case; resources part by part of the ARN, where a wildcard takes everything within its part and,
 * in the last part, also colons; policy variables (`${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`) by the context of a request.
 */
import { ANY, ANY_IN_PART, ONE, ONE_IN_PART, signsOf, tokensMatch, tokensOf } from './glob.ts';
import type { Token } from './glob.ts';

/** By lower-case key; a list where the key has several values. null: nothing is known of the moment. */
export type Context = ReadonlyMap<string, readonly string[]> | null;

export type Fit = 'yes' | 'no' | 'maybe';

const VARIABLE = /\$\{([^}]*)\}/gu;
export const hasVariable = (text: string): boolean => /\$\{(?![*?$]\})[^}]*\}/u.test(text);

/** `unknown`: a variable that only the moment tells, as tokens that take everything. null: the moment has no value for it, so it matches nothing. */
export function withVariables(pattern: string, context: Context, { wild = true, unknown = [ANY] }: { wild?: boolean; unknown?: readonly Token[] } = {}): Token[] | null {
  const tokens: Token[] = [];
  let end = 0;
  const plain = (text: string): void => {
    tokens.push(...(wild ? tokensOf(text) : signsOf(text)));
  };
  for (const found of pattern.matchAll(VARIABLE)) {
    plain(pattern.slice(end, found.index));
    end = found.index + found[0].length;
    const [, inside = ''] = found;
    if (inside === '*' || inside === '?' || inside === '$') {
      tokens.push(inside);
      continue;
    }
    const [, key = inside, fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/u.exec(inside) ?? [];
    if (context === null) {
      tokens.push(...unknown);
      continue;
    }
    const values = context.get(key.toLowerCase());
    const value = values?.length === 1 ? values[0] : values === undefined ? fallback : undefined;
    if (value === undefined) return null;
    tokens.push(...signsOf(value));
  }
  plain(pattern.slice(end));
  return tokens;
}

/** `*`, or a service and an action; AWS takes no wildcard in the place of the service but `*:*`. */
export const isActionPattern = (action: string): boolean => action === '*' || action === '*:*' || /^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/u.test(action);

/** A whole ARN pattern, or `*`. Anything else is no resource that IAM takes. */
export const isResourcePattern = (pattern: string): boolean => pattern === '*' || (/^arn:/iu.test(pattern) && outerParts(pattern).length >= 6);

/** Split at the colons of the ARN, never at one inside of a variable. */
function outerParts(pattern: string): string[] {
  const parts = [''];
  let inside = false;
  const signs = signsOf(pattern);
  for (const [at, sign] of signs.entries()) {
    if (sign === '{' && signs[at - 1] === '$') inside = true;
    else if (sign === '}') inside = false;
    if (sign === ':' && !inside) parts.push('');
    else parts[parts.length - 1] += sign;
  }
  return parts;
}

/** null: matches nothing. */
export function resourceTokens(pattern: string, context: Context): Token[] | null {
  if (pattern === '*') return [ANY];
  const parts = outerParts(pattern);
  const first = parts.slice(0, 5).map((part) => withVariables(part, context, { unknown: [ANY_IN_PART] }));
  const last = withVariables(parts.slice(5).join(':'), context);
  if (last === null || first.some((part) => part === null)) return null;
  return [...first.flatMap((part) => [...(part ?? []).map((token) => (token === ANY ? ANY_IN_PART : token === ONE ? ONE_IN_PART : token)), ':']), ...last];
}

export function resourceFits(pattern: string, resource: string, context: Context): Fit {
  // What is no pattern of IAM's could be meant for anything.
  if (!isResourcePattern(pattern)) return 'maybe';
  const tokens = resourceTokens(pattern, context);
  if (tokens === null || !tokensMatch(tokens, resource)) return 'no';
  return context === null && hasVariable(pattern) ? 'maybe' : 'yes';
}
