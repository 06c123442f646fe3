import { describe, expect, it } from 'vitest';
import { answerReport } from './one-report-port.ts';

const spec = { name: 'Quarter', from: '2026-08-01T00:00:00.000Z' };
const answer = (message: unknown) => answerReport(message, JSON.stringify(spec), { 'reports.document': '{"sections":[]}', 'reports.preview': '{"warnings":[]}' });

describe('the port of the window that prints a report', () => {
  it('gives the one document and its counts', () => {
    expect(answer({ t: 'call', n: 1, method: 'reports.document', params: { ...spec } })).toEqual({ t: 'ok', n: 1, json: '{"sections":[]}' });
    expect(answer({ t: 'call', n: 2, method: 'reports.preview', params: { ...spec } })).toEqual({ t: 'ok', n: 2, json: '{"warnings":[]}' });
  });

  it.each([
    ['another report', { t: 'call', n: 2, method: 'reports.document', params: { ...spec, name: 'Year' } }],
    ['a report to be written', { t: 'call', n: 3, method: 'reports.start', params: { spec, target: '/etc' } }],
    ['anything else to read', { t: 'call', n: 4, method: 'audit.list', params: {} }],
    ['no params', { t: 'call', n: 5, method: 'reports.document' }],
  ])('refuses %s', (_what, message) => {
    expect(answer(message)).toMatchObject({ t: 'err', error: { code: 'bad_request' } });
  });

  it('opens no stream and is silent to what is no question', () => {
    expect(answer({ t: 'open', n: 1, stream: 'live.activity', params: {}, credits: 10 })).toMatchObject({ t: 'end', error: { code: 'bad_request' } });
    for (const message of [null, 'call', 7, {}, { t: 'cancel', n: 1 }, { t: 'call', n: 'x' }]) expect(answer(message)).toBeNull();
  });
});
