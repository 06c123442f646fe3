/**
 * Reads grant documents that people give, on a thread of its own: a long or hostile one must hold up neither what comes in nor what is
 * asked. One at a time; each thread ends with its document.
 */
import { Worker } from 'node:worker_threads';
import type { DocumentReading } from '../../shared/access.ts';
import type { DocumentInput } from './access/read-document.ts';
import { CallFailure } from './call-failure.ts';

export interface DocumentReader {
  read(input: DocumentInput, signal: AbortSignal): Promise<DocumentReading>;
}

/** SECURITY: a document is a stranger's text: what reading it may cost is bounded, whatever stands in it. */
const usualLimits = { withinMs: 10_000, memoryMb: 256 };

export function documentReader(limits: typeof usualLimits = usualLimits): DocumentReader {
  let last: Promise<unknown> = Promise.resolve();
  return {
    read(input, signal) {
      const reading = last.then(() => readOnThread(input, signal, limits));
      last = reading.catch(() => undefined);
      return reading;
    },
  };
}

async function readOnThread(input: DocumentInput, signal: AbortSignal, { withinMs, memoryMb }: typeof usualLimits): Promise<DocumentReading> {
  signal.throwIfAborted();
  // Beside this file, as source when the engine runs from source and as a bundle when it was built.
  const file = `./document-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
  const worker = new Worker(new URL(file, import.meta.url), { workerData: input, name: 'document-worker', resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  let give = (): void => undefined;
  try {
    return await new Promise<DocumentReading>((resolve, reject) => {
      give = () => reject(signal.aborted ? signal.reason : tooMuch(`within ${withinMs / 1_000} s`));
      limit.addEventListener('abort', give, { once: true });
      worker.once('message', (reading: DocumentReading) => resolve(reading));
      worker.once('error', (error: Error & { code?: string }) => reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch(`in ${memoryMb} MB of memory`) : error));
    });
  } finally {
    limit.removeEventListener('abort', give);
    await worker.terminate();
  }
}

const tooMuch = (bound: string): CallFailure => new CallFailure('bad_request', `This document could not be read ${bound}. Nothing was kept. Give it in smaller parts.`);
