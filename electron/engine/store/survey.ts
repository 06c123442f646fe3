/** Questions for which the whole history file has to be read, each on a thread of its own: neither the writer nor the reader waits for them. One at a time. */
import { Worker } from 'node:worker_threads';
import type { DiskUse, ErasurePreview } from '../../../shared/retention.ts';
import { StoreError, type StoreErrorCode } from './errors.ts';
import type { SurveyQuestion } from './survey-worker.ts';

export interface Survey {
  disk(signal: AbortSignal): Promise<DiskUse>;
  person(person: string, aliases: readonly string[], signal: AbortSignal): Promise<ErasurePreview>;
}

export function openSurvey(file: () => string): Survey {
  let last: Promise<unknown> = Promise.resolve();
  const ask = <T>(question: (file: string) => SurveyQuestion, signal: AbortSignal): Promise<T> => {
    const asking = last.then(() => onThread<T>(question(file()), signal));
    // Whoever comes next waits for its end, not for its success.
    last = asking.catch(() => undefined);
    return asking;
  };
  return {
    disk: (signal) => ask((at) => ({ what: 'disk', file: at, nowMs: Date.now() }), signal),
    person: (person, aliases, signal) => ask((at) => ({ what: 'person', file: at, nowMs: Date.now(), person, aliases }), signal),
  };
}

type Answer<T> = { readonly ok: T } | { readonly error: { readonly code: StoreErrorCode; readonly message: string } };

async function onThread<T>(question: SurveyQuestion, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  // Beside this file, as source when the engine runs from source and as a bundle when it was built.
  const file = `./survey-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
  const worker = new Worker(new URL(file, import.meta.url), { workerData: question, name: 'survey-worker' });
  let stop = (): void => undefined;
  try {
    const answer = await new Promise<Answer<T>>((resolve, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      worker.once('message', (message: Answer<T>) => resolve(message));
      worker.once('error', reject);
    });
    if ('error' in answer) throw new StoreError(answer.error.code, answer.error.message);
    return answer.ok;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
