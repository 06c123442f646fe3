/** The health of a connection, judged from what was seen; never better than the evidence. Pure. */
import type { ConnectionHealth } from '../../shared/domain.ts';

export interface HealthFacts {
  readonly enabled: boolean;
  readonly createdMs: number;
  readonly lastDataMs: number | null;
  readonly receiverListens: boolean;
  /** what the receiver says when it does not listen. */
  readonly receiverText: string | null;
  /** the newest refusal that concerns what this connection sent. */
  readonly lastRefusal: { readonly reason: string; readonly atMs: number; readonly count: number } | null;
}

/** Agents export every few seconds to a minute while they work; after this long without anything nobody works. */
export const quietAfterMs = 15 * 60_000;

export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

export function judgeHealth(facts: HealthFacts, nowMs: number): { health: ConnectionHealth; healthText: string } {
  if (!facts.enabled) return { health: 'off', healthText: 'Switched off: what it sends is refused (401). The history until then was kept.' };
  if (!facts.receiverListens) return { health: 'off', healthText: facts.receiverText ?? 'The receiver is not listening, so nothing can arrive.' };
  const refusal = facts.lastRefusal;
  if (refusal && refusal.atMs > (facts.lastDataMs ?? 0) && nowMs - refusal.atMs < quietAfterMs) {
    return { health: 'refusing', healthText: `The newest of what it sent was refused ${age(nowMs - refusal.atMs)} ago: ${refusal.reason} (${refusal.count.toLocaleString('en')} so far).` };
  }
  if (facts.lastDataMs === null) {
    return { health: 'waiting', healthText: `Waiting for first data, ${age(nowMs - facts.createdMs)}. Nothing is wrong yet on this side.` };
  }
  const silence = nowMs - facts.lastDataMs;
  if (silence < quietAfterMs) return { health: 'healthy', healthText: `Last data ${age(silence)} ago.` };
  return { health: 'quiet', healthText: `No data for ${age(silence)}. Its agents may be idle, or no longer send here; this side cannot tell which.` };
}
