import { describe, expect, it } from 'vitest';
import { GapKeeper } from './gap-keeper.ts';
import type { GapWords } from './gap-keeper.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const words: GapWords = { connection: null, fromUs: 100, reason: 'database_failed', text: 'The disk is full.' };

function keeper(): { gaps: GapKeeper; written: object[]; breakIt: (broken: boolean) => void } {
  const written: object[] = [];
  let broken = false;
  let id = 0;
  const gaps = new GapKeeper({
    open: (gap) => broken ? Promise.reject(new Error('disk full')) : Promise.resolve().then(() => { id += 1; written.push({ open: id, from: gap.fromUs, to: gap.toUs }); return { id }; }),
    close: (gap) => broken ? Promise.reject(new Error('disk full')) : Promise.resolve(written.push({ close: gap.id, to: gap.toUs })),
  }, silent);
  return { gaps, written, breakIt: (now) => { broken = now; } };
}

describe('GapKeeper', () => {
  it('opens once and closes once', async () => {
    const { gaps, written } = keeper();
    gaps.begin('db', words);
    gaps.begin('db', { ...words, fromUs: 150 });
    await gaps.settle();
    gaps.end('db', 200);
    gaps.end('db', 300);
    await gaps.settle();
    expect(written).toEqual([{ open: 1, from: 100, to: null }, { close: 1, to: 200 }]);
  });

  it('keeps a gap whose own cause stops it from being written', async () => {
    const { gaps, written, breakIt } = keeper();
    breakIt(true);
    gaps.begin('db', words);
    await gaps.settle();
    gaps.end('db', 900);
    await gaps.settle();
    expect(written).toEqual([]);
    breakIt(false);
    await gaps.settle();
    await gaps.settle();
    expect(written).toEqual([{ open: 1, from: 100, to: 900 }]);
  });

  it('never ends before it began, also after the clock was set back', async () => {
    const { gaps, written } = keeper();
    gaps.begin('db', words);
    gaps.end('db', 50);
    await gaps.settle();
    expect(written.at(-1)).toMatchObject({ to: 100 });
  });
});
