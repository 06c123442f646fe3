/** Which findings a person asked for. Pure. */
import type { Finding, FindingRule } from '../../../shared/access.ts';
import { findingRuleIds, ruleWords, severityLooks } from './access-words.ts';

export type Severity = Finding['severity'];
export const severityIds: readonly Severity[] = ['serious', 'attention', 'info'];

export interface FindingsView { text: string; severity: Severity | null; rule: FindingRule | null; dismissed: boolean; agentId: string | null; chosen: string | null }

export function readFindingsView(params: Readonly<Record<string, string>>): FindingsView {
  return {
    text: (params['q'] ?? '').slice(0, 200), severity: severityIds.find((one) => one === params['severity']) ?? null, rule: findingRuleIds.find((one) => one === params['rule']) ?? null,
    dismissed: params['dismissed'] === '1', agentId: params['agent'] ?? null, chosen: params['finding'] ?? null,
  };
}

/** Text, rule and agent are asked of the engine; severity is not, so it is looked at here. */
export const ofSeverity = (rows: readonly Finding[], severity: Severity | null): Finding[] => (severity === null ? [...rows] : rows.filter((row) => row.severity === severity));

export function findingsFilters(view: FindingsView): string[] {
  return [
    ...(view.text.trim() === '' ? [] : [`text “${view.text.trim()}”`]),
    ...(view.severity === null ? [] : [severityLooks[view.severity].word.toLowerCase()]),
    ...(view.rule === null ? [] : [ruleWords[view.rule].toLowerCase()]),
    ...(view.agentId === null ? [] : ['only one agent']),
  ];
}

export const clearedFindings: Readonly<Record<string, null>> = { q: null, severity: null, rule: null, agent: null };

export const dismissChoices = [
  { value: '30', label: '30 days', days: 30 }, { value: '90', label: '90 days', days: 90 }, { value: '365', label: 'A year', days: 365 }, { value: 'gone', label: 'Until it is found anew', days: null },
] as const;
export type DismissChoice = (typeof dismissChoices)[number]['value'];

const dayMs = 86_400_000;
export function dismissUntil(choice: DismissChoice, now: number): string | null {
  const days = dismissChoices.find((one) => one.value === choice)?.days ?? null;
  return days === null ? null : new Date(now + days * dayMs).toISOString();
}
