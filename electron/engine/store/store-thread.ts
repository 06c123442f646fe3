/** Owns one worker thread: starts it, starts it once more when it dies, and says so. */
import { Worker, type Transferable } from 'node:worker_threads';

const mostRestarts = 1;
/** One that does not end by itself is ended. */
const endsWithinMs = 5_000;

export class StoreThread<To, From> {
  private worker: Worker | null = null;
  private restarts = 0;
  private stopping = false;
  private readonly name: string;
  private readonly data: unknown;
  private readonly nurseryMb: number;
  private readonly onMessage: (message: From) => void;
  private readonly onDeath: (startedAgain: boolean) => void;
  private endedNow: () => void = () => undefined;
  /** resolves when the thread is gone for good. */
  readonly ended: Promise<void> = new Promise((done) => { this.endedNow = done; });

  constructor(name: string, data: unknown, nurseryMb: number, onMessage: (message: From) => void, onDeath: (startedAgain: boolean) => void) {
    this.name = name;
    this.data = data;
    this.nurseryMb = nurseryMb;
    this.onMessage = onMessage;
    this.onDeath = onDeath;
  }

  start(): void {
    // Beside this file, as source when the engine runs from source and as a bundle when it was built.
    const file = `./${this.name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData: this.data, name: this.name, resourceLimits: { maxYoungGenerationSizeMb: this.nurseryMb },
    });
    this.worker = worker;
    worker.on('message', (message: From) => this.onMessage(message));
    // An error that nobody caught ends the thread; `exit` follows and is handled there.
    worker.on('error', (error) => process.stderr.write(`${this.name}: ${error.stack ?? error.message}\n`));
    worker.on('exit', () => this.died(worker));
  }

  post(message: To, transfer: readonly Transferable[] = []): void {
    this.worker?.postMessage(message, transfer);
  }

  /** Before it is told to end: its end may be heard before whatever it said last was acted on, and is no death then. */
  willEnd(): void { this.stopping = true; }

  /** Once it was told to end. A thread that is torn down while it starts or is inside a call of the database's can take the process with it (seen: SIGSEGV), so it is waited for. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { worker } = this;
    this.worker = null;
    if (worker === null) return;
    const late = setTimeout(() => void worker.terminate(), endsWithinMs);
    await new Promise<void>((done) => {
      // One that is gone already has no id any more, and says nothing again.
      if (worker.threadId < 0) done();
      else worker.once('exit', () => done());
    });
    clearTimeout(late);
  }

  private died(worker: Worker): void {
    if (worker !== this.worker || this.stopping) {
      this.endedNow();
      return;
    }
    this.worker = null;
    const again = this.restarts < mostRestarts;
    if (again) {
      this.restarts += 1;
      this.start();
    } else this.endedNow();
    this.onDeath(again);
  }
}
