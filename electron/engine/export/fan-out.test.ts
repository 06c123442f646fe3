/** Several writers over one reading of the rows: each gets every page, and one that fails ends them all. */
import { expect, it } from 'vitest';
import { fanOut } from './fan-out.ts';
import { fileFailure, ReportFailure } from './report-failure.ts';

async function all(pages: AsyncIterable<number>): Promise<number[]> {
  const seen: number[] = [];
  for await (const page of pages) seen.push(page);
  return seen;
}

it('hands every page to every writer, and reads the next when all have taken it', async () => {
  const read: number[] = [];
  const behind: number[] = [];
  const pages = function* (): Generator<number> { for (let n = 0; n < 50; n++) { read.push(n); yield n; } };
  const slow = async (own: AsyncIterable<number>): Promise<number[]> => {
    const seen: number[] = [];
    for await (const page of own) {
      await new Promise((done) => { setImmediate(done); });
      seen.push(page);
      behind.push(read.length - page);
    }
    return seen;
  };
  const expected = Array.from({ length: 50 }, (_, n) => n);
  expect(await fanOut(pages(), [all, slow, all])).toEqual([expected, expected, expected]);
  // Nothing is gathered for the slowest: at most the page that waits for it is read ahead.
  expect(Math.max(...behind)).toBeLessThanOrEqual(2);
});

it.each([0, 1, 3])('fails with what a writer failed with at page %i, and lets the others end', async (at) => {
  let ended = false;
  const fails = async (pages: AsyncIterable<number>): Promise<number[]> => {
    if (at === 0) throw new ReportFailure('full');
    for await (const page of pages) if (page === at) throw new ReportFailure('full');
    return [];
  };
  const other = async (pages: AsyncIterable<number>): Promise<number[]> => { const seen = await all(pages); ended = true; return seen; };
  await expect(fanOut([1, 2, 3, 4, 5], [other, fails])).rejects.toThrow('full');
  expect(ended).toBe(true);
});

it('fails with what reading failed with', async () => {
  const pages = function* (): Generator<number> { yield 1; throw new Error('gone'); };
  await expect(fanOut(pages(), [all, all])).rejects.toThrow('gone');
});

it.each([['ENOSPC', 'The disk is full'], ['EACCES', 'You may not write there'], ['EROFS', 'can only be read'], ['EDQUOT', 'used up'], ['EWHAT', 'The system says: EWHAT']])('says %s in plain words', (code, words) => {
  const said = fileFailure(Object.assign(new Error('x'), { code }), '/some/file.csv');
  expect(said.message).toContain('/some/file.csv could not be written');
  expect(said.message).toContain(words);
});
