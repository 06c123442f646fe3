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

export interface RowAim { readonly sources: readonly number[]; readonly tasks: readonly number[] | null }

export class RowTrack {
  readonly #read: StopReader['signRows'];
  readonly #aim: RowAim;
  readonly #nowUs: () => number;
  readonly #rows = new Map<number, SeenRow>();
  #sinceUs: number | null = null;
  #complete = false;
  /** the first page of an engine that was not there before: when those became known nobody can say. */
  #late: boolean;

  constructor(read: StopReader['signRows'], aim: RowAim, nowUs: () => number, late: boolean) {
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
    await this.#pages();
    this.#late = false;
  }

  async #begin(commandUs: number): Promise<void> {
    for (const back of lookbacksUs) {
      this.#sinceUs = commandUs - back;
      if ((await this.#page()).length < pageRows) return;
    }
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
    for (const row of page) {
      const before = this.#rows.get(row.id);
      if (before === undefined) {
        const atUs = this.#late ? null : nowUs;
        if (this.#rows.size < mostKept) this.#rows.set(row.id, { row, knownUs: atUs, changedUs: atUs });
      } else if (before.row.status !== row.status || before.row.endUs !== row.endUs) this.#rows.set(row.id, { row, knownUs: before.knownUs, changedUs: nowUs });
    }
  }
}
