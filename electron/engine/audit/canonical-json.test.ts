import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import type { Json } from './canonical-json.ts';

describe('canonical JSON', () => {
  it('writes the example of RFC 8785, 3.2.2', () => {
    const value = JSON.parse(String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`) as Json;
    expect(canonicalJson(value)).toBe(String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`);
  });

  it('sorts names by UTF-16 code units, as the example of 3.2.3', () => {
    const value = { '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\ufb33': 'Hebrew Letter Dalet With Dagesh', '1': 'One', '\ud83d\ude00': 'Emoji: Grinning Face', '\u0080': 'Control', '\u00f6': 'Latin Small Letter O With Diaeresis' };
    expect(Object.values(JSON.parse(canonicalJson(value)) as object).length).toBe(7);
    const order = [...canonicalJson(value).matchAll(/:"([A-Z][^"]*)"/g)].map((match) => match[1]);
    expect(order).toEqual(['Carriage Return', 'One', 'Control', 'Latin Small Letter O With Diaeresis', 'Euro Sign', 'Emoji: Grinning Face', 'Hebrew Letter Dalet With Dagesh']);
  });

  it('writes numbers as the RFC lists them in appendix B', () => {
    const bits = (hex: string): number => Buffer.from(hex, 'hex').readDoubleBE(0);
    const list: [string, string][] = [
      ['0000000000000000', '0'], ['8000000000000000', '0'], ['0000000000000001', '5e-324'], ['7fefffffffffffff', '1.7976931348623157e+308'], ['4340000000000000', '9007199254740992'], ['44b52d02c7e14af5', '9.999999999999997e+22'],
      ['444b1ae4d6e2ef4f', '999999999999999900000'], ['444b1ae4d6e2ef50', '1e+21'], ['3eb0c6f7a0b5ed8d', '0.000001'], ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'], ['41b3de4355555553', '333333333.3333332'], ['41b3de4355555554', '333333333.33333325'], ['41b3de4355555555', '333333333.3333333'], ['becbf647612f3696', '-0.0000033333333333333333'],
    ];
    expect(list.map(([hex]) => [hex, canonicalJson(bits(hex))])).toEqual(list);
  });

  it('refuses what has no spelling', () => {
    for (const value of [NaN, Infinity, '\ud800', { '\udc00': 1 }, ['\ud800'], { a: undefined }, new Date(0), undefined]) expect(() => canonicalJson(value as unknown as Json)).toThrow(TypeError);
  });

  it('says one thing for one value, whatever the order of its names, and is read back as it was', () => {
    const shuffled = (value: Json): Json => (value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toReversed().map(([name, one]) => [name, shuffled(one as Json)])) : value);
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      fc.pre(JSON.stringify(value).isWellFormed());
      const plain = JSON.parse(JSON.stringify(value)) as Json;
      expect(canonicalJson(shuffled(plain))).toBe(canonicalJson(plain));
      expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
    }));
  });
});
