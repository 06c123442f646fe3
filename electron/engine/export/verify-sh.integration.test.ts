/** The shell recipe against every tampering, with the real openssl, jq, unzip and sha256sum. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realPack } from './test-real-pack.ts';
import type { Tampered } from './test-tampering.ts';
import { tamperings } from './test-tampering.ts';

const recipe = fileURLToPath(new URL('./verify.sh', import.meta.url));
let folder: string;

interface Told { readonly code: number; readonly text: string }

const run = (...words: string[]): Promise<Told> => new Promise((resolve) => {
  execFile('sh', [recipe, ...words], { cwd: folder, maxBuffer: 1024 * 1024 }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), text: `${out}${err}` }));
});

/** What a machine may lack; empty: nothing. */
async function lacking(): Promise<string> {
  writeFileSync(join(folder, 'none.zip'), 'no zip');
  const { code, text } = await run('none.zip');
  return code === 2 ? text.trim() : '';
}

beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'gatehouse-recipe-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `kind where at` out of a line of the recipe. */
const namesOf = (text: string): string[] => text.split('\n').flatMap((line) => /^ {2}([a-z_]+) +(entry|seal|key|file|leaf) (\S+): /.exec(line)?.slice(1).join(' ') ?? []);

async function judged({ name, pack, pinned, checkpoint, found }: Tampered, at: number): Promise<unknown> {
  writeFileSync(join(folder, `${at}.zip`), pack);
  if (checkpoint !== null) writeFileSync(join(folder, `${at}.seal`), checkpoint);
  const { code, text } = await run(`${at}.zip`, '--key', pinned, ...(checkpoint === null ? [] : ['--checkpoint', `${at}.seal`]));
  const names = namesOf(text);
  return { name, code, missing: found.filter((one) => !names.includes(one)), names: found.length === 0 ? names : [], ...(code === 2 ? { text } : {}) };
}

async function side<T, R>(list: readonly T[], work: (one: T, at: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => { while (next < list.length) { const at = next++; results[at] = await work(list[at] as T, at); } };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

/** The recipe starts some hundred processes a pack: of tamperings that it finds in the same lines, one is enough here. */
const alike = ['the signature at its end flipped', 'a file put in', 'cut in the middle', 'an entry changed and the chain made anew', 'an entry put in twice', 'words of an entry gone, without a word', 'a seal forged', 'an hour sealed that is long over, by the key', 'an activity that stood elsewhere', 'untouched, with a checkpoint of its own'];

describe('the shell recipe', () => {
  it('finds each tampering and names it as the other verifiers do, and nothing in what is whole', async (context) => {
    const why = await lacking();
    if (why !== '') return context.skip(why);
    const cases = (await tamperings()).filter(({ name }) => !alike.includes(name));
    expect(await side(cases, judged)).toEqual(cases.map(({ name, found }) => ({ name, code: found.length === 0 ? 0 : 1, missing: [], names: [] })));
    const real = await realPack();
    const whole = { name: 'a real history: pruned, erased, with another key', pack: real.pack, pinned: real.first, checkpoint: real.seals[0] ?? '', found: [] };
    expect(await judged(whole, cases.length)).toEqual({ name: whole.name, code: 0, missing: [], names: [] });
    expect((await run('0.zip')).code).toBe(4);
    expect((await run('0.zip', '--key', 'nothing of the kind')).code).toBe(2);
  }, 300_000);
});
