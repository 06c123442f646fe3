/** The few desktop favours that the page may ask for, each on a channel of its own. */
import { clipboard, ipcMain, nativeTheme, shell } from 'electron';
import type { IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import { z } from 'zod';
import { certificateForms, themeChoices } from '../../shared/page-api.ts';
import type { CertificateWish, SaveTextWish } from '../../shared/page-api.ts';
import { favourChannel, favourNames, mostCopiedCharacters } from '../../shared/page-channels.ts';
import type { FavourName } from '../../shared/page-channels.ts';
import { appOrigin } from './app-protocol.ts';

export interface FavourParts {
  readonly dataFolder: string;
  readonly startDemo: () => Promise<void>;
  readonly stopDemo: () => void;
  readonly restartEngine: () => void;
  readonly saveCertificate: (wish: CertificateWish) => Promise<string | null>;
  readonly saveText: (wish: SaveTextWish) => Promise<string | null>;
}

/** SECURITY: only the main frame of our window, showing our page, is listened to. */
export function isOurPage(event: IpcMainEvent | IpcMainInvokeEvent, contents: WebContents): boolean {
  const frame = event.senderFrame;
  return frame !== null && event.sender === contents && frame === contents.mainFrame && frame.url.startsWith(`${appOrigin}/`);
}

const copied = z.string().max(mostCopiedCharacters);
const theme = z.enum(themeChoices);
const certificateWish = z.object({ orderId: z.string().min(1).max(64), as: z.enum(certificateForms) });
const saveTextWish = z.object({ name: z.string().min(1).max(200), text: z.string().max(mostCopiedCharacters) });

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
  };
}

export function serveFavours(contents: WebContents, parts: FavourParts): void {
  const table = favourTable(parts);
  for (const name of favourNames) {
    ipcMain.removeHandler(favourChannel(name));
    ipcMain.handle(favourChannel(name), async (event, argument: unknown) => {
      if (!isOurPage(event, contents)) throw new Error('refused');
      return table[name](argument);
    });
  }
}
