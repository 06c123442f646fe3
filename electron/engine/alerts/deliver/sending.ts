/** What a sender is given and how it fails, whatever kind it is. */
import type { AlertMessage, TargetConfig, TargetKind } from '../../../../shared/alerts.ts';

export type ConfigOf<K extends TargetKind> = Extract<TargetConfig, { kind: K }>;

export interface SendLimits {
  /** from looking up the name until the answer. */
  readonly totalMs: number;
  /** syslog only, which answers nothing: how long a connection that was ended must stay without an error. */
  readonly settleMs: number;
}

export const usualLimits: SendLimits = { totalMs: 30_000, settleMs: 2_000 };

export interface Sending<K extends TargetKind> {
  readonly config: ConfigOf<K>;
  /** SECURITY: read a moment ago, for this one attempt; kept nowhere and never part of an error. */
  readonly credential: string | null;
  /** bounded (`boundedMessage`). */
  readonly message: AlertMessage;
  /** ends the attempt: Gatehouse closes. */
  readonly signal: AbortSignal;
  readonly limits: SendLimits;
}

/** What a receiver said beside taking it, for people; null: nothing. */
export type Remark = string | null;

/** Why it did not arrive, in a sentence for people. SECURITY: without credentials, and of an address the host at most: paths may be secret. */
export class DeliveryFault extends Error {
  /** the receiver will never take this message. */
  readonly forGood: boolean;
  /** the receiver asked us to wait so long; null: it did not say. */
  readonly retryAfterMs: number | null;
  /** false: it is no trouble that somebody must look into (there is no desktop). */
  readonly alarming: boolean;
  constructor(text: string, { forGood = false, retryAfterMs = null, alarming = true }: { readonly forGood?: boolean; readonly retryAfterMs?: number | null; readonly alarming?: boolean } = {}) {
    super(text);
    this.name = 'DeliveryFault';
    this.forGood = forGood;
    this.retryAfterMs = retryAfterMs;
    this.alarming = alarming;
  }
}
