/** Texts of alerts may hold what agents wrote: here they lose what could be more than text, and their length. */
import type { AlertMessage } from '../../../../shared/alerts.ts';

const most = { title: 300, text: 4_000, name: 300, host: 255 } as const;

/** Cut at a whole character, with a mark that it was. */
export function cut(text: string, mostCharacters: number): string {
  const whole = text.toWellFormed();
  return whole.length > mostCharacters ? `${whole.slice(0, mostCharacters - 1).replace(/[\uD800-\uDBFF]$/, '')}\u2026` : whole;
}

/** SECURITY: on one line and without characters that cannot be seen, end a header or a frame, or turn the direction of others. */
export function oneLine(text: string, mostCharacters: number): string {
  // What lies far behind the cut is not looked at: a title of a megabyte costs no more than a long one.
  const near = text.slice(0, mostCharacters * 4);
  return cut(near.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim(), mostCharacters);
}

/** Lines stay; other control characters go. */
export function manyLines(text: string, mostCharacters: number): string {
  return cut(text.slice(0, mostCharacters * 4).replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/[^\P{C}\n\t]/gu, '\uFFFD').trimEnd(), mostCharacters);
}

/** At most so many bytes of UTF-8, at a whole character. */
export function cutBytes(text: string, mostBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= mostBytes) return text;
  let end = mostBytes - 3;
  // A byte that goes on a character (10xxxxxx) is not where one may be cut.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return `${bytes.subarray(0, end).toString('utf8')}\u2026`;
}

/** What leaves for any target: a message that an agent made long is cut, by every kind alike. */
export function boundedMessage(message: AlertMessage): AlertMessage {
  const { alert, from } = message;
  const name = (text: string | null): string | null => (text === null ? null : oneLine(text, most.name));
  return {
    ...message,
    alert: { ...alert, kind: oneLine(alert.kind, 64), rule: oneLine(alert.rule, most.name), title: oneLine(alert.title, most.title), text: manyLines(alert.text, most.text), agent: name(alert.agent), connection: name(alert.connection) },
    from: { ...from, version: oneLine(from.version, 64), host: oneLine(from.host, most.host) },
  };
}
