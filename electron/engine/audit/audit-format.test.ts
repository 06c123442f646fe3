/** What docs/audit-format.md shows is computed as it says, by other means than the program's. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bodyText, firstPrevious, lineText, readSeal } from './chain.ts';
import type { LogBody, LogLine } from './chain.ts';
import { fingerprintOf, pemOf, readVerifierKey } from './signed-note.ts';

const page = readFileSync(new URL('../../../docs/audit-format.md', import.meta.url), 'utf8');
const lines = page.split('\n');
const sha256 = (...parts: readonly (string | Buffer)[]): string => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
const [body1, line1, body2, line2] = lines.filter((line) => line.startsWith('{"')) as [string, string, string, string];

it('spells entries and their tree as docs/audit-format.md shows them', () => {
  for (const body of [body1, body2]) expect(bodyText(JSON.parse(body) as LogBody)).toBe(body);
  expect(lineText(JSON.parse(line1) as LogLine, firstPrevious)).toBe(line1);
  expect(lineText(JSON.parse(line2) as LogLine, sha256(line1))).toBe(line2);
  expect([line1.includes(sha256(body1)), line2.includes(sha256(body2))]).toEqual([true, true]);
  const leaves = [line1, line2].map((line) => sha256(Buffer.from([0]), line));
  const root = sha256(Buffer.from([1]), Buffer.from(leaves.join(''), 'hex'));
  for (const hash of [sha256(body1), sha256(line1), sha256(line2), ...leaves, root]) expect(page).toContain(hash);
});

it('seals them as it shows', () => {
  const at = lines.indexOf('gatehouse.local/0123abcd');
  const note = `${lines.slice(at, at + 9).join('\n')}\n`;
  const key = readVerifierKey(lines.find((line) => line.startsWith('gatehouse.local/0123abcd+')) ?? '');
  if (key === null) throw new Error('the page shows no key');
  expect(readSeal(note, key)).toMatchObject({ size: 2, last: sha256(line2), reason: null });
  const text = `${lines.slice(at, at + 7).join('\n')}\n`;
  expect(verify(null, Buffer.from(text), createPublicKey(pemOf(key.publicKey)), Buffer.from(lines[at + 8]?.split(' ')[2] ?? '', 'base64').subarray(4))).toBe(true);
  for (const shown of [sha256(note), pemOf(key.publicKey).trim(), fingerprintOf(key.publicKey)]) expect(page).toContain(shown);
});
