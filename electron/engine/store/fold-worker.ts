/**
 * The thread that folds the log into the history file while the writer goes on: most of that is waiting for the disk. It has a
 * connection of its own, which never writes anything else. It answers how far it came.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openFolder } from './database.ts';
import type { FromFolder, ToFolder } from './protocol.ts';

const writer = parentPort;
if (writer === null) throw new Error('fold-worker runs as a worker thread only');
const db = openFolder((workerData as { file: string }).file);

writer.on('message', (message: ToFolder) => {
  if (message.t === 'fold') {
    // Once more for what the writer wrote meanwhile: it stands still for what is left, so the less the better. A third time brought nothing.
    db.pragma('wal_checkpoint(PASSIVE)');
    db.pragma('wal_checkpoint(PASSIVE)');
    writer.postMessage({ t: 'folded' } satisfies FromFolder);
    return;
  }
  db.close();
  writer.close();
});
