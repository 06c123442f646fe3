/** Every query of the Cost and Failures screens. */
import { openReader } from '../electron/engine/store/database.ts';
import { historyFile } from '../electron/engine/store/open.ts';
import { Reading } from '../electron/engine/store/queries/reading.ts';
import { queries } from '../electron/engine/store/queries/table.ts';
import { contract } from '../shared/contract.ts';
import type { Params } from '../shared/contract.ts';
import { costGroups } from '../shared/cost.ts';
import type { Question } from './access-queries.ts';

type Asked = Extract<keyof typeof queries, keyof typeof contract>;

export function costQuestions(folder: string): Question[] {
  const db = openReader(historyFile(folder));
  const reading = new Reading(db);
  const nowUs = Date.now() * 1_000;
  const ids = (sql: string): number[] => db.prepare<[], { id: number }>(sql).all().map(({ id }) => id);
  const pick = (prefix: string, all: readonly number[]) => (round: number): string => `${prefix}-${(all[(round * 37) % all.length] ?? 1).toString(36)}`;
  const agent = pick('agt', ids('SELECT id FROM agent WHERE rows > 0'));
  const failure = pick('fal', ids('SELECT id FROM failure ORDER BY count DESC LIMIT 40'));
  const call = pick('act', ids('SELECT id FROM activity WHERE kind = 1 ORDER BY ts_us DESC LIMIT 500'));
  const model = ids('SELECT DISTINCT model AS id FROM spend_day');
  const last = (days: number): { from: string; to: null } => ({ from: new Date(Date.now() - days * 86_400_000).toISOString(), to: null });
  const of = <N extends Asked>(what: string, method: N, params: (round: number) => Params<N>): Question => ({ name: what, ask: (round) => {
    reading.begin();
    return (queries[method] as unknown as (reading: Reading, params: unknown, nowUs: number) => unknown)(reading, contract[method].params.parse(params(round)), nowUs);
  } });
  return [
    ...[1, 7, 30].flatMap((days) => {
      const period = last(days);
      return [
        of(`cost, ${days} d`, 'cost.summary', () => ({ period })), ...costGroups.map((by) => of(`cost by ${by}, ${days} d`, 'cost.rows', () => ({ period, by }))),
        of(`cost of an agent by day, ${days} d`, 'cost.trend', (round) => ({ period, by: 'agent', id: agent(round) })), of(`cost of a model by day, ${days} d`, 'cost.trend', (round) => ({ period, by: 'model', id: String(model[round % model.length] ?? 0) })),
        of(`reconciliation, ${days} d`, 'cost.reconciliation', () => ({ period })),
        of(`failures, ${days} d`, 'failures.groups', () => ({ period })), of(`failures of an agent, ${days} d`, 'failures.groups', (round) => ({ period, agentId: agent(round) })), of(`failures with a text, ${days} d`, 'failures.groups', () => ({ period, text: 'upstream' })),
        of(`a group of failures, ${days} d`, 'failures.get', (round) => ({ id: failure(round), period })),
      ];
    }),
    of('why a cost', 'cost.explain', (round) => ({ activityId: call(round) })), of('bills', 'cost.bills', () => ({})), of('price book', 'prices.book', () => ({})), of('prices', 'prices.list', () => ({})), of('prices with a text', 'prices.list', () => ({ text: 'claude' })), of('models without a price', 'prices.unpriced', () => ({})),
  ];
}
