/**
 * How failures were told apart before version 6. Kept so that a group of then goes on in the same group: assemble/failures.ts looks
 * for it by this once, and gives it the present fingerprint. Never to be changed.
 */
import type { FailureShape } from './fingerprint.ts';

const folds: readonly (readonly [RegExp, string])[] = [
  [/"(?:[^"\\]|\\.){0,500}"|'(?:[^'\\\n]|\\.){0,500}'|`[^`\n]{0,500}`/g, '"…"'],
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)]+/gi, '<url>'],
  [/(?<![\w/])(?:[a-z]:)?(?:[\\/][\w.@%+~-]+){2,}[\\/]?/gi, '<path>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b0x[0-9a-f]+\b/gi, '<hex>'],
  [/\b(?=[a-z_-]*\d)[\w-]{16,}\b/gi, '<id>'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}\b/gi, '<hex>'],
  [/\d+(?:[.,:]\d+)*/g, '#'],
  [/\s+/g, ' '],
];

const counted = 400;

function normalised(message: string): string {
  let text = message.slice(0, 2 * counted);
  for (const [pattern, stand] of folds) text = text.replace(pattern, stand);
  return text.trim().slice(0, counted).toLowerCase();
}

export const firstFingerprintText = (shape: FailureShape): string => [shape.kind, shape.name, shape.errorType, normalised(shape.message), normalised(shape.stackTop)].join('\n');
