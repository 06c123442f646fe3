/** What a proposal is made of, and what all its forms share. */
import type { GrantReading, Proposal } from '../../../shared/access.ts';
import { matcherOf } from './match.ts';
import type { Normalised } from './normalised.ts';

export interface ProposedGrant {
  readonly id: number;
  readonly reading: Normalised & Pick<GrantReading, 'source'>;
  readonly role: 'identity' | 'boundary' | 'scp' | 'resource' | null;
  readonly connectionName: string | null;
  readonly use: 'used' | 'not_used' | 'cannot_tell';
}

export interface Observed { readonly name: string; readonly times: number; readonly lastUs: number }

export interface ProposalInput {
  readonly form: Proposal['form'];
  readonly agentName: string;
  readonly grants: readonly ProposedGrant[];
  /** what it did in the asked days; denied tries are not here. */
  readonly observed: readonly Observed[];
}

export interface ProposalDraft {
  readonly form: Proposal['form'];
  readonly text: string;
  readonly mediaType: string;
  readonly fileName: string;
  /** of `observed`, those that it permits. */
  readonly keeps: readonly Observed[];
  /** ids of grants. */
  readonly drops: readonly number[];
  readonly cannotTell: readonly number[];
  readonly warnings: readonly string[];
  /** The tools and actions that it decides over: a name outside of these is no matter of this form. */
  concerns(activityName: string): boolean;
  permits(activityName: string): boolean;
}

export interface Sorted { readonly grant: ProposedGrant; readonly names: readonly Observed[] }

/** Of the grants that permit something, which were used and by what, which were not, and which nobody can tell. */
export function sorted({ grants, observed }: Pick<ProposalInput, 'grants' | 'observed'>): { used: Sorted[]; unused: ProposedGrant[]; untold: ProposedGrant[] } {
  const permitting = grants.filter(({ reading, role }) => reading.effect === 'allow' && (role === 'identity' || role === null));
  const withNames = permitting.map((grant): Sorted => {
    const matches = matchOf(grant);
    return { grant, names: observed.filter(({ name }) => matches(name)) };
  });
  const rest = withNames.filter(({ names }) => names.length === 0).map(({ grant }) => grant);
  // What could not be read is nobody's to take away unseen.
  const untold = rest.filter(({ use, reading }) => use === 'cannot_tell' || reading.understood === 'not');
  return { used: withNames.filter(({ names }) => names.length > 0), unused: rest.filter((grant) => !untold.includes(grant)), untold };
}

export function matchOf({ reading, connectionName }: ProposedGrant): (activityName: string) => boolean {
  const matcher = matcherOf({ ...reading, connectionName });
  return (name) => matcher.matches(name);
}

export const fileNameOf = (agentName: string, ending: string): string => `${agentName.toLowerCase().replace(/[^a-z\d]+/gu, '-').replace(/^-|-$/gu, '').slice(0, 60) || 'agent'}-${ending}`;

const mostKept = 50;
/** SECURITY: what is said of longer texts is not kept. */
const longestKept = 20_000;

/** What a text permits hangs on nothing else: of the texts that came lately it is found out once. */
export function keptLately<T>(find: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    let found = kept.get(text);
    if (found !== undefined) return found;
    found = find(text);
    if (text.length > longestKept) return found;
    for (const oldest of kept.keys()) if (kept.size >= mostKept) kept.delete(oldest);
    kept.set(text, found);
    return found;
  };
}
