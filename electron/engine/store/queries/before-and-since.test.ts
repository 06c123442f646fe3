import { afterEach, beforeEach, expect, it } from 'vitest';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { second, spanDraft, t0, TestHistory } from '../test-history.ts';
import { beforeAndSince, type BeforeAndSince } from './before-and-since.ts';
import { Reading } from './reading.ts';

const minute = 60;
const failed = { status: 'error' as const, statusExplicit: true, error: { message: 'no' } };
const denied = { status: 'denied' as const, statusExplicit: true };
let history: TestHistory;
beforeEach(() => { history = new TestHistory(); });
afterEach(() => { history.close(); });

function counted(sinceS: number, nowS: number): BeforeAndSince {
  const db = openReader(historyFile(history.dir));
  try {
    return beforeAndSince(new Reading(db), t0 + sinceS * second, t0 + nowS * second);
  } finally {
    db.close();
  }
}

it('does not compare a visit of minutes with its own hour', () => {
  history.tell([
    spanDraft(1, 0, { at: 2 * minute }), spanDraft(2, 0, { at: 6 * minute, ...failed }), spanDraft(3, 0, { at: 11 * minute }), spanDraft(4, 0, { at: 12 * minute }),
    spanDraft(5, 0, { at: 13 * minute, ...denied }),
  ]);
  expect(counted(10 * minute, 15 * minute)).toMatchObject({ activities: 3, activitiesBefore: 1, failures: 0, failuresBefore: 1, denials: 1, before: { fromUs: t0 + 5 * minute * second, toUs: t0 + 10 * minute * second } });
});

it('counts whole hours over long times, each of them on one side', () => {
  history.tell([spanDraft(1, 0, { at: 30 * minute }), spanDraft(2, 0, { at: 90 * minute }), spanDraft(3, 0, { at: 100 * minute, ...denied })], t0 + 2 * 60 * minute * second);
  expect(counted(80 * minute, 72 * 60 * minute)).toMatchObject({ activities: 2, activitiesBefore: 1, denials: 1 });
});
