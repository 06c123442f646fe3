/** One reading of the rows for several writers: each page is handed to all of them, and the next is read when all have taken it. */

class Channel<T> implements AsyncIterable<T> {
  private give: ((page: IteratorResult<T, undefined>) => void) | null = null;
  private asked: (() => void) | null = null;
  private ended = false;

  /** Resolves when it was asked for, and so the one before was used. */
  async push(page: T): Promise<void> {
    if (this.give === null) await new Promise<void>((done) => { this.asked = done; });
    const give = this.give;
    this.give = null;
    give?.({ done: false, value: page });
  }

  async end(): Promise<void> {
    this.ended = true;
    this.give?.({ done: true, value: undefined });
    await Promise.resolve();
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return {
      next: () => (this.ended ? Promise.resolve({ done: true, value: undefined }) : new Promise((give) => {
        this.give = give;
        this.asked?.();
        this.asked = null;
      })),
    };
  }
}

/** Throws what the first of them throws; the others are then told that there are no more rows. */
export async function fanOut<T, R>(pages: Iterable<T>, writers: readonly ((pages: AsyncIterable<T>) => Promise<R>)[]): Promise<R[]> {
  const channels = writers.map(() => new Channel<T>());
  const results = writers.map((writer, i) => writer(channels[i] as Channel<T>));
  const failed = Promise.race(results.map((result) => result.then(() => new Promise<never>(() => undefined))));
  // It may fail before the first page is read, when nobody looks yet.
  failed.catch(() => undefined);
  try {
    for (const page of pages) await Promise.race([failed, Promise.all(channels.map((channel) => channel.push(page)))]);
  } catch (error) {
    for (const channel of channels) await channel.end();
    await Promise.allSettled(results);
    throw error;
  }
  for (const channel of channels) await channel.end();
  return Promise.all(results);
}
