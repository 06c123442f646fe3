import { expect, test } from 'vitest';
import { Gathered } from './gathered.ts';

/** Work that ends when it is told to. */
function begin() {
  const begun: { readonly asked: readonly number[]; readonly end: (failure?: Error) => void }[] = [];
  const gathered = new Gathered<number, string>((asked) => new Promise((resolve, reject) => {
    begun.push({ asked, end: (failure) => { if (failure === undefined) resolve(asked.map(String)); else reject(failure); } });
  }));
  return { gathered, begun };
}
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

test('who asks while work is under way is answered by the next, together with all others who wait', async () => {
  const { gathered, begun } = begin();
  const first = gathered.ask(1);
  const more = [gathered.ask(2), gathered.ask(3)];
  await turn();
  expect(begun.map(({ asked }) => asked)).toEqual([[1]]);
  begun[0]?.end();
  expect(await first).toBe('1');
  expect(begun.map(({ asked }) => asked)).toEqual([[1], [2, 3]]);
  begun[1]?.end();
  expect(await Promise.all(more)).toEqual(['2', '3']);
  void gathered.ask(4);
  expect(begun.map(({ asked }) => asked)).toEqual([[1], [2, 3], [4]]);
});

test('work that fails fails for those who waited for it, and for nobody else', async () => {
  const { gathered, begun } = begin();
  const first = gathered.ask(1);
  const second = gathered.ask(2);
  begun[0]?.end(new Error('unreadable'));
  await expect(first).rejects.toThrow('unreadable');
  begun[1]?.end();
  expect(await second).toBe('2');
});
