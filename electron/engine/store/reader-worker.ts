/**
 * The reader thread: one long-lived read-only connection. A heavy question on the writer's connection delayed others by
 * seconds (measured); here it delays only other questions.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from './database.ts';
import { storeError } from './errors.ts';
import { Reading } from './queries/reading.ts';
import { queries, type QueryName } from './queries/table.ts';

export interface ReaderRequest { readonly n: number; readonly name: QueryName; readonly params: unknown; readonly nowUs: number }
export type ReaderAnswer = { readonly n: number; readonly ok: unknown } | { readonly n: number; readonly error: { readonly code: string; readonly message: string } };
/** Given to the thread when it starts. */
export interface ReaderData { readonly file: string }

type AnyQuery = (reading: Reading, params: unknown, nowUs: number) => unknown;

if (parentPort) {
  const port = parentPort;
  const reading = new Reading(openReader((workerData as ReaderData).file));
  port.on('message', (request: ReaderRequest) => {
    port.postMessage(answer(reading, request));
  });
}

function answer(reading: Reading, { n, name, params, nowUs }: ReaderRequest): ReaderAnswer {
  try {
    reading.begin();
    return { n, ok: (queries[name] as AnyQuery)(reading, params, nowUs) };
  } catch (cause) {
    const { code, message } = storeError(cause);
    return { n, error: { code, message } };
  }
}
