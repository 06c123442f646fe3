import { describe, expect, it } from 'vitest';
import type { Draft } from '../ingest/draft.ts';
import type { Told } from './assemble/assembler.ts';
import { tellingIds } from './hash.ts';
import { OpenBlock, type Place } from './payloads.ts';
import { agentDraft, spanDraft, t0 } from './test-history.ts';
import { fromColumns, toColumns } from './told-columns.ts';

const block = new OpenBlock();
const place = (slot: number): Place => ({ block, slot });
const around = { connection: 3, receivedUs: t0, placeAt: place };
const tell = (draft: Draft, over: Partial<Told> = {}): Told => ({ connection: 3, service: 'svc', serviceVersion: '1', draft, ids: tellingIds(draft), payload: null, receivedUs: t0, ...over });
/** As it comes out on another thread. */
const crossed = (told: readonly Told[]): Told[] => fromColumns(structuredClone(toColumns(told, ({ slot }) => slot)), around);
/** What stands in `ids` need not cross as texts. */
const withoutIds = (told: readonly Told[]): object[] => told.map((one) => ({ ...one, draft: { ...one.draft, spanId: null, parentSpanId: null, key: null } }));

describe('what bodies told, in columns', () => {
  it('comes out as it went in, field by field', () => {
    const full: Draft = {
      ...spanDraft(2, 1), joins: 'parent', plain: true, namePlaceholder: true, endsSession: true, model: 'gpt-6', run: { kind: 'run', id: 'r1' }, status: 'interrupted', statusExplicit: true, kind: 'approval',
      agent: { id: 'a', name: 'b', version: 'c', runId: 'd' }, taskOutcome: 'waiting', role: 'structure', endUs: t0 + 5,
      usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4, reasoningTokens: 5 },
    };
    const told = [tell(full), tell(agentDraft(1, 0, 'a')), tell(spanDraft(3, 1, { endUs: undefined })), tell(spanDraft(4, 1, { agent: { name: '' }, key: 'tool:x', run: { kind: 'conversation', id: '' } }))];
    expect(withoutIds(crossed(told))).toEqual(withoutIds(told));
  });

  it.each<Partial<Draft>>([
    { error: { type: 'E', message: 'm' } }, { identity: { kind: 'own', of: 'x', attribute: 'user.id' } }, { startsRun: { kind: 'session', id: 's' } },
    { reportedCost: { micros: 5, currency: 'USD' } }, { taskName: 'n' },
  ])('keeps what is rarely said: %o', (rare) => {
    const told = [tell(spanDraft(1, 0)), tell(spanDraft(2, 1, rare)), tell(spanDraft(3, 1))];
    expect(withoutIds(crossed(told))).toEqual(withoutIds(told));
  });

  it('keeps whose records they are, and where they stand', () => {
    const told = [
      tell(spanDraft(1, 0), { payload: place(5) }), tell(spanDraft(2, 0), { service: 'other', payload: place(5) }), tell(spanDraft(3, 0), { serviceVersion: '', aliases: ['service:x/y'] }), tell(spanDraft(4, 0)),
    ];
    expect(withoutIds(crossed(told))).toEqual(withoutIds(told));
  });

  it('brings the numbers of the ids exactly, and names a span by its own id only', () => {
    const draft = { ...spanDraft(1, 0), spanId: 'ffffffffffffffff', parentSpanId: 'fffffffffffffffe' };
    const keys = [`span:${draft.spanId}`, 'span:fffffffffffffffe', 'span:', 'tool:x'];
    const ids = crossed([...keys.map((key) => tell({ ...draft, key })), tell({ ...draft, error: { type: 'E' } })]).map((one) => one.ids);
    expect(ids.map(({ span, parentSpan }) => [span, parentSpan])).toEqual(ids.map(() => [2 ** 52 - 1, 2 ** 52 - 2]));
    expect(ids.map(({ key, span }) => key === span)).toEqual([true, false, false, false, false]);
    expect(ids.map(({ key }) => key)).toEqual([...keys, draft.key].map((key) => tellingIds({ ...draft, key }).key));
  });
});
