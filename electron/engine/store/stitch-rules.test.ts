import { describe, expect, it } from 'vitest';
import { stitches, type Candidate, type Decided } from './stitch-rules.ts';

const telemetry = (id: number, connection: number, ...aliases: string[]): Candidate => ({ id, connection, managed: false, place: null, createdUs: id, aliases });
const managed = (id: number, connection: number, ...aliases: string[]): Candidate => ({ id, connection, managed: true, place: `http://server-${connection}`, createdUs: id, aliases });
const said = (agent: number, other: number, atUs = 0): Decided => ({ agent, other, actor: 'ann', atUs });
const pairs = (...args: Parameters<typeof stitches>): [number, number, string][] => stitches(...args).map((one) => [one.agent, one.head, one.by]);

describe('by rule', () => {
  it('agents of different connections with an alias in common are one; the management API\'s is the one that is shown', () => {
    expect(stitches([telemetry(1, 1, 'x:a'), managed(2, 2, 'x:a')], [], [])).toEqual([{ agent: 1, head: 2, by: 'rule', why: 'Rule: both are known as x:a.' }]);
    expect(pairs([managed(1, 1, 'x:a'), managed(2, 2, 'x:a')], [], [])).toEqual([[2, 1, 'rule']]);
  });

  it('nothing is one within a connection, nor between two that only send telemetry', () => {
    expect(pairs([managed(1, 1, 'x:a'), managed(2, 1, 'x:a')], [], [])).toEqual([]);
    expect(pairs([telemetry(1, 1, 'x:a'), telemetry(2, 2, 'x:a')], [], [])).toEqual([]);
  });

  it('two senders that a management API knows by the same name are that one agent', () => {
    expect(pairs([telemetry(1, 1, 'x:a'), telemetry(2, 2, 'x:a'), managed(3, 3, 'x:a')], [], [])).toEqual([[1, 3, 'rule'], [2, 3, 'rule']]);
  });

  it('an alias that two agents of one connection carry names neither of them', () => {
    expect(pairs([telemetry(1, 1, 'x:a'), telemetry(2, 1, 'x:a', 'x:b'), managed(3, 2, 'x:a', 'x:b')], [], [])).toEqual([[2, 3, 'rule']]);
  });

  it('an identifier made of a graph\'s name joins no two servers, and tells telemetry nothing where there are two', () => {
    const named = 'langgraph.assistant:fe096781-5601-53d2-b2f6-0d3403f7e9ca';
    const random = 'langgraph.assistant:0f0c7a55-57a5-4f0e-9c1f-1f7f3b8f2a11';
    expect(pairs([managed(1, 1, named), managed(2, 2, named)], [], [])).toEqual([]);
    expect(pairs([telemetry(1, 1, named), managed(2, 2, named), managed(3, 3, named)], [], [])).toEqual([]);
    expect(pairs([telemetry(1, 1, named), managed(2, 2, named)], [], [])).toEqual([[1, 2, 'rule']]);
    expect(pairs([managed(1, 1, random), managed(2, 2, random)], [], [])).toEqual([[2, 1, 'rule']]);
    // Two credentials for one server.
    const again = { ...managed(3, 3, named), place: managed(1, 1).place };
    expect(pairs([managed(1, 1, named), managed(2, 2, named), again], [], [])).toEqual([[3, 1, 'rule']]);
    expect(pairs([telemetry(4, 4, named), managed(1, 1, named), again], [], [])).toEqual([[4, 1, 'rule'], [3, 1, 'rule']]);
  });

  it('the order in which agents were met does not matter', () => {
    const all = [telemetry(1, 1, 'x:a'), telemetry(2, 2, 'x:b'), managed(3, 3, 'x:a', 'x:c'), managed(4, 4, 'x:b', 'x:c'), managed(5, 5, 'x:z')];
    const sorted = (list: Candidate[]): unknown => stitches(list, [], []).toSorted((a, b) => a.agent - b.agent);
    expect(sorted(all.toReversed())).toEqual(sorted(all));
    expect(pairs(all, [], [])).toEqual([[1, 3, 'rule'], [2, 3, 'rule'], [4, 3, 'rule']]);
  });
});

describe('a person\'s word', () => {
  it('joins what no rule joins, within a connection too; the older is shown where no management API knows it', () => {
    expect(stitches([telemetry(1, 1), telemetry(2, 1)], [said(1, 2)], [])).toEqual([{ agent: 2, head: 1, by: 'person', why: 'Linked by ann on 1970-01-01.' }]);
  });

  it('keeps apart what a rule would join, also by way of a third', () => {
    const a = telemetry(1, 1, 'x:a');
    const b = managed(2, 2, 'x:a');
    const c = managed(3, 3, 'x:a');
    expect(pairs([a, b], [], [said(1, 2)])).toEqual([]);
    // c stands for both: the first alias pair in order wins, and brings the other one not along.
    expect(pairs([a, b, c], [], [said(1, 2)])).toEqual([[3, 2, 'rule']]);
  });

  it('about agents that are no more is passed over', () => {
    expect(pairs([telemetry(1, 1)], [said(1, 9)], [said(9, 1)])).toEqual([]);
  });
});
