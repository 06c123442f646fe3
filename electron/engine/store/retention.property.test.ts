import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RetentionPeriod } from '../../../shared/retention.ts';
import { Chores } from './chores.ts';
import { US_DAY } from './codes.ts';
import { runCommand, type CommandName, type Commands } from './commands.ts';
import { openReader } from './database.ts';
import { pruneRefusal, removalRefusal } from './holds.ts';
import { publicId } from './ids.ts';
import { realIntake } from './intake.ts';
import { listHolds, listPolicies, previewRetention } from './queries/retention.ts';
import { Reading } from './queries/reading.ts';
import { removeConnection } from './retention.ts';
import { agentDraft, refusal, t0, TestHistory, trace } from './test-history.ts';
import { Writer } from './writer.ts';

const audit = { actor: 'root', actorKind: 'desktop', action: 'test', subject: null, outcome: 'done', text: '', details: {} } as const;
const by = { actor: 'root', actorKind: 'desktop' } as const;
let history: TestHistory;
let writer: Writer;
let chores: Chores;
beforeEach(() => {
  history = new TestHistory();
  writer = new Writer(history.db, realIntake);
  chores = new Chores({ writer, now: () => t0, answer: () => undefined, fail: (_, cause) => { throw cause; }, tell: () => undefined });
});
afterEach(() => { history.close(); });

function command<N extends CommandName>(name: N, params: Commands[N]['params']): Commands[N]['result'] {
  return writer.inTransaction(() => runCommand(name, history.db, params, writer.tallies, t0));
}
const setPeriod = (connection: number, period: RetentionPeriod): void => { command('retention.setPeriod', { connection, period, audit }); };
const hold = (connection: number | null, agent: number | null): number => command('holds.place', { connection, agent, reason: 'case', audit }).id;
function run(between: () => void = () => undefined): void {
  chores.add(1, 'retention.run', { nowUs: t0, by, quiet: false, wait: true });
  chores.step();
  between();
  while (chores.busy) chores.step();
}
function reading<T>(ask: (reading: Reading) => T): T {
  const db = openReader(history.db.name);
  try {
    return ask(new Reading(db));
  } finally {
    db.close();
  }
}

interface Row { readonly id: number; readonly agent: number; readonly connection: number; readonly us: number }
const rows = (): Row[] => history.all('SELECT a.id, a.agent, g.connection, a.ts_us AS us FROM activity a JOIN agent g ON g.id = a.agent ORDER BY a.id');
const sums = (): unknown => history.all('SELECT agent, sum(activities) AS n FROM by_day GROUP BY agent ORDER BY agent');

/** So that a failure can be seen again. */
function random(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = Math.imul(state ^ (state >>> 15), 2_246_822_507) + 1;
    return ((state >>> 0) / 2 ** 32) * below | 0;
  };
}

/** Three connections, two agents each, activities of the last 100 days. */
function fill(pick: (below: number) => number): number[] {
  const connections = [1, history.connect('two'), history.connect('three')];
  let n = 0;
  for (const connection of connections) {
    const drafts = Array.from({ length: 60 }, () => {
      n += 1;
      const us = t0 - pick(100) * US_DAY - pick(1_000);
      return agentDraft(n, 0, `agent-${connection}-${pick(2)}`, { traceId: trace(n), startUs: us, endUs: us + 5 });
    });
    history.tell(drafts, t0, 'svc', connection);
  }
  return connections;
}

