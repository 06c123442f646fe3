/**
 * Which activities are uses of which grants, by their names alone. A tool is used by a call of its name, also by the longer names that
 * clients give it (`mcp__server__tool`, `server.tool`, `server/tool`, `server__tool`); an IAM statement by an AWS call (`s3:GetObject`)
 * that its actions name. What leaves no trace of its own in activities (a scope, a network reach) cannot be told.
 */
import type { GrantKind, GrantReading } from '../../../shared/access.ts';
import { cleanName, maxName } from '../ingest/normalise/read.ts';
import { actionsNeeded, isAwsCall } from './aws-call-names.ts';
import { actionName } from './cedar-reading.ts';
import { globMatches, hasWildcard } from './glob.ts';
import { bare, isNegated } from './normalised.ts';

export interface Matchable { readonly kind: GrantKind; readonly name: string; readonly actions: readonly string[]; readonly connectionName?: string | null; /** how far its source was read; undefined: whole. */ readonly understood?: GrantReading['understood'] }

/** What could not be read names nothing that a call could be compared with: what stands as its name is a word of ours. */
export const isNameless = ({ actions, understood }: Pick<Matchable, 'actions' | 'understood'>): boolean => understood === 'not' && actions.length === 0;

export interface Matcher {
  /** false: that no activity matches says nothing. */
  readonly canTell: boolean;
  /** what must be told of the agent before "not used" may be said: its tool calls, or its calls of AWS (`service:Action`). null where `canTell` is false. */
  readonly needs: 'tool_calls' | 'aws_calls' | null;
  matches(activityName: string): boolean;
}

/** What a client says instead of a tool's name where it keeps that to itself (Claude Code without tool details): any tool may be meant. */
export const isWithheldName = (activityName: string): boolean => activityName === 'mcp_tool';

const separators = ['___', '__', '/', '.'] as const;

export function matcherOf(grant: Matchable): Matcher {
  if (isNameless(grant)) return { canTell: false, needs: null, matches: () => false };
  if (grant.kind === 'statement') return { canTell: true, needs: 'aws_calls', matches: statementMatcher(grant.actions) };
  const names = heardNames(grant);
  const canTell = grant.kind === 'tool' || grant.kind === 'policy';
  const patterns = names.filter(hasWildcard);
  const exact = new Set(names);
  return {
    canTell: canTell && names.length > 0,
    needs: canTell && names.length > 0 ? 'tool_calls' : null,
    matches: (activityName) => (canTell ? [activityName, ...endings(activityName)] : [activityName]).some((name) => exact.has(name) || patterns.some((pattern) => globMatches(pattern, name)))
      || (canTell && cutEndings(activityName).some((ending) => names.some((name) => name.startsWith(ending)))),
  };
}

/** Under which names a grant that is no statement would be called. A declared tool may have patterns; one that a runtime lists is called what it is called. */
function namesOf({ kind, name, actions }: Matchable): readonly string[] {
  if (kind === 'policy') return isGroup(actions) ? [] : actions.map(actionName);
  return kind === 'tool' && actions.length > 0 && !actions.includes(name) ? [name, ...actions] : [name];
}

/** Names of activities are cut and cleaned where they come in: what is compared with them must be as they are kept. Beside the name itself, of what was kept otherwise. */
function heardNames(grant: Matchable): readonly string[] {
  const names = namesOf(grant);
  return [...new Set([...names, ...names.filter((name) => !hasWildcard(name)).map(cleanName).filter((name) => name !== '')])];
}

/** Of a name that was cut after a client had put its server's before it, the tool's own end is lost. What is left must be long, or it would fit too much. */
const cutEndings = (activityName: string): string[] => (activityName.length < maxName ? [] : endings(activityName).filter((ending) => ending.length >= maxName / 2));

/** A single `in` names a group: which actions are in it does not stand in the policy. */
const isGroup = (actions: readonly string[]): boolean => actions.length === 1 && actions[0]?.startsWith('in ') === true;

/** A call may need several actions: one that permits a part of them is used by it too. */
function statementMatcher(actions: readonly string[]): (activityName: string) => boolean {
  const patterns = actions.map((action) => bare(action).toLowerCase());
  const negatedList = actions.length > 0 && actions.every(isNegated);
  return (activityName) => isAwsCall(activityName) && actionsNeeded(activityName).some((needed) => {
    const lower = needed.toLowerCase();
    return patterns.some((pattern) => globMatches(pattern, lower)) !== negatedList;
  });
}

