import { describe, expect, it } from 'vitest';
import type { Result } from '../../shared/contract.ts';
import type { CostExplained, CostRow, CostSummary, MoneyBySide, PriceEntry } from '../../shared/cost.ts';
import type { FailureDetail, FailureGroup } from '../../shared/failures.ts';
import type { KeyPlaces } from './cli-keys.ts';
import { readInvocation } from './cli-arguments.ts';
import { runLine } from './cli-test-run.ts';
import type { Answers, Printed } from './cli-test-run.ts';

const at = '2026-11-23T12:00:00.000Z';
const shown = { amountMicros: 5_100_000, currency: 'USD', provenance: 'computed' as const, unpriced: 0 };
const money: MoneyBySide = { billedMicros: null, reportedMicros: 900_000, computedMicros: 4_200_000, shown, shownReportedMicros: 900_000, shownComputedMicros: 4_200_000, shownBilledMicros: 0, unpriced: 0 };
const spent = { finishedMicros: 3_900_000, retriedMicros: 1_000_000, failedMicros: 200_000, afterStopMicros: 0, openMicros: 0, unknownMicros: 0 };
const row: CostRow = { id: 'agt-1', name: 'plan\u202ener', agentId: 'agt-1', finished: 2, failed: 1, open: 0, unknown: 3, money, spent, perTaskMicros: 2_550_000, lowMicros: 2_084_000, highMicros: null, wasted: 0.235, change: 0.5, againstBill: -0.15 };
const summary: CostSummary = {
  currency: 'USD', others: [{ amountMicros: 70_000, currency: 'EUR', provenance: 'reported', unpriced: 0 }], money, spent, finished: 2, perTaskMicros: 2_550_000, lowMicros: 2_084_000, highMicros: null, medianPerTaskMicros: 2_000_000, days: [],
  month: { cost: shown, forecastMicros: null, lowMicros: null, highMicros: null }, book: { bundled: { source: 'a package', version: '1.0.0', date: '2026-11-01', entries: 900 }, own: 1, repricing: { done: 10, of: 2_000 }, unpricedModels: 1 }, newestBill: { day: '2026-11-20', connection: 'Desk' }, agreement: { days: 3, within: 0.014 }, age: at,
};
const entry: PriceEntry = { id: 'prc-1', origin: 'local', provider: null, model: 'm', match: [{ equals: 'm' }], region: null, tier: null, currency: 'USD', units: [{ unit: 'input', per: 1_000_000, price: '3' }], from: null, to: null, source: 'a letter', sourceDate: '2026-11-01', changedAt: at, changedBy: 'ada', note: null };
const group: FailureGroup = {
  id: 'fal-1', agentIds: ['agt-1'], agentNames: ['planner'], kind: 'tool_call', name: 'pay', error: { type: 'Boom', message: 'no\u0007 luck' }, count: 9, firstSeen: at, lastSeen: at, exampleActivityId: 'act-1', exampleTaskId: 'tsk-1', state: 'new', sort: 'rate_limit', spark: [], since: at,
  tasks: { failed: 4, finishedAfter: 5, other: 0 }, versions: ['v2'], cost: shown, snoozedUntil: null, notes: 1,
};
const detail: FailureDetail = {
  ...group, alike: [{ name: 'message', value: 'no luck' }], messages: 2, perVersion: [{ agentId: 'agt-1', agentName: 'planner', version: null, count: 9, firstSeen: at, tasks: 20 }], before: [{ activityId: 'act-0', kind: 'lifecycle', name: 'run', status: 'ok', at, ancestor: true }],
  occurrences: [{ activityId: 'act-1', taskId: 'tsk-1', at, agentId: 'agt-1', agentName: 'planner', outcome: 'failed', cost: shown }], notesList: [{ id: 'fno-1', at, by: 'ada', text: 'ask them' }], history: [{ at, by: 'ada', state: 'known' }],
};

const found = { 'agents.list': () => ({ rows: [{ id: 'agt-1', name: 'planner' }], more: 0 }), 'connections.list': () => ({ rows: [{ id: 'con-1', name: 'Desk' }], strangers: [] }) } as unknown as Answers;
const keys: KeyPlaces = { variable: () => undefined, file: (path) => (path.endsWith('huge.csv') ? '"'.repeat(3_000_001) : 'day,amount,currency'), stdin: () => Promise.resolve('[]'), line: () => Promise.resolve(null) };

const run = (line: string, answers: Answers = {}): Promise<Printed> => runLine(line, { answers, keys, lookUps: found });

