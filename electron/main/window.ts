/** The one window. */
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { WebPreferences } from 'electron';
import { appAddress } from './app-protocol.ts';
import { recallWindow, rememberWindow, smallestWindow, usableBounds, usualWindow } from './window-memory.ts';
import { versionArgument } from '../../shared/page-channels.ts';

export interface WindowParts {
  readonly preload: string;
  readonly memoryFile: string;
  readonly version: string;
}

/** The page's own ground, so that nothing flashes before it is drawn. */
export const ground = (): string => (nativeTheme.shouldUseDarkColors ? '#0E1316' : '#EDF0F2');

/** SECURITY: the walls of every window of ours, also of the hidden one that a certificate is printed from. */
export function pagePreferences(preload: string, version: string): WebPreferences {
  return {
    preload,
    additionalArguments: [`${versionArgument}${version}`],
    // SECURITY: most of these are Electron's defaults today; they are said so that a change of defaults changes nothing.
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    safeDialogs: true,
    disableDialogs: true,
  };
}

export function openWindow({ preload, memoryFile, version }: WindowParts): BrowserWindow {
  const memory = recallWindow(memoryFile);
  nativeTheme.themeSource = memory.theme;
  const bounds = usableBounds(memory.bounds, screen.getAllDisplays().map((display) => display.workArea));
  const window = new BrowserWindow({
    ...(bounds ?? usualWindow),
    ...(bounds ? {} : { useContentSize: true, center: true }),
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: false,
    backgroundColor: ground(),
    title: 'Gatehouse',
    webPreferences: pagePreferences(preload, version),
  });
  if (memory.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  // getNormalBounds: what the window goes back to, also while it is maximised or minimised.
  window.on('close', () => rememberWindow(memoryFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized(), theme: nativeTheme.themeSource }));
  void window.loadURL(appAddress);
  return window;
}

export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
