import { describe, expect, test } from 'vitest';
import { resolveElectron } from './electron-runtime.mjs';

/** A world in which nothing is installed, nothing can be downloaded, and everything that is asked is written down. */
function barrenWorld() {
  const asked: string[] = [];
  const said: string[] = [];
  const parts = {
    env: {} as NodeJS.ProcessEnv,
    platform: 'linux' as NodeJS.Platform,
    arch: 'x64',
    exists: (_file: string) => false,
    installedDist: (): string | undefined => undefined,
    installOfficial: async () => {
      asked.push('download');
      return false;
    },
    failedLately: () => false,
    rememberFailure: () => void asked.push('remember'),
    unpackStandIn: async () => {
      asked.push('stand-in');
      return '/cache/stand-in';
    },
    say: (line: string) => void said.push(line),
  };
  return { parts, asked, said };
}

describe('the order in which an Electron is looked for', () => {
  test('a folder that somebody names comes before everything else', async () => {
    const { parts, asked } = barrenWorld();
    const runtime = await resolveElectron({
      ...parts,
      env: { ELECTRON_OVERRIDE_DIST_PATH: '/mine' },
      exists: (file) => file === '/mine/electron',
      installedDist: () => '/official',
    });
    expect(runtime).toEqual({ kind: 'override', dist: '/mine', executable: '/mine/electron' });
    expect(asked).toEqual([]);
  });

  test('a named folder without an Electron is an error, not a reason to take another', async () => {
    const { parts, asked } = barrenWorld();
    await expect(resolveElectron({ ...parts, env: { ELECTRON_OVERRIDE_DIST_PATH: '/empty' }, installedDist: () => '/official' })).rejects.toThrow('/empty');
    expect(asked).toEqual([]);
  });

  test('an installed official build is taken without asking the network', async () => {
    const { parts, asked, said } = barrenWorld();
    const runtime = await resolveElectron({ ...parts, installedDist: () => '/official' });
    expect(runtime).toEqual({ kind: 'official', dist: '/official', executable: '/official/electron' });
    expect(asked).toEqual([]);
    expect(said).toEqual([]);
  });

  test('an official build that can be downloaded comes before the stand-in', async () => {
    const { parts, asked } = barrenWorld();
    let installed: string | undefined;
    const runtime = await resolveElectron({
      ...parts,
      installedDist: () => installed,
      installOfficial: async () => {
        installed = '/official';
        return true;
      },
    });
    expect(runtime.kind).toBe('official');
    expect(asked).toEqual([]);
  });

  test('the stand-in comes last, the failed download is remembered, and it says what it is', async () => {
    const { parts, asked, said } = barrenWorld();
    const runtime = await resolveElectron(parts);
    expect(runtime).toEqual({ kind: 'stand-in', dist: '/cache/stand-in', executable: '/cache/stand-in/electron' });
    expect(asked).toEqual(['download', 'remember', 'stand-in']);
    expect(said.join('\n')).toContain('development and tests only');
  });

  test('a download that failed within the last day is not tried again', async () => {
    const { parts, asked } = barrenWorld();
    await resolveElectron({ ...parts, failedLately: () => true });
    expect(asked).toEqual(['stand-in']);
  });

  test.each([
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['linux', 'arm64'],
  ] as const)('there is no stand-in for %s %s: it tries the download each time and says what to do', async (platform, arch) => {
    const { parts, asked } = barrenWorld();
    await expect(resolveElectron({ ...parts, platform, arch, failedLately: () => true })).rejects.toThrow('install-electron');
    expect(asked).toEqual(['download']);
  });

  test('each platform has its own name for the program', async () => {
    const { parts } = barrenWorld();
    const on = async (platform: NodeJS.Platform) => (await resolveElectron({ ...parts, platform, installedDist: () => '/official' })).executable;
    expect(await on('darwin')).toBe('/official/Electron.app/Contents/MacOS/Electron');
    expect(await on('win32')).toBe('/official/electron.exe');
  });
});
