/** The thread of `audit-checker.ts`: one check, then it ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '../store/database.ts';
import { storeError } from '../store/errors.ts';
import { checkFile } from './check-file.ts';
import type { CheckFound, CheckOrder } from './check-file.ts';

export interface CheckData extends CheckOrder { readonly file: string; /** not 0: give up. */ readonly stop: SharedArrayBuffer }
export type FromChecker =
  | { readonly t: 'progress'; readonly entries: number; readonly of: number }
  | { readonly t: 'found'; readonly found: CheckFound | null }
  /** the file cannot be read there: `damaged`, or something that may pass (a lock, no memory). */
  | { readonly t: 'unreadable'; readonly entries: number; readonly damaged: boolean; readonly text: string };

const { file, stop, ...order } = workerData as CheckData;
const stopped = new Int32Array(stop);
const say = (message: FromChecker): void => parentPort?.postMessage(message);
let read = 0;
try {
  const db = openReader(file);
  try {
    say({ t: 'found', found: checkFile(db, order, (entries, of) => {
      read = entries;
      say({ t: 'progress', entries, of });
      return Atomics.load(stopped, 0) === 0;
    }) });
  } finally {
    db.close();
  }
} catch (cause) {
  const { code, message } = storeError(cause);
  say({ t: 'unreadable', entries: read, damaged: code === 'corrupt', text: message });
}
