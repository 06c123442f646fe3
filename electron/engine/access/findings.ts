/**
 * What deserves a person's attention in what one holder holds, from facts alone. A rule says what is so, since when, and what to do; it never
 * guesses: where facts are missing there is no finding, or the finding that they are missing.
 * Tags: OWASP Top 10 for Agentic Applications 2026.
 */
import type { FindingRule } from '../../../shared/access.ts';
import type { AccessFacts, FoundFinding } from './finding-facts.ts';
import { grantRules } from './finding-grants.ts';
import { holderRules } from './finding-holder.ts';

/** The tag of a rule; a way in by A2A is about what agents say to each other. */
export const findingTags: Readonly<Record<FindingRule, string>> = {
  wildcard: 'ASI03', unused_power: 'ASI03', borrowed_account: 'ASI03', shared_credential: 'ASI03', no_owner: 'ASI10', owner_gone: 'ASI10', public_entry: 'ASI07', not_enforced: 'ASI02', used_without_grant: 'ASI02', not_understood: 'ASI03', expiring: 'ASI03', widened: 'ASI03',
};
export const tagNames: Readonly<Record<string, string>> = { ASI02: 'Tool Misuse and Exploitation', ASI03: 'Identity and Privilege Abuse', ASI07: 'Insecure Inter-Agent Communication', ASI10: 'Rogue Agents' };

/** A public entry that is no A2A card is an identity matter: its subject begins with `public_entry other`. */
export const tagOf = ({ rule, subject }: Pick<FoundFinding, 'rule' | 'subject'>): string => (rule === 'public_entry' && subject.startsWith('public_entry other') ? 'ASI03' : findingTags[rule]);

export function findingsOf(facts: AccessFacts): FoundFinding[] {
  return [...holderRules(facts), ...grantRules(facts)];
}