describe('retention by connection', () => {
  it.each([1, 2, 3, 4, 5, 6])('lets go exactly what is past its period and under no hold, as its preview counted (seed %i)', (seed) => {
    const pick = random(seed);
    const connections = fill(pick);
    const general = pick(3) === 0 ? null : 1 + pick(90);
    command('settings.set', { retentionDays: general });
    const periods = new Map<number, number | null>();
    for (const connection of connections) {
      const period: RetentionPeriod = connection === connections[2] ? 1 + pick(60) : pick(3) === 0 ? 'general' : pick(3) === 0 ? 'forever' : 1 + pick(90);
      setPeriod(connection, period);
      periods.set(connection, period === 'general' ? general : period === 'forever' ? null : period);
    }
    const all = rows();
    const heldConnection = pick(2) === 0 ? connections[pick(3)] ?? 0 : 0;
    const heldAgent = pick(2) === 0 ? all[pick(all.length)]?.agent ?? 0 : 0;
    const everything = seed === 6;
    if (heldConnection > 0) hold(heldConnection, null);
    if (heldAgent > 0) hold(null, heldAgent);
    if (everything) hold(null, null);
    const past = all.filter((row) => { const days = periods.get(row.connection); return days !== null && days !== undefined && row.us < Math.floor((t0 - days * US_DAY) / US_DAY) * US_DAY; });
    const covered = (row: Row): boolean => everything || row.connection === heldConnection || row.agent === heldAgent;
    const going = past.filter((row) => !covered(row));
    expect(past.length).toBeGreaterThan(0);
    const before = sums();
    const preview = reading((one) => previewRetention(one, {}, t0));
    expect(preview).toMatchObject({ activities: going.length, held: past.length - going.length });
    run();
    expect(rows().map((row) => row.id)).toEqual(all.filter((row) => !going.includes(row)).map((row) => row.id));
    expect(sums()).toEqual(before);
    for (const [kept, counted] of Object.values(keptTwice())) expect(kept).toEqual(counted);
    for (const policy of reading((one) => listPolicies(one, t0)).rows) {
      const went = going.filter((row) => publicId('connection', row.connection) === policy.connectionId).length;
      expect(policy).toMatchObject({ due: 0, gone: went });
    }
    expect(history.all('SELECT state, activities FROM chore')).toEqual([{ state: 'done', activities: going.length }]);
  });

  /** Rows left and rows gone, for each agent, beside what is counted of the agent. */
  function keptTwice(): Record<string, [unknown, unknown]> {
    return {
      agents: [history.all('SELECT id, rows FROM agent WHERE rows > 0 ORDER BY id'), history.all('SELECT agent AS id, count(*) AS rows FROM activity GROUP BY agent ORDER BY agent')],
      tasks: [history.all('SELECT n FROM counted'), history.all('SELECT count(*) AS n FROM task')],
    };
  }

  it.each([1, 2, 3])('previews any period as counting the rows does: after some went, when older ones come late, and while a history is being removed (seed %i)', (seed) => {
    const pick = random(seed);
    const [, two = 0, three = 0] = fill(pick);
    const counted = (days: number): number => rows().filter((row) => row.us < Math.floor((t0 - days * US_DAY) / US_DAY) * US_DAY).length;
    const agree = (): void => {
      for (const days of [10, 20, 30, 45, 60, 80, 99]) {
        const preview = reading((one) => previewRetention(one, { days }, t0));
        expect(preview.activities + preview.held, `${days} days`).toBe(counted(days));
      }
    };
    agree();
    hold(null, rows()[pick(100)]?.agent ?? 1);
    agree();
    command('settings.set', { retentionDays: 50 });
    run();
    agree();
    history.tell([agentDraft(9_001, 0, `agent-${two}-0`, { traceId: trace(9_001), startUs: t0 - 70 * US_DAY, endUs: t0 - 70 * US_DAY + 5 })], t0, 'svc', two);
    agree();
    const removal = removeConnection(writer, three);
    for (let step = 0; step < 15; step += 1) removal.next();
    expect(rows().filter((row) => row.connection === three).length).toBeLessThan(60);
    agree();
  });

  it('keeps a hold that is placed in the middle of it', () => {
    history.tell(Array.from({ length: 5_000 }, (_, i) => agentDraft(i + 1, 0, 'a', { traceId: trace(i + 1), startUs: t0 - 50 * US_DAY + i, endUs: t0 - 50 * US_DAY + i + 1 })), t0);
    command('settings.set', { retentionDays: 10 });
    run(() => { hold(1, null); });
    expect(rows()).toHaveLength(5_000 - 2_048);
    expect(reading((one) => listHolds(one, { lifted: false }, t0)).rows).toMatchObject([{ scopeName: 'one', activities: 2_952, due: 2_952 }]);
    // What was not finished says nothing about a time before which nothing is left.
    expect(reading((one) => listPolicies(one, t0)).rows).toMatchObject([{ held: 2_952, due: 0, goneBefore: null, gone: 2_048 }]);
  });

  it('tells how long a period is now and what it was, in the audit log', () => {
    setPeriod(1, 30);
    setPeriod(1, 'forever');
    expect(history.all("SELECT subject, text FROM audit_entry ORDER BY id DESC LIMIT 1")).toEqual([{ subject: 'con-1', text: 'Activity of "one" is kept for ever now; before it was kept for 30 days.' }]);
    expect(refusal(() => setPeriod(99, 30)).code).toBe('not_found');
  });
});

describe('a legal hold', () => {
  it('refuses that a history is removed, and that the audit log is shortened, in words', () => {
    const two = history.connect('two');
    history.tell([agentDraft(1, 0, 'a')], t0, 'svc', 1);
    history.tell([agentDraft(2, 0, 'b', { traceId: trace(2) })], t0, 'svc', two);
    expect([removalRefusal(history.db, 1), pruneRefusal(history.db)]).toEqual([null, null]);
    const agent = rows().find((row) => row.connection === two)?.agent ?? 0;
    const id = hold(null, agent);
    expect(removalRefusal(history.db, 1)).toBeNull();
    expect(removalRefusal(history.db, two)).toContain('hld-1 on b');
    expect(pruneRefusal(history.db)).toContain('hld-1 on b');
    command('holds.lift', { id, reason: 'closed', audit });
    expect([removalRefusal(history.db, two), pruneRefusal(history.db)]).toEqual([null, null]);
    expect(refusal(() => command('holds.lift', { id, reason: 'again', audit })).code).toBe('conflict');
    hold(null, null);
    expect(removalRefusal(history.db, 1)).toContain('everything');
  });
});
