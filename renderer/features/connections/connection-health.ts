import type { Connection, ConnectionHealth, RuntimeLink } from '../../../shared/domain.ts';
import { plural } from '../../ui/format.ts';
import { kindNames } from './kind-words.ts';
import type { State } from '../../ui/state-shapes.tsx';

interface HealthLook { state: State; word: string; /** worst first in the list. */ rank: number }

export const healthLooks: Record<ConnectionHealth, HealthLook> = {
  unauthorised: { state: 'refused', word: 'Unauthorised', rank: 0 },
  refusing: { state: 'refused', word: 'Refusing', rank: 1 },
  unreachable: { state: 'broken', word: 'Unreachable', rank: 2 },
  throttled: { state: 'throttled', word: 'Throttled', rank: 3 },
  degraded: { state: 'attention', word: 'Degraded', rank: 4 },
  waiting: { state: 'waiting', word: 'Waiting', rank: 5 },
  quiet: { state: 'idle', word: 'Quiet', rank: 6 },
  healthy: { state: 'healthy', word: 'Healthy', rank: 7 },
  off: { state: 'suspended', word: 'Off', rank: 8 },
};

export const refusedOf = (connection: Connection): number => connection.refused.reduce((sum, one) => sum + one.count, 0);
export const setAsideOf = (connection: Connection): number => connection.setAside.reduce((sum, one) => sum + one.count, 0);

/** Worst first, then by name, so that two glances find the same order. */
export function inOrder(rows: readonly Connection[]): Connection[] {
  return rows.toSorted((a, b) => healthLooks[a.health].rank - healthLooks[b.health].rank || a.name.localeCompare(b.name));
}

export function matching(rows: readonly Connection[], text: string): Connection[] {
  const terms = text.toLowerCase().split(/\s+/).filter((term) => term !== '');
  return rows.filter((row) => {
    const haystack = `${row.name} ${healthLooks[row.health].word} ${row.healthText} ${row.id} ${row.tokenEnds ?? ''} ${kindNames[row.kind]} ${row.runtime?.address ?? ''} ${row.content}${row.demo ? ' demo' : ''}`.toLowerCase();
    return terms.every((term) => haystack.includes(term));
  });
}

/** What of the health sentence the pane does not say below it by itself: the fault and the findings have their own places there. */
export function sentenceBeside(healthText: string, { fault, findings }: Pick<RuntimeLink, 'fault' | 'findings'>): string {
  const below = [fault?.text ?? '', ...findings.map(({ text }) => text)].filter((text) => text !== '' && healthText.includes(text));
  if (below.length === 0) return healthText;
  const rest = below.reduce((sentence, text) => sentence.split(text).join(' '), healthText);
  return rest.replace(/It answers, but:/g, ' ').replace(/\b\d+ more findings?\./g, ' ').replace(/\bSo for \d+ (?:s|min|h|d)\./g, ' ').replace(/\s+/g, ' ').trim();
}

const counted = ['unauthorised', 'refusing', 'unreachable', 'throttled', 'degraded', 'waiting', 'quiet', 'off'] as const;

/** `2 unreachable, 1 throttled`: what is not as it should be, worst first; empty when all is well. */
export function troubleWords(rows: readonly Pick<Connection, 'health'>[]): string[] {
  return counted.map((health) => ({ health, count: rows.filter((row) => row.health === health).length })).filter(({ count }) => count > 0).map(({ health, count }) => `${count} ${healthLooks[health].word.toLowerCase()}`);
}

/** Of what came, only the kinds that did: most senders tell one of them, and two zeros beside it say nothing. */
export function recordWords({ spans, logs, metricPoints }: Connection['received']): string {
  const came = [{ count: spans, word: 'span' }, { count: logs, word: 'log record' }, { count: metricPoints, word: 'metric point' }].filter(({ count }) => count > 0);
  return came.length === 0 ? '' : `: ${came.map(({ count, word }) => plural(count, word)).join(', ')}`;
}
