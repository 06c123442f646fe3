import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recallWindow, rememberWindow, usableBounds } from './window-memory.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const left = { x: -1280, y: 0, width: 1280, height: 1024 };

describe('usableBounds', () => {
  it.each([
    ['where it was', { x: 10, y: 10, width: 900, height: 700 }, [screen], { x: 10, y: 10, width: 900, height: 700 }],
    ['on a second display', { x: -1200, y: 40, width: 900, height: 700 }, [screen, left], { x: -1200, y: 40, width: 900, height: 700 }],
    ['on a display that is gone', { x: -1200, y: 40, width: 900, height: 700 }, [screen], null],
    ['only a sliver left', { x: 1900, y: 40, width: 900, height: 700 }, [screen], null],
    ['title bar above the screen', { x: 10, y: -300, width: 900, height: 700 }, [screen], null],
    ['larger than the screen', { x: 0, y: 0, width: 4000, height: 3000 }, [screen], { x: 0, y: 0, width: 1920, height: 1080 }],
    ['too small to use', { x: 0, y: 0, width: 130, height: 50 }, [screen], { x: 0, y: 0, width: 640, height: 400 }],
    ['nothing remembered', null, [screen], null],
  ])('%s', (_name, bounds, areas, wanted) => {
    expect(usableBounds(bounds, areas)).toEqual(wanted);
  });
});

describe('memory of the window', () => {
  it('is kept, and a broken file is forgotten', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-window-'));
    const file = join(folder, 'window', 'window.json');
    expect(recallWindow(file).bounds).toBeNull();
    const memory = { bounds: { x: 1, y: 2, width: 3, height: 4 }, maximized: true, theme: 'dark' as const };
    rememberWindow(file, memory);
    expect(recallWindow(file)).toEqual(memory);
    for (const broken of ['', '{"bounds":{"x":"1"}}', '{"bounds":null,"maximized":false,"theme":"pink"}']) {
      writeFileSync(file, broken);
      expect(recallWindow(file)).toEqual({ bounds: null, maximized: false, theme: 'system' });
    }
    rmSync(folder, { recursive: true });
  });
});
