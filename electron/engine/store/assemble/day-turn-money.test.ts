/** While the turn of days stands, what readers keep of days that are over is what the file says: also of money that is priced anew, and within a day. */
import { expect, it, onTestFinished } from 'vitest';
import { contract } from '../../../../shared/contract.ts';
import { US_DAY } from '../codes.ts';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { agentVolumes } from '../queries/agent-volumes.ts';
import { listAgents } from '../queries/agents.ts';
import { Reading } from '../queries/reading.ts';
import { freshCost, price } from '../test-cost.ts';
import { agentDraft, logDraft, second, spanDraft, t0, trace } from '../test-history.ts';

const day = 86_400;

it('prices days that are over anew', () => {
  const cost = freshCost();
  const db = openReader(historyFile(cost.history.dir));
  onTestFinished(() => { db.close(); });
  const id = cost.setPrice(price('m1', { input: '10' }));
  cost.settle();
  const nowUs = t0 + 3 * US_DAY;
  cost.tell([agentDraft(1, 0, 'boss', { traceId: trace(1), at: 0, for: 9 }), spanDraft(2, 1, { traceId: trace(1), at: 1, kind: 'model_call', name: 'chat', model: 'm1', usage: { inputTokens: 1_000, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 } })], t0 + 60 * second);
  cost.tell([agentDraft(1, 0, 'boss', { traceId: trace(2), at: 3 * day, for: 9 })], nowUs);
  const keeping = new Reading(db);
  const params = contract['agents.list'].params.parse({ period: { from: new Date((nowUs - 7 * US_DAY) / 1_000).toISOString(), to: null }, includeIdle: true });
  const asked = (reading: Reading): unknown => { reading.begin(); return listAgents(reading, params, nowUs + second); };
  expect(asked(keeping)).toEqual(asked(new Reading(db)));
  cost.setPrice(price('m1', { input: '99' }), id);
  cost.settle();
  expect(asked(keeping)).toEqual(asked(new Reading(db)));
});

it('tells by the hour when work of a day that is over moved within it', () => {
  const cost = freshCost();
  const db = openReader(historyFile(cost.history.dir));
  onTestFinished(() => { db.close(); });
  const noon = Math.floor(t0 / US_DAY) * US_DAY + US_DAY / 2;
  const at = (us: number, key: string): Parameters<typeof logDraft>[2] => ({ startUs: us, endUs: us, key, agent: { name: 'boss' } });
  cost.tell([logDraft('tool:1', 0, { ...at(noon + 3_600 * second, 'tool:1') })], noon + 3_700 * second);
  cost.tell([logDraft('tool:2', 0, { ...at(noon + US_DAY, 'tool:2') })], noon + US_DAY);
  const keeping = new Reading(db);
  const span = { fromUs: noon, toUs: noon + US_DAY + 3_600 * second };
  const asked = (reading: Reading): unknown => [...agentVolumes(reading, span, [1])];
  expect(asked(keeping)).toEqual([[1, { activities: 2, failures: 0, denials: 0 }]]);
  // Another telling of it knows that it began two hours earlier.
  cost.tell([logDraft('tool:1', 0, { ...at(noon - 3_600 * second, 'tool:1'), source: 'b/log' })], noon + US_DAY + second);
  expect(asked(new Reading(db))).toEqual([[1, { activities: 1, failures: 0, denials: 0 }]]);
  expect(asked(keeping)).toEqual(asked(new Reading(db)));
});
