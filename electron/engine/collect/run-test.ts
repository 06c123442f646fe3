/** Asks a runtime once, for a person: what is reachable, what is missing, which right would fix it. */
import type { ConnectionTest, TestCheck } from '../../../shared/domain.ts';
import { faultFrom } from '../connectors/faults.ts';
import type { Clock, Log } from '../ports.ts';
import { judgeError } from './judge-error.ts';
import type { OpenedRuntime } from './open-runtime.ts';

export const testWithinMs = 60_000;

/** Closes what it was given. */
export async function runTest(opened: OpenedRuntime, signal: AbortSignal, clock: Clock, log: Log): Promise<ConnectionTest> {
  const { connector, declaration, mask } = opened;
  try {
    const { checks, facts } = await connector.test(AbortSignal.any([signal, opened.signal, AbortSignal.timeout(testWithinMs)]));
    return mask()({
      ok: checks.length > 0 && checks.every(({ result }) => result !== 'failed' && result !== 'missing'), at: new Date(clock.now()).toISOString(), checks: [...checks],
      capabilities: [...(facts?.capabilities ?? declaration.capabilities)], visibility: facts?.visibility ?? 'unknown', product: facts?.product ?? null, version: facts?.version ?? null,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    const judged = judgeError(error);
    if (judged.kind === 'ours') log.error('a test of a runtime failed', error);
    const detail = judged.kind === 'ours' ? 'Gatehouse made a mistake in this test; its log knows it.' : faultFrom(error).message;
    const check: TestCheck = { id: 'reach', title: 'Reachable', result: 'failed', detail, fix: null, ms: null };
    return mask()({ ok: false, at: new Date(clock.now()).toISOString(), checks: [check], capabilities: [...declaration.capabilities], visibility: 'unknown' as const, product: null, version: null });
  } finally {
    await opened.close();
  }
}
