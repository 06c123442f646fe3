/** Findings about the holder itself: whose account it acts with, who answers for it, who can reach it. */
import type { AccessFacts, FoundFinding } from './finding-facts.ts';
import { isPower } from './power.ts';
import { dayOf, some } from './finding-words.ts';

export function holderRules(facts: AccessFacts): FoundFinding[] {
  return [...borrowed(facts), ...shared(facts), ...owners(facts), ...entries(facts), ...ungranted(facts)];
}

const holdsPower = ({ grants }: AccessFacts): boolean => grants.some((grant) => grant.effect === 'allow' && grant.classes.some(isPower));

function borrowed(facts: AccessFacts): FoundFinding[] {
  const { identity, holder } = facts;
  if (identity?.kind !== 'borrowed') return [];
  return [{
    subject: `borrowed_account ${identity.of ?? ''}`, rule: 'borrowed_account', severity: holdsPower(facts) ? 'serious' : 'attention', grantId: null, sinceUs: identity.sinceUs,
    text: `${holder.name} acts with the account of ${identity.of ?? 'a person'}, seen since ${dayOf(identity.sinceUs)}: what it does cannot be told from what that person does, and it may do all that they may.`,
    advice: 'Give it an identity of its own, or a delegation that names it, with only what it needs.',
  }];
}

function shared({ credentials, holder, grants }: AccessFacts): FoundFinding[] {
  const power = grants.some((grant) => grant.effect === 'allow' && grant.classes.some(isPower));
  return credentials.filter(({ others }) => others.length > 0).map(({ id, name, others, sinceUs }) => ({
    subject: `shared_credential ${id}`, rule: 'shared_credential' as const, severity: power ? 'serious' as const : 'attention' as const, grantId: null, sinceUs,
    text: `${holder.name} holds ${name} together with ${some(others.map((other) => other.name))}, seen since ${dayOf(sinceUs)}: one cannot be stopped or told apart without the others.`,
    advice: 'Issue one credential for each agent; then one can be revoked alone.',
  }));
}

function owners({ holder, owner, sponsor, firstSeenUs }: AccessFacts): FoundFinding[] {
  if (holder.kind !== 'agent') return [];
  const gone = [['owner', owner], ['sponsor', sponsor]] as const;
  const found: FoundFinding[] = gone.flatMap(([role, one]) => (one?.gone ? [{
    subject: `owner_gone ${role} ${one.name}`, rule: 'owner_gone' as const, severity: 'serious' as const, grantId: null, sinceUs: one.atUs,
    text: `The ${role} of ${holder.name}, ${one.name}, is gone since ${dayOf(one.atUs)}: nobody answers for what it does${role === 'sponsor' ? ' on the side of the business' : ''}.`,
    advice: `Name a new ${role}, or stop the agent.`,
  }] : []));
  if (owner === null && sponsor === null) found.push({
    subject: 'no_owner', rule: 'no_owner', severity: 'attention', grantId: null, sinceUs: firstSeenUs,
    text: `Nobody is named as owner or sponsor of ${holder.name}, which was first seen on ${dayOf(firstSeenUs)}.`,
    advice: 'Name who answers for it; it is done on its Identity tab.',
  });
  return found;
}

function entries(facts: AccessFacts): FoundFinding[] {
  return facts.entries.map(({ kind, where, sinceUs }) => {
    const local = onlyThisMachine(where);
    return {
      subject: `public_entry ${kind} ${where}`, rule: 'public_entry' as const, severity: holdsPower(facts) && !local ? 'serious' as const : 'attention' as const, grantId: null, sinceUs,
      text: `${facts.holder.name} can be called at ${where} without a credential, seen since ${dayOf(sinceUs)}: ${local ? 'only programs of this machine reach that address, and any of them can hand it work.' : 'whoever reaches that address can hand it work.'}`,
      advice: kind === 'a2a' ? 'Require authentication in its agent card and at its server.' : local ? 'Require a credential there, and see that nothing passes calls of others on to it.' : 'Require a credential there, or close it to the network.',
    };
  });
}

/** A loopback address as it stands. A name that only this machine's own table could map there counts as reachable. */
function onlyThisMachine(where: string): boolean {
  if (!URL.canParse(where)) return false;
  const host = new URL(where).hostname.replace(/\.$/u, '');
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/u.test(host);
}

function ungranted({ holder, ungranted: used }: AccessFacts): FoundFinding[] {
  return used.map((one) => ({
    subject: `used_without_grant ${one.name}`, rule: 'used_without_grant' as const, severity: isPower(one) ? 'serious' as const : 'attention' as const, grantId: null, sinceUs: one.firstUs,
    text: `${holder.name} used ${one.name} ${one.times === 1 ? 'once' : `${one.times} times`}, last on ${dayOf(one.lastUs)}, and no grant that was found permits it.`,
    advice: 'Find out where it has this from: a source that is not connected or not imported, or a hole.',
  }));
}
