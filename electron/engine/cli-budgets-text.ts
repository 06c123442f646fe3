/** Budgets in a terminal. What agents and people wrote is shown inert. */
import type { Budget, BudgetDraft, BudgetEvent, BudgetPreview, BudgetStanding } from '../../shared/budgets.ts';
import type { Result } from '../../shared/contract.ts';
import { amount } from './cli-cost-lists.ts';
import { one, paged } from './cli-lists.ts';
import type { Listing } from './cli-output.ts';
import { count, time, visible } from './cli-text.ts';
import type { Column } from './cli-text.ts';
import type { Caller } from './control-client.ts';
import { plural } from './plural.ts';

type Limits = Pick<BudgetDraft, 'softMicros' | 'hardMicros' | 'onHard' | 'level' | 'stops' | 'per' | 'currency'>;
const stateText: Readonly<Record<BudgetStanding['state'], string>> = { within: 'within', soft: 'soft limit reached', hard: 'hard limit reached' };
const hardText = ({ hardMicros, onHard, level, stops }: Limits): string => (hardMicros === null ? '' : onHard === 'tell' ? 'tells' : `${level} the ${stops}`);

const columns: readonly Column<Budget>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'NAME', cell: (row) => row.name, most: 36 }, { head: 'SCOPE', cell: (row) => row.scopeName, most: 32 }, { head: 'PER', cell: (row) => row.per }, { head: 'STATE', cell: (row) => stateText[row.standing.state] },
  { head: 'SPENT', cell: (row) => amount(row.standing.spentMicros, row.currency), right: true }, { head: 'SOFT', cell: (row) => amount(row.softMicros), right: true }, { head: 'HARD', cell: (row) => amount(row.hardMicros), right: true }, { head: 'FORECAST', cell: (row) => amount(row.standing.forecastMicros), right: true },
  { head: 'AT THE HARD ONE', cell: hardText }, { head: 'CANNOT STOP', cell: (row) => (row.cannotStop.length === 0 ? '' : count(row.cannotStop.length + row.moreCannotStop)), right: true },
];

export function budgetsListing(caller: Caller): Listing<Budget> {
  const asked: Promise<Result<'budgets.list'>> = caller.call('budgets.list', {});
  return { pages: one(asked.then(({ rows }) => rows)), columns, json: (row) => row, none: 'There is no budget.' };
}

const eventColumns: readonly Column<BudgetEvent>[] = [
  { head: 'AT', cell: (row) => time(row.at) }, { head: 'BUDGET', cell: (row) => row.budgetName, most: 32 }, { head: 'KIND', cell: (row) => row.kind }, { head: 'AGENT', cell: (row) => row.agentName ?? '', most: 32 }, { head: 'SPENT', cell: (row) => amount(row.spentMicros, row.currency), right: true }, { head: 'LIMIT', cell: (row) => amount(row.limitMicros), right: true },
  { head: 'ORDER', cell: (row) => row.orderId ?? '' }, { head: 'TOOK', cell: (row) => (row.tookMs === null ? '' : `${Math.round(row.tookMs)} ms`), right: true }, { head: 'WHAT', cell: (row) => row.text, most: 120 },
];

export function budgetEventsListing(caller: Caller, budgetId: string | null): Listing<BudgetEvent> {
  const of = budgetId === null ? {} : { budgetId };
  return { pages: paged((before) => caller.call('budgets.events', { ...of, ...(before === undefined ? {} : { before }), limit: 500 })), columns: eventColumns, json: (row) => row, none: 'No limit of a budget was reached.' };
}

function standingText({ standing, per, currency }: Limits & { readonly standing: BudgetStanding }): string[] {
  const unsure = [...(standing.computedMicros > 0 ? [`${amount(standing.computedMicros)} of it only computed`] : []), ...(standing.unpriced > 0 ? [`${plural(standing.unpriced, 'activity', 'activities')} without a price`] : []), ...(standing.otherCurrency > 0 ? [`${plural(standing.otherCurrency, 'activity', 'activities')} in other currencies`] : [])];
  const span = standing.from === null ? (standing.taskId === null ? 'no task of the last 24 hours' : `task ${standing.taskId}, the dearest of the last 24 hours`) : `since ${time(standing.from)}`;
  return [
    `Spent       ${amount(standing.spentMicros, currency)} (${span})${unsure.length === 0 ? '' : `; ${unsure.join(', ')}`}`,
    ...(per === 'task' || per === 'hour' ? [] : [`Forecast    ${standing.forecastMicros === null ? 'too early to say' : `${amount(standing.forecastMicros, currency)} (${amount(standing.lowMicros)} to ${amount(standing.highMicros)})`}`]),
    `State       ${stateText[standing.state]}, ${plural(standing.agents, 'agent')} in scope`,
  ];
}

function limitsText(of: Limits): string {
  const parts = [...(of.softMicros === null ? [] : [`soft ${amount(of.softMicros, of.currency)}`]), ...(of.hardMicros === null ? [] : [`hard ${amount(of.hardMicros, of.currency)} (${hardText(of)})`])];
  return `Limits      ${parts.join(', ')} per ${of.per}`;
}

function cannotText({ cannotStop, moreCannotStop }: Pick<Budget, 'cannotStop' | 'moreCannotStop'>): string[] {
  if (cannotStop.length === 0) return [];
  return [`Cannot stop ${plural(cannotStop.length + moreCannotStop, 'agent')}:`, ...cannotStop.map((each) => `  ${visible(each.name)}: ${visible(each.why)}`), ...(moreCannotStop > 0 ? [`  and ${count(moreCannotStop)} more`] : [])];
}

export function budgetText(budget: Budget): string {
  const last = budget.last === null ? [] : [`Last        ${time(budget.last.at)}: ${visible(budget.last.text)}`];
  return `${[`Budget ${budget.id}: ${visible(budget.name)}`, `Scope       ${visible(budget.scopeName)}`, limitsText(budget), ...standingText(budget), ...last, `Changed     ${time(budget.changedAt)} by ${visible(budget.changedBy)}`, ...cannotText(budget)].join('\n')}\n`;
}

export const previewText = (draft: BudgetDraft) => (found: BudgetPreview): string => {
  const what = draft.per === 'task' ? 'task' : draft.per;
  const over = [...(draft.softMicros === null ? [] : [`${count(found.overSoft)} above the soft limit`]), ...(draft.hardMicros === null ? [] : [`${count(found.overHard)} above the hard one`])].join(', ');
  const past = found.periods === 0 ? 'Nothing was spent in the last 90 days.' : `Of ${plural(found.periods, what)} of the last 90 days with spend: ${over}. Dearest ${amount(found.dearestMicros, draft.currency)}, median ${amount(found.medianMicros)}.`;
  return `${[...found.problems, limitsText(draft), ...standingText({ ...draft, standing: found.standing }), past, ...cannotText(found)].join('\n')}\n`;
};
