/**
 * The reader thread: one long-lived read-only connection. A heavy question on the writer's connection delayed others by
 * seconds (measured); here it delays only other questions.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { contract } from '../../../shared/contract.ts';
import type { Method } from '../../../shared/contract.ts';
import { keepHeapSmall } from '../spare-heap.ts';
import { openReader } from './database.ts';
import { StoreError, storeError } from './errors.ts';
import type { FromReader, Question, ToReader } from './protocol.ts';
import { Reading } from './queries/reading.ts';
import { queries } from './queries/table.ts';

/** Given to the thread when it starts. */
export interface ReaderData { readonly file: string }

/** Without a question for so long, the pages that were kept for the next one are let go. */
const quietMs = 10_000;

type AnyQuery = (reading: Reading, params: unknown, nowUs: number) => unknown;

if (parentPort) {
  const port = parentPort;
  const db = openReader((workerData as ReaderData).file);
  const reading = new Reading(db);
  keepHeapSmall();
  const quiet = setTimeout(() => db.pragma('shrink_memory'), quietMs);
  port.on('message', (request: ToReader) => {
    if (!('t' in request)) {
      port.postMessage(answer(reading, request));
      quiet.refresh();
      return;
    }
    clearTimeout(quiet);
    db.close();
    port.close();
  });
}

function answer(reading: Reading, { n, name, params, nowUs, checked }: Question): FromReader {
  try {
    if (!Object.hasOwn(queries, name)) throw new StoreError('bad_request', `The history has no query called ${name}.`);
    reading.begin();
    const found = (queries as unknown as Record<string, AnyQuery | undefined>)[name]?.(reading, params, nowUs);
    return { n, ok: checked ? checkedJson(name, found) : found };
  } catch (cause) {
    const { code, message } = storeError(cause);
    return { n, error: { code, message } };
  }
}

function checkedJson(name: string, found: unknown): string {
  if (!Object.hasOwn(contract, name)) throw new StoreError('bad_request', `The contract has no method called ${name}.`);
  const checked = contract[name as Method].result.safeParse(found);
  if (checked.success) return JSON.stringify(checked.data);
  // Paths and expected types only: what stood there is an agent's text and stays out of logs.
  const where = checked.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new StoreError('contract', `The answer of ${name} breaks the contract at ${where}`);
}
