import { describe, expect, it } from 'vitest';
import { judgeHealth } from './health.ts';
import type { HealthFacts } from './health.ts';

const now = 1_000_000_000;
const minute = 60_000;
const fine: HealthFacts = { enabled: true, createdMs: now - 60 * minute, lastDataMs: now - 5_000, receiverListens: true, receiverText: null, lastRefusal: null };

describe('judgeHealth', () => {
  it.each<[string, Partial<HealthFacts>, string, string]>([
    ['data lately', {}, 'healthy', 'Last data 5 s ago'],
    ['never any data', { lastDataMs: null, createdMs: now - 245_000 }, 'waiting', 'Waiting for first data, 4 min'],
    ['silence is not health', { lastDataMs: now - 16 * minute }, 'quiet', 'No data for 16 min'],
    ['switched off', { enabled: false }, 'off', 'Switched off'],
    ['receiver down, whatever came before', { receiverListens: false, receiverText: 'Port 4318 is taken.' }, 'off', 'Port 4318 is taken.'],
    ['the newest was refused', { lastRefusal: { reason: 'body is not OTLP', atMs: now - 1_000, count: 1_200 } }, 'refusing', 'body is not OTLP (1,200 so far)'],
    ['refused once, good since', { lastRefusal: { reason: 'x', atMs: now - 60_000, count: 1 } }, 'healthy', 'Last data'],
    ['only ever refused, long ago', { lastDataMs: null, lastRefusal: { reason: 'x', atMs: now - 30 * minute, count: 1 } }, 'waiting', 'Waiting'],
  ])('%s', (_name, facts, health, text) => {
    const judged = judgeHealth({ ...fine, ...facts }, now);
    expect(judged.health).toBe(health);
    expect(judged.healthText).toContain(text);
  });
});
