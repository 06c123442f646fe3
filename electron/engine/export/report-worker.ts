/** The thread that writes one report, with a connection of its own that only reads: neither what comes in nor what is asked waits for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { SpareHeap } from '../spare-heap.ts';
import { openReader } from '../store/database.ts';
import { storeError } from '../store/errors.ts';
import { Reading } from '../store/queries/reading.ts';
import { ReportCancelled, ReportFailure } from './report-failure.ts';
import { writeReport } from './write-report.ts';
import type { ReportOrder, ReportOutcome, ReportProgress } from './write-report.ts';

/** `stop`: one number, not 0 when it is to end. Looked at between two pages: the thread is busy and hears no message. */
export interface ReportWork { readonly file: string; readonly order: ReportOrder; readonly stop: SharedArrayBuffer }
export type FromReport = { readonly t: 'progress'; readonly progress: ReportProgress } | { readonly t: 'done'; readonly outcome: ReportOutcome } | { readonly t: 'cancelled' } | { readonly t: 'failed'; readonly text: string; readonly unexpected: string | null };

const tellEveryMs = 250;
/** Most of what it takes is garbage, a group of rows of Parquet is not: looked at more often, a report of a million rows spends more time on collecting than on writing (measured: at 6 MB 80 s, at 12 some 25). */
const spareMb = 12;
/** A report reads each page once: what the reader keeps of the file for others would only take memory. */
const cacheKiB = 2_048;

async function work({ file, order, stop }: ReportWork, tell: (message: FromReport) => void): Promise<void> {
  const flag = new Int32Array(stop);
  const db = openReader(file);
  const heap = new SpareHeap(spareMb);
  let told = 0;
  try {
    db.pragma(`cache_size = -${cacheKiB}`);
    const outcome = await writeReport(new Reading(db), order, {
      cancelled: () => Atomics.load(flag, 0) !== 0,
      progress: (progress) => {
        heap.collectGrown();
        if (performance.now() - told < tellEveryMs) return;
        told = performance.now();
        tell({ t: 'progress', progress });
      },
    });
    tell({ t: 'done', outcome });
  } catch (error) {
    tell(failureOf(error));
  } finally {
    db.close();
  }
}

function failureOf(error: unknown): FromReport {
  if (error instanceof ReportCancelled) return { t: 'cancelled' };
  if (error instanceof ReportFailure) return { t: 'failed', text: error.message, unexpected: null };
  const { code, message } = storeError(error);
  // What is said of the history is said to people; anything else is a mistake of ours, whose place the log keeps.
  return code === 'internal' ? { t: 'failed', text: 'The report could not be written for a reason that nobody foresaw. What had been begun was removed. The log of the engine knows more.', unexpected: error instanceof Error ? (error.stack ?? error.message) : String(error) } : { t: 'failed', text: message, unexpected: null };
}

if (parentPort) {
  const port = parentPort;
  void work(workerData as ReportWork, (message) => port.postMessage(message));
}
