/** How the audit log stands, in words: chain, seal, key, damage. Pure. */
import type { AuditDamage, AuditKey, AuditStatus } from '../../../shared/audit.ts';
import { formatCount, formatPercent, plural } from '../../ui/format.ts';
import type { State } from '../../ui/state-shapes.tsx';

type Check = AuditStatus['check'];

export interface ChainLook { state: State; word: string; tone: 'ok' | 'stop' | 'wait' | 'quiet' }

export function chainLook(check: Check): ChainLook {
  switch (check.state) {
    case 'whole': return { state: 'stopped_verified', word: 'Chain whole', tone: 'ok' };
    case 'damaged': return { state: 'broken', word: `Chain damaged in ${check.more ? 'more than ' : ''}${plural(check.damage.length, 'place')}`, tone: 'stop' };
    case 'running': return { state: 'running', word: check.of > 0 ? `Reading, ${formatPercent(Math.min(1, check.entries / check.of))}` : 'Reading', tone: 'quiet' };
    case 'never': return { state: 'unknown', word: 'Not checked since the start', tone: 'wait' };
  }
}

export const checkedWords = (check: Check): string => `${formatCount(check.entries)} of ${formatCount(check.of)}`;

export const damageWords: Record<AuditDamage['kind'], string> = {
  changed: 'Changed', missing: 'Missing', out_of_order: 'Out of order', cut: 'Tail cut', does_not_match: 'Does not match its seal', seal_forged: 'Seal forged', hour_missing: 'Hour missing', seal_missing: 'Seal missing', rolled_back: 'Rolled back', key_changed: 'Key changed', body_changed: 'Content changed',
};

/** The audit entry that a damage is opened at; null: it is in none. */
export const entryOf = ({ where, at }: Pick<AuditDamage, 'where' | 'at'>): number | null => (where === 'entry' || where === 'digest' ? at : null);

export const keyPlaceWords: Record<AuditKey['place'], { word: string; says: string | null }> = {
  keyring: { word: 'system keychain', says: null },
  file: { word: 'in a file', says: 'It lies beside the history: whoever can change the one can use the other and seal anew. This system has no keychain.' },
  memory: { word: 'memory only', says: 'The key is gone when this engine ends: the next start seals with another.' },
};

/** Its beginning, to tell keys apart; the whole is copied. */
export const shortFingerprint = (fingerprint: string): string => `${fingerprint.slice(0, 4)}…`;
/** In groups of four, eight a line. */
export const groupedFingerprint = (fingerprint: string): string => (fingerprint.match(/.{1,4}/g) ?? []).join(' ');
