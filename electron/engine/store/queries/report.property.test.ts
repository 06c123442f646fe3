/** What a report counts is what it writes, and both are what is in the file: over random histories, periods and scopes, against counts that were written by themselves. */
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { reportContents } from '../../../../shared/reports.ts';
import type { ReportContent, ReportScope } from '../../../../shared/reports.ts';
import { columnsOf } from '../../export/columns.ts';
import { diceOf, fill, isoOf, spec } from '../../export/test-report.ts';
import { appendAudit } from '../audit.ts';
import { US_DAY } from '../codes.ts';
import { openReader } from '../database.ts';
import { publicId } from '../ids.ts';
import { historyFile } from '../open.ts';
import { t0, TestHistory } from '../test-history.ts';
import { words } from '../test-runtime.ts';
import { Reading } from './reading.ts';
import { contentRows, countContent } from './report-contents.ts';
import { previewReport } from './report-preview.ts';
import { selectionOf } from './report-scope.ts';

vi.setConfig({ testTimeout: 60_000 });

type Table = Record<string, number | string | null>;
interface Asked { readonly from: number; readonly to: number; readonly scope: ReportScope }

/** The same question in other words: whole tables, looked through here. */
class Counted {
  private readonly history: TestHistory;
  private readonly asked: Asked;

  constructor(history: TestHistory, asked: Asked) {
    this.history = history;
    this.asked = asked;
  }

  private rows(table: string): Table[] { return this.history.all<Table>(`SELECT * FROM ${table}`); }
  private num(value: number | string | null | undefined): number { return Number(value ?? 0); }
  private inPeriod(at: Table[string] | undefined): boolean { return this.num(at) >= this.asked.from && this.num(at) < this.asked.to; }
  private inDays(day: Table[string] | undefined): boolean { return (this.num(day) + 1) * US_DAY > this.asked.from && this.num(day) * US_DAY < this.asked.to; }
  private during(from: Table[string] | undefined, to: Table[string] | undefined, least = this.asked.from): boolean { return this.num(from) < this.asked.to && (to === null || to === undefined || this.num(to) >= least); }

  /** null: everybody. */
  agents(): Set<number> | null {
    const { scope } = this.asked;
    const heads = new Map(this.rows('agent_stitch').map((row) => [this.num(row['agent']), this.num(row['head'])]));
    const whole = (ids: number[]): Set<number> => new Set(this.rows('agent').map((row) => this.num(row['id'])).filter((id) => ids.some((one) => (heads.get(one) ?? one) === (heads.get(id) ?? id))));
    if (scope.kind === 'everything') return null;
    if (scope.kind === 'agents') return whole(scope.ids.map((id) => parseInt(id.slice(4), 36)));
    if (scope.kind === 'tag') return whole(this.rows('agent_tag').filter((row) => String(row['tag']).toLowerCase() === scope.tag.toLowerCase()).map((row) => this.num(row['agent'])));
    if (scope.kind === 'connection') return new Set(this.rows('agent').filter((row) => publicId('connection', this.num(row['connection'])) === scope.id).map((row) => this.num(row['id'])));
    return new Set(this.rows('stop_agent').filter((row) => publicId('stop', this.num(row['stop'])) === scope.id).map((row) => this.num(row['agent'])));
  }

  /** Not connected for the first part of the period, or removed within it. */
  private awayConnections(isOwn: (connection: number) => boolean): number {
    const agents = this.rows('agent').filter((row) => this.num(row['rows']) > 0);
    return this.rows('connection').filter((row) => isOwn(this.num(row['id']))).reduce((sum, row) => {
      const since = Math.min(this.num(row['created_us']), ...agents.filter((one) => one['connection'] === row['id']).map((one) => this.num(one['first_us'])));
      const removed = row['removed_us'];
      return sum + Number(since > this.asked.from && since < this.asked.to) + Number(removed !== null && this.num(removed) > this.asked.from && this.num(removed) < this.asked.to);
    }, 0);
  }

