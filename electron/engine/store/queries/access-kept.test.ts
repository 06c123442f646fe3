/** Whatever a reader keeps of access from one question to the next: it answers as one that has just begun, after each change that the writer makes, and at any time. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contract, type Params } from '../../../../shared/contract.ts';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { TestHistory } from '../test-history.ts';
import { words } from '../test-runtime.ts';
import { columnsWith, rowsWith, type Word } from './access-witness.ts';
import type { Cuts } from './access-columns.ts';
import { findingWords } from './finding-words.ts';
import { Reading } from './reading.ts';
import { queries } from './table.ts';
import { accessStory, at, listed, now, policy, tool, wipes, type AccessStory } from './test-access.ts';

const filters: Params<'access.matrix'>['filter'][] = [{}, { unused: true }, { attempted: true }, { irreversible: true }, { shared: true }, { expiringDays: 30 }, { newDays: 1 }, { text: 'mail' }, { text: 'a' }, { unused: true, irreversible: true }, { irreversible: true, text: 'mail' }];

function same(story: AccessStory, nowUs = now): void {
  const db = openReader(historyFile(story.runtime.history.dir));
  const fresh = <N extends 'access.matrix' | 'access.findings' | 'grants.list' | 'access.summary'>(name: N, params: Params<N>): void => {
    const reading = new Reading(db);
    reading.begin();
    const answer = (queries[name] as unknown as (reading: Reading, params: unknown, nowUs: number) => unknown)(reading, contract[name].params.parse(params), nowUs);
    expect(story.ask(name, params, nowUs), `${name} ${JSON.stringify(params)}`).toEqual(answer);
  };
  try {
    for (const by of ['class', 'resource'] as const) for (const filter of filters) for (const columnsAfter of by === 'class' ? [0] : [0, 2]) fresh('access.matrix', { by, filter, unusedDays: 1, columnsAfter });
    for (const params of [{}, { text: 'mail' }, { text: 'A' }, { rule: 'shared_credential' as const }, { rule: 'no_owner' as const, dismissed: true }, { limit: 1 }]) fresh('access.findings', params as Params<'access.findings'>);
    for (const params of [{ class: 'read' as const }, { class: 'delete' as const }, { text: 'mail' }]) fresh('grants.list', params);
    fresh('access.summary', {});
  } finally {
    db.close();
  }
}

it('answers anew after every kind of change', () => {
  const story = accessStory();
  story.list([listed('a', [tool('read_mail'), wipes('delete_mail')]), listed('b', [tool('read_file')])]);
  same(story);
  story.call('a', 'read_mail', 20);
  same(story);
  story.call('a', 'delete_mail', 30, { status: 'denied' });
  same(story);
  story.give(['a', 'b'], policy(['s3:*', 'iam:CreateUser']), { credential: 'arn:aws:iam::1:user/mail' });
  same(story);
  story.list([listed('a', [tool('read_mail')]), listed('b', [tool('read_file'), wipes('wipe_mail')])], 40);
  same(story);
  const [finding] = story.ask('access.findings', {}).rows;
  expect(finding).toBeDefined();
  story.runtime.command('access.dismiss', { id: Number.parseInt(finding?.id.slice(4) ?? '', 36), reason: 'known', untilUs: null, audit: words('ann') });
  same(story);
  story.list([listed('a', [tool('read_mail'), wipes('delete_mail')])], 50);
  same(story);
  same(story, at(3 * 86_400));
  same(story);
});

const us = 1_780_000_000_000_000;
const time = fc.option(fc.integer({ min: us - 60, max: us + 60 }), { nil: null });
const bit = fc.integer({ min: 0, max: 1 });
const cell = fc.tuple(fc.constantFrom(1, 2, 3, -1), fc.integer({ min: 1, max: 5 }), fc.tuple(bit, bit, bit, bit, time, time, bit, bit, time, time));
const sql: Readonly<Record<Word, (cuts: Cuts) => string>> = {
  unused: (cuts) => `grants > 0 AND cannot_tell = 0 AND (last_used_us IS NULL OR last_used_us < ${cuts.usedSinceUs})`, attempted: (cuts) => `denied > 0 AND (grants = 0 OR last_denied_us >= ${cuts.usedSinceUs})`,
  irreversible: () => 'irreversible = 1', shared: () => 'shared = 1', expiring: (cuts) => `expires_us < ${cuts.expiresBeforeUs}`, new: (cuts) => `first_us >= ${cuts.newSinceUs}`,
};

it('a witness stands until its cell changes or the time goes over it', () => {
  const history = new TestHistory();
  const db = openReader(historyFile(history.dir));
  const reading = new Reading(db);
  const put = history.db.prepare('INSERT OR REPLACE INTO access_cell (holder, column_id, grants, cannot_tell, times, denied, last_used_us, last_denied_us, irreversible, shared, expires_us, first_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const turn = history.db.prepare('INSERT INTO access_turn (holder, n) VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1');
  const ids = [3, 1, 5, 2, 4];
  try {
    fc.assert(fc.property(fc.array(cell, { maxLength: 8 }), fc.constantFrom(1, 2, 3, -1), fc.boolean(), fc.integer({ min: -70, max: 70 }), (cells, gone, drops, later) => {
      history.db.transaction(() => {
        if (drops) { history.db.prepare('DELETE FROM access_cell WHERE holder = ?').run(gone); turn.run(gone); }
        for (const [holder, column, values] of cells) { put.run(holder, column, ...values); turn.run(holder); }
      })();
      const cuts: Cuts = { usedSinceUs: us + later, expiresBeforeUs: us + later, newSinceUs: us + later };
      const turns = new Map([1, 2, 3, -1].map((holder) => [holder, db.prepare<[number], number>('SELECT n FROM access_turn WHERE holder = ?').pluck().get(holder) ?? 0]));
      for (const word of Object.keys(sql) as Word[]) {
        const fits = (what: string): Set<unknown> => new Set(db.prepare(`SELECT ${what} FROM access_cell WHERE ${sql[word](cuts)}`).pluck().all());
        expect(rowsWith(reading, word, cuts, 'x.column_id > 0', turns)).toEqual([...turns.keys()].filter((holder) => fits('holder').has(holder)));
        expect(columnsWith(reading, word, cuts, { ids, turns, most: 3 })).toEqual(ids.filter((id) => fits('column_id').has(id)).slice(0, 3));
      }
    }), { numRuns: 150 });
  } finally {
    db.close();
    history.close();
  }
});

it('texts of findings are found as SQLite compares them', () => {
  const history = new TestHistory();
  const db = openReader(historyFile(history.dir));
  const reading = new Reading(db);
  const add = history.db.prepare("INSERT INTO finding (subject, rule, severity, holder, first_us, text, advice) VALUES (?, ?, 1, ?, 1, ?, '')");
  const turn = history.db.prepare('INSERT INTO access_turn (holder, n) VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1');
  for (const holder of [1, 2]) history.db.prepare("INSERT INTO access_row (holder, name, identity, held, cannot_tell, not_understood, denied, findings, folded_us) VALUES (?, 'a', 0, 0, 0, 0, 0, 0, 0)").run(holder);
  const text = fc.stringMatching(/^[aAbB ÄäéÉ%_]{0,12}$/);
  let n = 0;
  try {
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(1, 2), fc.constantFrom('r1', 'r2'), text), { maxLength: 4 }), text, fc.stringMatching(/^[aAbB Ää%]{1,3}$/), (more, other, wanted) => {
      for (const [holder, rule, said] of more) { add.run(`s${n += 1}`, rule, holder, said); turn.run(holder); }
      history.db.prepare('UPDATE finding SET text = ? WHERE id = (SELECT max(id) FROM finding WHERE holder = 2)').run(other);
      turn.run(2);
      const kept = findingWords(reading);
      const like = `%${wanted.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
      expect(kept.saying(wanted).sort((a, b) => a - b)).toEqual(db.prepare("SELECT id FROM finding WHERE text LIKE ? ESCAPE '\\' ORDER BY id").pluck().all(like));
      expect(kept.ofRule('r1').sort((a, b) => a - b)).toEqual(db.prepare("SELECT id FROM finding WHERE rule = 'r1' ORDER BY id").pluck().all());
    }), { numRuns: 60 });
  } finally {
    db.close();
    history.close();
  }
});
