/**
 * Gives a thread's garbage back while there is little of it. V8 collects the old generation of a thread when it has come to about half of what the thread may hold
 * at most, hundreds of megabytes for most, and until then keeps what a question or a report left there, and each thread of the engine does so for itself: beside
 * questions that go on the reader grew from 13 to 44 MB of which 13 were in use. A lower limit (`resourceLimits`, `--initial-old-space-size`) would end a thread that
 * for once needs more, or did nothing (measured).
 */
import v8 from 'node:v8';
import vm from 'node:vm';

type Collect = (how: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void;

export interface HeapParts {
  /** bytes that it takes now. */
  readonly size: () => number;
  /** false: it could not. */
  readonly collect: () => boolean;
}

/** A thread is collected when it has grown by so much since the last time: it stands still meanwhile, for 25 to 60 ms. */
const spareMb = 6;
const lookEveryMs = 2_000;
/** What comes in or is asked meanwhile waits for it: not more than this part of the time, however fast garbage is made. */
const restMs = 20_000;
/** A thread that works more of its time than this is left to V8, which waits for no pause. */
const calmBelow = 0.5;

export class SpareHeap {
  private readonly spareBytes: number;
  private readonly parts: HeapParts;
  private after = 0;

  constructor(mostMb: number, parts: HeapParts = ownHeap()) {
    this.spareBytes = mostMb * 1024 * 1024;
    this.parts = parts;
  }

  /** Cheap when there is nothing to do: a report asks it once a page. */
  collectGrown(): boolean {
    if (this.parts.size() - this.after < this.spareBytes || !this.parts.collect()) return false;
    this.after = this.parts.size();
    return true;
  }
}

/** For a thread that lives as long as the engine. Holds up nothing that wants to end. */
export function keepHeapSmall(heap = new SpareHeap(spareMb)): void {
  let before = performance.eventLoopUtilization();
  let resting = 0;
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    const calm = performance.eventLoopUtilization(now, before).utilization < calmBelow;
    before = now;
    resting -= lookEveryMs;
    if (calm && resting <= 0 && heap.collectGrown()) resting = restMs;
  }, lookEveryMs).unref();
}

function ownHeap(): HeapParts {
  let collect: Collect | null = null;
  return {
    size: () => v8.getHeapStatistics().total_physical_size,
    collect: () => {
      collect ??= collector();
      collect?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      return collect !== null;
    },
  };
}

/**
 * The flag is of the whole process and set only for the moment that a context is made in, so that no other has the function. null: another thread did the same and
 * took it away meanwhile; the next look tries again.
 */
function collector(): Collect | null {
  v8.setFlagsFromString('--expose-gc');
  const found = vm.runInNewContext('typeof gc === "function" ? gc : null') as Collect | null;
  v8.setFlagsFromString('--no-expose-gc');
  return found;
}
