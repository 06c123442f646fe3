/** A page of ours, drawn on paper in a window that nobody sees. */
import { BrowserWindow, MessageChannelMain } from 'electron';
import type { MessagePortMain, WebContents } from 'electron';
import type { EngineMessage } from '../../shared/contract.ts';
import { channels } from '../../shared/page-channels.ts';
import type { EngineState } from '../../shared/page-api.ts';
import { appAddress } from './app-protocol.ts';
import { isOurPage } from './favours.ts';
import { pagePreferences } from './window.ts';

export interface Printed {
  readonly preload: string;
  readonly version: string;
  /** place of the page, with its sign. */
  readonly hash: string;
  /** what the page takes as its title once everything is drawn. */
  readonly title: string;
  /** answers what the page asks: it gets no port of the engine's. */
  readonly answer: (message: unknown) => EngineMessage | null;
  /** HTML below every sheet. SECURITY: figures of ours only, or escaped. */
  readonly foot: string;
}

/** A page that draws nothing must not leave a hidden window behind. */
const longestDrawMs = 30_000;
const inch = 1 / 25.4;

/** Gives the page of the hidden window what is printed and nothing else, until the answer is called. */
function serveOnly(contents: WebContents, answer: Printed['answer']): () => void {
  const open: MessagePortMain[] = [];
  contents.ipc.on(channels.hello, (event) => {
    if (!isOurPage(event, contents)) return;
    const { port1, port2 } = new MessageChannelMain();
    port2.on('message', ({ data }) => {
      const said = answer(data);
      if (said !== null) port2.postMessage(said);
    });
    port2.start();
    open.push(port2);
    const state: EngineState = { state: 'ready', text: 'One document is printed.', restarts: 0 };
    contents.postMessage(channels.engineState, state, [port1]);
  });
  return () => { for (const port of open) port.close(); };
}

/** The page says by its title that everything is drawn. */
function drawn(contents: WebContents, title: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The document was not drawn in time.')), longestDrawMs);
    const end = (act: () => void) => (): void => { clearTimeout(timer); act(); };
    contents.on('page-title-updated', (_event, now) => { if (now === title) end(resolve)(); });
    contents.once('render-process-gone', end(() => reject(new Error('The page that draws the document ended.'))));
    contents.once('did-fail-load', end(() => reject(new Error('The page that draws the document was not loaded.'))));
  });
}

/** As PDF, A4, with page numbers. */
export async function printPage({ preload, version, hash, title, answer, foot }: Printed): Promise<Buffer> {
  // SECURITY: the same walls as the window that people see; it is never shown, and it is gone when the page is printed.
  const hidden = new BrowserWindow({ show: false, width: 900, height: 1200, webPreferences: { ...pagePreferences(preload, version), backgroundThrottling: false } });
  const contents = hidden.webContents;
  const close = serveOnly(contents, answer);
  try {
    const ready = drawn(contents, title);
    await Promise.all([hidden.loadURL(`${appAddress}${hash}`), ready]);
    return await contents.printToPDF({
      pageSize: 'A4', printBackground: true, displayHeaderFooter: true, headerTemplate: '<span></span>', footerTemplate: foot, generateTaggedPDF: true, generateDocumentOutline: true,
      margins: { top: 14 * inch, bottom: 16 * inch, left: 14 * inch, right: 14 * inch },
    });
  } finally {
    close();
    hidden.destroy();
  }
}

/** One line below every sheet: what it is at the left, which sheet at the right. */
export const footOf = (text: string): string => `<div style="width:100%;padding:0 14mm;font:7pt sans-serif;color:#47545d;display:flex;justify-content:space-between;gap:8mm"><span>${text}</span><span style="white-space:nowrap">page <span class="pageNumber"></span> of <span class="totalPages"></span></span></div>`;
