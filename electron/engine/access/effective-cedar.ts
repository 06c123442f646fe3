/**
 * What remains of Cedar permits: a forbid takes away what it is for, whatever else permits it. Taken away for certain is only what a forbid
 * covers without conditions; without the application's entities nobody can say more.
 */
import { cedarClasses } from './cedar-reading.ts';
import { facetsOf } from './column.ts';
import type { Held, Normalised } from './normalised.ts';
import { noPermission } from './remaining.ts';
import type { Remaining } from './remaining.ts';

export function effectiveCedar(policies: readonly Held[]): Remaining[] {
  // A forbid that is only written down takes nothing away.
  const forbids = policies.filter(({ reading, enforcement }) => reading.effect === 'deny' && enforcement !== 'log_only').map(({ reading }) => reading);
  return policies.map(({ reading }) => (reading.effect === 'deny' ? noPermission : remainingOf(reading, forbids)));
}

function remainingOf(permit: Normalised, forbids: readonly Normalised[]): Remaining {
  if (permit.understood === 'not') return { state: 'whole', facets: facetsOf(permit), certain: false, why: ['It could not be read.'] };
  const against = forbids.filter((forbid) => forbid.understood !== 'not' && scopesCover(forbid, permit));
  const left = permit.actions.filter((action) => !against.some((forbid) => forbid.actions.some((wide) => actionCovers(wide, action))));
  if (left.length === 0) return { state: 'nothing', facets: [], certain: true, why: ['A forbid covers all of it.'] };
  const touched = forbids.some((forbid) => forbid.understood === 'not' || mayMeet(forbid, left));
  const limited = left.length < permit.actions.length;
  const why = [limited ? 'A forbid takes some of its actions away.' : '', touched ? 'A forbid may take more of it away, by its conditions or by what stands in groups.' : '', permit.conditions.length > 0 ? 'It hangs on its conditions.' : ''].filter((text) => text !== '');
  return { state: limited || touched ? 'limited' : 'whole', facets: facetsOf({ ...permit, actions: left, classes: limited ? cedarClasses(left).classes : permit.classes }), certain: !touched && permit.conditions.length === 0, why };
}

/** Whether a forbid holds for every principal and resource of the permit, at every moment. */
function scopesCover(forbid: Normalised, permit: Normalised): boolean {
  const principal = ({ conditions }: Normalised): string => conditions.find((text) => text.startsWith('principal '))?.slice('principal '.length) ?? '*';
  return forbid.conditions.every((text) => text.startsWith('principal ')) && scopeCovers(principal(forbid), principal(permit)) && scopeCovers(forbid.resources[0] ?? '*', permit.resources[0] ?? '*');
}

/** `in X` covers X itself; `is T` covers `is T in X`, and an entity of that type. */
function scopeCovers(wide: string, narrow: string): boolean {
  if (wide === '*' || wide === narrow) return true;
  if (wide.startsWith('in ')) return narrow === `== ${wide.slice(3)}` || (narrow.startsWith('is ') && narrow.endsWith(` ${wide}`));
  if (wide.startsWith('is ') && !wide.includes(' in ')) return narrow.startsWith(`${wide} in `) || narrow.startsWith(`== ${wide.slice(3)}::"`);
  return false;
}

const actionCovers = (wide: string, narrow: string): boolean => wide === '*' || wide === narrow || wide === `in ${narrow}`;

/** Whether a forbid could be about one of these actions at all: the same, everything, or a group that could hold it. */
const mayMeet = (forbid: Normalised, actions: readonly string[]): boolean => forbid.actions.some((action) => action === '*' || action.startsWith('in ') || actions.includes(action) || actions.includes('*') || actions.some((one) => one.startsWith('in ')));
