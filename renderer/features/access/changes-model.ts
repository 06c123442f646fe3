/** Which changes a person asked for. Pure. */
export const sinceChoices = [{ value: '1', label: 'Last day' }, { value: '7', label: 'Last 7 days' }, { value: '30', label: 'Last 30 days' }] as const;
export type SinceChoice = (typeof sinceChoices)[number]['value'];

export interface ChangesView { widening: boolean; since: SinceChoice | null; agentId: string | null; chosen: string | null }

export function readChangesView(params: Readonly<Record<string, string>>): ChangesView {
  return { widening: params['widening'] === '1', since: sinceChoices.find((one) => one.value === params['since'])?.value ?? null, agentId: params['agent'] ?? null, chosen: params['change'] ?? null };
}

const dayMs = 86_400_000;
/** To the hour, so that asking again asks the same. */
export function sinceOf(since: SinceChoice | null, now: number): string | null {
  if (since === null) return null;
  const hourMs = 3_600_000;
  return new Date(Math.floor((now - Number(since) * dayMs) / hourMs) * hourMs).toISOString();
}

export function changesFilters(view: ChangesView): string[] {
  return [
    ...(view.widening ? ['reaches further only'] : []),
    ...(view.since === null ? [] : [sinceChoices.find((one) => one.value === view.since)?.label.toLowerCase() ?? '']),
    ...(view.agentId === null ? [] : ['only one agent']),
  ];
}

export const clearedChanges: Readonly<Record<string, null>> = { widening: null, since: null, agent: null };
