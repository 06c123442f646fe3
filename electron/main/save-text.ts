/** Saves a text that the page shows, such as a proposed policy, where the person says. */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { dialog } from 'electron';
import type { BrowserWindow } from 'electron';
import type { SaveTextWish } from '../../shared/page-api.ts';
import { suggestedName } from './suggested-name.ts';

const kinds: Record<string, { name: string; extensions: string[] }> = { json: { name: 'JSON', extensions: ['json'] }, cedar: { name: 'Cedar policies', extensions: ['cedar'] }, txt: { name: 'Text', extensions: ['txt'] }, pem: { name: 'Public key', extensions: ['pem'] } };

export async function saveText(window: BrowserWindow, { name, text }: SaveTextWish): Promise<string | null> {
  // SECURITY: the page proposes a name and never a place: where it goes is decided by the person in the native dialog.
  const { file, extension } = suggestedName(name);
  const { canceled, filePath } = await dialog.showSaveDialog(window, { title: 'Save text', defaultPath: file, buttonLabel: 'Save', filters: [kinds[extension] ?? { name: 'Text', extensions: ['txt'] }], properties: ['createDirectory', 'showOverwriteConfirmation'] });
  if (canceled || filePath === '') return null;
  await writeFile(filePath, text);
  return basename(filePath);
}
