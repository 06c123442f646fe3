/** "Changed since": what the engine counted, as lines in the order in which a person should read them. Pure. */
import type { Overview } from '../../../shared/contract.ts';
import type { Cost } from '../../../shared/domain.ts';
import { inertString } from '../../ui/agent-text.ts';
import { formatCount, formatMoney, formatPercent, plural } from '../../ui/format.ts';
import type { Target } from '../../app/navigation.ts';

export interface Change {
  id: string;
  /** `+2`, `18 %`, `4`; null when the figure is not known. */
  figure: string | null;
  /** something that a person should look at, not just a number. */
  look: boolean;
  what: string;
  detail: string;
  to?: Target;
}

const mostNames = 4;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => inertString(name, 40)).join(', ');
  return names.length > mostNames ? `${shown} and ${formatCount(names.length - mostNames)} more` : shown;
}

const signed = (value: number): string => (value > 0 ? `+${formatCount(value)}` : formatCount(value));

const amount = (cost: Cost): string =>
  (cost.amountMicros === null ? 'no price known' : `${cost.unpriced > 0 ? 'at least ' : ''}${formatMoney(cost.amountMicros)} ${cost.currency}`);

/** Below this share of the time before, what was counted in it is no measure of it. */
const enoughSeen = 0.9;

/** What was counted before, or that it could not be: a zero of a time that nobody watched is no zero. */
function before(share: number | null, text: string): string {
  if (share === null || share === 0) return 'before: not seen';
  return share < enoughSeen ? `before, partly seen: ${text}` : `before: ${text}`;
}

/** A growth is only said when both sums are whole and of one currency; else it would compare what cannot be compared. */
function growth(now: Cost, before: Cost): string | null {
  if (now.amountMicros === null || before.amountMicros === null || before.amountMicros === 0) return null;
  if (now.currency !== before.currency || now.unpriced > 0 || before.unpriced > 0) return null;
  const share = now.amountMicros / before.amountMicros - 1;
  return `${share > 0 ? '+' : ''}${formatPercent(share)}`;
}

export function changesOf(changed: Overview['changed']): Change[] {
  const { newAgents, newVersions, identityChanges, seenShare, seenShareBefore } = changed;
  const comparable = (seenShareBefore ?? 0) >= enoughSeen;
  const difference = (now: number, earlier: number): string => (comparable ? signed(now - earlier) : formatCount(now));
  const lines: (Change | null)[] = [
    newAgents.length === 0 ? null : { id: 'agents', figure: `+${formatCount(newAgents.length)}`, look: true, what: newAgents.length === 1 ? 'new agent' : 'new agents', detail: listed(newAgents.map((one) => one.name)), to: newAgents.length === 1 ? { screen: 'agent', id: newAgents[0]?.id ?? null } : { screen: 'agents' } },
    identityChanges.length === 0 ? null : { id: 'identity', figure: formatCount(identityChanges.length), look: true, what: identityChanges.length === 1 ? 'identity changed' : 'identities changed', detail: listed(identityChanges.map((one) => `${one.name}: ${one.from} to ${one.to}`)), to: { screen: 'agent', id: identityChanges[0]?.id ?? null, params: { tab: 'identity' } } },
    { id: 'spend', figure: comparable ? growth(changed.cost, changed.costBefore) : null, look: false, what: 'spend, by whole hours', detail: `${amount(changed.cost)}, ${before(seenShareBefore, amount(changed.costBefore))}` },
    { id: 'failures', figure: difference(changed.failures, changed.failuresBefore), look: false, what: 'failures', detail: `${formatCount(changed.failures)} where seen, ${plural(changed.newFailureGroups, 'new group')}; ${before(seenShareBefore, formatCount(changed.failuresBefore))}` },
    { id: 'denials', figure: formatCount(changed.denials), look: false, what: changed.denials === 1 ? 'denied attempt' : 'denied attempts', detail: 'where seen', to: { screen: 'live', params: { outcome: 'denied' } } },
    newVersions.length === 0 ? null : { id: 'versions', figure: formatCount(newVersions.length), look: false, what: newVersions.length === 1 ? 'new version seen' : 'new versions seen', detail: listed(newVersions.map((one) => `${one.name} ${one.version}`)) },
    { id: 'activities', figure: difference(changed.activities, changed.activitiesBefore), look: false, what: 'activities', detail: `${formatCount(changed.activities)} seen, ${before(seenShareBefore, formatCount(changed.activitiesBefore))}` },
    { id: 'seen', figure: seenShare === null ? null : formatPercent(seenShare), look: seenShare !== null && seenShare < 0.9, what: 'of connection time seen', detail: seenShare === null ? 'nothing was connected' : seenShare === 1 ? 'no gap' : 'the rest is hatched: nothing can be said about it' },
  ];
  return lines.filter((line) => line !== null);
}
