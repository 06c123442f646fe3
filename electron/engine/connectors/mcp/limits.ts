/** What a strange server may cost. Beyond a bound things are counted and told, never silently left out. */
export const limits = {
  /** one request; on stdio also the time for the first sign of life. */
  requestMs: 10_000,
  /** all lists of one discovery together; the page under way may still end. */
  listingMs: 45_000,
  /**
   * a silent stdio server is taken for one that does not know `server/discover`. As long as a start may take: a late answer to it would be
   * one that nobody asked for, and `npx` alone takes seconds before the server's first line.
   */
  stdioProbeMs: 10_000,
  /** ending a session must not hold up whoever waits. */
  farewellMs: 1_500,
  metadataMs: 5_000,
  pages: 100,
  items: 10_000,
  /** one answer. */
  answerBytes: 16 * 1024 * 1024,
  /** one discovery. */
  sessionBytes: 64 * 1024 * 1024,
  metadataBytes: 256 * 1024,
  name: 512,
  description: 64 * 1024,
  depth: 64,
  cursor: 8_192,
} as const;
