/** What people do about budgets: each deed is checked, goes to the history together with its line in the audit log, and answers with what is so now. */
import type { Method, ParsedParams, Result } from '../../../shared/contract.ts';
import { budgetProblems } from '../../../shared/budgets.ts';
import type { BudgetDraft } from '../../../shared/budgets.ts';
import { auditBy } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import type { HistoryPort } from '../history-port.ts';
import type { CallContext } from '../ports.ts';
import type { BudgetCommands } from '../store/budget-commands.ts';
import { publicId, rowIdOf } from '../store/ids.ts';

type BudgetMethod = 'budgets.save' | 'budgets.remove';
export type BudgetsDesk = { readonly [M in BudgetMethod]: (params: ParsedParams<M>, context: CallContext) => Promise<Result<M>> };

export interface BudgetsDeskParts {
  readonly history: {
    command<N extends keyof BudgetCommands>(name: N, params: BudgetCommands[N]['params']): Promise<BudgetCommands[N]['result']>;
    query: HistoryPort['query'];
  };
}

/** SECURITY: an id of a page is a text of a page; only one that names a budget goes on. */
function rowOf(id: string): number {
  const row = rowIdOf('budget', id);
  if (row === null) throw new CallFailure('not_found', `There is no budget with the identifier ${id}. Nothing was changed.`);
  return row;
}

const money = (micros: number, currency: string): string => `${(micros / 1_000_000).toFixed(2)} ${currency}`;

function limitsOf({ softMicros, hardMicros, currency, per, onHard }: BudgetDraft): string {
  const limits = [...(softMicros === null ? [] : [`soft ${money(softMicros, currency)}`]), ...(hardMicros === null ? [] : [`hard ${money(hardMicros, currency)} (${onHard === 'stop' ? 'stops' : 'only tells'})`])];
  return `${limits.join(', ')} a ${per}`;
}

type Budget = Result<'budgets.list'>['rows'][number];

/** What a person set of it; what was spent since is no change of theirs. */
function setOf({ name, scope, per, currency, softMicros, hardMicros, forecast, onHard, level, stops }: Budget): BudgetDraft {
  return { name, scope, per, currency, softMicros, hardMicros, forecast, onHard, level, stops };
}

export function budgetsDesk({ history }: BudgetsDeskParts): BudgetsDesk {
  const read = <M extends Method>(name: M, params: ParsedParams<M>): Promise<Result<M>> => history.query(name, params) as Promise<Result<M>>;
  return {
    'budgets.save': async ({ id, draft }, { actor }) => {
      const [problem] = budgetProblems(draft);
      if (problem !== undefined) throw new CallFailure('bad_request', `${problem} Nothing was changed.`);
      const before = id === undefined ? null : (await read('budgets.list', {})).rows.find((one) => one.id === id) ?? null;
      const done = id === undefined ? 'Set' : before !== null ? 'Changed' : 'Put back';
      const text = `${done} the budget "${draft.name}": ${limitsOf(draft)}.`;
      const saved = await history.command('budgets.save', {
        id: id === undefined ? null : rowOf(id), draft, changedBy: actor.name,
        audit: auditBy(actor, { action: 'budgets.save', subject: id ?? null, outcome: 'done', text, details: { before: before === null ? null : setOf(before), after: draft } }),
      });
      const { rows } = await read('budgets.list', {});
      const kept = rows.find((one) => one.id === publicId('budget', saved.id));
      if (kept === undefined) throw new CallFailure('unavailable', 'The budget was kept and cannot be read back now.');
      return kept;
    },
    'budgets.remove': async ({ id }, { actor }) => {
      const row = rowOf(id);
      const { rows } = await read('budgets.list', {});
      const was = rows.find((one) => one.id === id);
      const name = was?.name ?? id;
      await history.command('budgets.remove', { id: row, audit: auditBy(actor, { action: 'budgets.remove', subject: id, outcome: 'done', text: `Removed the budget "${name}": its limits stop nobody any more.`, details: { before: was === undefined ? null : setOf(was) } }) });
      return {};
    },
  };
}