  count(content: ReportContent): Record<string, number> {
    const own = this.agents();
    const { scope } = this.asked;
    const mine = (row: Table): boolean => own === null || own.has(this.num(row['agent']));
    const connection = scope.kind === 'connection' ? parseInt(scope.id.slice(4), 36) : null;
    const its = new Set(connection === null ? this.rows('agent').filter((row) => own?.has(this.num(row['id'])) === true).map((row) => this.num(row['connection'])) : [connection]);
    const n = (table: string, holds: (row: Table) => boolean): number => this.rows(table).filter(holds).length;
    switch (content) {
      case 'activity': return { activity: n('activity', (row) => this.inPeriod(row['ts_us']) && mine(row)) };
      case 'gaps': return { gap: n('gap', (row) => this.num(row['from_us']) < this.asked.to && (row['to_us'] === null || this.num(row['to_us']) > this.asked.from) && (own === null || row['connection'] === null || its.has(this.num(row['connection'])))) + this.awayConnections((id) => own === null || its.has(id)) };
      case 'approvals': return { approval: n('approval', (row) => this.num(row['asked_us']) < this.asked.to && (row['state'] === 'waiting' || this.num(row['decided_us'] ?? row['asked_us']) >= this.asked.from) && (connection === null ? mine(row) : row['connection'] === connection)) };
      case 'cost': return { day: n('by_day', (row) => this.inDays(row['day']) && mine(row)), bill: n('bill_day', (row) => this.inDays(row['day']) && (own === null || row['connection'] === connection)) };
      case 'failures': return this.failures(mine, own);
      case 'stops': return this.stops(mine, own);
      case 'access': return this.access(mine, own, connection);
      case 'console': return { entry: this.entries(own) };
    }
  }

  private failures(mine: (row: Table) => boolean, own: Set<number> | null): Record<string, number> {
    const days = this.rows('failure_day').filter((row) => this.inDays(row['day']) && mine(row));
    const known = new Set(this.rows('failure').map((row) => row['id']));
    const theirs = new Set(this.rows('failure_agent').filter(mine).map((row) => row['failure']));
    return {
      group: new Set(days.map((row) => row['failure']).filter((id) => known.has(id ?? 0))).size, day: days.length, hit: this.rows('failure_hit').filter((row) => this.inDays(row['day']) && mine(row)).length,
      said: this.rows('failure_said').filter((row) => this.inPeriod(row['at_us']) && (own === null || theirs.has(row['failure'] ?? 0))).length,
    };
  }

  private stops(mine: (row: Table) => boolean, own: Set<number> | null): Record<string, number> {
    const { scope } = this.asked;
    const theirs = new Set(this.rows('stop_agent').filter(mine).map((row) => row['stop']));
    const orders = this.rows('stop_order').filter((row) => (scope.kind === 'stop' ? publicId('stop', this.num(row['id'])) === scope.id : this.during(row['intent_us'], row['ended_us']) && (own === null || theirs.has(row['id'] ?? 0))));
    const ids = new Set(orders.map((row) => row['id']));
    const of = (table: string): number => this.rows(table).filter((row) => ids.has(row['stop'] ?? 0)).length;
    return {
      order: orders.filter((row) => row['origin'] !== 'drill').length, drill: orders.filter((row) => row['origin'] === 'drill').length, lever: of('stop_lever'), event: of('stop_event'),
      firing: this.rows('rule_firing').filter((row) => (scope.kind === 'stop' ? row['stop'] !== null && publicId('stop', this.num(row['stop'])) === scope.id : this.inPeriod(row['at_us']) && mine(row))).length,
    };
  }

  private access(mine: (row: Table) => boolean, own: Set<number> | null, connection: number | null): Record<string, number> {
    const heads = new Map(this.rows('agent_stitch').map((row) => [this.num(row['agent']), this.num(row['head'])]));
    const offers = new Set(connection === null ? this.rows('grant_holder').filter(mine).map((row) => row['connection']) : [connection]);
    const held = (row: Table): boolean => own === null || own.has(this.num(row['agent'])) || (row['agent'] === 0 && offers.has(row['connection'] ?? 0));
    const holders = own === null ? null : new Set([...own, ...[...own].map((id) => heads.get(id) ?? id), ...(connection === null ? [] : [-connection])]);
    const before = (row: Table): boolean => this.num(row['at_us']) < this.asked.to && mine(row);
    return {
      grant: this.rows('grant_seen').filter((row) => this.during(row['first_us'], row['gone_us']) && held(row)).length,
      finding: this.rows('finding').filter((row) => this.during(row['first_us'], row['gone_us']) && (holders === null || holders.has(this.num(row['holder'])))).length,
      owner: this.rows('agent_owner').filter(before).length, baseline: this.rows('access_baseline').filter(before).length,
      change: this.rows('grant_change').filter((row) => row['first'] === 0 && this.inPeriod(row['at_us']) && held(row)).length,
    };
  }

