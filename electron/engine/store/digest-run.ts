/** How a line of `digest_run` is read. */

/** More than a block ever has slots: block and slot are one number. */
export const placesInBlock = 1_024;
export const blockOf = (place: number): number => Math.floor(place / placesInBlock);

/** Whether the record's bytes are rightly not those of its leaf any more. */
export const isGone = (bits: Uint8Array | null, at: number): boolean => bits !== null && ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
