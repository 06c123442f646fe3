import { describe, expect, it } from 'vitest';
import type { Agent, Connection, StrangerSender } from '../../../shared/domain.ts';
import { firstDataSteps, ifNothingComes } from './first-data-steps.ts';

const made = '2026-11-17T14:28:02.000Z';
const connection: Connection = {
  id: 'c1', kind: 'otlp', name: 'Lab', createdAt: made, enabled: true, demo: false, content: 'redacted', health: 'waiting', healthText: '', endpoint: 'http://127.0.0.1:4318',
  tokenEnds: 'k3Qf', runtime: null, firstDataAt: null, lastDataAt: null, agents: 0, activities: 0, received: { bodies: 0, bytes: 0, spans: 0, logs: 0, metricPoints: 0 }, refused: [], setAside: [],
};
const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
const agent: Agent = {
  id: 'a1', name: 'quote-bot', service: 'quote', version: null, identity: 'own', identityOf: null, connectionId: 'c1', connectionName: 'Lab', source: 's', firstSeen: made, lastSeen: made,
  state: 'running', openTasks: 1, tasks: 1, activities: 3, failures: 0, denials: 0, usage, cost: { amountMicros: null, currency: 'USD', provenance: 'unpriced', unpriced: 0 }, failureSpark: [],
};
const receiver = { state: 'listening', host: '127.0.0.1', port: 4318, wantedPort: 4318, message: null } as const;
const stranger: StrangerSender = { process: 'node', pid: 7, count: 4, firstAt: made, lastAt: '2026-11-17T14:30:00.000Z', path: '/v1/traces' };

const states = (steps: ReturnType<typeof firstDataSteps>): string => steps.map((step) => `${step.id}:${step.state}`).join(' ');

describe('from receiver to usage', () => {
  it('waits for data first', () => {
    expect(states(firstDataSteps({ connection, receiver, agents: [] }))).toBe('receiver:done token:done data:waiting agents:later usage:later');
  });

  it('turns green one after the other', () => {
    const arrived = { ...connection, firstDataAt: made, received: { ...connection.received, bodies: 1, spans: 1 } };
    expect(states(firstDataSteps({ connection: arrived, receiver, agents: [] }))).toBe('receiver:done token:done data:done agents:waiting usage:later');
    expect(states(firstDataSteps({ connection: arrived, receiver, agents: [agent] }))).toBe('receiver:done token:done data:done agents:done usage:waiting');
    const counted = { ...agent, usage: { ...usage, cacheReadTokens: 12 } };
    expect(states(firstDataSteps({ connection: arrived, receiver, agents: [counted] }))).toBe('receiver:done token:done data:done agents:done usage:done');
  });

  it('does not call a body whose every record was refused first data', () => {
    const refused = { ...connection, firstDataAt: made, received: { ...connection.received, bodies: 1 }, refused: [{ reason: 'a field has the wrong type', count: 1, lastAt: made, sample: null }] };
    const step = firstDataSteps({ connection: refused, receiver, agents: [] })[2];
    expect(step).toMatchObject({ state: 'broken', detail: '1 body arrived, every record in it refused: a field has the wrong type' });
  });

  it('says that the receiver is down, and why', () => {
    const [first] = firstDataSteps({ connection, receiver: { ...receiver, state: 'failed', port: null, message: 'No port is free.' }, agents: [] });
    expect(first).toMatchObject({ state: 'broken', detail: 'No port is free.' });
  });

  it('says that another port was taken', () => {
    const [first] = firstDataSteps({ connection, receiver: { ...receiver, port: 4319, message: 'Port 4318 is taken; listening on 4319.' }, agents: [] });
    expect(first?.detail).toContain('Port 4318 is taken');
  });
});

describe('if nothing comes', () => {
  it('concludes that nobody called only when nobody did', () => {
    expect(ifNothingComes(connection, [])).toContain('So the agent has not called this address');
  });

  it('counts senders with another token since the connection was made', () => {
    const text = ifNothingComes(connection, [stranger, { ...stranger, lastAt: '2026-11-17T10:00:00.000Z', count: 90, process: 'curl' }]);
    expect(text).toContain('The receiver refused 4 requests without a valid token, some of them since then.');
    expect(text).toContain('From node.');
    expect(text).not.toContain('curl');
  });

  it('points to the reasons when bodies were refused', () => {
    expect(ifNothingComes({ ...connection, refused: [{ reason: 'malformed', count: 2, lastAt: made, sample: null }] }, [])).toContain('The reasons stand with the connection');
  });
});
