/** For tests: rows of every kind, filled and bare, and texts that want to be more than texts. */
import { createHash } from 'node:crypto';
import { reportSpec } from '../../../shared/reports.ts';
import type { ReportContent } from '../../../shared/reports.ts';
import { columnsOf } from './columns.ts';
import type { Cell, Column, Row } from './columns.ts';
import type { FormatContext, Sink } from './format.ts';

export const hostile = [
  '=HYPERLINK("http://evil","x")', '+1+cmd|\' /C calc\'!A0', '@SUM(1)', '-2', 'a,b;"c"\r\nd', '<script>alert(1)</script>', 'nul\u0000bell\u0007esc\u001b[31m', '\u202Eabc\u2066', 'lone \ud800 surrogate', 'line\u2028sep\u2029', 'pipe|equals=back\\slash', '"] [x@1 y="z', '\ufeffbom', '__proto__', 'x'.repeat(1_000_000),
] as const;

const when = '2026-02-01T10:00:00.000001Z';
function sample(column: Column, text: string): Cell {
  switch (column.type) {
    case 'text': return text;
    case 'time': return when;
    case 'day': return '2026-02-01';
    case 'int': return 7;
    case 'micros': return 1_234_567;
    case 'bool': return true;
    case 'json': return JSON.stringify({ text });
  }
}

/** A row of which every cell is told; `text` in each that agents or people may write. */
export function fullRow(content: ReportContent, given: Readonly<Record<string, Cell>> = {}, text = 'text'): Row {
  return { ...Object.fromEntries(columnsOf[content].map((column) => [column.name, column.name === 'recordHashes' ? JSON.stringify([{ connectionId: 'con-1', hour: '2026-02-01T10:00:00.000Z', index: 3, leaf: 'ab'.repeat(32) }]) : /hash$|^previous$|fingerprint/i.test(column.name) ? 'cd'.repeat(32) : sample(column, text)])), ...given };
}
export const bareRow = (content: ReportContent, given: Readonly<Record<string, Cell>> = {}): Row => ({ ...Object.fromEntries(columnsOf[content].map(({ name }) => [name, null])), ...given });

const each = (name: string, values: readonly string[]): Readonly<Record<string, Cell>>[] => values.map((value) => ({ [name]: value }));
/** What tells the kinds of rows of each content apart. */
export const kinds: Readonly<Record<ReportContent, readonly Readonly<Record<string, Cell>>[]>> = {
  activity: [...each('kind', ['model_call', 'tool_call', 'handoff', 'approval', 'denial', 'error', 'lifecycle']), ...each('status', ['running', 'ok', 'error', 'denied', 'cancelled', 'interrupted']).map((one) => ({ kind: 'tool_call', ...one })), { kind: 'tool_call', otherText: '{"db.query.text":"x"}' }, { kind: 'approval', decision: 'approved' }, { kind: 'model_call', connectionKind: 'langgraph' }],
  console: [...each('action', ['settings.change', 'stop.order', 'lock.lock', 'lock.unlock', 'connection.add', 'content.view', 'tags.remove']), ...each('outcome', ['asked', 'done', 'failed', 'refused']), { seq: 1 }, { actorKind: 'engine' }],
  stops: [...each('row', ['order', 'drill', 'lever', 'event', 'firing']), ...each('level', ['cancel', 'suspend', 'revoke']).map((one) => ({ row: 'order', ...one })), { row: 'firing', fired: false }, { row: 'lever', leverState: 'reported', reported: 'refused' }],
  access: [...each('row', ['grant', 'finding', 'owner', 'baseline', 'change']), { row: 'grant', goneAt: null }, { row: 'finding', dismissedAt: null }, ...each('what', ['added', 'removed', 'changed', 'back']).map((one) => ({ row: 'change', ...one }))],
  approvals: each('state', ['waiting', 'approved', 'rejected', 'responded', 'expired', 'withdrawn', 'answered_elsewhere']),
  cost: each('row', ['day', 'bill', 'told_twice']),
  failures: each('row', ['group', 'day', 'hit', 'said']),
  gaps: [{ reason: 'engine_off' }, { reason: 'throttled', to: null, durationUs: null, connectionId: null }],
};

export async function* pages(rows: readonly Row[], size = 2): AsyncGenerator<Row[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

export class MemorySink implements Sink {
  readonly #chunks: Buffer[] = [];
  write(chunk: Uint8Array | string): void { this.#chunks.push(Buffer.from(chunk)); }
  get all(): Buffer { return Buffer.concat(this.#chunks); }
  get bytes(): number { return this.all.length; }
  get text(): string { return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.all); }
  get longest(): number { return Math.max(0, ...this.#chunks.map(({ length }) => length)); }
  sha256(): string { return createHash('sha256').update(this.all).digest('hex'); }
}

export function contextOf(content: ReportContent, sink = new MemorySink()): FormatContext {
  const spec = reportSpec.parse({ name: 'Test', from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z', scope: { kind: 'everything' }, contents: [content], formats: ['jsonl'] });
  return { content, spec, rows: 100, madeAt: '2026-03-01T00:00:00.000Z', version: '1.2.3', beside: () => sink };
}
