/**
 * Tasks that changed since their cost was folded. Only in memory: at a start, and when they become too many, the file itself is looked
 * through for those whose folded line is not as they are.
 */
const most = 200_000;

export class DirtyTasks {
  private ids = new Set<number>();
  /** the file is to be looked through from this task on; null: it was. */
  scanFrom: number | null = 0;

  add(id: number): void {
    this.ids.add(id);
    if (this.ids.size <= most) return;
    let first = this.scanFrom ?? Number.MAX_SAFE_INTEGER;
    for (const one of this.ids) first = Math.min(first, one - 1);
    this.scanFrom = first;
    this.ids = new Set();
  }

  delete(id: number): void {
    this.ids.delete(id);
  }

  get size(): number {
    return this.ids.size;
  }

  /** Those that changed longest ago first. */
  all(): Iterable<number> {
    return this.ids;
  }
}
