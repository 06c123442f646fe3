/** Saves the certificate of a stop order: as the engine's JSON, or as a PDF that our own page draws in a hidden window. */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { BrowserWindow, dialog, MessageChannelMain } from 'electron';
import type { MessagePortMain, WebContents } from 'electron';
import { certificateTitle, channels } from '../../shared/page-channels.ts';
import type { CertificateForm, CertificateWish, EngineState } from '../../shared/page-api.ts';
import type { StopCertificate } from '../../shared/stop.ts';
import { appAddress } from './app-protocol.ts';
import type { EngineCaller } from './engine-caller.ts';
import { isOurPage } from './favours.ts';
import { answerPrinting } from './one-certificate-port.ts';
import { pagePreferences } from './window.ts';

export interface CertificateParts {
  readonly window: BrowserWindow;
  readonly openCaller: () => EngineCaller;
  readonly preload: string;
  readonly version: string;
}

/** A page that draws nothing must not leave a hidden window behind. */
const longestDrawMs = 30_000;
const inch = 1 / 25.4;

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

/** Gives the page of the hidden window its certificate and nothing else, until the answer is called. */
function serveOnly(contents: WebContents, certificate: StopCertificate): () => void {
  const json = JSON.stringify(certificate);
  const open: MessagePortMain[] = [];
  contents.ipc.on(channels.hello, (event) => {
    if (!isOurPage(event, contents)) return;
    const { port1, port2 } = new MessageChannelMain();
    port2.on('message', ({ data }) => {
      const answer = answerPrinting(data, certificate.order.id, json);
      if (answer !== null) port2.postMessage(answer);
    });
    port2.start();
    open.push(port2);
    const state: EngineState = { state: 'ready', text: 'One certificate is printed.', restarts: 0 };
    contents.postMessage(channels.engineState, state, [port1]);
  });
  return () => { for (const port of open) port.close(); };
}

/** The page says by its title that everything is drawn. */
function drawn(contents: WebContents, title: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The certificate was not drawn in time.')), longestDrawMs);
    const end = (act: () => void) => (): void => { clearTimeout(timer); act(); };
    contents.on('page-title-updated', (_event, now) => { if (now === title) end(resolve)(); });
    contents.once('render-process-gone', end(() => reject(new Error('The page that draws the certificate ended.'))));
    contents.once('did-fail-load', end(() => reject(new Error('The page that draws the certificate was not loaded.'))));
  });
}

/** Only figures of ours: nothing that an agent wrote stands in a template. */
function pageFoot({ order, madeAt, open }: StopCertificate): string {
  return `<div style="width:100%;padding:0 14mm;font:7pt sans-serif;color:#47545d;display:flex;justify-content:space-between"><span>Gatehouse, certificate of stop order ${order.number}${open ? ', still open' : ''}, made ${madeAt}</span><span>page <span class="pageNumber"></span> of <span class="totalPages"></span></span></div>`;
}

async function printCertificate(parts: CertificateParts, certificate: StopCertificate): Promise<Buffer> {
  // SECURITY: the same walls as the window that people see; it is never shown, and it is gone when the page is printed.
  const hidden = new BrowserWindow({ show: false, width: 900, height: 1200, webPreferences: { ...pagePreferences(parts.preload, parts.version), backgroundThrottling: false } });
  const contents = hidden.webContents;
  const close = serveOnly(contents, certificate);
  try {
    const ready = drawn(contents, certificateTitle(certificate.order.number));
    await Promise.all([hidden.loadURL(`${appAddress}#/certificate/${encodeURIComponent(certificate.order.id)}`), ready]);
    return await contents.printToPDF({
      pageSize: 'A4', printBackground: true, displayHeaderFooter: true, headerTemplate: '<span></span>', footerTemplate: pageFoot(certificate), generateTaggedPDF: true, generateDocumentOutline: true,
      margins: { top: 14 * inch, bottom: 16 * inch, left: 14 * inch, right: 14 * inch },
    });
  } finally {
    close();
    hidden.destroy();
  }
}
