/** The small pure parts of the shell: options, the engine's environment, addresses of the page, the menu. */
import { join, sep } from 'node:path';
import { describe, expect, it, vi } from 'vitest';

vi.mock('electron', () => ({ Menu: {} }));
const { containedFile, contentPolicy } = await import('./app-protocol.ts');
const { engineEnvironment } = await import('./engine-environment.ts');
const { menuTemplate } = await import('./menu.ts');
const { readOptions } = await import('./options.ts');

const machine = { platform: 'linux', home: '/home/ada', env: {} };

describe('readOptions', () => {
  it.each([
    [[], { dataFolder: '/home/ada/.config/Gatehouse', demo: false, otlp: null, readOnly: null }],
    [['--no-sandbox', '/app', '--data', 'mine', '--demo'], { dataFolder: '/somewhere/mine', demo: true, otlp: null, readOnly: null }],
    [['--data=/abs', '--otlp=127.0.0.1:0'], { dataFolder: '/abs', demo: false, otlp: '127.0.0.1:0', readOnly: null }],
    [['--read-only', '--data', '/abs'], { dataFolder: '/abs', demo: false, otlp: null, readOnly: 'redacted' }],
    [['--read-only', '--read-only=full', '--data', '/abs'], { dataFolder: '/abs', demo: false, otlp: null, readOnly: 'full' }],
    [['--read-only=everything', '--data', '/abs'], { dataFolder: '/abs', demo: false, otlp: null, readOnly: 'hashes' }],
    [['--data'], { dataFolder: '/home/ada/.config/Gatehouse', demo: false, otlp: null, readOnly: null }],
  ])('%j', (words, options) => {
    expect(readOptions(words, '/somewhere', machine)).toEqual(options);
  });
});

describe('engineEnvironment', () => {
  it('keeps what a program needs and drops what is somebody else\'s', () => {
    expect(engineEnvironment({
      PATH: '/bin', HOME: '/home/ada', LC_ALL: 'C', Path: 'C:\\', OPENAI_API_KEY: 'x', NODE_OPTIONS: '--require evil', LD_PRELOAD: 'evil.so', ELECTRON_RUN_AS_NODE: '1', GATEHOUSE_NODE: '/n', LANG: undefined,
    })).toEqual({ PATH: '/bin', HOME: '/home/ada', LC_ALL: 'C', Path: 'C:\\', MALLOC_ARENA_MAX: '2' });
  });
});

describe('containedFile', () => {
  const folder = `${sep}app${sep}renderer`;
  it.each([
    ['app://gatehouse/index.html', join(folder, 'index.html')],
    ['app://gatehouse/assets/a%20b.js', join(folder, 'assets', 'a b.js')],
    ['app://gatehouse/', folder + sep], ['app://gatehouse/../main/index.js', join(folder, 'main', 'index.js')], ['app://gatehouse/..%2Fmain%2Findex.js', null], ['app://gatehouse/%2e%2e%2f%2e%2e%2fetc/passwd', null],
    ['app://gatehouse/..%5cmain', null], ['app://gatehouse/a%00b', null], ['app://gatehouse/%zz', null], ['app://other/index.html', null], ['https://gatehouse/index.html', null], ['not an address', null],
  ])('%s', (address, file) => {
    const found = containedFile(folder, address);
    expect(found).toBe(file);
  });
});

describe('contentPolicy', () => {
  it('allows nothing inline and no requests', () => {
    expect(contentPolicy).toContain("default-src 'none'");
    expect(contentPolicy).toContain("connect-src 'none'");
    expect(contentPolicy).not.toContain('unsafe');
  });
});

describe('menuTemplate', () => {
  const roles = (packaged: boolean, platform: NodeJS.Platform): string =>
    JSON.stringify(menuTemplate({ platform, packaged, command: () => undefined, openDataFolder: () => undefined, lockNow: () => undefined, about: () => undefined }));
  it.each(['linux', 'darwin', 'win32'] as const)('%s: reload and developer tools only while building Gatehouse', (platform) => {
    expect(roles(true, platform)).not.toMatch(/reload|toggleDevTools/);
    expect(roles(false, platform)).toMatch(/toggleDevTools/);
    expect(roles(true, platform)).toContain('Settings…');
  });
});