/** A few names are compared with hundreds of grants each. */
const endingsOf = new Map<string, readonly string[]>();
const mostEndings = 500;

/** The name without what a client put before it: for `mcp__github__create_issue` also `github__create_issue` and `create_issue`. */
function endings(activityName: string): readonly string[] {
  const known = endingsOf.get(activityName);
  if (known !== undefined) return known;
  const found: string[] = [];
  for (const separator of separators) {
    for (let at = activityName.indexOf(separator); at > 0; at = activityName.indexOf(separator, at + 1)) {
      const ending = activityName.slice(at + separator.length);
      if (ending !== '' && !ending.startsWith('_')) found.push(ending);
    }
  }
  if (endingsOf.size >= mostEndings) endingsOf.clear();
  endingsOf.set(activityName, found);
  return found;
}

/** What stands before an ending, as a client names its server: `mcp__github__` and `github.` give `github`. */
const serverOf = (activityName: string, ending: string): string => plain(activityName.slice(0, activityName.length - ending.length).replace(/^mcp__/u, ''));
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z\d]+/gu, '');

export interface MatchIndex {
  /** The places of the grants that a call of this name uses. */
  (activityName: string): readonly number[];
  readonly matchers: readonly Matcher[];
}

/** For many grants and many names: exact names are looked up, and only patterns are tried one by one. */
export function matchIndex(grants: readonly Matchable[]): MatchIndex {
  const matchers = grants.map(matcherOf);
  const byName = new Map<string, number[]>();
  const tried: number[] = [];
  const note = (name: string, place: number): void => {
    const places = byName.get(name);
    if (places) places.push(place);
    else byName.set(name, [place]);
  };
  for (const [place, grant] of grants.entries()) {
    const names = grant.kind === 'statement' || isNameless(grant) ? [] : heardNames(grant);
    if (grant.kind === 'statement' || names.some(hasWildcard)) tried.push(place);
    else for (const name of new Set(names)) note(name, place);
  }
  const servers = grants.map(({ connectionName }) => (connectionName ? plain(connectionName) : null));
  const long = [...byName.keys()].filter((name) => name.length >= maxName / 2).sort();
  const find = (activityName: string): readonly number[] => {
    const found = new Set<number>(byName.get(activityName));
    if (found.size === 0) for (const place of byEnding(activityName, { byName, long, matchers, servers })) found.add(place);
    for (const place of tried) if (matchers[place]?.matches(activityName)) found.add(place);
    return [...found].sort((a, b) => a - b);
  };
  return Object.assign(find, { matchers });
}

interface Names { readonly byName: ReadonlyMap<string, readonly number[]>; /** in order. */ readonly long: readonly string[]; readonly matchers: readonly Matcher[]; readonly servers: readonly (string | null)[] }

/** Two servers may offer a tool of the same name: where the call names one of them, it is that one's. */
function byEnding(activityName: string, { byName, long, matchers, servers }: Names): number[] {
  const all: number[] = [];
  const named: number[] = [];
  const cut = new Set(cutEndings(activityName));
  for (const ending of endings(activityName)) {
    const server = serverOf(activityName, ending);
    const places = byName.get(ending) ?? (cut.has(ending) ? [...new Set(begun(long, ending).flatMap((name) => byName.get(name) ?? []))] : []);
    for (const place of places) {
      if (!matchers[place]?.canTell) continue;
      all.push(place);
      if (server !== '' && servers[place] === server) named.push(place);
    }
  }
  return named.length > 0 ? named : all;
}

/** SECURITY: strangers choose both lists of names: one that begins thousands of others is not compared with all of them for every call. */
const mostBegun = 1_000;

/** The names in an ordered list that begin so. */
function begun(ordered: readonly string[], start: string): readonly string[] {
  let from = 0;
  let to = ordered.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ordered[middle] as string) < start) from = middle + 1;
    else to = middle;
  }
  const beyond = ordered.slice(from, from + mostBegun).findIndex((name) => !name.startsWith(start));
  return ordered.slice(from, beyond < 0 ? from + mostBegun : from + beyond);
}
