/**
 * SECURITY: what the hidden window may ask: one certificate, which main has read already. It gets no port of the engine's, so whatever runs
 * in it can neither read anything else nor change anything. Knows no Electron, so that the wall is tested.
 */
import type { EngineMessage } from '../../shared/contract.ts';

/** The answer to a message of the page; null: none is due. */
export function answerPrinting(message: unknown, orderId: string, json: string): EngineMessage | null {
  if (typeof message !== 'object' || message === null || !('t' in message)) return null;
  const { t, n } = message as { t: unknown; n?: unknown };
  if (typeof n !== 'number' || !Number.isSafeInteger(n)) return null;
  if (t === 'open') return { t: 'end', n, error: { code: 'bad_request', message: 'Nothing streams while a certificate is printed.', id: 'shell' } };
  if (t !== 'call') return null;
  const { method, params } = message as { method?: unknown; params?: unknown };
  const asked = typeof params === 'object' && params !== null && 'id' in params ? params.id : null;
  if (method === 'stop.certificate' && asked === orderId) return { t: 'ok', n, json };
  return { t: 'err', n, error: { code: 'bad_request', message: 'Only the certificate that is printed can be read here.', id: 'shell' } };
}
