import { describe, expect, it } from 'vitest';
import { hashPassphrase, sameName, SecondOperator } from './second-operator.ts';

const passphrase = 'correct horse battery';
const wrong = (second: SecondOperator, operator: Parameters<SecondOperator['check']>[0]): Promise<string> => second.check(operator, 'something else entirely').then(() => 'let in', (error: unknown) => (error instanceof Error ? error.message : ''));

describe('the second operator', () => {
  it('is let in by the passphrase only, and locked for a minute after five wrong ones in a row', async () => {
    const clock = { ms: 1_000_000, now(): number { return this.ms; } };
    const second = new SecondOperator(clock);
    const operator = { id: 1, name: 'Grace', ...await hashPassphrase(passphrase) };
    await second.check(operator, passphrase);
    // Asked for all at once they are still counted one by one.
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => wrong(second, operator)));
    expect(answers.slice(0, 4).every((text) => text === 'That is not the passphrase of Grace. Nothing was sent.')).toBe(true);
    expect(answers[4]).toContain('locked for a minute');
    await expect(second.check(operator, passphrase)).rejects.toThrow(/locked for another 60 s/);
    clock.ms += 60_001;
    await second.check(operator, passphrase);
  });

  it('forgets wrong ones when the right one was given', async () => {
    const second = new SecondOperator({ now: () => 0 });
    const operator = { id: 1, name: 'Grace', ...await hashPassphrase(passphrase) };
    for (let n = 0; n < 4; n++) await wrong(second, operator);
    await second.check(operator, passphrase);
    expect(await wrong(second, operator)).toBe('That is not the passphrase of Grace. Nothing was sent.');
  });

  it('keeps two passphrases that are alike apart by their salt', async () => {
    const [one, other] = await Promise.all([hashPassphrase(passphrase), hashPassphrase(passphrase)]);
    expect(Buffer.from(one.hash).equals(Buffer.from(other.hash))).toBe(false);
  });

  it('takes names for the same that a person would', () => {
    expect(sameName('Ada ', 'ada')).toBe(true);
    expect(sameName('Ada  Lovelace', 'ADA lovelace')).toBe(true);
    expect(sameName('Ada', 'Adam')).toBe(false);
  });
});

it('takes no name for another one by what nobody sees in it', () => {
  const hidden = ['\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF', '\u00AD', '\u180E', '\uFE0F', '\u3164', '\u{E0041}'];
  for (const one of hidden) expect([one.codePointAt(0), sameName(`Gra${one}ce`, 'Grace'), sameName(`${one}Grace ${one}`, 'grace')]).toEqual([one.codePointAt(0), true, true]);
  expect(sameName('Grace', 'Gracie')).toBe(false);
});
