import { describe, expect, it } from 'vitest';
import { Alarms } from './alarms.ts';
import type { HistoryPort } from './history-port.ts';

const ada = { kind: 'desktop', name: 'ada', place: 'page', readOnly: false } as const;

function house(): { alarms: Alarms; told: { name: string; params: unknown }[] } {
  const told: { name: string; params: unknown }[] = [];
  const stored = [{ id: 'clock', severity: 'attention', text: 'The clock jumped.', sinceUs: 1 }];
  const history = { query: () => Promise.resolve({ alarms: stored }), command: (name: string, params: unknown) => { told.push({ name, params }); return Promise.resolve({ id: 1 }); } } as unknown as HistoryPort;
  const alarms = new Alarms(history, { info: () => undefined, warn: () => undefined, error: () => undefined }, () => undefined);
  return { alarms, told };
}

describe('a notice that a person puts away', () => {
  it('is in the audit log, with what it said, whether it was stored or held as long as its cause', async () => {
    const { alarms, told } = house();
    alarms.raise('receiver', 'failed', 'The receiver does not listen.');
    await alarms.dismiss('clock', ada);
    await alarms.dismiss('receiver', ada);
    expect(told).toMatchObject([
      { name: 'alarms.dismiss', params: { id: 'clock', audit: { actor: 'ada', action: 'alarm.dismiss', outcome: 'done', text: 'Put away the notice: The clock jumped.' } } },
      { name: 'audit.append', params: { actor: 'ada', action: 'alarm.dismiss', outcome: 'done', text: 'Put away the notice: The receiver does not listen.' } },
    ]);
  });

  it('must be there', async () => {
    const { alarms, told } = house();
    await expect(alarms.dismiss('gone', ada)).rejects.toThrow('gone already');
    expect(told).toEqual([]);
  });
});
