/** Runs one report in a thread of its own and hears how far it is. */
import { Worker } from 'node:worker_threads';
import { ReportCancelled, ReportFailure } from './report-failure.ts';
import type { FromReport, ReportWork } from './report-worker.ts';
import type { ReportOrder, ReportOutcome, ReportProgress } from './write-report.ts';

/**
 * What the thread may keep of texts and rows: a few pages, whatever the report's length. V8 takes what it is allowed before it clears up, and the whole
 * engine is to stay small (measured: with no limit a report took 230 MB, with these 40 to 60, in about the same time).
 */
const memoryMb = 128;
const youngMb = 6;
/** A thread that was told to end and is inside of a long write is ended. */
const endsWithinMs = 5_000;

export interface RunningReport {
  readonly outcome: Promise<ReportOutcome>;
  /** `outcome` then fails with ReportCancelled. */
  stop(): void;
}

export type RunReport = (order: ReportOrder, progress: (progress: ReportProgress) => void, unexpected: (stack: string) => void) => RunningReport;

export function reportThread(file: string): RunReport {
  return (order, progress, unexpected) => {
    const stop = new SharedArrayBuffer(4);
    // Beside this file, as source when the engine runs from source and as a bundle when it was built.
    const worker = new Worker(new URL(`./report-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url), { workerData: { file, order, stop } satisfies ReportWork, name: 'report-worker', resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: youngMb } });
    let late: NodeJS.Timeout | null = null;
    const outcome = new Promise<ReportOutcome>((done, fail) => {
      worker.on('message', (message: FromReport) => {
        if (message.t === 'progress') progress(message.progress);
        else if (message.t === 'done') done(message.outcome);
        else if (message.t === 'cancelled') fail(new ReportCancelled());
        else {
          if (message.unexpected !== null) unexpected(message.unexpected);
          fail(new ReportFailure(message.text));
        }
      });
      worker.once('error', (error: Error & { code?: string }) => {
        unexpected(error.stack ?? error.message);
        fail(new ReportFailure(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `The report needed more than ${memoryMb} MB of memory. It was ended, and is not there. Choose fewer formats at once, or tell us.` : 'The report ended for a reason that nobody foresaw. The log of the engine knows more.'));
      });
      worker.once('exit', () => {
        if (late !== null) clearTimeout(late);
        fail(new ReportCancelled());
      });
    });
    return {
      outcome,
      stop: () => {
        Atomics.store(new Int32Array(stop), 0, 1);
        late ??= setTimeout(() => void worker.terminate(), endsWithinMs);
      },
    };
  };
}
