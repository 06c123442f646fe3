/** The thread that makes a pack, with a connection of its own that only reads. What it writes and what it wants signed goes through the engine, which holds the key. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { openReader } from '../store/database.ts';
import { readHead } from '../store/audit-head.ts';
import type { PackJob } from './report-packing.ts';
import { packLog } from './pack-log.ts';
import { packPrograms } from './pack-programs.ts';
import { activitySource, logSource } from './pack-source.ts';
import { writePack } from './pack.ts';
import { ReportFailure } from './report-failure.ts';

export interface PackWork extends Pick<PackJob, 'folder' | 'files' | 'standing' | 'spec' | 'completeness' | 'by' | 'version' | 'madeAt'> { readonly file: string }
/** `bytes` and `sign` wait for their answer. */
export type FromPack = { readonly t: 'bytes'; readonly bytes: Uint8Array } | { readonly t: 'sign'; readonly text: string } | { readonly t: 'progress'; readonly step: string; readonly bytes: number } | { readonly t: 'done' } | { readonly t: 'failed'; readonly text: string | null; readonly stack: string };
export type ToPack = { readonly t: 'took' } | { readonly t: 'signed'; readonly note: string };

const cacheKiB = 8_192;
const tellEveryMs = 250;
/** One message of this size instead of many small ones. */
const gathered = 256 * 1_024;

class Engine {
  readonly #port: MessagePort;
  #answer: (answer: ToPack) => void = () => undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #told = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (answer: ToPack) => this.#answer(answer));
  }

  async take(bytes: Uint8Array): Promise<void> {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= gathered) await this.flush();
  }

  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#held);
    [this.#held, this.#heldBytes] = [[], 0];
    if (bytes.length > 0) await this.#ask({ t: 'bytes', bytes });
  }

  async sign(text: string): Promise<string> {
    const answer = await this.#ask({ t: 'sign', text });
    return answer.t === 'signed' ? answer.note : '';
  }

  progress(path: string, bytes: number): void {
    if (performance.now() - this.#told < tellEveryMs) return;
    this.#told = performance.now();
    this.tell({ t: 'progress', step: `Packing ${path}`, bytes });
  }

  tell(message: FromPack): void { this.#port.postMessage(message); }

  #ask(message: FromPack): Promise<ToPack> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.tell(message);
    });
  }
}

async function work({ file, folder, files, standing, ...order }: PackWork, engine: Engine): Promise<void> {
  const db = openReader(file);
  try {
    db.pragma(`cache_size = -${cacheKiB}`);
    const log = packLog(logSource(db), readHead(db)?.frontier.size ?? 0);
    await writePack({ ...order, folder, files, log, programs: packPrograms(), activity: standing === null ? null : activitySource(db, join(folder, standing), log.size), sign: (text) => engine.sign(text), onProgress: (path, bytes) => engine.progress(path, bytes) }, (bytes) => engine.take(bytes));
    await engine.flush();
    engine.tell({ t: 'done' });
  } catch (error) {
    engine.tell({ t: 'failed', text: error instanceof ReportFailure ? error.message : null, stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  } finally {
    db.close();
  }
}

if (parentPort) {
  const engine = new Engine(parentPort);
  // Without it the thread would wait for answers for ever.
  await work(workerData as PackWork, engine).finally(() => parentPort?.unref());
}
