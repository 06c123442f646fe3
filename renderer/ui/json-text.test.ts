import { describe, expect, it } from 'vitest';
import { jsonChanges, jsonFault, leavesOf, readJson, writeJson } from './json-text.ts';

const tidy = (text: string): string => {
  const node = readJson(text);
  if (node === null) throw new Error('no JSON');
  return writeJson(node);
};

describe('JSON without loss', () => {
  it('keeps every digit of a number', () => {
    expect(tidy('{"amount":12345678901234567890, "rate": 1.10e+2,"minus":-0}')).toBe('{\n  "amount": 12345678901234567890,\n  "rate": 1.10e+2,\n  "minus": -0\n}');
  });

  it('keeps both members of one name', () => {
    const node = readJson('{"to":"a","to":"b"}');
    expect(node).toEqual({ kind: 'object', members: [{ name: 'to', value: { kind: 'string', text: 'a' } }, { name: 'to', value: { kind: 'string', text: 'b' } }] });
    expect(leavesOf(node ?? { kind: 'plain', text: '' })).toEqual([{ path: 'to', text: '"a"' }, { path: 'to (2)', text: '"b"' }]);
  });

  it('reads strings with quotes, brackets and escapes in them', () => {
    expect(readJson('["a \\"]} b", "\\u202e", "\\\\"]')).toEqual({ kind: 'array', items: [{ kind: 'string', text: 'a "]} b' }, { kind: 'string', text: '\u202e' }, { kind: 'string', text: '\\' }] });
  });

  it('reads empty and bare values', () => {
    for (const text of ['{}', '[]', 'null', '7', '""', 'true']) expect(tidy(` ${text} `)).toBe(text);
  });

  it('says what is no JSON, and takes nothing from it', () => {
    expect(readJson('{"a":1,}')).toBeNull();
    expect(readJson('')).toBeNull();
    expect(jsonFault('{"a"')).toMatch(/JSON/);
    expect(jsonFault('{}')).toBeNull();
  });

  it('survives a tree that is nested as deep as it is long', () => {
    const deep = `${'['.repeat(5000)}"]"${']'.repeat(5000)}`;
    const node = readJson(deep);
    expect(node).not.toBeNull();
    expect(writeJson(node ?? { kind: 'plain', text: '' }).replaceAll(/\s/g, '')).toBe(deep);
  });

  it('keeps every token of a tree of any shape', () => {
    const value = { a: [1, { b: [[], {}, 'x,y'] }, null], 'odd name': { c: true } };
    expect(JSON.parse(tidy(JSON.stringify(value)))).toEqual(value);
  });
});

describe('what changed', () => {
  it('names the value that differs, and no other', () => {
    expect(jsonChanges('{"to":"a","items":[{"n":1},{"n":2}]}', '{"to":"a","items":[{"n":1},{"n":20}]}')).toEqual([{ path: 'items[1].n', before: '2', after: '20' }]);
  });

  it('does not call another order or layout a change', () => {
    expect(jsonChanges('{"a":1,"b":2}', '{ "b": 2,\n "a": 1 }')).toEqual([]);
  });

  it('tells what came and what went, and one kind of value from another', () => {
    expect(jsonChanges('{"a":1,"b c":"x"}', '{"a":"1","d":[]}')).toEqual([{ path: 'a', before: '1', after: '"1"' }, { path: '["b c"]', before: '"x"', after: null }, { path: 'd', before: null, after: '[]' }]);
  });

  it('compares what is no JSON as one text', () => {
    expect(jsonChanges('drop it', 'keep it')).toEqual([{ path: '', before: 'drop it', after: 'keep it' }]);
  });
});
