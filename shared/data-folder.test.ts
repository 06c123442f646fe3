import { describe, expect, it } from 'vitest';
import { defaultDataFolder } from './data-folder.ts';

describe('defaultDataFolder', () => {
  it.each([
    [{ platform: 'linux', home: '/home/a', env: {} }, '/home/a/.config/Gatehouse'],
    [{ platform: 'linux', home: '/home/a', env: { XDG_CONFIG_HOME: '/cfg' } }, '/cfg/Gatehouse'],
    [{ platform: 'linux', home: '/home/a', env: { XDG_CONFIG_HOME: 'relative' } }, '/home/a/.config/Gatehouse'],
    [{ platform: 'linux', home: '/home/a', env: { XDG_CONFIG_HOME: '' } }, '/home/a/.config/Gatehouse'],
    [{ platform: 'darwin', home: '/Users/a', env: {} }, '/Users/a/Library/Application Support/Gatehouse'],
    [{ platform: 'win32', home: 'C:\\Users\\a', env: { APPDATA: 'D:\\Roaming' } }, 'D:\\Roaming\\Gatehouse'],
    [{ platform: 'win32', home: 'C:\\Users\\a', env: {} }, 'C:\\Users\\a\\AppData\\Roaming\\Gatehouse'],
  ])('%j -> %s', (machine, folder) => {
    expect(defaultDataFolder(machine)).toBe(folder);
  });
});
