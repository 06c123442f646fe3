/** Which row stands where, and which one has the focus. Pure: the table only draws it. */

export interface HeldOrder {
  /** rows to draw, in the order in which they stood when the person last asked. */
  order: string[];
  /** came since then: counted, and shown when asked for. */
  waiting: string[];
  /** the sort would now put some row elsewhere. */
  moved: boolean;
}

/** A refresh never moves rows under the pointer: the order is held until the person sorts, filters or asks for it. */
export function holdOrder(held: readonly string[] | null, sorted: readonly string[]): HeldOrder {
  if (held === null) return { order: [...sorted], waiting: [], moved: false };
  const present = new Set(sorted);
  const known = new Set(held);
  const order = held.filter((id) => present.has(id));
  const waiting = sorted.filter((id) => !known.has(id));
  const sortedNow = sorted.filter((id) => known.has(id));
  return { order, waiting, moved: sortedNow.some((id, index) => id !== order[index]) };
}

/** The row that many steps further, inside the list; the first one when none had the focus or it is gone. */
export function step(order: readonly string[], from: string | null, by: number): string | null {
  if (order.length === 0) return null;
  const at = from === null ? -1 : order.indexOf(from);
  if (at < 0) return order[by < 0 ? order.length - 1 : 0] ?? null;
  return order[Math.min(order.length - 1, Math.max(0, at + by))] ?? null;
}

/** Selecting from the anchor to where the focus went, both included. */
export function selectTo(order: readonly string[], selected: ReadonlySet<string>, from: string | null, to: string): Set<string> {
  const next = new Set(selected);
  const a = from === null ? order.indexOf(to) : order.indexOf(from);
  const b = order.indexOf(to);
  for (let at = Math.min(a, b); at <= Math.max(a, b); at += 1) {
    const id = order[at];
    if (id !== undefined) next.add(id);
  }
  return next;
}

export function toggled(selected: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}
