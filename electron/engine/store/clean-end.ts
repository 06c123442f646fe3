/**
 * Whether the history is as this program left it. A whole check of the file reads all of it (0.7 s for 500 MB), so it is
 * left out only when nothing can have happened: the file was closed in good order, nobody touched it since, and no damage
 * was met while it was open. The note about that is used once, so a program that is killed leaves none.
 */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

const noteOf = (file: string): string => `${file}-closed`;

/** Size, place and time of the last change, to the nanosecond. */
function stamp(file: string): string {
  const { size, ino, mtimeNs } = statSync(file, { bigint: true });
  return `${size} ${ino} ${mtimeNs}`;
}

/** After the file was closed for good. Without a note the next start checks: so that it cannot be written is no failure. */
export function noteCleanEnd(file: string): void {
  if (existsSync(`${file}-wal`)) return;
  try {
    writeFileSync(noteOf(file), stamp(file), { mode: 0o600 });
  } catch {
    // A full disk, or a folder that is gone.
  }
}

/** Takes the note away and says whether it still holds. */
export function takeCleanEnd(file: string): boolean {
  const note = noteOf(file);
  if (!existsSync(note)) return false;
  const said = readFileSync(note, 'utf8');
  rmSync(note);
  return existsSync(file) && !existsSync(`${file}-wal`) && said === stamp(file);
}
