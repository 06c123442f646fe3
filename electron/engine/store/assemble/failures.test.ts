import { expect, it } from 'vitest';
import { fingerprintText, type FailureShape } from '../fingerprint.ts';
import { firstFingerprintText } from '../fingerprint-first.ts';
import { secondFingerprintText } from '../fingerprint-second.ts';
import { hash53 } from '../hash.ts';
import { freshHistory, spanDraft, type TestHistory } from '../test-history.ts';

const said = (message: string): { name: string; status: 'error'; statusExplicit: true; error: { type: string; message: string } } => ({ name: 'pay', status: 'error', statusExplicit: true, error: { type: 'ApiError', message } });
const groups = (history: TestHistory): { id: number; count: number; fingerprint: number }[] => history.all('SELECT id, count, fingerprint FROM failure ORDER BY id');

/** As a history looks that an earlier version wrote. */
function asBefore(history: TestHistory, textOf = firstFingerprintText): FailureShape {
  const row = history.all<{ kind: number; name: string; type: string; message: string }>(`SELECT kind, (SELECT text FROM string WHERE id = f.name) AS name, (SELECT text FROM string WHERE id = f.error_type) AS type,
    (SELECT text FROM string WHERE id = f.error_message) AS message FROM failure f`)[0];
  if (row === undefined) throw new Error('no failure was written');
  const shape = { kind: row.kind, name: row.name, errorType: row.type, message: row.message, stackTop: '' };
  history.db.prepare('UPDATE failure SET fingerprint = ?').run(hash53(textOf(shape)));
  return shape;
}

it.each([firstFingerprintText, secondFingerprintText])('goes on with the groups of an earlier version, and gives them the present fingerprint: %o', (textOf) => {
  const history = freshHistory();
  history.tell([spanDraft(1, 0, said('read of "a" gave up at 10 of 20'))]);
  const shape = asBefore(history, textOf);
  history.restart();
  history.tell([spanDraft(2, 0, said('read of "b" gave up at 3 of 9'))]);
  history.tell([spanDraft(3, 0, said('write of "b" gave up at 3 of 9'))]);
  expect(groups(history).map((group) => group.count)).toEqual([2, 1]);
  expect(groups(history)[0]?.fingerprint).toBe(hash53(fingerprintText(shape)));
  history.restart();
  history.tell([spanDraft(4, 0, said('read of "c" gave up at 1 of 1'))]);
  expect(groups(history).map((group) => group.count)).toEqual([3, 1]);
});

it('gives a group of then that is several faults now to the first that happens again', () => {
  const history = freshHistory();
  history.tell([spanDraft(1, 0, said('Request failed with status code 404'))]);
  asBefore(history);
  history.restart();
  history.tell([spanDraft(2, 0, said('Request failed with status code 500')), spanDraft(3, 0, said('Request failed with status code 404')), spanDraft(4, 0, said('Request failed with status code 500'))]);
  expect(groups(history).map((group) => group.count)).toEqual([3, 1]);
});

it('one fault that the second version told as two goes on with the one that happens again', () => {
  const history = freshHistory();
  history.tell([spanDraft(1, 0, said('account b**********@corp.example is closed'))]);
  asBefore(history, secondFingerprintText);
  history.restart();
  history.tell([spanDraft(2, 0, said('account b**********@corp.example is closed')), spanDraft(3, 0, said('account a**@example.com is closed'))]);
  expect(groups(history).map((group) => group.count)).toEqual([3]);
});
