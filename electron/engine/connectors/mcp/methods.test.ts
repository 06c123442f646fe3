import { describe, expect, it } from 'vitest';
import { refuseToAct } from './methods.ts';

describe('what may leave', () => {
  it.each(['tools/list', 'server/discover', 'initialize', 'notifications/initialized'])('lets %s out', (method) => {
    expect(() => refuseToAct({ jsonrpc: '2.0', id: 1, method })).not.toThrow();
  });

  it('lets answers out', () => {
    expect(() => refuseToAct({ jsonrpc: '2.0', id: 1, result: {} })).not.toThrow();
  });

  it.each(['tools/call', 'resources/read', 'prompts/get', 'completion/complete', 'logging/setLevel', 'tasks/cancel', 'notifications/cancelled', 'TOOLS/LIST', ''])('keeps %j back, in a batch too', (method) => {
    expect(() => refuseToAct({ jsonrpc: '2.0', id: 1, method })).toThrow('kept back');
    expect(() => refuseToAct([{ jsonrpc: '2.0', id: 1, method: 'tools/list' }, { jsonrpc: '2.0', id: 2, method }])).toThrow('kept back');
  });

  it.each([null, 'tools/list', 7])('keeps %j back', (message) => {
    expect(() => refuseToAct(message)).toThrow('kept back');
  });
});
