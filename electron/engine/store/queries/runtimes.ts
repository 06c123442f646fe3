/** Connections that ask a runtime, as the file knows them. What the collector knows in this moment the engine lays over it. */
import type { RuntimeTarget } from '../../../../shared/contract.ts';
import { contentLevel } from '../../../../shared/domain.ts';
import type { RuntimeLink } from '../../../../shared/domain.ts';
import type { RuntimeFact } from '../runtime-commands.ts';
import { addressOf } from '../runtimes.ts';
import { iso, type Reading } from './reading.ts';

interface LinkRow {
  readonly connection: number; readonly target: string; readonly credential: string | null; readonly hint: string | null; readonly stopCredential: string | null; readonly stopHint: string | null; readonly circuit: RuntimeLink['circuit'];
  readonly lastPollUs: number | null; readonly nextPollUs: number | null; readonly faultKind: string | null; readonly faultText: string | null; readonly faultUs: number | null; readonly facts: string | null;
}

type Facts = Pick<RuntimeLink, 'product' | 'version' | 'visibility' | 'visibilityText' | 'capabilities' | 'levers' | 'findings'>;
/** Until the runtime was asked only its kind is known: the engine adds what that declares. */
const unasked: Facts = { product: null, version: null, visibility: 'unknown', visibilityText: 'Not asked yet.', capabilities: [], levers: [], findings: [] };

export function runtimeLinks(reading: Reading): Map<number, RuntimeLink> {
  const rows = reading.sql<[], LinkRow>(`SELECT connection, target, credential, credential_hint AS hint, stop_credential AS stopCredential, stop_credential_hint AS stopHint, circuit, last_poll_us AS lastPollUs, next_poll_us AS nextPollUs,
    fault_kind AS faultKind, fault_text AS faultText, fault_us AS faultUs, facts FROM runtime`).all();
  return new Map(rows.map((row) => [row.connection, linkOf(row)]));
}

function linkOf(row: LinkRow): RuntimeLink {
  const facts = row.facts === null ? unasked : (JSON.parse(row.facts) as Facts);
  const { product, version, visibility, visibilityText, capabilities, levers, findings } = facts;
  return {
    address: addressOf(JSON.parse(row.target) as RuntimeTarget), product, version, visibility, visibilityText, capabilities, levers, findings,
    credential: credentialOf(row.credential), credentialHint: row.hint, stopCredential: credentialOf(row.stopCredential), stopCredentialHint: row.stopHint, circuit: row.circuit,
    lastPollAt: row.lastPollUs === null ? null : iso(row.lastPollUs), nextPollAt: row.nextPollUs === null ? null : iso(row.nextPollUs),
    fault: row.faultKind === null ? null : { kind: row.faultKind, text: row.faultText ?? '', since: iso(row.faultUs ?? 0) },
  };
}

/** Whether one that was kept is still there only the vault knows. */
function credentialOf(reference: string | null): RuntimeLink['credential'] {
  if (reference === null) return 'none';
  if (reference.startsWith('vault:')) return 'kept';
  return reference.startsWith('session:') ? 'session' : 'reference';
}

interface FactRow {
  readonly id: number; readonly kind: RuntimeFact['kind']; readonly name: string; readonly enabled: number; readonly content: string; readonly target: string; readonly credential: string | null; readonly stopCredential: string | null;
  readonly consent: string | null; readonly discoveredUs: number | null; readonly checkpoint: string | null;
}

export function runtimeFacts(reading: Reading): RuntimeFact[] {
  return reading.sql<[], FactRow>(`SELECT c.id, c.kind, c.name, c.enabled, c.content, r.target, r.credential, r.stop_credential AS stopCredential, r.consent, r.discovered_us AS discoveredUs, k.text AS checkpoint
    FROM runtime r JOIN connection c ON c.id = r.connection LEFT JOIN checkpoint k ON k.connection = r.connection WHERE c.removed_us IS NULL ORDER BY c.id`).all().map((row) => ({
    id: row.id, kind: row.kind, name: row.name, target: JSON.parse(row.target) as RuntimeTarget, credential: row.credential, stopCredential: row.stopCredential, enabled: row.enabled === 1, content: contentLevel.parse(row.content),
    consent: row.consent, checkpoint: row.checkpoint, discoveredUs: row.discoveredUs,
  }));
}
