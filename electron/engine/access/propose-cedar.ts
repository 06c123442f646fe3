/**
 * For gateways that decide by Cedar: each permit with only the actions that were used, its principal, resource and conditions as they were, and
 * every forbid as it stands. Where no policy is known, one permit for the tools that were used. Cedar denies what no policy permits.
 */
import { actionName, cedarString, cedarText } from './cedar-reading.ts';
import { matcherOf } from './match.ts';
import { fileNameOf, keptLately, matchOf, sorted } from './proposing.ts';
import type { Observed, ProposalDraft, ProposalInput, Sorted } from './proposing.ts';
import { readCedar } from './read-cedar.ts';

export function proposeCedar({ agentName, grants, observed }: ProposalInput): ProposalDraft {
  const policies = grants.filter(({ reading }) => reading.kind === 'policy');
  const own = policies.length > 0 ? policies : grants;
  const { used, unused, untold } = sorted({ grants: own, observed });
  const narrowed = policies.length > 0 ? used.flatMap(narrowedPermit) : permitOfTools(used);
  const kept = [...untold, ...policies.filter(({ reading }) => reading.effect === 'deny')].map(({ reading }) => reading.source.trim());
  const text = `${[...(narrowed.length === 0 ? ['// Nothing of it was seen in use: there is no permit.'] : narrowed), ...(policies.length > 0 ? kept : [])].join('\n\n')}\n`;
  const permits = keptPermits(text);
  const matchers = own.map(matchOf);
  return {
    form: 'cedar', text, mediaType: 'text/plain', fileName: fileNameOf(agentName, 'policies.cedar'), keeps: observed.filter(({ name }) => permits(name)), drops: unused.map(({ id }) => id), cannotTell: untold.map(({ id }) => id),
    warnings: [
      ...(policies.length === 0 ? ['No Cedar policy of it is known: the names of actions are those of its tools; a gateway may call them otherwise (AgentCore: Target___tool), and principal and resource are open.'] : []),
      ...(untold.length > 0 ? ['Policies whose use cannot be seen are kept as they are.'] : []),
    ],
    concerns: (name) => matchers.some((matches) => matches(name)), permits,
  };
}

/** What was called is the action itself, so a single one is named as itself and not as a group. A permit for every action becomes one for those that were seen, under the type that Cedar gives actions. */
function narrowedPermit({ grant: { reading }, names }: Sorted): string[] {
  const called = new Set(names.map(({ name }) => name));
  const used = reading.actions.includes('*') ? names.map(({ name }) => `Action::${cedarString(name)}`) : reading.actions.filter((action) => usedBy(action, called)).map((action) => action.replace(/^in /u, ''));
  return used.length === 0 ? [] : [cedarText({ ...reading, actions: used })];
}

const usedBy = (action: string, called: ReadonlySet<string>): boolean => {
  const matcher = matcherOf({ kind: 'tool', name: actionName(action), actions: [actionName(action)] });
  return [...called].some((name) => matcher.matches(name));
};

function permitOfTools(used: readonly Sorted[]): string[] {
  const names = [...new Set(used.flatMap(({ names: calls }) => calls.map(({ name }: Observed) => name)))].sort();
  return names.length === 0 ? [] : [cedarText({ effect: 'allow', actions: names.map((name) => `Action::${cedarString(name)}`), resources: ['*'], conditions: [] })];
}

/** By what the text itself says, read again. A forbid with conditions blocks only at its moment, and no name tells that. */
function permitsOf(text: string): (activityName: string) => boolean {
  const { readings } = readCedar(text);
  const matcher = (reading: (typeof readings)[number]): ((name: string) => boolean) => {
    const one = matcherOf({ kind: 'policy', name: reading.name, actions: reading.actions });
    return (name) => reading.understood !== 'not' && one.matches(name);
  };
  const permit = readings.filter(({ effect }) => effect === 'allow').map(matcher);
  const forbid = readings.filter(({ effect, conditions, resources }) => effect === 'deny' && conditions.length === 0 && resources[0] === '*').map(matcher);
  return (name) => permit.some((matches) => matches(name)) && !forbid.some((matches) => matches(name));
}

/** A proposal is asked for again and again, of other days or to be saved, and its text is mostly the same. */
const keptPermits = keptLately(permitsOf);
