import { describe, expect, it } from 'vitest';
import type { ConsoleRecord } from '../../shared/audit.ts';
import { ConsoleRecorder } from './console-recorder.ts';

describe('what is done in the desktop', () => {
  it('waits for the engine with its time, and what cannot be sent is sent again', async () => {
    const sent: ConsoleRecord[] = [];
    const engine = { ready: false, broken: false };
    let nowMs = Date.parse('2026-11-23T10:00:00Z');
    const recorder = new ConsoleRecorder({ ready: () => engine.ready, send: (records) => { if (engine.broken) return Promise.reject(new Error('away')); sent.push(...records); return Promise.resolve(); }, say: () => undefined, nowMs: () => nowMs });
    recorder.note({ act: 'lock.unlock', outcome: 'done' });
    nowMs += 60_000;
    engine.ready = true;
    engine.broken = true;
    await recorder.flush();
    expect(sent).toEqual([]);
    engine.broken = false;
    recorder.note({ act: 'auditor.enter', outcome: 'done', details: { shown: 'hashes' } });
    await recorder.flush();
    expect(sent).toMatchObject([{ act: 'lock.unlock', at: '2026-11-23T10:00:00.000Z' }, { act: 'auditor.enter', at: '2026-11-23T10:01:00.000Z', details: { shown: 'hashes' } }]);
  });

  it('is bounded while the engine is away, and what was dropped is counted', async () => {
    const sent: ConsoleRecord[] = [];
    let ready = false;
    const recorder = new ConsoleRecorder({ ready: () => ready, send: (records) => { sent.push(...records); return Promise.resolve(); }, say: () => undefined });
    for (let times = 0; times < 250; times += 1) recorder.note({ act: 'lock.unlock', outcome: 'refused' });
    ready = true;
    await recorder.flush();
    expect([sent.length, sent.at(-1)?.details]).toEqual([200, { notWritten: 50 }]);
  });
});
