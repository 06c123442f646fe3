import { describe, expect, it } from 'vitest';
import { boundedMessage, cut, cutBytes, manyLines, oneLine } from './plain-text.ts';
import { testMessage } from './test-messages.ts';

describe('texts that leave', () => {
  it('are one line, without what cannot be seen', () => {
    expect(oneLine('a\r\nBcc: x@y\u2028\u0000\u202eb\t c', 100)).toBe('a Bcc: x@y b c');
    expect(oneLine(' \n ', 100)).toBe('');
  });

  it('keep their lines where lines are meant, and lose other control characters', () => {
    expect(manyLines('a\r\nb\rc\u2028d\u0007\u001b[31m\te\n\n', 100)).toBe('a\nb\nc\nd\uFFFD\uFFFD[31m\te');
  });

  it('are cut at a whole character, in characters and in bytes', () => {
    expect(cut('abcdef', 4)).toBe('abc\u2026');
    expect(cut('ab\u{1F600}\u{1F600}', 4)).toBe('ab\u2026');
    expect(cut('a\uD800b', 10)).toBe('a\uFFFDb');
    expect(cutBytes('\u00e4\u00f6\u00fc', 6)).toBe('\u00e4\u00f6\u00fc');
    expect(cutBytes('\u00e4\u00f6\u00fc', 5)).toBe('\u00e4\u2026');
    for (let most = 3; most < 20; most += 1) {
      const out = cutBytes('a\u{1F600}b\u00e4\u{1F600}c\u{1F600}', most);
      expect(Buffer.byteLength(out)).toBeLessThanOrEqual(most);
      expect(out).not.toContain('\uFFFD');
    }
  });

  it('are bounded whatever an agent wrote, without much work', () => {
    const huge = 'x\n'.repeat(500_000);
    const began = performance.now();
    const { alert } = boundedMessage(testMessage({ title: huge, text: huge, rule: huge, agent: huge, connection: huge, kind: huge }));
    expect(performance.now() - began).toBeLessThan(1_000);
    expect([alert.title.length, alert.text.length, alert.rule.length, alert.agent?.length, alert.connection?.length, alert.kind.length]).toEqual([300, 4_000, 300, 300, 300, 64]);
    expect(alert.title).not.toContain('\n');
    expect(alert.text).toContain('\n');
  });
});
