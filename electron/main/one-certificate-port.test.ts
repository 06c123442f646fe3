import { describe, expect, it } from 'vitest';
import { answerPrinting } from './one-certificate-port.ts';

const answer = (message: unknown) => answerPrinting(message, 'sto-1', '{"format":"x"}');

describe('the port of the hidden window', () => {
  it('gives the one certificate', () => {
    expect(answer({ t: 'call', n: 1, method: 'stop.certificate', params: { id: 'sto-1' } })).toEqual({ t: 'ok', n: 1, json: '{"format":"x"}' });
  });

  it.each([
    ['another order', { t: 'call', n: 2, method: 'stop.certificate', params: { id: 'sto-2' } }],
    ['anything else to read', { t: 'call', n: 3, method: 'system.status', params: {} }],
    ['a stop', { t: 'call', n: 4, method: 'stop.order', params: { planId: 'p', levers: ['l'], reasonKind: 'other' } }],
    ['a release', { t: 'call', n: 5, method: 'stop.release', params: { id: 'sto-1' } }],
    ['no params', { t: 'call', n: 6, method: 'stop.certificate' }],
  ])('refuses %s', (_what, message) => {
    expect(answer(message)).toMatchObject({ t: 'err', error: { code: 'bad_request' } });
  });

  it('opens no stream and is silent to what is no question', () => {
    expect(answer({ t: 'open', n: 1, stream: 'live.activity', params: {}, credits: 10 })).toMatchObject({ t: 'end', error: { code: 'bad_request' } });
    for (const message of [null, 'call', 7, {}, { t: 'cancel', n: 1 }, { t: 'call', n: 'x' }, { t: 'credit', n: 1, credits: 5 }]) expect(answer(message)).toBeNull();
  });
});
