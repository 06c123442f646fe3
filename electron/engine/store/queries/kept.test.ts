/** Whatever is written, in whatever order: a reader that keeps what it read answers as one that has just begun. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FoundGrant } from '../../ingest/collected.ts';
import type { Draft } from '../../ingest/draft.ts';
import { readDocument } from '../../access/read-document.ts';
import { contract } from '../../../../shared/contract.ts';
import { Chores } from '../chores.ts';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { savePrice } from '../price-entries.ts';
import { removeConnection, retain } from '../retention.ts';
import { price } from '../test-cost.ts';
import { agentDraft, second, spanDraft, t0, trace } from '../test-history.ts';
import { emptyFacts, TestRuntime, words } from '../test-runtime.ts';
import { personHash } from './retention.ts';
import { Reading } from './reading.ts';
import { queries } from './table.ts';
import { accessStory, listed, policy, tool } from './test-access.ts';

const day = 86_400;
const audit = words('ann');

/** A small generator of our own: a test that fails must fail again. */
function randomly(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

const toolNames = ['read_file', 'write_file', 'delete_file', 'mail_ada', 'run'];
const actions = ['s3:GetObject', 's3:*', 'ec2:TerminateInstances', 'iam:PassRole', 'dynamodb:Query'];

class Story {
  readonly runtime = new TestRuntime();
  readonly pick: (most: number) => number;
  nowUs = t0;
  readonly connections: number[];
  readonly senders: number[];
  private readonly documents: number[] = [];
  private readonly prices = new Map<string, number>();
  private n = 0;

  constructor(seed: number) {
    this.pick = randomly(seed);
    this.connections = [this.runtime.connection, this.runtime.add('a2a', 'third')];
    this.senders = [this.runtime.history.connect('sender'), this.runtime.history.connect('other')];
  }

  some<T>(list: readonly T[]): T {
    return list[this.pick(list.length)] as T;
  }

  private ids(): number[] {
    return this.runtime.history.all<{ id: number }>('SELECT id FROM agent ORDER BY id').map(({ id }) => id);
  }

  /** A task of one agent that has another call a tool or a model, now or on days before; some come again with more to tell. */
  private work(): void {
    const { pick } = this;
    const nowS = (this.nowUs - t0) / second;
    const again = pick(4) === 0 && this.n > 0;
    const n = again ? 1 + pick(this.n) : this.n += 1;
    const at = pick(3) === 0 ? Math.max(0, nowS - pick(6 * day)) : nowS;
    const status = this.some(['ok', 'ok', 'error', 'denied', 'running'] as const);
    const identity: Partial<Draft> = pick(4) === 0 ? { identity: { kind: this.some(['borrowed', 'own'] as const), of: this.some(['ada', 'bob@x']), attribute: 'user.email' } } : {};
    const call: Partial<Draft> = pick(2) === 0 ? { name: this.some(toolNames) } : { kind: 'model_call', name: 'chat', model: this.some(['m1', 'm2']), usage: { inputTokens: 1_000 * pick(9), outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 } };
    this.runtime.tell([
      agentDraft(1, 0, this.some(['boss', 'clerk', 'other']), { traceId: trace(n), at, for: 9, ...identity }), agentDraft(2, 1, this.some(['clerk', 'third', 'ada bot']), { traceId: trace(n), at: at + 1, for: 5, status: pick(4) === 0 ? 'error' : 'ok' }),
      spanDraft(3, 2, { traceId: trace(n), at: at + pick(3) * 3_600, ...call, status, ...(status === 'error' ? { error: { message: `broke ${pick(2)}` } } : {}) }),
    ], this.some(this.senders), 'svc', pick(5) === 0 ? ['service:svc/clerk'] : undefined, this.nowUs);
  }

  private discover(): void {
    const { pick } = this;
    const grants = (): FoundGrant[] => toolNames.filter(() => pick(2) === 0).map((name) => tool(name, { readOnly: pick(2) === 0, destructive: pick(2) === 0 }));
    this.runtime.discover({ facts: emptyFacts, agents: ['clerk', 'other', 'third'].slice(0, 1 + pick(3)).map((id) => ({ ...listed(id, grants()), aliases: pick(3) === 0 ? [`service:svc/${id}`] : [] })), grants: grants(), complete: pick(4) > 0 }, this.nowUs, this.some(this.connections));
  }

  private give(known: readonly number[]): void {
    const text = policy([this.some(actions), this.some(actions)]);
    const { readings, understood, problems } = readDocument({ format: 'iam', role: 'identity', text });
    const document = { name: 'p', format: 'iam' as const, role: 'identity' as const, enforcement: 'enforced' as const, credential: this.pick(2) === 0 ? this.some(['key-1', 'key-ada']) : null, text, understood, problems };
    this.documents.push(this.runtime.command('access.import', { document, readings, agents: [...new Set([this.some(known), this.some(known)])], audit }, this.nowUs).id);
  }

  private link(known: readonly number[]): void {
    const { history } = this.runtime;
    const heads = history.all<{ agent: number }>('SELECT agent FROM agent_stitch').map(({ agent }) => agent);
    const headOf = (id: number): number => history.all<{ head: number }>('SELECT head FROM agent_stitch WHERE agent = ?', id)[0]?.head ?? id;
    const [a, b] = [this.some(known), this.some(known)];
    if (heads.length > 0 && this.pick(2) === 0) this.runtime.command('agents.unlink', { agent: this.some(heads), audit }, this.nowUs);
    else if (headOf(a) !== headOf(b)) this.runtime.command('agents.link', { agent: a, to: b, audit }, this.nowUs);
  }

  private setPrice(): void {
    const model = this.some(['m1', 'm2']);
    const { writer, history } = this.runtime;
    writer.changePrices(() => { this.prices.set(model, savePrice(history.db, { entry: price(model, { input: `${this.pick(50)}.07` }, this.pick(3) === 0 ? { currency: 'EUR' } : {}), replaces: this.prices.get(model) ?? null, overrides: null, audit }, this.nowUs).id); });
  }

  private dismiss(): void {
    const found = this.runtime.history.all<{ id: number }>('SELECT id FROM finding WHERE gone_us IS NULL').map(({ id }) => id);
    if (found.length > 0) this.runtime.command('access.dismiss', { id: this.some(found), reason: 'known', untilUs: this.pick(2) === 0 ? null : this.nowUs + 3_600 * second, audit }, this.nowUs);
  }

  private erase(): void {
    const chores = new Chores({ writer: this.runtime.writer, now: () => this.nowUs, answer: () => undefined, fail: (_n, cause) => { throw cause; }, tell: () => undefined });
    const salt = 'ab'.repeat(16);
    chores.add(7, 'erasure.run', { by: { actor: 'root', actorKind: 'desktop' }, person: 'ada', aliases: [], salt, hashes: [personHash('ada', salt)], reason: 'by letter', rewrite: false, wait: true });
    for (let n = 0; chores.busy && n < 100_000; n += 1) chores.step();
  }

  private drain(steps: Generator<number>): void {
    for (const gone of steps) if (gone < 0) throw new Error('a step brought rows back');
  }

  private removed(): void {
    const from = this.pick(2) === 0 ? this.connections : this.senders;
    const connection = from.length > 1 ? from.pop() : undefined;
    if (connection === undefined) return;
    if (this.pick(2) === 0) this.runtime.retire(this.nowUs, connection);
    this.drain(removeConnection(this.runtime.writer, connection));
  }

  step(): void {
    const { pick, runtime } = this;
    this.nowUs += (pick(3) === 0 ? 9 * 3_600 : 60) * second;
    const known = this.ids();
    const chance = pick(24);
    if (chance < 9 || known.length === 0) this.work();
    else if (chance < 12) this.discover();
    else if (chance < 14) this.give(known);
    else if (chance === 14) { const id = this.documents.pop(); if (id !== undefined) runtime.command('access.removeDocument', { id, audit }, this.nowUs); }
    else if (chance === 15) runtime.command('access.setHolder', { connection: this.some(this.connections), agent: this.some(known), holds: pick(3) > 0, audit }, this.nowUs);
    else if (chance < 18) this.link(known);
    else if (chance === 18) this.dismiss();
    else if (chance === 19) this.setPrice();
    else if (chance === 20) this.drain(retain(runtime.writer, this.nowUs - (1 + pick(9)) * day * second));
    else if (chance === 21 && pick(3) === 0) this.removed();
    else if (chance === 22 && pick(3) === 0) this.erase();
    else runtime.sweep(this.nowUs);
    // Folds and prices lag behind: questions come before, in the middle of it and after.
    if (pick(2) === 0) runtime.writer.foldAccess(this.nowUs, pick(2) === 0 ? 0 : 1_000);
    if (pick(3) === 0) runtime.writer.foldHourly(this.nowUs);
    if (pick(2) === 0) runtime.writer.costTurn(pick(2) === 0 ? 0 : 1_000);
  }
}

type Asked = readonly [name: keyof typeof queries & keyof typeof contract, params: Readonly<Record<string, unknown>>];

function questions(story: Story): Asked[] {
  const period = (hours: number): { from: string; to: null } => ({ from: new Date(story.nowUs / 1_000 - hours * 3_600_000).toISOString(), to: null });
  const agents = story.runtime.history.all<{ id: number }>('SELECT id FROM agent').map(({ id }) => `agt-${id.toString(36)}`);
  const filters = [{}, { unused: true }, { attempted: true }, { irreversible: true }, { shared: true }, { expiringDays: 30 }, { newDays: 1 }, { text: 'ada' }, { text: 'file' }, { unused: true, text: 'r' }];
  return [
    ...(['class', 'resource'] as const).flatMap((by) => filters.map((filter): Asked => ['access.matrix', { by, filter, unusedDays: 1, columnsAfter: 0 }])),
    ...[{}, { text: 'ada' }, { text: 'FILE' }, { rule: 'shared_credential' }, { rule: 'no_owner', dismissed: true }].map((params): Asked => ['access.findings', params]),
    ...[{ class: 'read' }, { class: 'delete' }, { text: 'ada' }, { text: 'file' }].map((params): Asked => ['grants.list', params]),
    ...agents.slice(0, 6).map((agentId): Asked => ['access.reach', { agentId }]),
    ...[20, 47, 24 * 7].flatMap((hours): Asked[] => [['access.graph', { period: period(hours), holds: true }], ...agents.slice(0, 2).map((focus): Asked => ['access.graph', { period: period(hours), focus, hops: 3 }])]),
    ...[20, 24 * 7, 24 * 30].flatMap((hours): Asked[] => [['agents.list', { period: period(hours) }], ['failures.groups', { period: period(hours) }], ['cost.rows', { period: period(hours), by: 'agent' }], ['cost.summary', { period: period(hours) }]]),
    ['access.summary', {}],
  ];
}

describe('what a reader keeps', () => {
  it('finds no grants of a connection that went with them, nor columns that are gone', () => {
    const story = accessStory();
    const other = story.runtime.add('a2a', 'third');
    story.list([listed('clerk', [tool('read_file')])]);
    story.list([listed('mailer', [tool('mail_ada')])], 2, [], other);
    story.runtime.command('agents.link', { agent: story.agent('mailer'), to: story.agent('clerk'), audit });
    story.fold();
    const named = (): unknown => { const found = story.ask('access.matrix', { by: 'resource', filter: { text: 'ada' } }); expect(found).toEqual(story.askAnew('access.matrix', { by: 'resource', filter: { text: 'ada' } })); return found.total; };
    expect(named()).toBe(1);
    story.runtime.remove(other);
    story.fold();
    expect(named()).toBe(0);
    // Told of, and not folded yet.
    story.runtime.discover({ agents: [listed('clerk', [tool('read_file'), tool('mail_ada')])] });
    named();
  });

  it('is not found by a name that was erased', () => {
    const story = accessStory();
    story.list([listed('clerk', [tool('mail_ada')])]);
    const found = (text: string): number => story.ask('access.matrix', { by: 'resource', filter: { text } }).total;
    expect([found('ada'), found('somebody')]).toEqual([1, 0]);
    story.runtime.history.db.exec("UPDATE grant_seen SET name = 'mail_somebody'; UPDATE access_column SET resource = 'mail_somebody'; INSERT INTO meta (key, value) VALUES ('texts_changed', '1') ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1");
    expect([found('ada'), found('somebody')]).toEqual([0, 1]);
  });

  it.each([1, 2, 3, 4])('is what the file says (story %i)', { timeout: 120_000 }, (seed) => {
    const story = new Story(seed * 7_919);
    const db = openReader(historyFile(story.runtime.history.dir));
    onTestFinished(() => { db.close(); story.runtime.close(); });
    const keeping = new Reading(db);
    const answered = (reading: Reading, [name, params]: Asked): unknown => {
      reading.begin();
      return (queries[name] as unknown as (reading: Reading, params: unknown, nowUs: number) => unknown)(reading, contract[name].params.parse(params), story.nowUs);
    };
    for (let steps = 0; steps < 60; steps += 1) {
      story.step();
      const fresh = new Reading(db);
      for (const asked of questions(story).filter(() => story.pick(3) > 0)) expect(answered(keeping, asked), `${steps}: ${JSON.stringify(asked)}`).toEqual(answered(fresh, asked));
    }
  });
});
