/** Exact money: decimal texts to integers and back, never by way of a floating number. */

/** Atto-units (10^-18) of a currency: small enough for every price `per` units that the book takes. */
const attoDigits = 18;
const attoPerMicro = 1_000_000_000_000n;

const decimal = /^(-?)(\d{1,15})(?:\.(\d{0,18}))?$/;

/** `12.5` as 10^-digits units; null: not a decimal text, or finer than that. */
export function scaled(text: string, digits: number): bigint | null {
  const found = decimal.exec(text);
  if (found === null) return null;
  const [, sign, whole = '', part = ''] = found;
  const kept = part.replace(/0+$/, '');
  if (kept.length > digits) return null;
  const value = BigInt(whole + kept.padEnd(digits, '0'));
  return sign === '-' ? -value : value;
}

/** What one unit costs, in atto-units. `per` divides 10^9, which the checks of entries see to: nothing is rounded here. */
export function attoRate(price: string, per: number): bigint {
  const nano = scaled(price, 9);
  if (nano === null || 1_000_000_000 % per !== 0) throw new RangeError(`not a price: ${price} per ${per}`);
  return nano * BigInt(1_000_000_000 / per);
}

export function decimalText(atto: bigint): string {
  const negative = atto < 0n;
  const digits = (negative ? -atto : atto).toString().padStart(attoDigits + 1, '0');
  const part = digits.slice(-attoDigits).replace(/0+$/, '');
  return `${negative ? '-' : ''}${digits.slice(0, -attoDigits)}${part === '' ? '' : `.${part}`}`;
}

/** Half up (away from zero for refunds), once, at the end. */
export function roundToMicros(atto: bigint): bigint {
  if (atto < 0n) return -roundToMicros(-atto);
  return (atto + attoPerMicro / 2n) / attoPerMicro;
}

export const attoInMicro = attoPerMicro;
export const attoPlaces = attoDigits;
