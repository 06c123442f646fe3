/**
 * Where the history lives when nobody says otherwise: one rule for the desktop and the command line, so that both mean
 * the same folder. Pure: the caller hands in what it knows of its machine.
 */
export interface Machine {
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const folderName = 'Gatehouse';

export function defaultDataFolder({ platform, home, env }: Machine): string {
  if (platform === 'win32') return `${env['APPDATA'] || `${home}\\AppData\\Roaming`}\\${folderName}`;
  if (platform === 'darwin') return `${home}/Library/Application Support/${folderName}`;
  // The XDG rules say that a relative path in the variable is to be ignored.
  const configured = env['XDG_CONFIG_HOME'];
  return `${configured?.startsWith('/') ? configured : `${home}/.config`}/${folderName}`;
}
