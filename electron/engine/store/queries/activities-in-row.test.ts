/** A filter that the rows themselves answer gives the pages that looking at each row would give, also where many share a time. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contract } from '../../../../shared/contract.ts';
import { openReader } from '../database.ts';
import { KIND, STATUS } from '../codes.ts';
import { publicId } from '../ids.ts';
import { historyFile } from '../open.ts';
import { t0, TestHistory } from '../test-history.ts';
import { listActivity } from './activities.ts';
import { Reading } from './reading.ts';

const kinds = ['model_call', 'tool_call', 'denial'] as const;
const statuses = ['ok', 'error', 'denied'] as const;
const filter = fc.record({ kinds: fc.option(fc.subarray([...kinds]), { nil: undefined }), statuses: fc.option(fc.subarray([...statuses]), { nil: undefined }), agent: fc.option(fc.constantFrom(1, 2), { nil: undefined }), limit: fc.integer({ min: 1, max: 7 }), sinceS: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }) });
const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(...kinds), fc.constantFrom(...statuses), fc.constantFrom(1, 2)), { maxLength: 40 });

it('walks every page of what passes, newest first', () => {
  const history = new TestHistory();
  const db = openReader(historyFile(history.dir));
  const reading = new Reading(db);
  const add = history.db.prepare('INSERT INTO activity (id, task, agent, ts_us, dur_us, kind, status, flags, name, model, key, trace, span, parent_span, claim, service, source, record, block, slot) VALUES (?, 1, ?, ?, 1, ?, ?, 0, 1, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)');
  for (const n of [1, 2]) history.db.prepare("INSERT INTO agent (connection, key, name, service, source, provisional, identity, created_us, first_us, last_us, rows) VALUES (1, ?, 'a', 'svc', 0, 0, 5, 0, 0, 0, 1)").run(`a${n}`);
  try {
    fc.assert(fc.property(rows, filter, (all, { agent, sinceS, ...asked }) => {
      history.db.exec('DELETE FROM activity');
      for (const [at, [second, kind, status, by]] of all.entries()) add.run(at + 1, by, t0 + second * 1_000_000, KIND[kind], STATUS[status], at + 1);
      const params = { ...asked, ...(agent === undefined ? {} : { agentId: publicId('agent', agent) }), ...(sinceS === undefined ? {} : { since: new Date(t0 / 1_000 + sinceS * 1_000).toISOString() }) };
      const told: string[] = [];
      let before: string | undefined;
      for (let pages = 0; pages < 100; pages += 1) {
        reading.begin();
        const page = listActivity(reading, contract['activity.list'].params.parse({ ...params, ...(before === undefined ? {} : { before }) }));
        told.push(...page.rows.map(({ id }) => id));
        if (page.next === null) break;
        expect(page.rows).toHaveLength(asked.limit);
        before = page.next;
      }
      const passes = ([second, kind, status, by]: (typeof all)[number]): boolean => (asked.kinds === undefined || asked.kinds.length === 0 || asked.kinds.includes(kind)) && (asked.statuses === undefined || asked.statuses.length === 0 || asked.statuses.includes(status)) && (agent === undefined || agent === by) && second >= (sinceS ?? 0);
      const wanted = all.flatMap((row, at) => (passes(row) ? [{ at, us: row[0] }] : [])).sort((a, b) => b.us - a.us || b.at - a.at);
      expect(told).toEqual(wanted.map(({ at }) => publicId('activity', at + 1)));
    }), { numRuns: 150 });
  } finally {
    db.close();
    history.close();
  }
});

it('says where to go on when nothing passed for thousands of rows', () => {
  const history = new TestHistory();
  const db = openReader(historyFile(history.dir));
  const reading = new Reading(db);
  try {
    history.db.exec(`WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 4100) INSERT INTO activity (id, task, agent, ts_us, dur_us, kind, status, flags, name, model, key, trace, span, parent_span, claim, service, source, record, block, slot)
      SELECT id, 1, 1, ${t0} + id / 2, 1, 2, iif(id = 50, ${STATUS.error}, ${STATUS.ok}), 0, 1, 0, id, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM n`);
    const asked = (more: object): ReturnType<typeof listActivity> => { reading.begin(); return listActivity(reading, contract['activity.list'].params.parse({ statuses: ['error'], limit: 10, ...more })); };
    const first = asked({});
    // 4,010 were looked at: the last of them is the 91st.
    expect(first).toEqual({ rows: [], next: `${t0 + 45}.91` });
    expect(asked({ before: first.next ?? '' })).toMatchObject({ rows: [{ id: publicId('activity', 50) }], next: null });
  } finally {
    db.close();
    history.close();
  }
});
