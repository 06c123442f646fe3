import { describe, expect, it } from 'vitest';
import type { PriceDraft } from '../../shared/cost.ts';
import { PriceBook } from './cost/book.ts';
import { readBill } from './cost/bills.ts';
import { costDesk } from './cost-desk.ts';

const context = { actor: { kind: 'command_line' as const, name: 'nina', place: 'socket' as const, readOnly: false }, signal: new AbortController().signal };
const now = Date.UTC(2026, 10, 23, 12);
const draft: PriceDraft = { provider: null, model: 'my-model', region: null, tier: null, currency: 'USD', units: [{ unit: 'input', per: 1_000_000, price: '3.00' }], from: null, to: null, source: 'a letter', note: null };

function desk() {
  const sent: { name: string; params: Record<string, unknown> & { audit: { text: string; action: string; actor: string; subject: string | null } } }[] = [];
  const answers: Readonly<Record<string, unknown>> = {
    'prices.history': { rows: [{ id: 'prc-9', model: 'an earlier one', removed: true }, { id: 'prc-4', model: 'my-model', removed: false }] }, 'connections.list': { rows: [{ id: 'con-1', name: 'Desk' }], strangers: [] }, 'tasks.get': { id: 'tsk-1', outcome: 'completed' },
  };
  return {
    sent,
    desk: costDesk({
      history: { command: (name, params) => { sent.push({ name, params: params as never }); return Promise.resolve({ id: 4, entries: 2, replaced: 1 } as never); }, query: (name) => Promise.resolve(answers[name]) },
      bills: { read: ({ format, text }) => Promise.resolve(readBill(format, text)) }, clock: { now: () => now },
    }),
  };
}

describe('a price', () => {
  it('is kept with who said it and when it was read, and comes back as it is kept', async () => {
    const { desk: made, sent } = desk();
    expect(await made['prices.save']({ entry: draft }, context)).toEqual({ id: 'prc-4', model: 'my-model' });
    expect(sent).toMatchObject([{ name: 'prices.save', params: { entry: { model: 'my-model', match: [{ equals: 'my-model' }], sourceDate: '2026-11-23' }, replaces: null, overrides: null, audit: { actor: 'nina', action: 'prices.save', text: 'Set the price of my-model: 3.00 USD per 1000000 input.' } } }]);
  });

  it('takes the place of an own one, and stands for a bundled one with what that one matches', async () => {
    const { desk: made, sent } = desk();
    const [bundled] = new PriceBook([]).entries();
    await made['prices.save']({ id: 'prc-3', entry: draft }, context);
    await made['prices.save']({ id: bundled?.id ?? '', entry: { ...draft, model: bundled?.model ?? '' } }, context);
    expect(sent).toMatchObject([{ params: { replaces: 3, overrides: null } }, { params: { replaces: null, overrides: bundled?.id, entry: { match: bundled?.match } } }]);
  });

  it.each([[{ id: 'prc-0', entry: draft }, 'There is no own price with the identifier prc-0. Nothing was changed.'], [{ entry: { ...draft, currency: 'usd' } }, 'usd is no currency'], [{ entry: { ...draft, from: '2026-02-01', to: '2026-01-01' } }, 'It ends on 2026-01-01']])('is not kept where it is wrong: %j', async (params, text) => {
    const { desk: made, sent } = desk();
    await expect(made['prices.save'](params, context)).rejects.toThrow(text);
    expect(sent).toEqual([]);
  });

  it('comes in a list as a whole or not at all', async () => {
    const { desk: made, sent } = desk();
    const text = JSON.stringify([draft, { ...draft, model: 'other' }]);
    expect(await made['prices.import']({ name: 'list', text, dryRun: true }, context)).toEqual({ entries: 2, replaced: 0, problems: [] });
    expect(await made['prices.import']({ name: 'list', text: JSON.stringify([draft, { ...draft, model: '' }]), dryRun: false }, context)).toMatchObject({ entries: 0, problems: [{ entry: 2 }] });
    expect(sent).toEqual([]);
    expect(await made['prices.import']({ name: 'list', text, dryRun: false }, context)).toEqual({ entries: 2, replaced: 1, problems: [] });
    expect(sent).toMatchObject([{ name: 'prices.import', params: { entries: [{ model: 'my-model' }, { model: 'other' }], audit: { text: 'Imported 2 prices from "list".' } } }]);
  });
});

