/**
 * Answers that are dear to find and cheap to find together. The first question is worked on at once; those that come meanwhile are worked on
 * together, after it.
 */
export class Gathered<Q, A> {
  readonly #work: (asked: readonly Q[]) => Promise<readonly A[]>;
  #waiting: { readonly question: Q; readonly answered: PromiseWithResolvers<A> }[] = [];
  #busy = false;

  /** `work` answers in the order of the questions. */
  constructor(work: (asked: readonly Q[]) => Promise<readonly A[]>) {
    this.#work = work;
  }

  /** SECURITY: never out of work that began before the question: what is asked about may be younger than it. */
  ask(question: Q): Promise<A> {
    const answered = Promise.withResolvers<A>();
    this.#waiting.push({ question, answered });
    if (!this.#busy) void this.#run();
    return answered.promise;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const asked = this.#waiting;
      this.#waiting = [];
      try {
        const answers = await this.#work(asked.map(({ question }) => question));
        asked.forEach(({ answered }, at) => { answered.resolve(answers[at] as A); });
      } catch (error) {
        for (const { answered } of asked) answered.reject(error);
      }
    }
    this.#busy = false;
  }
}
