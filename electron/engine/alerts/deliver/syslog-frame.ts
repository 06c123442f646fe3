/** An alert as one RFC 5424 message in an octet-counted frame (RFC 6587 3.4.1, RFC 5425 4.3). Pure. */
import type { AlertMessage } from '../../../../shared/alerts.ts';
import { headline } from './message-words.ts';
import { cutBytes, oneLine } from './plain-text.ts';

/** RFC 5424 asks receivers to take 2,048 bytes and lets them cut what is longer; 8,192 is what the usual ones take as they come. */
const mostBytes = 8_000;
const mostValue = 200;
/** 32473 is the number that RFC 5612 keeps for documentation: Gatehouse has none of its own. */
const structuredId = 'gatehouse@32473';
const severities = { urgent: 2, attention: 4, info: 6 } as const;
const notice = 5;

export function syslogFrame(message: AlertMessage, { facility, processId }: { readonly facility: number; readonly processId: number }): Buffer {
  const { alert, event, from } = message;
  // What is over is no more as grave as it was.
  const severity = event === 'over' ? notice : severities[alert.severity];
  const head = `<${facility * 8 + severity}>1 ${timestamp(alert.raisedAt)} ${word(from.host, 255)} Gatehouse ${processId} alert.${event} ${structured(message)} `;
  // Line breaks are allowed in a frame that counts octets, but many collectors write a line each.
  const text = [headline(message), alert.text].filter((part) => part !== '').map((part) => oneLine(part, mostBytes)).join(': ');
  const body = Buffer.from(`${head}\uFEFF${cutBytes(text, mostBytes - Buffer.byteLength(head) - 3)}`, 'utf8');
  return Buffer.concat([Buffer.from(`${body.length} `, 'ascii'), body]);
}

/** Six digits of a second at most; nothing that is not a time. */
export function timestamp(iso: string): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? '-' : new Date(ms).toISOString();
}

/** PRINTUSASCII; RFC 5424's NILVALUE where nothing is left. */
export function word(text: string, most: number): string {
  const visible = text.replace(/[^\x21-\x7e]/g, '').slice(0, most);
  return visible === '' ? '-' : visible;
}

function structured({ delivery, event, alert, from }: AlertMessage): string {
  const values: readonly (readonly [string, string | null])[] = [
    ['delivery', delivery], ['event', event], ['alert', alert.id], ['kind', alert.kind], ['severity', alert.severity], ['rule', alert.rule],
    ['agent', alert.agent], ['connection', alert.connection], ['times', String(alert.times)], ['version', from.version],
  ];
  return `[${structuredId} ${values.flatMap(([name, value]) => (value === null ? [] : [`${name}="${escaped(oneLine(value, mostValue))}"`])).join(' ')}]`;
}

/** SECURITY: RFC 5424 6.3.3: what an agent wrote ends neither its value nor the element. */
const escaped = (value: string): string => value.replace(/["\\\]]/g, '\\$&');