describe('a bill', () => {
  const bill = { connectionId: 'con-1', name: 'March', format: 'csv' as const, text: 'day,amount,currency\n2026-03-01,1.5,USD\n2026-03-02,0.25,USD\nlater,1,USD\n' };

  it('is read, and kept with its days unless it is only tried', async () => {
    const { desk: made, sent } = desk();
    const tried = await made['cost.importBill']({ ...bill, dryRun: true }, context);
    expect(tried).toMatchObject({ id: '', from: '2026-03-01', to: '2026-03-02', micros: 1_750_000, lines: 2, refused: [{ line: 4 }] });
    expect(sent).toEqual([]);
    expect(await made['cost.importBill']({ ...bill, dryRun: false }, context)).toEqual({ ...tried, id: 'bil-4' });
    expect(sent).toMatchObject([{ name: 'bills.import', params: { bill: { connection: 1, fromDay: 20_513, toDay: 20_514, days: [{ day: 20_513, model: '', micros: 1_500_000 }, { day: 20_514, micros: 250_000 }] }, audit: { text: 'Imported the bill "March" for Desk: 2026-03-01 to 2026-03-02, 2 lines, 1 line not taken.' } } }]);
  });

  it('is refused in words', async () => {
    const { desk: made, sent } = desk();
    await expect(made['cost.importBill']({ ...bill, text: 'a,b\n1,2\n', dryRun: false }, context)).rejects.toThrow('The first line names no column day, amount, currency. Nothing was imported.');
    await expect(made['cost.importBill']({ ...bill, connectionId: 'con-2', dryRun: false }, context)).rejects.toThrow('There is no connection with the identifier con-2.');
    expect(sent).toEqual([]);
  });
});

describe('what people say', () => {
  it('of a task and of failures goes on with its line in the audit log', async () => {
    const { desk: made, sent } = desk();
    expect(await made['tasks.mark']({ id: 'tsk-1', outcome: 'completed', note: 'seen it' }, context)).toEqual({ id: 'tsk-1', outcome: 'completed' });
    await made['failures.setState']({ id: 'fal-1', state: 'snoozed', until: '2026-11-24T00:00:00.000Z', note: 'later' }, context);
    await made['failures.setState']({ id: 'fal-1', state: 'open', until: null }, context);
    await made['failures.note']({ id: 'fal-1', text: 'ask them' }, context);
    expect(sent.map(({ name, params: { audit, ...params } }) => [name, params, audit.text])).toEqual([
      ['tasks.mark', { id: 1, outcome: 1, note: 'seen it' }, 'Said that a task finished. seen it'],
      ['failures.setState', { id: 1, state: 'snoozed', untilUs: Date.UTC(2026, 10, 24) * 1_000, note: 'later' }, 'Called a group of failures snoozed until 2026-11-24T00:00:00.000Z. later'],
      ['failures.setState', { id: 1, state: 'open', untilUs: null, note: null }, 'Took back what was said of the state of a group of failures.'],
      ['failures.note', { id: 1, text: 'ask them' }, 'Noted of a group of failures: ask them'],
    ]);
  });

  it('makes sense, or is refused', async () => {
    const { desk: made, sent } = desk();
    await expect(made['failures.setState']({ id: 'fal-1', state: 'known', until: '2026-11-24T00:00:00.000Z' }, context)).rejects.toThrow('Only what is snoozed has a time');
    await expect(made['failures.setState']({ id: 'fal-1', state: 'snoozed', until: '2026-11-22T00:00:00.000Z' }, context)).rejects.toThrow('is over already');
    for (const id of ['tsk-1', 'fal-0', 'fal-Z']) await expect(made['failures.note']({ id, text: 'x' }, context)).rejects.toThrow(`There is no group of failures with the identifier ${id}.`);
    expect(sent).toEqual([]);
  });
});