  private entries(own: Set<number> | null): number {
    const heads = new Map(this.rows('agent_stitch').map((row) => [this.num(row['agent']), this.num(row['head'])]));
    const names = own === null ? null : new Set([...own].flatMap((id) => [publicId('agent', id), publicId('agent', heads.get(id) ?? id)]));
    const approvals = new Map(this.rows('approval').map((row) => [publicId('approval', this.num(row['id'])), this.num(row['agent'])]));
    const { scope } = this.asked;
    const orders = new Set(this.rows('stop_agent').filter((row) => own?.has(this.num(row['agent'])) === true).map((row) => publicId('stop', this.num(row['stop']))));
    const about = (subject: string): boolean => names === null || own === null || names.has(subject) || own.has(approvals.get(subject) ?? -1) || (scope.kind === 'stop' ? subject === scope.id : orders.has(subject)) || (scope.kind === 'connection' && subject === scope.id);
    return this.rows('audit_entry').filter((row) => this.inPeriod(row['at_us']) && about(String(row['subject']))).length;
  }
}

const asked: fc.Arbitrary<Asked> = fc.record({
  from: fc.integer({ min: -11 * 24, max: 9 * 24 }), length: fc.integer({ min: 1, max: 20 * 24 }),
  scope: fc.oneof<[fc.Arbitrary<ReportScope>, ...fc.Arbitrary<ReportScope>[]]>(
    fc.constant({ kind: 'everything' }), fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }).map((ids) => ({ kind: 'agents' as const, ids: ids.map((id) => publicId('agent', id)) })), fc.constant({ kind: 'tag', tag: 'prod' }),
    fc.integer({ min: 1, max: 3 }).map((id) => ({ kind: 'connection' as const, id: publicId('connection', id) })), fc.constant({ kind: 'stop', id: publicId('stop', 1) }),
  ),
}).map(({ from, length, scope }) => ({ from: t0 + from * (US_DAY / 24), to: t0 + (from + length) * (US_DAY / 24), scope }));

const seed = fc.array(fc.nat({ max: 9_973 }), { minLength: 300, maxLength: 600 });

it('counts what it writes, and both are what is in the file', () => {
  let rows = 0;
  fc.assert(fc.property(seed, fc.array(asked, { minLength: 8, maxLength: 12 }), (values, questions) => {
    const history = new TestHistory();
    try {
      const dice = diceOf(values);
      history.db.transaction(() => fill(history.db, dice))();
      for (let n = 0, most = dice(12); n < most; n++) appendAudit(history.db, words('ann', { subject: [publicId('agent', 1 + dice(5)), publicId('approval', 1 + dice(4)), publicId('connection', 1 + dice(3)), 'stp-1', null][dice(5)] ?? null }), t0 + (dice(480) - 240) * (US_DAY / 24));
      const db = openReader(historyFile(history.dir));
      const reading = new Reading(db);
      for (const one of questions) rows += compare(history, reading, one);
      db.close();
    } finally {
      history.close();
    }
  }), { numRuns: 12, endOnFailure: true });
  // Else nothing was compared.
  expect(rows).toBeGreaterThan(1_000);
});

function compare(history: TestHistory, reading: Reading, one: Asked): number {
  if (one.scope.kind === 'stop' && history.all('SELECT id FROM stop_order').length === 0) return 0;
  const counted = new Counted(history, one);
  const nowUs = t0 + 30 * US_DAY;
  const selection = selectionOf(reading, spec({ from: isoOf(one.from), to: isoOf(one.to), scope: one.scope }), nowUs);
  let total = 0;
  for (const content of reportContents) {
    const expected = counted.count(content);
    expect({ content, ...Object.fromEntries(countContent(reading, content, selection).map(({ row, count }) => [row, count])) }).toEqual({ content, ...expected });
    const found = contentRows(reading, content, selection);
    const written = [...found.pages()].flat();
    expect(written).toHaveLength(found.count);
    expect(found.count).toBe(Object.values(expected).reduce((sum, count) => sum + count, 0));
    const names = columnsOf[content].map(({ name }) => name);
    for (const row of written) expect(Object.keys(row)).toEqual(names);
    total += written.length;
  }
  const preview = previewReport(reading, spec({ from: isoOf(one.from), to: isoOf(one.to), scope: one.scope, contents: [...reportContents] }), nowUs);
  expect(preview.rows.map(({ content, count }) => ({ content, count }))).toEqual(reportContents.map((content) => ({ content, count: Object.values(counted.count(content)).reduce((sum, count) => sum + count, 0) })));
  for (const { content, eligible, examined, unexamined } of preview.completeness.contents) {
    const outside = unexamined.filter(({ disposition }) => disposition === 'out_of_scope').reduce((sum, { count }) => sum + (count ?? 0), 0);
    expect({ content, eligible }).toEqual({ content, eligible: examined + outside });
  }
  return total;
}
