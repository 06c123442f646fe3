/**
 * The thread that reads bodies: it decodes and normalises them, masks what is secret and compresses the records, so that the writer is
 * left with the file. It is the writer's: it begins and ends with it. Bodies come straight from the engine's main thread.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { keepHeapSmall } from '../spare-heap.ts';
import { storeError } from './errors.ts';
import { realIntake } from './intake.ts';
import { buffersOf, prepare } from './prepared.ts';
import type { FromPreparer, ToPreparer } from './protocol.ts';
import { BodyReader } from './read-body.ts';

const writer = parentPort;
if (writer === null) throw new Error('prepare-worker runs as a worker thread only');
const reader = new BodyReader(realIntake);
keepHeapSmall();

const { bodies } = workerData as { bodies: MessagePort };
bodies.on('message', (message: ToPreparer) => {
  if (message.t === 'body') {
    take(message.job);
    return;
  }
  // What was sent before it is with the writer by then.
  writer.postMessage(message satisfies FromPreparer);
  bodies.close();
});

function take(job: Extract<ToPreparer, { t: 'body' }>['job']): void {
  let answer: FromPreparer;
  try {
    const body = prepare(job, reader);
    // All of it that is kept has been copied. Given back now, it does not wait for the collector, which would have to run more often.
    (job.body.buffer as ArrayBuffer).transfer(0);
    answer = { t: 'prepared', body };
  } catch (cause) {
    answer = { t: 'unreadable', n: job.n, reason: storeError(cause).message };
  }
  writer?.postMessage(answer, answer.t === 'prepared' ? buffersOf(answer.body) : []);
}
