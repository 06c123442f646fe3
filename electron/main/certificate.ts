/** Saves the certificate of a stop order: as the engine's JSON, or as a PDF that our own page draws in a hidden window. */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { dialog } from 'electron';
import type { BrowserWindow } from 'electron';
import { certificateTitle } from '../../shared/page-channels.ts';
import type { CertificateForm, CertificateWish } from '../../shared/page-api.ts';
import type { StopCertificate } from '../../shared/stop.ts';
import type { EngineCaller } from './engine-caller.ts';
import { answerPrinting } from './one-certificate-port.ts';
import { footOf, printPage } from './printed-page.ts';

export interface CertificateParts {
  readonly window: BrowserWindow;
  readonly openCaller: () => EngineCaller;
  readonly preload: string;
  readonly version: string;
}

async function readCertificate(parts: CertificateParts, orderId: string): Promise<StopCertificate> {
  const caller = parts.openCaller();
  try {
    return await caller.call('stop.certificate', { id: orderId });
  } finally {
    caller.close();
  }
}

async function askPlace(window: BrowserWindow, number: number, as: CertificateForm): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: `Save certificate ${number}`, defaultPath: `gatehouse-stop-${number}.${as}`, buttonLabel: 'Save',
    filters: [as === 'pdf' ? { name: 'PDF document', extensions: ['pdf'] } : { name: 'JSON', extensions: ['json'] }],
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  return canceled || filePath === '' ? null : filePath;
}

export async function saveCertificate(parts: CertificateParts, { orderId, as }: CertificateWish): Promise<string | null> {
  const named = await readCertificate(parts, orderId);
  const file = await askPlace(parts.window, named.order.number, as);
  if (file === null) return null;
  // Read again: the dialog may have been open for minutes, and the record of an order that runs grows.
  const certificate = await readCertificate(parts, orderId);
  await writeFile(file, as === 'json' ? `${JSON.stringify(certificate, null, 2)}\n` : await printCertificate(parts, certificate));
  return basename(file);
}

/** Only figures of ours: nothing that an agent wrote stands in a template. */
const pageFoot = ({ order, madeAt, open }: StopCertificate): string => footOf(`Gatehouse, certificate of stop order ${order.number}${open ? ', still open' : ''}, made ${madeAt}`);

function printCertificate({ preload, version }: CertificateParts, certificate: StopCertificate): Promise<Buffer> {
  const { id, number } = certificate.order;
  const json = JSON.stringify(certificate);
  return printPage({ preload, version, hash: `#/certificate/${encodeURIComponent(id)}`, title: certificateTitle(number), answer: (message) => answerPrinting(message, id, json), foot: pageFoot(certificate) });
}
