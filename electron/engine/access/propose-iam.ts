/** For AWS: each statement with only the actions that were used, its resources and conditions as they were; explicit denies stay. */
import { globMatches } from './glob.ts';
import { isNegated } from './normalised.ts';
import { fileNameOf, matchOf, sorted } from './proposing.ts';
import type { ProposalDraft, ProposalInput, ProposedGrant } from './proposing.ts';

export function proposeIam({ agentName, grants, observed }: ProposalInput): ProposalDraft {
  const { used, unused, untold } = sorted({ grants, observed });
  const denies = grants.filter(({ reading, role }) => reading.effect === 'deny' && (role === 'identity' || role === null));
  const statements = [...used.map((grant) => narrowed(grant, observed.map(({ name }) => name))), ...[...untold, ...denies].map(({ reading }) => parsed(reading.source))].filter((one) => one !== null);
  const usedNames = new Set(observed.map(({ name }) => name.toLowerCase()));
  const permits = (name: string): boolean => (used.some((grant) => matchOf(grant)(name)) && usedNames.has(name.toLowerCase())) || untold.some((grant) => matchOf(grant)(name));
  return {
    form: 'iam', text: `${JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2)}\n`, mediaType: 'application/json', fileName: fileNameOf(agentName, 'policy.json'),
    keeps: observed.filter(({ name }) => permits(name)), drops: unused.map(({ id }) => id), cannotTell: untold.map(({ id }) => id), warnings: [],
    concerns: (name) => /^[a-z0-9-]+:[A-Za-z0-9]+$/u.test(name), permits,
  };
}

function narrowed({ reading }: ProposedGrant, names: readonly string[]): Record<string, unknown> | null {
  const source = parsed(reading.source);
  if (!source) return null;
  const { Action: _action, NotAction: _notAction, ...rest } = source;
  const negatedList = reading.actions.every(isNegated);
  const kept = names.filter((name) => negatedList ? !reading.actions.some((action) => globMatches(action.slice(4).toLowerCase(), name.toLowerCase())) : reading.actions.some((action) => globMatches(action.toLowerCase(), name.toLowerCase())));
  return kept.length === 0 ? null : { ...rest, Action: [...new Set(kept)].sort() };
}

function parsed(source: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // A statement that is no JSON cannot stand in a policy; its grant is listed as not understood.
    return null;
  }
}
