/**
 * The reader thread: one long-lived read-only connection. A heavy question on the writer's connection delayed others by
 * seconds (measured); here it delays only other questions.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from './database.ts';
import { StoreError, storeError } from './errors.ts';
import type { FromReader, ToReader } from './protocol.ts';
import { Reading } from './queries/reading.ts';
import { queries } from './queries/table.ts';

/** Given to the thread when it starts. */
export interface ReaderData { readonly file: string }

type AnyQuery = (reading: Reading, params: unknown, nowUs: number) => unknown;

if (parentPort) {
  const port = parentPort;
  const reading = new Reading(openReader((workerData as ReaderData).file));
  port.on('message', (request: ToReader) => {
    port.postMessage(answer(reading, request));
  });
}

function answer(reading: Reading, { n, name, params, nowUs }: ToReader): FromReader {
  try {
    if (!Object.hasOwn(queries, name)) throw new StoreError('bad_request', `The history has no query called ${name}.`);
    reading.begin();
    return { n, ok: (queries as unknown as Record<string, AnyQuery | undefined>)[name]?.(reading, params, nowUs) };
  } catch (cause) {
    const { code, message } = storeError(cause);
    return { n, error: { code, message } };
  }
}
