import { Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../shared/page-api.ts';

export interface MenuParts {
  readonly platform: NodeJS.Platform;
  /** reload and developer tools are for people who build Gatehouse, not for a shipped console. */
  readonly packaged: boolean;
  readonly command: (command: MenuCommand) => void;
  readonly openDataFolder: () => void;
  readonly lockNow: () => void;
  readonly about: () => void;
}

export function menuTemplate({ platform, packaged, command, openDataFolder, lockNow, about }: MenuParts): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const settings: MenuItemConstructorOptions = { label: 'Settings…', accelerator: 'CmdOrCtrl+,', click: () => command('settings') };
  const appMenu: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [{ role: 'about' }, { type: 'separator' }, settings, { type: 'separator' }, { role: 'services' }, { type: 'separator' }, { role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }, { type: 'separator' }, { role: 'quit' }],
  };
  return [
    ...(mac ? [appMenu] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Add connection…', click: () => command('add-connection') },
        { label: 'Open data folder', click: openDataFolder },
        { type: 'separator' },
        { label: 'Auditor mode…', click: () => command('auditor-mode') },
        { label: 'Lock now', accelerator: 'CmdOrCtrl+Shift+L', click: lockNow },
        { type: 'separator' },
        ...(mac ? [{ role: 'close' as const }] : [settings, { type: 'separator' as const }, { role: 'quit' as const }]),
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        // The page holds these keys; the menu only shows them.
        { label: 'Find anything…', accelerator: 'CmdOrCtrl+K', registerAccelerator: false, click: () => command('palette') },
        { type: 'separator' },
        { role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' },
        ...(packaged ? [] : [{ type: 'separator' as const }, { role: 'reload' as const }, { role: 'toggleDevTools' as const }]),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: 'Keys of this screen', click: () => command('keys') },
        ...(mac ? [] : [{ label: 'About Gatehouse', click: about }]),
      ],
    },
  ];
}

export function setMenu(parts: MenuParts): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(parts)));
}
