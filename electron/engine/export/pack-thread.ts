/** Makes packs in a thread of their own: seals the log so that the newest acts are covered, writes what the thread makes, signs what it asks for. */
import { Worker } from 'node:worker_threads';
import type { Log } from '../ports.ts';
import type { FromPack, PackWork, ToPack } from './pack-worker.ts';
import { ReportFailure } from './report-failure.ts';
import type { PackJob, PackReport } from './report-packing.ts';

export interface PackerParts {
  /** of the history. */
  readonly file: string;
  readonly log: Log;
  /** Seals what stands in the audit log now. Rejects when it cannot, and says why. */
  readonly seal: () => Promise<unknown>;
  /** A note of the text by the key of the log. Rejects when that is out of reach, and says why. */
  readonly sign: (text: string) => Promise<string>;
}

const memoryMb = 512;

export const packer = (parts: PackerParts): PackReport => async (job) => {
  job.progress('Sealing the audit log', 0);
  await inWords(parts.seal);
  job.signal.throwIfAborted();
  const { file } = parts;
  const { folder, files, standing, spec, completeness, by, version, madeAt } = job;
  // Beside this file, as source when the engine runs from source and as a bundle when it was built.
  const worker = new Worker(new URL(`./pack-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url), { workerData: { file, folder, files, standing, spec, completeness, by, version, madeAt } satisfies PackWork, name: 'pack-worker', resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
  const stop = (): void => void worker.terminate();
  job.signal.addEventListener('abort', stop, { once: true });
  try {
    await ended(worker, parts, job);
  } catch (error) {
    // A thread that was ended because it was told to says so by its end alone.
    job.signal.throwIfAborted();
    throw error;
  } finally {
    job.signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
  job.signal.throwIfAborted();
};

function ended(worker: Worker, { log, sign }: PackerParts, job: PackJob): Promise<void> {
  return new Promise((done, fail) => {
    const answer = (message: ToPack): void => worker.postMessage(message);
    const hear = async (message: FromPack): Promise<void> => {
      if (message.t === 'bytes') {
        job.write(message.bytes);
        answer({ t: 'took' });
      } else if (message.t === 'sign') answer({ t: 'signed', note: await inWords(() => sign(message.text)) });
      else if (message.t === 'progress') job.progress(message.step, message.bytes);
      else if (message.t === 'done') done();
      else {
        if (message.text === null) log.error('a pack could not be made', new Error(message.stack));
        fail(new ReportFailure(message.text ?? 'The pack could not be made for a reason that nobody foresaw. What had been begun was removed. The log of the engine knows more.'));
      }
    };
    worker.on('message', (message: FromPack) => void hear(message).catch(fail));
    worker.once('error', (error) => {
      log.error('a pack could not be made', error);
      fail(new ReportFailure('The pack could not be made: its thread ended. What had been begun was removed.'));
    });
    worker.once('exit', () => fail(new ReportFailure('The pack was not made: its thread was ended.')));
  });
}

/** What stands in the way of the key is said to people as it is. */
async function inWords<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new ReportFailure(error instanceof Error ? error.message : String(error));
  }
}
