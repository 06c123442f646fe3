/** Work on many things, so many at a time; answers in the things' order. Nothing is begun once `go` says no; what was not begun is undefined. */
export async function inLanes<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>, { go = () => true, freeAfterMs = null }: { readonly go?: () => boolean; readonly freeAfterMs?: number | null } = {}): Promise<(R | undefined)[]> {
  const results = Array.from<R | undefined>({ length: items.length });
  const slow: Promise<void>[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length && go()) {
      const index = next++;
      const done = work(items[index]!).then((result) => { results[index] = result; });
      // What hangs holds its lane only so long: the others behind it must not wait for it.
      // Nothing is begun after a failure: it is the whole's.
      const stops = done.catch((error: unknown) => { next = items.length; throw error; });
      if (freeAfterMs === null || await raced(stops, freeAfterMs)) await stops;
      else slow.push(stops);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, lane));
  const rest = await Promise.allSettled(slow);
  for (const one of [...lanes, ...rest]) if (one.status === 'rejected') throw one.reason;
  return results;
}

/** False: it was not done in time. A failure counts as done: whoever waits for it next gets it. */
async function raced(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => { timer = setTimeout(() => resolve(false), ms); });
  const settled = work.then(() => true, () => true);
  const first = await Promise.race([settled, late]);
  clearTimeout(timer);
  return first;
}
