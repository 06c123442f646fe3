/** The thread of `audit-checker.ts`: one check, then it ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '../store/database.ts';
import type { ReadDb } from '../store/database.ts';
import { checkDigests } from '../store/digest-check.ts';
import type { DigestCheck } from '../store/digest-check.ts';
import { storeError } from '../store/errors.ts';
import { checkFile } from './check-file.ts';
import type { ActivityChecked, CheckFound, CheckOrder } from './check-file.ts';

export interface CheckData extends CheckOrder { readonly file: string; /** compare the history with its digests too. */ readonly activity: boolean; /** not 0: give up. */ readonly stop: SharedArrayBuffer }
export type FromChecker =
  | { readonly t: 'progress'; readonly entries: number; readonly of: number; readonly activity: ActivityChecked | null }
  | { readonly t: 'found'; readonly found: CheckFound | null; readonly activity: ActivityChecked | null }
  /** the file cannot be read there: `damaged`, or something that may pass (a lock, no memory). */
  | { readonly t: 'unreadable'; readonly entries: number; readonly damaged: boolean; readonly text: string };

const { file, stop, activity, ...order } = workerData as CheckData;
const stopFlag = new Int32Array(stop);
const goesOn = (): boolean => Atomics.load(stopFlag, 0) === 0;
const say = (message: FromChecker): void => parentPort?.postMessage(message);
let read = 0;

const tellEveryMs = 250;

/** Null: broken off. */
function compare(db: ReadDb, entries: number): { readonly result: DigestCheck; readonly of: number } | null {
  const steps = checkDigests(db);
  let [of, toldMs] = [0, 0];
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return { result: step.value, of };
    of = step.value.of;
    if (!goesOn()) return null;
    if (performance.now() - toldMs < tellEveryMs) continue;
    toldMs = performance.now();
    say({ t: 'progress', entries, of: entries, activity: { digests: 0, records: step.value.records, of } });
  }
}

function check(db: ReadDb): FromChecker {
  const found = checkFile(db, order, (entries, of) => {
    read = entries;
    say({ t: 'progress', entries, of, activity: null });
    return goesOn();
  });
  if (found === null || !activity) return { t: 'found', found, activity: null };
  read = found.entries;
  const compared = compare(db, found.entries);
  if (compared === null) return { t: 'found', found: null, activity: null };
  const { result, of } = compared;
  return { t: 'found', found: { ...found, damage: [...found.damage, ...result.damage], more: found.more || result.more }, activity: { digests: result.digests, records: result.records, of } };
}

try {
  const db = openReader(file);
  try {
    say(check(db));
  } finally {
    db.close();
  }
} catch (cause) {
  const { code, message } = storeError(cause);
  say({ t: 'unreadable', entries: read, damaged: code === 'corrupt', text: message });
}
