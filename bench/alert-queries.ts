/** What rules of alerts ask every five seconds while they are on. */
import { askedBy, nothingAsked, questionsOf } from '../electron/engine/alerts/asking.ts';
import type { AlertRuleFact } from '../electron/engine/store/alert-commands.ts';
import { openReader } from '../electron/engine/store/database.ts';
import { historyFile } from '../electron/engine/store/open.ts';
import { Reading } from '../electron/engine/store/queries/reading.ts';
import { queries } from '../electron/engine/store/queries/table.ts';
import type { Question } from './access-queries.ts';

type Trigger = AlertRuleFact['trigger'];
const hours = [1 / 4, 1, 24] as const;
const triggers: readonly { readonly name: string; readonly of: (withinS: number) => Trigger }[] = [
  { name: 'failure rate', of: (withinS) => ({ kind: 'failure_rate', percent: 1, least: 10, withinS }) },
  { name: 'denials', of: (withinS) => ({ kind: 'denials', count: 1, withinS }) },
  // So little that no agent can be left out by its sums.
  { name: 'spend rate', of: (withinS) => ({ kind: 'spend_rate', amountMicros: 1, currency: 'USD', withinS }) },
];

const ruleOf = (trigger: Trigger): AlertRuleFact => ({ id: 1, name: 'bench', trigger, watches: { kind: 'everything' }, agents: null, connections: null, severity: 'attention', sustainedS: 0, targets: [], escalation: [], tellEnd: false, createdUs: 0, changedUs: 0 });

export function alertQuestions(folder: string): Question[] {
  const reading = new Reading(openReader(historyFile(folder)));
  // The history ends when it was made: the last quarter of an hour shall hold work.
  const nowUs = reading.sql<[], number>('SELECT max(last_us) FROM agent').pluck().get() ?? Date.now() * 1_000;
  return hours.flatMap((long) => triggers.map(({ name, of }): Question => {
    const [asked = nothingAsked] = questionsOf(askedBy([ruleOf(of(Math.round(long * 3_600)))], { failures: 0, grants: 0, budgets: 0 }, { heads: [], stops: [] }, nowUs));
    return { name: `rule on the ${name} of ${long < 1 ? '15 min' : `${long} h`}`, ask: (round) => {
      reading.begin();
      return queries.alertFacts(reading, asked, nowUs + round * 1_000_000);
    } };
  }));
}
