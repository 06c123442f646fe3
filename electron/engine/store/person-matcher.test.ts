import { describe, expect, it } from 'vitest';
import { NearNames, normalPerson, otherSpellings, PersonMatcher, samePerson, searchable } from './person-matcher.ts';

const erased = (person: string, text: string, ...aliases: string[]): string => new PersonMatcher([person, ...aliases]).replaced(text, 'X');

describe('a person in a text', () => {
  it('is found as whole words, whatever the capitals, white space and accents', () => {
    expect(erased('Ada Lovelace', 'by ADA  lovelace, for Ada\nLovelace.')).toBe('by X, for X.');
    expect(erased('Jürgen', `J\u0075\u0308rgen and JÜRGEN and Jurgen`)).toBe('X and X and Jurgen');
    expect(erased("Sean O'Brien", 'sean o’brien')).toBe('X');
    // No spaces, so no words to see.
    expect(erased('李雷', '给李雷的 and 李雷')).toBe('给X的 and X');
  });

  it('is not found in longer names: those are other spellings', () => {
    for (const other of ['adam', 'ada.lovelace', 'ada@example.com', 'x_ada', 'ada-2', 'wada', 'adá']) expect(erased('ada', `a ${other} b`)).toBe(`a ${other} b`);
    expect(erased('ada', 'ada. ada, (ada) user:ada /home/ada/x ada\'s C:\\Users\\ada ada@ -ada')).toBe("X. X, (X) user:X /home/X/x X's C:\\Users\\X X@ -X");
    expect(erased('ada@example.com', 'ada@example.com, xada@example.com, ada@example.com.br, <ada@example.com>')).toBe('X, xada@example.com, ada@example.com.br, <X>');
  });

  it('is found behind escapes of JSON and of addresses', () => {
    expect(erased('Jürgen', String.raw`{"a":"J\u00fcrgen","b":"J\u00DCrgen","c":"{\"d\":\"J\\u00fcrgen\"}"}`)).toBe(String.raw`{"a":"X","b":"J\u00DCrgen","c":"{\"d\":\"X\"}"}`.replace(String.raw`J\u00DCrgen`, 'X'));
    expect(erased('ada', String.raw`"x\nada\tb" "\u000aada" "\u00e9ada"`)).toBe(String.raw`"x\nX\tb" "\u000aX" "\u00e9ada"`);
    expect(erased('ada@example.com', 'u=ada%40example.com&v=%20ADA%40EXAMPLE.COM')).toBe('u=X&v=%20X');
    expect(erased('Ada Lovelace', 'q=Ada+Lovelace&r=Ada%20Lovelace')).toBe('q=X&r=X');
    expect(erased('Jürgen', 'q=J%C3%BCrgen')).toBe('q=X');
  });

  it('carries nothing of a pattern: what people are called is no program', () => {
    expect(erased('a.*b', 'a.*b axxb')).toBe('X axxb');
    expect(erased('(a+)+$', `${'a'.repeat(5_000)} (a+)+$`)).toBe(`${'a'.repeat(5_000)} X`);
    expect(new PersonMatcher(['  ']).in('anything')).toBe(false);
  });

  it('takes each ticked spelling, the longest first', () => {
    expect(erased('ada', 'ada@example.com and ada and Lovelace, Ada', 'ada@example.com', 'Lovelace, Ada')).toBe('X and X and X');
  });

  it('is passed over fast only where it cannot stand', () => {
    for (const [person, text] of [['Jürgen Groß', 'j\u0075\u0308rgen gro\u00df'], ['ada@example.com', 'ADA%40EXAMPLE.com'], ['李雷', '给李雷'], ['Ж Я', 'nothing'], ["O'Brien", 'o’BRIEN']] as const) {
      expect(new PersonMatcher([person]).maybeBytes(searchable(Buffer.from(text)))).toBe(true);
      expect(new NearNames(person, []).maybeBytes(searchable(Buffer.from(text)))).toBe(true);
    }
    expect(new PersonMatcher(['Ada Lovelace']).maybeBytes(searchable(Buffer.from('{"q":"nobody of that name"}')))).toBe(false);
  });

  it('is the same by its normal form', () => {
    expect(normalPerson('  Ada \t Lovelace ')).toBe('Ada Lovelace');
    expect(samePerson('J\u0075\u0308RGEN')).toBe(samePerson('jürgen'));
  });
});

describe('names that may mean the same person', () => {
  it('are offered as they stand in the texts', () => {
    expect(otherSpellings('Ada Lovelace')).toEqual(expect.arrayContaining(['lovelace, ada', 'ada.lovelace', 'alovelace']));
    expect(otherSpellings('ada.lovelace@example.com')).toEqual(expect.arrayContaining(['ada.lovelace', 'ada lovelace']));
    expect(otherSpellings('ada')).toEqual([]);
    const near = new NearNames('Ada Lovelace', ['alovelace']);
    for (const text of ['from ada.lovelace@example.com', 'Lovelace, Ada', 'alovelace', 'Ada Lovelace', 'ADA.LOVELACE@example.com']) near.look(text);
    expect(Object.fromEntries(near.found)).toEqual({ 'ada.lovelace@example.com': 2, 'lovelace, ada': 1 });
  });
});
