import { describe, expect, it } from 'vitest';
import { askedLog, changesOf, entryId, entryNumber, filterWords, laidOut, logParams, readLogView } from './log-view.ts';

describe('the filter of the audit log', () => {
  const params = { view: 'log', q: 'stop ', actor: 'anna', action: 'stop.order', outcome: 'done', subject: 'stp-1', from: '2026-11-01', to: '2026-11-17' };

  it('comes from the address and goes back into it', () => {
    const { view: _view, ...rest } = params;
    expect(logParams(readLogView(params))).toEqual(rest);
    expect(logParams(readLogView({}))).toEqual({});
  });

  it('asks the engine for whole days, the last one included', () => {
    expect(askedLog(readLogView(params), 200)).toEqual({ limit: 200, text: 'stop', actor: 'anna', action: 'stop.order', outcome: 'done', subject: 'stp-1', from: '2026-11-01T00:00:00.000Z', to: '2026-11-18T00:00:00.000Z' });
  });

  it('asks for nothing that is none', () => {
    expect(askedLog(readLogView({ outcome: 'exploded', from: 'yesterday', to: '2026-02-31', q: '  ' }), 50)).toEqual({ limit: 50 });
    expect(askedLog(readLogView({ q: 'x'.repeat(5_000), actor: 'y'.repeat(5_000) }), 50)).toEqual({ limit: 50, text: 'x'.repeat(200), actor: 'y'.repeat(256) });
  });

  it('is said in words', () => {
    expect(filterWords(readLogView(params))).toEqual(['text “stop”', 'by anna', 'action stop.order', 'done', 'about stp-1', 'from 1 Nov 2026', 'until 17 Nov 2026']);
    expect(filterWords(readLogView({}))).toEqual([]);
  });
});

it('reads the number that an identifier spells, and no other identifier', () => {
  expect(entryNumber(entryId(40_218))).toBe(40_218);
  for (const id of ['aud-', 'aud-00a', 'aud-A', 'act-1', 'aud-0', 'aud-1 ', `aud-${'z'.repeat(12)}`]) expect(entryNumber(id)).toBeNull();
});

describe('what changed', () => {
  it('stands name by name, with what was not set before or after', () => {
    expect(changesOf('{"before":{"theme":"light","days":30},"after":{"theme":"dark","days":30,"keys":true}}')).toEqual([
      { name: 'theme', before: 'light', after: 'dark' }, { name: 'days', before: '30', after: '30' }, { name: 'keys', before: null, after: 'true' },
    ]);
  });

  it('may be one value, and keeps every digit of it', () => {
    expect(changesOf('{"before":null,"after":12345678901234567890}')).toEqual([{ name: '', before: 'null', after: '12345678901234567890' }]);
  });

  it('is nothing where the entry tells nothing, or is no JSON', () => {
    for (const details of ['{}', 'null', '[1]', '{"before', '', '{"reason":"x"}']) expect(changesOf(details)).toBeNull();
  });
});

it('lays out what is JSON and leaves the rest as it is', () => {
  expect(laidOut('{"a":1}')).toContain('"a"');
  expect(laidOut('not { json')).toBe('not { json');
});
