/**
 * Calls that any application makes (an AWS SDK's): they count only inside an agent's work, and their spans end, and so come, before the
 * agent's own. They wait in memory until something of an agent is known in their trace; the oldest wait in vain.
 */
import type { Told } from './assembler.ts';
import type { TraceState } from './traces.ts';

/** SECURITY: an application without agents could send such spans without end. */
const mostWaiting = 5_000;
const mostInTrace = 500;

export class WaitingCalls {
  private readonly byTrace = new Map<TraceState, Told[]>();
  private count = 0;

  add(trace: TraceState, told: Told): void {
    const calls = this.byTrace.get(trace) ?? [];
    if (calls.length >= mostInTrace && !trace.matters) return;
    if (calls.length === 0) this.byTrace.set(trace, calls);
    calls.push(told);
    this.count += 1;
    while (this.count > mostWaiting) {
      const oldest = this.byTrace.keys().next().value;
      if (oldest === undefined || oldest === trace) return;
      this.count -= this.byTrace.get(oldest)?.length ?? 0;
      this.byTrace.delete(oldest);
    }
  }

  /** Those whose trace turned out to be an agent's. */
  wake(): { readonly trace: TraceState; readonly told: Told }[] {
    const woken: { trace: TraceState; told: Told }[] = [];
    if (this.count === 0) return woken;
    for (const [trace, calls] of this.byTrace) {
      if (!trace.matters) continue;
      for (const told of calls) woken.push({ trace, told });
      this.count -= calls.length;
      this.byTrace.delete(trace);
    }
    return woken;
  }

  forget(): void {
    this.byTrace.clear();
    this.count = 0;
  }
}