describe('what work cost, in a terminal', () => {
  const answers: Answers = { 'cost.rows': () => ({ rows: [row], total: 3, all: { ...row, name: 'All' } }), 'cost.summary': () => summary };

  it('says what is known and how, what it went to, and each row', async () => {
    const { out, err, asked } = await run('cost --by kind --since 7d --connection Desk --text plan', answers);
    expect(asked).toMatchObject([{ method: 'cost.rows', params: { period: { from: '2026-11-16T12:00:00.000Z', to: null }, by: 'kind', connectionId: 'con-1', text: 'plan' } }, { method: 'cost.summary' }]);
    expect(out).toMatch(/Spent\s+5\.10 USD: reported 0\.90, computed 4\.20\n\s+and 0\.07 EUR, not added/);
    expect(out).toMatch(/Per finished task\s+2\.55 USD over 2 finished, between 2\.08 and what nobody knows; median of the 14 days before 2\.00/);
    expect(out).toMatch(/It went to\s+finished work 3\.90, failed, then retried 1\.00, failed, given up 0\.20/);
    expect(out).toMatch(/This month\s+5\.10 USD, too early for a forecast/);
    expect(out).toMatch(/1 model without a price; computing anew, 10 of 2,000/);
    expect(out).toMatch(/plan\[U\+202E\]ner\s+2\s+1\s+0\s+3\s+5\.10 USD\s+2\.55\s+2\.08 to not known\s+18 % reported, at least\s+23\.5 %\s+\+50\.0 %\s+-15\.0 %/);
    expect(out).toMatch(/\nAll\s/);
    expect(err).toBe('2 more rows (--limit; at most 500 at once).\n');
  });

  it('gives everything as JSON', async () => {
    const { out } = await run('cost --json', answers);
    expect(JSON.parse(out)).toMatchObject({ rows: [{ id: 'agt-1' }], all: { name: 'All' }, total: 3, summary: { currency: 'USD' } });
  });

  it('explains one figure by its parts', async () => {
    const explained: CostExplained = { shown: { ...shown, amountMicros: 700 }, reported: null, computed: { amountMicros: 700, currency: 'USD', entry, parts: [{ unit: 'input', units: 1_000, per: 1_000_000, price: '3', amount: '0.003' }] }, whyNot: null, billing: { provider: 'anthropic', region: null, tier: 'batch' } };
    const { out } = await run('cost explain act-1', { 'cost.explain': () => explained });
    expect(out).toMatch(/Shown\s+0\.000700 USD, computed/);
    expect(out).toMatch(/Reported\s+by nobody/);
    expect(out).toMatch(/Told\s+anthropic, batch/);
    expect(out).toMatch(/input\s+1,000\s+3\s+1,000,000\s+0\.003/);
    const without = await run('cost explain act-1', { 'cost.explain': () => ({ ...explained, computed: null, whyNot: 'The price book has no entry for m.' }) });
    expect(without.out).toMatch(/Computed\s+not: The price book has no entry for m\./);
  });
});

describe('bills and prices', () => {
  const bill = { id: 'bil-1', connectionId: 'con-1', connectionName: 'Desk', name: 'march.csv', format: 'csv' as const, currency: 'USD', from: '2026-03-01', to: '2026-03-31', micros: 1_500_000, lines: 31, refused: [{ line: 4, reason: 'no day' }], importedAt: at, importedBy: 'ada' };

  it('are imported under the name of their file, or only tried', async () => {
    const { out, asked } = await run('cost import-bill bills/march.csv --connection Desk --format csv', { 'cost.importBill': () => bill });
    expect(asked).toEqual([{ method: 'cost.importBill', params: { connectionId: 'con-1', name: 'march.csv', format: 'csv', text: 'day,amount,currency', dryRun: false } }]);
    expect(out).toBe('Bill bil-1: 2026-03-01 to 2026-03-31, 1.50 USD, 31 lines for Desk.\nNot taken: 1 line\n  line 4: no day\n');
    const tried = await run('prices import - --try', { 'prices.import': () => ({ entries: 0, replaced: 0, problems: [{ entry: 2, reason: 'It is wrong.' }] }) });
    expect(tried.asked).toEqual([{ method: 'prices.import', params: { name: 'standard input', text: '[]', dryRun: true } }]);
    expect(tried.out).toBe('Nothing was imported.\n  entry 2: It is wrong.\n');
  });

  it('are refused before they are sent where they are longer than the line', async () => {
    await expect(run('cost import-bill huge.csv --connection Desk --format focus')).rejects.toThrow(/It has 3,000,001 characters, more than the command line can hand over/u);
  });

  it('are set unit by unit', async () => {
    const { asked, out } = await run('prices set my-model --price input=3 --price web_search=10/1000 --price input=6@200000 --price image=0.04 --source "a letter" --provider openai --tier batch --replaces prc-1', { 'prices.save': () => entry });
    expect(asked).toEqual([{ method: 'prices.save', params: { id: 'prc-1', entry: {
      model: 'my-model', provider: 'openai', region: null, tier: 'batch', currency: 'USD', from: null, to: null, source: 'a letter', note: null,
      units: [{ unit: 'input', per: 1_000_000, price: '3' }, { unit: 'web_search', per: 1_000, price: '10' }, { unit: 'input', per: 1_000_000, price: '6', fromInputTokens: 200_000 }, { unit: 'image', per: 1, price: '0.04' }],
    } } }]);
    expect(out).toContain('The price prc-1 of m counts from now on.');
  });

  it('are listed page by page, with their versions, and what has none', async () => {
    const { out, asked } = await run('prices --used --limit 2', { 'prices.list': ({ after }) => ({ rows: [{ ...entry, id: `prc-${(after ?? 0) + 1}`, used: true }], total: 2 }) });
    expect(asked.map(({ params }) => (params as { after: number }).after)).toEqual([0, 1]);
    expect(out).toMatch(/prc-2\s+local\s+any\s+m\s+used\s+USD\s+input 3\/M/);
    expect((await run('prices history prc-1', { 'prices.history': () => ({ rows: [{ ...entry, removed: true }] }) })).out).toMatch(/ada\s+no longer/);
    expect((await run('prices unpriced', { 'prices.unpriced': () => ({ rows: [] }) })).out).toBe('Everything that was used has a price.\n');
    expect((await run('prices remove prc-1', { 'prices.remove': () => ({}) })).asked).toEqual([{ method: 'prices.remove', params: { id: 'prc-1' } }]);
  });
});

