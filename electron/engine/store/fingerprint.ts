/** Failures that went wrong in the same way get the same fingerprint: what differs from call to call is folded away. */

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

/** Only the beginning of a message counts: long ones end in dumps that differ. */
const counted = 400;

export function normalisedMessage(message: string): string {
  let text = message.slice(0, 2 * counted);
  for (const [pattern, stand] of folds) text = text.replace(pattern, stand);
  return text.trim().slice(0, counted).toLowerCase();
}

export interface FailureShape {
  readonly kind: number;
  readonly name: string;
  readonly errorType: string;
  readonly message: string;
  readonly stackTop: string;
}

export function fingerprintText(shape: FailureShape): string {
  return [shape.kind, shape.name, shape.errorType, normalisedMessage(shape.message), normalisedMessage(shape.stackTop)].join('\n');
}
