/**
 * Preloaded into the measured engine (`node --import ./bench/loop-lag.ts ...`): on each SIGUSR2 writes the main thread's
 * event loop delay since the last one, in milliseconds, to the file named by GATEHOUSE_LOOP_LAG, and starts anew.
 */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const file = process.env['GATEHOUSE_LOOP_LAG'];
if (isMainThread && file) {
  const resolutionMs = 1;
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  process.on('SIGUSR2', () => {
    // The histogram holds the time between two ticks of its timer: the wait beyond the timer's own period is the lag.
    const ms = (nanos: number): number => Math.max(0, nanos / 1e6 - resolutionMs);
    writeFileSync(file, JSON.stringify({ p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) }));
    delay.reset();
  });
}
