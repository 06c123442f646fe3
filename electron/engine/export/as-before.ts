/** Of the cells of a long report most are as in the row before: what was made of the last one of each column is kept, so that it is not made again. */
import type { Cell, Column } from './columns.ts';

/** Texts of agents may be megabytes, and differ anyway. */
const longestKept = 200;

export class AsBefore<T> {
  private readonly columns: readonly Column[];
  private readonly make: (column: Column, value: Cell) => T;
  private readonly last: (Cell | undefined)[];
  private readonly made: (T | undefined)[];

  /** `make` depends on nothing but the cell. */
  constructor(columns: readonly Column[], make: (column: Column, value: Cell) => T) {
    this.columns = columns;
    this.make = make;
    this.last = columns.map(() => undefined);
    this.made = columns.map(() => undefined);
  }

  /** `at`: of the column. */
  of(at: number, value: Cell): T {
    if (value === this.last[at]) return this.made[at] as T;
    const made = this.make(this.columns[at] as Column, value);
    if (typeof value !== 'string' || value.length <= longestKept) {
      this.last[at] = value;
      this.made[at] = made;
    }
    return made;
  }
}
