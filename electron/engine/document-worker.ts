/** The thread of `document-reader.ts`: one document or bill in, one reading out. */
import { parentPort, workerData } from 'node:worker_threads';
import { readDocument } from './access/read-document.ts';
import type { DocumentInput } from './access/read-document.ts';
import { readBill } from './cost/bills.ts';
import type { BillFormat } from './cost/bills.ts';

export interface BillInput { readonly format: BillFormat; readonly text: string }

const given = workerData as DocumentInput | BillInput;
const isBill = (input: DocumentInput | BillInput): input is BillInput => input.format === 'focus' || input.format === 'csv';
parentPort?.postMessage(isBill(given) ? readBill(given.format, given.text) : readDocument(given));
