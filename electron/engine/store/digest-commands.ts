/** Closing the digests over what connections brought. Types only: the functions stand in digests.ts. */

export interface DigestCommands {
  /**
   * Closes the digest of every hour but the one that runs, each with its line in the audit log (`activity.digest`, at most 1,000 digests an entry), in one
   * transaction. To be called before each seal, so that the seal counts them. Nothing to close: no entry. `entries`: their numbers in the log.
   */
  'digests.close': { params: Readonly<Record<never, never>>; result: { readonly digests: number; readonly entries: readonly number[] } };
}
