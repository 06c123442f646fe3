/**
 * SECURITY: what the hidden window may ask while a report is printed: that one document and its counts, which main has read already. It gets no port of
 * the engine's. Knows no Electron, so that the wall is tested.
 */
import type { EngineMessage } from '../../shared/contract.ts';

/** What was read already, as JSON: the document, and the counts with the warnings. */
export interface ReadReport { readonly 'reports.document': string; readonly 'reports.preview': string }

/** The answer to a message of the page; null: none is due. */
export function answerReport(message: unknown, spec: string, read: ReadReport): EngineMessage | null {
  if (typeof message !== 'object' || message === null || !('t' in message)) return null;
  const { t, n } = message as { t: unknown; n?: unknown };
  if (typeof n !== 'number' || !Number.isSafeInteger(n)) return null;
  if (t === 'open') return { t: 'end', n, error: { code: 'bad_request', message: 'Nothing streams while a report is printed.', id: 'shell' } };
  if (t !== 'call') return null;
  const { method, params } = message as { method?: unknown; params?: unknown };
  if ((method === 'reports.document' || method === 'reports.preview') && JSON.stringify(params) === spec) return { t: 'ok', n, json: read[method] };
  return { t: 'err', n, error: { code: 'bad_request', message: 'Only the report that is printed can be read here.', id: 'shell' } };
}
