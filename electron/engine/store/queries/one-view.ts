/** Questions that make many small statements ask them in one view of the file: opening one for each takes longer than half of what they do, and what they find fits together. */
import type { Reading } from './reading.ts';

export function inOneView<T>(reading: Reading, ask: () => T): T {
  if (reading.db.inTransaction) return ask();
  reading.sql('BEGIN').run();
  try {
    return ask();
  } finally {
    // A reader has nothing to keep. SQLite itself ends the view after some errors.
    if (reading.db.inTransaction) reading.sql('COMMIT').run();
  }
}
