import { describe, expect, it } from 'vitest';
import type { CollectorState } from './collect/collector.ts';
import type { FailureKind } from './collect/schedule.ts';
import { judgeRuntime } from './runtime-health.ts';
import type { RuntimeHealthFacts } from './runtime-health.ts';

const now = 1_000_000_000;
const well: CollectorState = { circuit: 'closed', lastPollMs: now - 1_000, nextPollMs: now, fault: null, stuck: 0 };
const failing = (kind: FailureKind, more: Partial<CollectorState> = {}): CollectorState => ({ circuit: 'open', lastPollMs: now - 5_000, nextPollMs: now + 12_300, fault: { kind, text: 'What it says.', sinceMs: now - 180_000 }, stuck: 0, ...more });
const judge = (more: Partial<RuntimeHealthFacts>) => judgeRuntime({ enabled: true, state: well, waitsForConsent: false, builtIn: true, kind: 'a2a', findings: [], storedPollMs: null, ...more }, now);

describe('judgeRuntime', () => {
  it.each([['unreachable', 'unreachable'], ['throttled', 'throttled'], ['credential_refused', 'unauthorised'], ['credential_missing', 'unauthorised'], ['forbidden', 'unauthorised'], ['runtime_error', 'degraded'], ['garbage', 'degraded'], ['ours', 'degraded'], ['history', 'degraded']] as const)('%s is %s', (kind, health) => {
    expect(judge({ state: failing(kind) }).health).toBe(health);
  });

  it('says what, since when, and when it is asked again', () => {
    expect(judge({ state: failing('unreachable') }).healthText).toBe('What it says. So for 3 min. It is asked again in 13 s.');
    expect(judge({ state: failing('unreachable', { circuit: 'half_open' }) }).healthText).toContain('being asked again now');
    expect(judge({ state: failing('credential_refused') }).healthText).toContain('At once when you give another credential.');
  });

  it('is degraded by what keeps the runtime from its work, and tells the rest', () => {
    expect(judge({})).toEqual({ health: 'healthy', healthText: 'Last read 1 s ago.' });
    const findings = [{ id: 'i', severity: 'info' as const, text: 'Info.' }, { id: 'a', severity: 'attention' as const, text: 'No key is needed.' }, { id: 'f', severity: 'failed' as const, text: 'Its workers are dead.' }];
    expect(judge({ findings })).toEqual({ health: 'degraded', healthText: 'Last read 1 s ago. It answers, but: Its workers are dead. 1 more finding.' });
    expect(judge({ findings: findings.slice(0, 2) })).toEqual({ health: 'healthy', healthText: 'Last read 1 s ago. No key is needed.' });
    expect(judge({ findings: findings.slice(0, 1) }).health).toBe('healthy');
    expect(judge({ state: { ...well, stuck: 2 } })).toEqual({ health: 'healthy', healthText: 'Last read 1 s ago. 2 tasks without progress.' });
  });

  it('never says well of what is not asked', () => {
    expect(judge({ enabled: false }).health).toBe('off');
    expect(judge({ builtIn: false }).healthText).toContain('kind a2a');
    expect(judge({ waitsForConsent: true, state: well }).healthText).toContain('consent');
    expect(judge({ state: null, storedPollMs: now - 7_200_000 })).toEqual({ health: 'quiet', healthText: 'No engine runs that asks it; it was last read 2 h ago.' });
    expect(judge({ state: { ...well, lastPollMs: null } }).health).toBe('waiting');
  });
});
