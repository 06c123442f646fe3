import { expect, test } from 'vitest';
import { noteWords, sourceWords } from './words.ts';

test('a note that nobody wrote a sentence for is shown, and cleaned', () => {
  expect(noteWords('interrupted_inferred')).toContain('inferred');
  expect(noteWords('some_new\u202E_thing')).toBe('some new[U+202E] thing.');
});

test('says which signal it came by and who read it', () => {
  expect(sourceWords('claude-code/log')).toBe('log record, read as claude-code');
  expect(sourceWords('vercel-ai/trace')).toBe('span, read as vercel-ai');
  expect(sourceWords('odd')).toBe('odd');
});
