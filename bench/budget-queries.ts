/** What budgets are watched by while activity comes in, and what their screen asks. */
import type { BudgetDraft, BudgetScope } from '../shared/budgets.ts';
import { runCommand } from '../electron/engine/store/commands.ts';
import { openReader } from '../electron/engine/store/database.ts';
import { historyFile, openHistory } from '../electron/engine/store/open.ts';
import { Reading } from '../electron/engine/store/queries/reading.ts';
import { queries } from '../electron/engine/store/queries/table.ts';
import { Tallies } from '../electron/engine/store/tallies.ts';
import type { Question } from './access-queries.ts';

export interface BudgetQuestions { /** between a commit and an order. */ readonly watched: readonly Question[]; readonly screen: readonly Question[] }

const scopes: readonly BudgetScope[] = [{ kind: 'everything' }, { kind: 'agent', id: 'agt-1' }, { kind: 'connection', id: 'con-1' }, { kind: 'tag', tag: 'bench' }];
const periods = ['task', 'day', 'month'] as const;
const draftOf = (scope: BudgetScope, per: BudgetDraft['per']): BudgetDraft => ({ name: `${scope.kind} per ${per}`, scope, per, currency: 'USD', softMicros: 1_000_000, hardMicros: 2_000_000, forecast: true, onHard: 'stop', level: 'cancel', stops: 'agent' });

/** One of each sort, kept once; every third agent has the tag. */
function keepBudgets(folder: string): void {
  const { db } = openHistory(folder, Date.now() * 1_000);
  const audit = { actor: 'bench', actorKind: 'engine' as const, action: 'bench', subject: null, outcome: 'done' as const, text: 'The bench made it.', details: {} };
  try {
    if (db.prepare('SELECT 1 AS n FROM budget LIMIT 1').get() !== undefined) return;
    const tallies = new Tallies(db);
    db.transaction(() => {
      for (const { id } of db.prepare<[], { id: number }>('SELECT id FROM agent WHERE id % 3 = 0').all()) runCommand('tags.set', db, { agent: id, tags: ['bench'], audit }, tallies, Date.now() * 1_000);
      for (const scope of scopes) for (const per of periods) runCommand('budgets.save', db, { id: null, draft: draftOf(scope, per), changedBy: 'bench', audit }, tallies, Date.now() * 1_000);
    }).immediate();
  } finally {
    db.close();
  }
}

export function budgetQuestions(folder: string): BudgetQuestions {
  keepBudgets(folder);
  const db = openReader(historyFile(folder));
  const reading = new Reading(db);
  const nowUs = Date.now() * 1_000;
  const tasks = db.prepare<[], { id: number }>('SELECT id FROM task ORDER BY activities DESC LIMIT 40').all().map(({ id }) => id);
  const of = (name: string, ask: (round: number) => unknown): Question => ({ name, ask: (round) => {
    reading.begin();
    return ask(round);
  } });
  const kept = queries['budgets.list'](reading, {}, nowUs).rows;
  const rowOf = (id: string): number => parseInt(id.slice(4), 36);
  return {
    watched: [
      ...kept.filter((one) => one.per !== 'task').map((one) => of(`budget sum, ${one.name}`, () => queries.budgetSpent(reading, { budget: rowOf(one.id), periodUs: nowUs, tasks: null }))),
      ...kept.filter((one) => one.per === 'task').slice(0, 1).map((one) => of('budget sum, a large task', (round) => queries.budgetSpent(reading, { budget: rowOf(one.id), periodUs: 0, tasks: [tasks[round % tasks.length] ?? 1] }))),
      of(`all ${kept.length} budgets as they are watched`, () => queries.budgetFacts(reading, { atUs: nowUs })),
    ],
    screen: [
      of(`${kept.length} budgets as they stand`, () => queries['budgets.list'](reading, {}, nowUs)), of('what reached budgets', () => queries['budgets.events'](reading, { limit: 100 })),
      ...scopes.flatMap((scope) => periods.map((per) => of(`preview of a budget, ${scope.kind} per ${per}`, () => queries['budgets.preview'](reading, { draft: draftOf(scope, per) }, nowUs)))),
    ],
  };
}
