/**
 * Conditions as sentences that a person can read and that can be read back: `aws:SourceIp IpAddress "10.0.0.0/8" or "10.1.0.0/16"`.
 * What a condition says is in its sentence whole; evaluation needs nothing else.
 */
export interface Condition {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

export function conditionText({ key, operator, values }: Condition): string {
  return `${encoded(key)} ${encoded(operator)} ${values.map((value) => JSON.stringify(value)).join(' or ')}`;
}

/** null: not one of these sentences (Cedar's `when`, a declared one). */
export function conditionOf(text: string): Condition | null {
  const parts = /^(\S+) (\S+) (".*"|)$/su.exec(text);
  const [, key, operator, rest] = parts ?? [];
  if (key === undefined || operator === undefined || rest === undefined) return null;
  if (rest === '') return { key: decoded(key), operator: decoded(operator), values: [] };
  try {
    const values: unknown = JSON.parse(`[${joinedByComma(rest)}]`);
    if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) return null;
    return { key: decoded(key), operator: decoded(operator), values };
  } catch {
    // Not our sentence: the words of somebody else.
    return null;
  }
}

/** The ` or ` between the quoted texts, never one inside of them. */
function joinedByComma(rest: string): string {
  return rest.replace(/("[^"\\]*(?:\\.[^"\\]*)*(?:"|$))( or )?/gsu, (_whole, text: string, or: string | undefined) => (or === undefined ? text : `${text},`));
}

/** Keys and operators are words in every proper policy; a space in one must not cut the sentence in another place. */
const encoded = (word: string): string => (word === '' ? '%' : word.replace(/[%\s]/gu, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(4, '0')}`));
const decoded = (word: string): string => (word === '%' ? '' : word.replace(/%([0-9a-f]{4})/gu, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16))));
