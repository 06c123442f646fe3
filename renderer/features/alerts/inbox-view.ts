/** Which alerts a person asked for: what lasts between visits, and what the address says. Pure. */
import type { Params } from '../../../shared/contract.ts';

export const shownIds = ['open', 'active', 'all'] as const;
export type Shown = (typeof shownIds)[number];
export const shownWords: Record<Shown, string> = { open: 'Open', active: 'Active', all: 'All' };
export const isShown = (value: unknown): value is Shown => shownIds.some((one) => one === value);

export interface InboxView { show: Shown; text: string; agentId: string | null; ruleId: string | null }

/** The address goes before what is kept: a link from another screen must show what it promises. */
export function readView(kept: Shown, params: Readonly<Record<string, string>>): InboxView {
  return { show: shownIds.find((one) => one === params['show']) ?? kept, text: (params['q'] ?? '').slice(0, 200), agentId: params['agent'] ?? null, ruleId: params['rule'] ?? null };
}

export function askedOf(view: InboxView): Omit<Params<'alerts.list'>, 'before'> {
  const text = view.text.trim();
  return { state: view.show, limit: 200, ...(text === '' ? {} : { text }), ...(view.agentId === null ? {} : { agentId: view.agentId }), ...(view.ruleId === null ? {} : { ruleId: view.ruleId }) };
}

/** Stays in the address while rows are walked. */
export function paramsOf(view: InboxView, kept: Shown): Record<string, string> {
  return { ...(view.text === '' ? {} : { q: view.text }), ...(view.agentId === null ? {} : { agent: view.agentId }), ...(view.ruleId === null ? {} : { rule: view.ruleId }), ...(view.show === kept ? {} : { show: view.show }) };
}

/** The filter in words, without what is only a part of the list (open, active, all). */
export function filterWords(view: InboxView, ruleName: string | null): string[] {
  return [
    ...(view.text.trim() === '' ? [] : [`text “${view.text.trim()}”`]),
    ...(view.agentId === null ? [] : ['only one agent']),
    ...(view.ruleId === null ? [] : [`rule ${ruleName ?? view.ruleId}`]),
  ];
}

/** Where the list goes on after rows left it: the one after the last of them, else the one before the first. */
export function nextAfter(order: readonly string[], gone: ReadonlySet<string>, from: string | null): string | null {
  const at = from === null ? 0 : order.indexOf(from);
  return order.slice(Math.max(0, at)).find((id) => !gone.has(id)) ?? order.slice(0, Math.max(0, at)).findLast((id) => !gone.has(id)) ?? null;
}
