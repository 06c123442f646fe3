/** How lines of `digest_run` and `digest_chunk` are found. */

/** More than a block ever has slots: block and slot are one number. */
export const placesInBlock = 1_024;
export const blockOf = (place: number): number => Math.floor(place / placesInBlock);

/** More than an hour ever has chunks. */
const chunksInDigest = 1_048_576;
export const chunkAt = (digest: number, chunk: number): number => digest * chunksInDigest + chunk;

/** Whether the record's bytes are rightly not those of its leaf any more. */
export const isGone = (bits: Uint8Array | null, at: number): boolean => bits !== null && ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
