/** Findings about single grants. */
import { clipped } from './bounds.ts';
import { dayOf, daysBetween, daysUs, some } from './finding-words.ts';
import type { AccessFacts, FactGrant, FoundFinding } from './finding-facts.ts';
import { isPower } from './power.ts';

/** Ends so soon that somebody should look. */
const EXPIRING_DAYS = 30;

export function grantRules(facts: AccessFacts): FoundFinding[] {
  const held = facts.grants.filter(({ effect, role }) => effect === 'allow' && role !== 'boundary' && role !== 'scp');
  return [...held.flatMap((grant) => [...wildcard(grant, facts), ...unused(grant, facts), ...expiring(grant, facts)]), ...facts.grants.flatMap((grant) => [...notEnforced(grant, facts), ...notUnderstood(grant, facts), ...forEverybody(grant, facts)]), ...widened(facts)];
}

const titled = (grant: Pick<FactGrant, 'kind' | 'name'>): string => `${grant.kind.replace('_', ' ')} ${clipped(grant.name, 80)}`;
const severityOf = (grant: FactGrant): FoundFinding['severity'] => (grant.classes.some(isPower) ? 'serious' : 'attention');

/** Everything, or everything of one service, on everything. A pattern inside of a name (`reports/*`) is no wildcard here. */
function wildcard(grant: FactGrant, { holder }: AccessFacts): FoundFinding[] {
  if (grant.classes.length === 0) return [];
  const actions = grant.actions.filter((action) => action === '*' || action.endsWith(':*') || action.startsWith('not '));
  const resources = grant.resources.filter((resource) => resource === '*' || resource.startsWith('not ') || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:\*$/u.test(resource));
  const everyResource = resources.length > 0;
  const wide = grant.kind === 'statement' ? actions.length > 0 || (everyResource && grant.classes.some((one) => one.class !== 'read')) : grant.actions.includes('*') || grant.resources.includes('*') || grant.name === '*';
  if (!wide) return [];
  const what = [actions.length > 0 ? `actions ${some(actions)}` : '', everyResource ? `resources ${some(resources)}` : ''].filter((text) => text !== '').join(' on ');
  return [{
    subject: `wildcard ${grant.id}`, rule: 'wildcard', severity: severityOf(grant), grantId: grant.id, sinceUs: grant.firstUs,
    text: `${holder.name} holds the ${titled(grant)} with wildcards${what === '' ? '' : `: ${what}`}${grant.conditions.length > 0 ? '; conditions narrow it' : ''}, seen since ${dayOf(grant.firstUs)}.`,
    advice: 'Name the actions and resources that it uses; the least-privilege proposal begins with those.',
  }];
}

/** Held for the whole asked time, its use could be seen, and nothing of it was used. Reading alone is no power. */
function unused(grant: FactGrant, { holder, nowUs, unusedDays }: AccessFacts): FoundFinding[] {
  if (grant.use.state === 'cannot_tell' || !grant.classes.some(isPower)) return [];
  const since = nowUs - daysUs(unusedDays);
  if (grant.firstUs > since || (grant.use.lastUsedUs ?? 0) > since) return [];
  const last = grant.use.lastUsedUs;
  return [{
    subject: `unused_power ${grant.id}`, rule: 'unused_power', severity: 'attention', grantId: grant.id, sinceUs: (last ?? grant.firstUs) + daysUs(unusedDays),
    text: `${holder.name} holds the ${titled(grant)} and ${last === null ? `has not used it since it was first seen on ${dayOf(grant.firstUs)}` : `last used it on ${dayOf(last)}`}: ${daysBetween(last ?? grant.firstUs, nowUs)} days.`,
    advice: 'Take it away; what was not needed for so long only helps an attacker.',
  }];
}

function expiring(grant: FactGrant, { holder, nowUs }: AccessFacts): FoundFinding[] {
  if (grant.expiresUs === null || grant.expiresUs > nowUs + daysUs(EXPIRING_DAYS)) return [];
  const over = grant.expiresUs <= nowUs;
  return [{
    subject: `expiring ${grant.id} ${grant.expiresUs}`, rule: 'expiring', severity: 'info', grantId: grant.id, sinceUs: Math.max(grant.firstUs, grant.expiresUs - daysUs(EXPIRING_DAYS)),
    text: `The ${titled(grant)} of ${holder.name} ${over ? 'ended' : 'ends'} on ${dayOf(grant.expiresUs)}${over ? ' and is still listed' : ''}.`,
    advice: over ? 'See whether it still works; if so, what ends it does not hold.' : 'Renew it, or let it end: the agent will fail without it.',
  }];
}

function notEnforced(grant: FactGrant, { holder }: AccessFacts): FoundFinding[] {
  if (grant.enforcement !== 'log_only') return [];
  return [{
    subject: `not_enforced ${grant.id}`, rule: 'not_enforced', severity: 'serious', grantId: grant.id, sinceUs: grant.firstUs,
    text: `The ${titled(grant)} for ${holder.name} is only written down when it is broken, seen since ${dayOf(grant.firstUs)}: it stops nothing.`,
    advice: 'Set its policy engine to enforce, after a look at what it would have blocked.',
  }];
}

/** A policy at a resource that permits everybody, with nothing else that narrows it. */
function forEverybody(grant: FactGrant, { holder }: AccessFacts): FoundFinding[] {
  if (grant.role !== 'resource' || grant.effect !== 'allow' || grant.conditions.length !== 1 || !/^principal is (?:".*" or )?"\*"(?: or ".*")?$/u.test(grant.conditions[0] ?? '')) return [];
  return [{
    subject: `public_entry other grant ${grant.id}`, rule: 'public_entry', severity: severityOf(grant), grantId: grant.id, sinceUs: grant.firstUs,
    text: `The ${titled(grant)} at a resource of ${holder.name} permits everybody, with no condition, seen since ${dayOf(grant.firstUs)}.`,
    advice: 'Name the principals that need it, or a condition that only they meet.',
  }];
}

function notUnderstood(grant: FactGrant, { holder }: AccessFacts): FoundFinding[] {
  if (grant.understood !== 'not') return [];
  return [{
    subject: `not_understood ${grant.id}`, rule: 'not_understood', severity: 'attention', grantId: grant.id, sinceUs: grant.firstUs,
    text: `The ${titled(grant)} of ${holder.name} could not be read${grant.notUnderstood[0] === undefined ? '' : `: ${clipped(grant.notUnderstood[0], 160)}`}`,
    advice: 'Read it yourself; here it counts as a permission of an unknown kind.',
  }];
}

function widened({ widened: all, holder }: AccessFacts): FoundFinding[] {
  return all.map(({ grantId, name, text, sinceUs }) => ({
    subject: `widened ${grantId}`, rule: 'widened' as const, severity: 'serious' as const, grantId, sinceUs,
    text: `${holder.name} reaches further than its approved baseline since ${dayOf(sinceUs)}, by ${clipped(name, 80)}. ${clipped(text, 300)}`,
    advice: 'Approve the new state, or take the change back.',
  }));
}
