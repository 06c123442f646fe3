/** For tools: the list of those that it may call, as MCP clients and agent frameworks take one. A list denies what it does not name. */
import { globMatches, hasWildcard } from './glob.ts';
import { isNameless, matcherOf } from './match.ts';
import { fileNameOf, matchOf, sorted } from './proposing.ts';
import type { ProposalDraft, ProposalInput, ProposedGrant, Sorted } from './proposing.ts';

export function proposeAllowList({ agentName, grants, observed }: ProposalInput): ProposalDraft {
  const { used, unused, untold } = sorted({ grants, observed });
  const denied = grants.filter(({ reading }) => reading.effect === 'deny').map(matchOf);
  // What has no name cannot stand in a list; of two entries with one name the second is told apart by a name of ours.
  const nameless = untold.filter(({ reading }) => isNameless(reading)).length;
  const names = [...used.flatMap(namesOf), ...untold.flatMap(untoldNames)];
  const allow = [...new Set(names)].filter((name) => !denied.some((matches) => matches(name))).sort();
  const text = `${JSON.stringify({ tools: allow.map((name) => ({ name })) }, null, 2)}\n`;
  const matchers = allow.map((name) => matcherOf({ kind: 'tool', name, actions: [name] }));
  const permits = (name: string): boolean => matchers.some((matcher) => matcher.matches(name));
  const all = grants.map(matchOf);
  return {
    form: 'allow_list', text, mediaType: 'application/json', fileName: fileNameOf(agentName, 'tools.json'),
    keeps: observed.filter(({ name }) => permits(name)), drops: unused.map(({ id }) => id), cannotTell: untold.map(({ id }) => id),
    warnings: [...(nameless > 0 ? [`${nameless === 1 ? 'One tool' : `${nameless} tools`} could not be read and cannot stand in a list of names: this list takes ${nameless === 1 ? 'it' : 'them'} away.`] : []), ...(untold.length > nameless ? [`The use of ${untold.length - nameless === 1 ? 'one tool' : `${untold.length - nameless} tools`} cannot be seen; what nobody can see used is kept.`] : []), ...(allow.length === 0 ? ['It names no tool: none that was granted was seen in use.'] : [])],
    // What is called without a grant that we know of would not pass an allow-list either; but whether it is a tool is not known.
    concerns: (name) => all.some((matches) => matches(name)), permits,
  };
}

/** A pattern is kept as it is. */
function untoldNames({ reading }: ProposedGrant): readonly string[] {
  if (isNameless(reading)) return [];
  return reading.actions.length === 0 || [reading.name, ...reading.actions].some(hasWildcard) ? [reading.name] : reading.actions;
}

/** A grant by pattern becomes the names that were called; every other stays under its own name. */
function namesOf({ grant: { reading }, names }: Sorted): string[] {
  const patterns = [reading.name, ...reading.actions].filter(hasWildcard);
  if (patterns.length === 0) return reading.actions.length > 0 ? [...reading.actions] : [reading.name];
  return names.map(({ name }) => name).filter((name) => patterns.some((pattern) => globMatches(pattern, name)) || reading.actions.includes(name));
}
