/**
 * Reads grant documents that people give, on a thread of its own: a long or hostile one must hold up neither what comes in nor what is
 * asked. One at a time; each thread ends with its document.
 */
import { Worker } from 'node:worker_threads';
import type { DocumentReading } from '../../shared/access.ts';
import type { DocumentInput } from './access/read-document.ts';
import type { BillResult } from './cost/bills.ts';
import { CallFailure } from './call-failure.ts';
import type { BillInput } from './document-worker.ts';

/** Bills are long files of strangers as well: read as documents are. */
export interface BillReader {
  read(input: BillInput, signal: AbortSignal): Promise<BillResult>;
}

export interface DocumentReader {
  read(input: DocumentInput, signal: AbortSignal): Promise<DocumentReading>;
}

/** SECURITY: a document is a stranger's text: what reading it may cost is bounded, whatever stands in it. */
const usualLimits = { withinMs: 10_000, memoryMb: 256 };

export const documentReader = (limits: typeof usualLimits = usualLimits): DocumentReader => oneAtATime<DocumentInput, DocumentReading>(limits);
export const billReader = (limits: typeof usualLimits = { withinMs: 30_000, memoryMb: 1_024 }): BillReader => oneAtATime<BillInput, BillResult>(limits);

function oneAtATime<I, R>(limits: typeof usualLimits): { read(input: I, signal: AbortSignal): Promise<R> } {
  let last: Promise<unknown> = Promise.resolve();
  return {
    read(input, signal) {
      const reading = last.then(() => readOnThread<I, R>(input, signal, limits));
      last = reading.catch(() => undefined);
      return reading;
    },
  };
}

async function readOnThread<I, R>(input: I, signal: AbortSignal, { withinMs, memoryMb }: typeof usualLimits): Promise<R> {
  signal.throwIfAborted();
  // Beside this file, as source when the engine runs from source and as a bundle when it was built.
  const file = `./document-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
  const worker = new Worker(new URL(file, import.meta.url), { workerData: input, name: 'document-worker', resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  let give = (): void => undefined;
  try {
    return await new Promise<R>((resolve, reject) => {
      give = () => reject(signal.aborted ? signal.reason : tooMuch(`within ${withinMs / 1_000} s`));
      limit.addEventListener('abort', give, { once: true });
      worker.once('message', (reading: R) => resolve(reading));
      worker.once('error', (error: Error & { code?: string }) => reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch(`in ${memoryMb} MB of memory`) : error));
    });
  } finally {
    limit.removeEventListener('abort', give);
    await worker.terminate();
  }
}

const tooMuch = (bound: string): CallFailure => new CallFailure('bad_request', `This document could not be read ${bound}. Nothing was kept. Give it in smaller parts.`);
