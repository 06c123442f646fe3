/** Activity of an order's sources around its command, read again and again: which rows, and when each was first known and last changed. */
import type { SignRow } from '../store/stop-commands.ts';
import type { SeenRow } from './judge-input.ts';
import type { StopReader } from './stop-context.ts';

/** A runtime's clock may be behind ours: as far back as one page reaches. */
const lookbacksUs = [120_000_000, 30_000_000, 5_000_000, 0] as const;
/** What began before the command and ended after it stands in every page: it must hold several rows of each of thousands of runs that are stopped at once. */
const pageRows = 10_000;
const mostPages = 10;
const mostKept = 50_000;

/** What happened just before the clock was set back may come in as late as this. */
const lateUs = 10_000_000;

export interface RowAim { readonly sources: readonly number[]; readonly tasks: readonly number[] | null }

export class RowTrack {
  readonly #read: StopReader['signRows'];
  readonly #aim: RowAim;
  readonly #nowUs: () => number;
  readonly #behindUs: () => number;
  readonly #rows = new Map<number, SeenRow & { /** as it came. */ readonly told: SignRow }>();
  /** rows up to this number were stored before the clock was set back; null: it was not. */
  #storedTo: number | null = null;
  #newest = 0;
  #sinceUs: number | null = null;
  #complete = false;
  /** the first page of an engine that was not there before: when those became known nobody can say. */
  #late: boolean;

  /** `behindUs`: how far this machine's clock is behind ours since it was set back. */
  constructor(read: StopReader['signRows'], aim: RowAim, nowUs: () => number, late: boolean, behindUs: () => number = () => 0) {
    this.#behindUs = behindUs;
    this.#read = read;
    this.#aim = aim;
    this.#nowUs = nowUs;
    this.#late = late;
  }

  get rows(): readonly SeenRow[] { return [...this.#rows.values()]; }
  /** False: not all of it could be read, so that silence in it means nothing. */
  get complete(): boolean { return this.#complete && this.#rows.size < mostKept; }

  /** `commandUs`: of the order; its intent while nothing was let go yet. */
  async read(commandUs: number): Promise<void> {
    this.#complete = false;
    if (this.#sinceUs === null) await this.#begin(commandUs);
    else await this.#reachBack();
    await this.#pages();
    this.#late = false;
  }

  async #begin(commandUs: number): Promise<void> {
    for (const back of lookbacksUs) {
      this.#sinceUs = commandUs - back;
      if ((await this.#page()).length < pageRows) return;
    }
  }

  /** SECURITY: what acts from now on carries times from before the command: it must be read all the same. */
  async #reachBack(): Promise<void> {
    const behindUs = this.#behindUs();
    if (behindUs === 0) return;
    this.#sinceUs = Math.min(this.#sinceUs ?? 0, this.#nowUs() - behindUs - lateUs);
    // Where nothing was read before, what stands there now is what was stored before.
    this.#storedTo ??= this.#newest > 0 ? this.#newest : Math.max(0, ...(await this.#page()).map((row) => row.id));
  }

  async #pages(): Promise<void> {
    for (let pages = 0; pages < mostPages; pages++) {
      const page = await this.#page();
      this.#take(page);
      if (page.length < pageRows) {
        this.#complete = true;
        return;
      }
      // A full page: on from its last row. What is older and changes later is then told by its end.
      const nextUs = page.at(-1)?.startUs ?? 0;
      if (this.#sinceUs === null || nextUs <= this.#sinceUs) return;
      this.#sinceUs = nextUs;
    }
  }

  #page(): Promise<readonly SignRow[]> {
    return this.#read({ ...this.#aim, sinceUs: this.#sinceUs ?? 0, limit: pageRows });
  }

  #take(page: readonly SignRow[]): void {
    const nowUs = this.#nowUs();
    const behindUs = this.#behindUs();
    for (const row of page) {
      const before = this.#rows.get(row.id);
      this.#newest = Math.max(this.#newest, row.id);
      if (before === undefined) {
        // Long over before the command: only in the page because it reaches so far back.
        if (this.#storedTo !== null && row.id <= this.#storedTo) continue;
        const atUs = this.#late ? null : nowUs;
        const shiftUs = this.#late ? 0 : behindUs;
        if (this.#rows.size < mostKept) this.#rows.set(row.id, { told: row, row: later(row, shiftUs, shiftUs), knownUs: atUs, changedUs: atUs });
      } else if (before.told.status !== row.status || before.told.endUs !== row.endUs) this.#rows.set(row.id, { told: row, row: later({ ...row, startUs: before.row.startUs + row.startUs - before.told.startUs }, 0, behindUs), knownUs: before.knownUs, changedUs: nowUs });
    }
  }
}

/** Told by a clock that is behind: it counts as that much later, and never as later than when it became known (`acts.ts`). */
const later = (row: SignRow, startUs: number, endUs: number): SignRow => ({ ...row, startUs: row.startUs + startUs, endUs: row.endUs === null ? null : row.endUs + endUs });
