/** The few desktop favours that the page may ask for, each on a channel of its own. */
import { clipboard, ipcMain, nativeTheme, shell } from 'electron';
import type { IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import { z } from 'zod';
import { certificateForms, themeChoices } from '../../shared/page-api.ts';
import type { CertificateWish, SaveTextWish } from '../../shared/page-api.ts';
import { reportSpec } from '../../shared/reports.ts';
import type { ReportSpec } from '../../shared/reports.ts';
import { favourChannel, favourNames, mostCopiedCharacters } from '../../shared/page-channels.ts';
import type { FavourName } from '../../shared/page-channels.ts';
import { appOrigin } from './app-protocol.ts';

export interface FavourParts {
  readonly locked: () => boolean;
  /** auditor mode. */
  readonly readOnly: () => boolean;
  readonly dataFolder: string;
  readonly startDemo: () => Promise<void>;
  readonly stopDemo: () => void;
  readonly restartEngine: () => void;
  readonly saveCertificate: (wish: CertificateWish) => Promise<string | null>;
  readonly saveText: (wish: SaveTextWish) => Promise<string | null>;
  readonly writeReport: (spec: ReportSpec) => Promise<string | null>;
  readonly openReport: (jobId: string) => Promise<void>;
  readonly saveVerifier: () => Promise<string | null>;
}

/** SECURITY: only the main frame of our window, showing our page, is listened to. */
export function isOurPage(event: IpcMainEvent | IpcMainInvokeEvent, contents: WebContents): boolean {
  const frame = event.senderFrame;
  return frame !== null && event.sender === contents && frame === contents.mainFrame && frame.url.startsWith(`${appOrigin}/`);
}

const copied = z.string().max(mostCopiedCharacters);
const theme = z.enum(themeChoices);
const certificateWish = z.object({ orderId: z.string().min(1).max(64), as: z.enum(certificateForms) });
const jobId = z.string().min(1).max(64);
const saveTextWish = z.object({ name: z.string().min(1).max(200), text: z.string().max(mostCopiedCharacters) });

/** The demo fleet adds and removes connections. */
const changing: readonly FavourName[] = ['startDemo', 'stopDemo'];

function favourTable(parts: FavourParts): Record<FavourName, (argument: unknown) => void | Promise<void> | Promise<string | null>> {
  return {
    copyText: (text) => clipboard.writeText(copied.parse(text)),
    setTheme: (choice) => { nativeTheme.themeSource = theme.parse(choice); },
    openDataFolder: async () => {
      const complaint = await shell.openPath(parts.dataFolder);
      if (complaint !== '') throw new Error(`The data folder could not be opened: ${complaint}`);
    },
    startDemo: () => parts.startDemo(),
    stopDemo: () => parts.stopDemo(),
    restartEngine: () => parts.restartEngine(),
    saveCertificate: (wish) => parts.saveCertificate(certificateWish.parse(wish)),
    saveText: (wish) => parts.saveText(saveTextWish.parse(wish)),
    writeReport: (spec) => parts.writeReport(reportSpec.parse(spec)),
    openReport: (id) => parts.openReport(jobId.parse(id)),
    saveVerifier: () => parts.saveVerifier(),
  };
}

export function serveFavours(contents: WebContents, parts: FavourParts): void {
  const table = favourTable(parts);
  for (const name of favourNames) {
    ipcMain.removeHandler(favourChannel(name));
    ipcMain.handle(favourChannel(name), async (event, argument: unknown) => {
      // SECURITY: a locked window is done no favours; its theme is the one thing that it sets before anybody unlocked it.
      if (!isOurPage(event, contents) || (parts.locked() && name !== 'setTheme')) throw new Error('refused');
      if (parts.readOnly() && changing.includes(name)) throw new Error('Auditor mode: nothing can be changed from here. Nothing was done.');
      return table[name](argument);
    });
  }
}
