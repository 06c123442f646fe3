import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentDraft, span, spanDraft, TestHistory, trace } from '../test-history.ts';

let history: TestHistory;
beforeEach(() => { history = new TestHistory(); });
afterEach(() => { history.close(); });

const key = (n: number): string => `span:${span(n)}`;
const call = (n: number, parent: number, more: object = {}) => spanDraft(n, parent, { kind: 'tool_call', name: 's3:GetObject', plain: true, ...more });

describe('a call that any application makes', () => {
  it('is a row of the agent whose work it is in, whichever comes first', () => {
    history.tell([call(2, 1)]);
    expect(history.all('SELECT count(*) AS n FROM activity')).toEqual([{ n: 0 }]);
    history.tell([agentDraft(1, 0, 'archive-keeper')]);
    expect(history.row(key(2))).toMatchObject({ agent: 'archive-keeper', kind: 'tool_call', name: 's3:GetObject' });
    history.tell([call(3, 1)]);
    expect(history.row(key(3))).toMatchObject({ agent: 'archive-keeper' });
  });

  it('is a row of it after a restart too, when the agent was told before', () => {
    history.tell([agentDraft(1, 0, 'archive-keeper')]);
    history.restart();
    history.tell([call(2, 1)]);
    expect(history.row(key(2)).agent).toBe('archive-keeper');
  });

  it('is one row, however often it is told', () => {
    history.tell([call(2, 1), call(2, 1)]);
    history.tell([agentDraft(1, 0, 'archive-keeper'), call(2, 1)]);
    expect(history.all("SELECT count(*) AS n FROM activity WHERE kind = 2")).toEqual([{ n: 1 }]);
  });

  it('stays nothing where no agent comes', () => {
    history.tell([call(2, 1), call(3, 0, { traceId: trace(9) })]);
    history.tell([agentDraft(1, 0, 'archive-keeper')]);
    expect(history.all("SELECT count(*) AS n FROM activity WHERE kind = 2")).toEqual([{ n: 1 }]);
    expect(history.agents()).toEqual(['archive-keeper']);
  });

  it('is dropped, the oldest first, where an application makes such calls without end', () => {
    for (let of = 1; of <= 60; of++) history.tell(Array.from({ length: 100 }, (_, n) => call(of * 1_000 + n, 0, { traceId: trace(of) })));
    history.tell([agentDraft(1, 0, 'late', { traceId: trace(1) }), agentDraft(2, 0, 'late', { traceId: trace(60) })]);
    expect(history.all("SELECT count(*) AS n FROM activity WHERE kind = 2")).toEqual([{ n: 100 }]);
  });
});