describe('failures', () => {
  it('are listed by group, and one is told whole', async () => {
    const { out, asked } = await run('failures groups --state new --state back --agent planner --since 24h', { 'failures.groups': () => ({ rows: [group], next: null, total: 1, counts: { new: 1, back: 0, known: 0, snoozed: 0, resolved: 0 }, seen: [], versions: [], quiet: { agents: 0, notSeen: 0 } }) });
    expect(asked).toMatchObject([{ params: { states: ['new', 'back'], agentId: 'agt-1', period: { from: '2026-11-22T12:00:00.000Z' } } }]);
    expect(out).toMatch(/fal-1\s+new\s+9\s+rate limit\s+pay\s+planner.*Boom: no\[U\+0007\] luck/);
    const one = await run('failures show fal-1', { 'failures.get': () => detail });
    for (const text of ['fal-1  new', '9 times in this period', '4 failed, 5 finished after it, 0 other', 'not named', 'under', 'ask them', 'known by ada']) expect(one.out).toContain(text);
  });

  it('take what people say of them, and so do tasks', async () => {
    const state = { 'failures.setState': () => ({}) } as Answers;
    expect((await run('failures resolve fal-1 --note fixed', state)).asked).toEqual([{ method: 'failures.setState', params: { id: 'fal-1', state: 'resolved', until: null, note: 'fixed' } }]);
    expect((await run('failures snooze fal-1 --until 2026-12-24', state)).out).toBe('The group fal-1 is snoozed until 2026-12-24T00:00:00.000Z.\n');
    expect((await run('failures reopen fal-1', state)).asked).toMatchObject([{ params: { state: 'open' } }]);
    expect((await run('failures note fal-1 "ask them"', { 'failures.note': () => ({}) })).asked).toEqual([{ method: 'failures.note', params: { id: 'fal-1', text: 'ask them' } }]);
    const task = { id: 'tsk-1', outcome: 'completed', outcomeBasis: 'marked' } as Result<'tasks.mark'>;
    const marked = await run('tasks mark tsk-1 finished --note "I saw it"', { 'tasks.mark': () => task });
    expect(marked.asked).toEqual([{ method: 'tasks.mark', params: { id: 'tsk-1', outcome: 'completed', note: 'I saw it' } }]);
    expect(marked.out).toBe('The task tsk-1 counts as completed (marked).\n');
  });

  it('stay a plain list without a word behind them', () => {
    expect(readInvocation(['failures', '--agent', 'planner'], '/', 0).command).toMatchObject({ name: 'failures', agent: 'planner' });
    expect(readInvocation(['tasks'], '/', 0).command).toMatchObject({ name: 'tasks' });
  });
});

describe('what cannot be meant', () => {
  it.each([
    ['cost --by colour', '--by is one of agent'], ['cost nonsense', 'There is no command "cost nonsense".'], ['cost import-bill x --format csv', 'This command needs --connection'], ['cost import-bill x --connection a --format pdf', '--format is one of focus, csv.'],
    ['prices set m --source x', 'This command needs --price'], ['prices set m --price input --source x', '--price is UNIT=AMOUNT'], ['prices set m --price gold=1 --source x', 'The unit of --price is one of input'], ['prices set m --price input=1', 'This command needs --source'],
    ['prices set m --price input=1 --source x --from soon', '--from is a day'], ['failures snooze fal-1 --until 7d', '--until is a time'], ['failures groups --state lost', '--state is one of new'], ['failures shout fal-1', 'There is no command "failures shout".'],
    ['tasks mark tsk-1 great', 'The outcome is one of finished, failed, none.'], ['tasks mark tsk-1', 'This command needs finished, failed or none'], ['agents --own', '--own means nothing to this command.'],
  ])('%s', (line, text) => {
    expect(() => readInvocation(line.split(' '), '/', 0)).toThrow(text);
  });
});
