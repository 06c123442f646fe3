/** The page: a file and two texts in, a result out. Nothing leaves it. */
import { readPinned } from '../check-key.ts';
import type { Bytes } from '../zip.ts';
import { verifyPack } from '../verify.ts';
import { browserHashing } from './browser-hashing.ts';
import { element, resultElements } from './result.ts';

function found<T extends HTMLElement>(id: string, kind: new () => T): T {
  const one = document.getElementById(id);
  if (!(one instanceof kind)) throw new Error(`There is no ${id}.`);
  return one;
}

const form = found('ask', HTMLFormElement);
const [file, heldFile] = [found('file', HTMLInputElement), found('held-file', HTMLInputElement)];
const [key, held] = [found('key', HTMLTextAreaElement), found('held', HTMLTextAreaElement)];
const [go, stop] = [found('go', HTMLButtonElement), found('stop', HTMLButtonElement)];
const [drop, chosen, wrong, running, result] = [found('drop', HTMLElement), found('chosen', HTMLElement), found('key-wrong', HTMLElement), found('running', HTMLElement), found('result', HTMLElement)];
const progress = found('progress', HTMLProgressElement);

let pack: File | null = null;
let work: AbortController | null = null;

function choose(one: File | null): void {
  pack = one;
  go.disabled = one === null || work !== null;
  chosen.textContent = one === null ? '' : `${one.name}, ${one.size.toLocaleString('en')} bytes`;
}

const bytesOf = (one: File): Bytes => ({ size: one.size, read: async (from, length) => new Uint8Array(await one.slice(from, from + length).arrayBuffer()) });

function busy(is: boolean): void {
  go.disabled = is || pack === null;
  stop.hidden = !is;
  running.hidden = !is;
}

async function check(one: File): Promise<void> {
  const text = key.value.trim();
  const pinned = text === '' ? null : readPinned(browserHashing, text);
  wrong.textContent = text !== '' && pinned === null ? 'This is neither a fingerprint (64 hexadecimal digits) nor a public key.' : '';
  if (wrong.textContent !== '') return key.focus();
  work = new AbortController();
  busy(true);
  result.hidden = true;
  progress.value = 0;
  try {
    const outcome = await verifyPack(bytesOf(one), { hashing: browserHashing, pinned, checkpoint: held.value.trim() === '' ? null : held.value, signal: work.signal, onProgress: (done, of) => { progress.value = Math.min(1, done / Math.max(1, of)); } });
    show(resultElements(outcome, one.name, () => window.print()));
  } catch (error) {
    show([element('h2', { id: 'verdict' }, [work.signal.aborted ? 'Cancelled: nothing was found out.' : 'This could not be checked.']), element('p', {}, [error instanceof Error ? error.message : String(error)])]);
  } finally {
    work = null;
    busy(false);
  }
}

function show(children: readonly HTMLElement[]): void {
  result.replaceChildren(...children);
  result.hidden = false;
  result.focus();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (pack !== null && work === null) void check(pack);
});
stop.addEventListener('click', () => work?.abort());
file.addEventListener('change', () => choose(file.files?.[0] ?? null));
heldFile.addEventListener('change', () => {
  const one = heldFile.files?.[0];
  if (one !== undefined && one.size < 65_536) void one.text().then((text) => { held.value = text; });
});

// A file that is dropped beside the field shall not open in place of this page.
for (const name of ['dragover', 'drop']) window.addEventListener(name, (event) => event.preventDefault());
window.addEventListener('dragenter', () => drop.classList.add('over'));
window.addEventListener('dragleave', (event) => { if (event.relatedTarget === null) drop.classList.remove('over'); });
window.addEventListener('drop', (event) => {
  drop.classList.remove('over');
  choose(event.dataTransfer?.files[0] ?? pack);
});

if (!('DecompressionStream' in window)) {
  wrong.textContent = 'This browser is too old to unpack a zip. Use Firefox 113, Chrome or Edge 103, Safari 16.4 or a newer one.';
  file.disabled = true;
}
