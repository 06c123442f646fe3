/** What a connection lets a person see and reach, said before and after it is made. Pure. */
import type { Capability, Lever, Visibility } from '../../../shared/domain.ts';
import { formatAge } from '../../ui/format.ts';

export const capabilityNames: Record<Capability['name'], string> = {
  discover: 'Agents', activity: 'Tasks and their steps', grants: 'What agents can reach', usage: 'Tokens', cost: 'Cost', approvals: 'Approvals, answered from here',
};

/** A bound, not a measurement: whole units, and what is under a second counts as one. */
const lagWords = (lagMs: number): string => formatAge(Math.max(1000, lagMs));

const hows = { push: 'as it happens', stream: 'streamed', poll: 'polled' } as const;

/** `polled, up to 2.0 s late` */
export function howWords({ how, lagMs }: Pick<Capability, 'how' | 'lagMs'>): string {
  if (how === null) return '';
  return lagMs === null ? hows[how] : `${hows[how]}, up to ${lagWords(lagMs)} late`;
}

export const stateWords: Record<Capability['state'], string> = { yes: 'Yes', partly: 'Partly', no: 'No', unknown: 'Not known' };

export interface Sight { sees: string[]; not: { kind: 'unseen' | 'unreached'; text: string }[] }

/** `levers` null: not known before the connection is made. */
export function sightOf({ capabilities, visibility, levers }: { capabilities: readonly Capability[]; visibility: Visibility; levers: readonly Lever[] | null }): Sight {
  const sees = capabilities.filter((one) => one.state === 'yes' || one.state === 'partly')
    .map((one) => [`${capabilityNames[one.name]}${one.state === 'partly' ? ', in part' : ''}`, howWords(one)].filter((part) => part !== '').join(', '));
  const not: Sight['not'] = capabilities.filter((one) => one.state !== 'yes')
    .map((one) => ({ kind: 'unseen' as const, text: `${capabilityNames[one.name]}: ${one.state === 'unknown' ? `not known yet. ${one.text}` : one.text}` }));
  if (visibility === 'own') not.unshift({ kind: 'unseen', text: 'Work of others: this credential sees only what it started itself.' });
  if (visibility === 'unknown') not.unshift({ kind: 'unseen', text: 'Whether work of others is seen is not known.' });
  if (levers !== null) {
    if (levers.length === 0) not.push({ kind: 'unreached', text: 'No stop: this way in can only watch.' });
    for (const lever of levers) {
      sees.push(`Stop lever: ${lever.title} (${lever.kind})`);
      for (const rest of lever.doesNotStop) not.push({ kind: 'unreached', text: `${lever.title} does not stop: ${rest}` });
    }
  }
  return { sees, not };
}
