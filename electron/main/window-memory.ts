/** What the shell remembers between two runs: where the window stood, and the theme it was drawn in. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { themeChoices } from '../../shared/page-api.ts';

export interface Rectangle { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

const size = z.int().min(1).max(100_000);
const place = z.int().min(-100_000).max(100_000);
const windowMemory = z.object({
  bounds: z.object({ x: place, y: place, width: size, height: size }).nullable(),
  maximized: z.boolean(),
  theme: z.enum(themeChoices),
});
export type WindowMemory = z.infer<typeof windowMemory>;

export const smallestWindow = { width: 640, height: 400 } as const;
export const usualWindow = { width: 1280, height: 800 } as const;
const forgetful: WindowMemory = { bounds: null, maximized: false, theme: 'system' };

export function recallWindow(file: string): WindowMemory {
  try {
    const read = windowMemory.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return read.success ? read.data : forgetful;
  } catch {
    return forgetful; // First run, or a file that is no JSON: the usual window is a fine answer.
  }
}

export function rememberWindow(file: string, memory: WindowMemory): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // A crash while writing must not leave half a file.
    writeFileSync(`${file}.new`, JSON.stringify(memory), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // A full disk: the window's place is the last thing to worry a person with.
  }
}

/** Enough of the window must lie on some display to grab it; displays come and go between two runs. */
export function usableBounds(bounds: Rectangle | null, workAreas: readonly Rectangle[]): Rectangle | null {
  if (bounds === null) return null;
  const grabWidth = 120;
  const grabHeight = 40;
  const area = workAreas.find((one) => {
    const across = Math.min(bounds.x + bounds.width, one.x + one.width) - Math.max(bounds.x, one.x);
    // The title bar is what a person grabs, so its line counts, not the whole height.
    return across >= grabWidth && bounds.y >= one.y - 8 && bounds.y <= one.y + one.height - grabHeight;
  });
  if (!area) return null;
  return {
    x: bounds.x, y: bounds.y,
    width: Math.max(smallestWindow.width, Math.min(bounds.width, area.width)),
    height: Math.max(smallestWindow.height, Math.min(bounds.height, area.height)),
  };
}
