/** The thread of `document-reader.ts`: one document in, one reading out. */
import { parentPort, workerData } from 'node:worker_threads';
import { readDocument } from './access/read-document.ts';
import type { DocumentInput } from './access/read-document.ts';

parentPort?.postMessage(readDocument(workerData as DocumentInput));
