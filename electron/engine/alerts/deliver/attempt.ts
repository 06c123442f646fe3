/** The time that one attempt has, and how a failed line reads. */
import { rootCertificates } from 'node:tls';
import { faultFrom } from '../../connectors/faults.ts';
import { DeliveryFault } from './sending.ts';
import type { SendLimits } from './sending.ts';

/** Ends by itself after `totalMs`, or with `signal`. */
export const attemptSignal = (signal: AbortSignal, { totalMs }: SendLimits): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(totalMs)]);

/** SECURITY: of a foreign error only its code is told: its message may quote what was sent. */
export function lineFault(error: unknown, who: string, attempt: AbortSignal, limits: SendLimits): DeliveryFault {
  if (error instanceof DeliveryFault) return error;
  if (attempt.aborted) return attempt.reason instanceof DOMException && attempt.reason.name === 'TimeoutError' ? new DeliveryFault(`${who}: It did not take the message within ${limits.totalMs / 1_000} s.`) : new DeliveryFault(`${who}: The attempt was given up because Gatehouse ends.`);
  return new DeliveryFault(`${who}: ${faultFrom(error).message}`);
}

/** SECURITY: certificates are always checked; an authority of one's own comes beside those that Node brings, never instead of the check. */
export function trust(ca: string | undefined): { readonly rejectUnauthorized: true; readonly ca?: string[] } {
  return ca === undefined ? { rejectUnauthorized: true } : { rejectUnauthorized: true, ca: [...rootCertificates, ca] };
}
