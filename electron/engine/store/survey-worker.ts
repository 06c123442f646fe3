/** The thread of `survey.ts`: reads the whole file for one question, on a connection of its own that cannot write, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from './database.ts';
import { diskUse } from './disk-use.ts';
import { previewErasure } from './erasure-preview.ts';
import { storeError } from './errors.ts';

export type SurveyQuestion = { readonly file: string; readonly nowMs: number } & ({ readonly what: 'disk' } | { readonly what: 'person'; readonly person: string; readonly aliases: readonly string[] });

function answer(question: SurveyQuestion): unknown {
  const db = openReader(question.file);
  try {
    return question.what === 'disk' ? diskUse(db, question.file, question.nowMs) : previewErasure(db, question.file, question.person, question.aliases);
  } finally {
    db.close();
  }
}

try {
  parentPort?.postMessage({ ok: answer(workerData as SurveyQuestion) });
} catch (cause) {
  const { code, message } = storeError(cause);
  parentPort?.postMessage({ error: { code, message } });
}
