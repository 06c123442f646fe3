/** How the audit log stands, in the words of the status bar, and where a damage is. Pure. */
import type { AuditDamage, AuditStatus } from '../../shared/audit.ts';
import { formatClock, formatCount } from '../ui/format.ts';
import type { State } from '../ui/state-shapes.tsx';

const wheres: Record<AuditDamage['where'], string> = { entry: 'entry', seal: 'seal', key: 'key', digest: 'digest in entry', activity: 'activity' };
/** `entry 40,210`, `seal 12`, `key`. */
export const placeWords = ({ where, at }: Pick<AuditDamage, 'where' | 'at'>): string => (where === 'key' ? wheres.key : `${wheres[where]} ${formatCount(at)}`);
export interface BarPart { text: string; state: State | null; tone: 'stop' | 'wait' | null }

/** Of the status bar: whole is said quietly, damage is not. */
export function barPart(status: AuditStatus, now: number, zone?: string): BarPart {
  const { check, seal } = status;
  if (check.state === 'damaged') return { text: `Audit chain damaged, ${check.damage[0] === undefined ? 'see Audit' : `${placeWords(check.damage[0])}${check.damage.length > 1 || check.more ? ' and more' : ''}`}`, state: 'broken', tone: 'stop' };
  const sealed = seal === null ? 'no seal yet' : `sealed ${now - Date.parse(seal.writtenAt) > 86_400_000 ? seal.writtenAt.slice(0, 10) : formatClock(new Date(seal.writtenAt), { short: true, zone })}`;
  if (check.state === 'whole') return { text: `Audit chain whole, ${sealed}`, state: null, tone: null };
  return { text: check.state === 'running' ? `Audit chain is read, ${sealed}` : `Audit chain not checked, ${sealed}`, state: null, tone: null };
}
