import { describe, expect, it } from 'vitest';
import { SourceRoom } from './source-text.ts';

describe('the text of a grant\'s source', () => {
  it('is the entry as it came, with everything that no reading uses', () => {
    const entry = { name: 'pay', annotations: { destructiveHint: true }, _meta: { 'x.example/tier': 2 } };
    expect(JSON.parse(new SourceRoom().take(entry) ?? '')).toEqual(entry);
  });

  it('is cut at 64 KiB and says how much is missing', () => {
    const text = new SourceRoom().take({ name: 'x'.repeat(70_000) }) ?? '';
    expect(text).toMatch(/… cut here: 4475 characters more$/);
    expect(text.length).toBeLessThan(66_000);
  });

  it('leaves out what finds no room any more, and what is no JSON', () => {
    const room = new SourceRoom(30);
    expect(room.take({ name: 'first' })).toBe('{"name":"first"}');
    expect(room.take({ name: 'the second one' })).toBeNull();
    expect(room.take({ n: 2 })).toBe('{"n":2}');
    expect(room.take(undefined)).toBeNull();
    expect(room.take(10n)).toBeNull();
  });
});
