/** Lays what the collector knows in this moment over what the history holds of a connection. Pure. */
import type { Connection, RuntimeLink } from '../../../shared/domain.ts';
import { judgeRuntime } from '../runtime-health.ts';
import type { StoredConnection } from '../store/queries/connections.ts';
import type { CollectorView } from './collectors.ts';

export function layOver(row: StoredConnection, stored: RuntimeLink, view: CollectorView | null, nowMs: number): Connection {
  const state = view?.state ?? null;
  const runtime = { ...stored, ...declaredIn(stored, view), ...(state === null ? {} : liveIn(state)), credential: credentialOf(stored, view), ...stopCredentialOf(stored, view) };
  const judged = judgeRuntime({
    enabled: row.enabled, state, waitsForConsent: view?.waitsForConsent ?? false, builtIn: view === null || view.declaration !== null, kind: row.kind, findings: stored.findings,
    storedPollMs: stored.lastPollAt === null ? null : Date.parse(stored.lastPollAt),
  }, nowMs);
  return { ...row, ...judged, runtime, endpoint: null };
}

/** Until the very server was asked, its kind's declaration is all that is known. */
function declaredIn({ capabilities, levers }: RuntimeLink, view: CollectorView | null): Partial<RuntimeLink> {
  const declaration = view?.declaration ?? null;
  if (declaration === null || capabilities.length > 0) return {};
  return { capabilities: declaration.capabilities.map((one) => ({ ...one, state: one.state === 'no' ? 'no' as const : 'unknown' as const })), levers: levers.length > 0 ? levers : [...declaration.levers] };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

function liveIn({ circuit, lastPollMs, nextPollMs, fault }: NonNullable<CollectorView['state']>): Partial<RuntimeLink> {
  return {
    circuit, lastPollAt: lastPollMs === null ? null : isoOf(lastPollMs), nextPollAt: isoOf(nextPollMs),
    fault: fault === null ? null : { kind: fault.kind, text: fault.text, since: isoOf(fault.sinceMs) },
  };
}

function stopCredentialOf({ stopCredential }: RuntimeLink, view: CollectorView | null): Partial<RuntimeLink> {
  return stopCredential !== 'none' && view?.stopCredentialLost === true ? { stopCredential: 'missing' } : {};
}

function credentialOf({ credential }: RuntimeLink, view: CollectorView | null): RuntimeLink['credential'] {
  return credential !== 'none' && (view?.credentialLost === true || view?.state?.fault?.kind === 'credential_missing') ? 'missing' : credential;
}
