/** What a failed poll means: for the schedule, for the gap, for people. */
import type { Gap } from '../../../shared/domain.ts';
import { RuntimeFault } from '../connectors/connector.ts';
import { faultFrom } from '../connectors/faults.ts';
import { StoreError } from '../store/errors.ts';
import type { FailureKind } from './schedule.ts';

export interface Judged {
  readonly kind: FailureKind;
  readonly text: string;
  readonly retryAfterMs: number | null;
}

export function judgeError(error: unknown): Judged {
  // The history is well: it is what was said that cannot be kept.
  if (error instanceof StoreError && error.code === 'bad_request') return { kind: 'garbage', text: error.message, retryAfterMs: null };
  if (error instanceof StoreError) return { kind: 'history', text: `What it said could not be stored: ${error.message}`, retryAfterMs: null };
  const aborted = error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
  if (error instanceof RuntimeFault || aborted) {
    const { kind, message, retryAfterMs } = faultFrom(error);
    return { kind, text: message, retryAfterMs };
  }
  return { kind: 'ours', text: 'Gatehouse made a mistake while it read this runtime. Its log knows it; nothing that was read before is lost.', retryAfterMs: null };
}

const reasons: Readonly<Record<FailureKind, Gap['reason']>> = {
  unreachable: 'runtime_unreachable', credential_missing: 'credential_refused', credential_refused: 'credential_refused', forbidden: 'credential_refused', throttled: 'throttled',
  runtime_error: 'runtime_faulty', garbage: 'runtime_faulty', gone: 'runtime_faulty', conflict: 'runtime_faulty', ours: 'runtime_faulty', history: 'database_failed',
};

export const gapReason = (kind: FailureKind): Gap['reason'] => reasons[kind];
