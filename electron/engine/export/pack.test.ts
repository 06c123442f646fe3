import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Verification, VerifyOptions } from '../../../verifier/verify.ts';
import { readPinned } from '../../../verifier/check-key.ts';
import { verifyPack } from '../../../verifier/verify.ts';
import { nodeHashing } from './node-hashing.ts';
import { packLog } from './pack-log.ts';
import { bytesOf, logOf, makePack, newKey, spec } from './test-pack.ts';

const key = newKey();
const source = logOf([3, 0, 4, 0, 2], key);
const pinned = packLog(source).key.fingerprint;
const check = (pack: Buffer, options: Partial<VerifyOptions> = {}): Promise<Verification> => verifyPack(bytesOf(pack), { hashing: nodeHashing, pinned, checkpoint: null, ...options });
const found = ({ findings }: Verification): string[] => findings.map(({ kind, where, at }) => `${kind} ${where} ${at}`);

let pack: Buffer;
beforeAll(async () => { pack = await makePack(key, source); });

describe('a pack', () => {
  it('is whole when nobody touched it, and made again it is the same to the byte', async () => {
    const result = await check(pack);
    expect(found(result)).toEqual([]);
    expect(result).toMatchObject({ verdict: 'whole', pinned: 'matches', pack: { entries: 9, seals: 6, withheld: 0, by: 'ada', name: spec.name } });
    expect(result.checks.map(({ name, state }) => [name, state])).toEqual([['zip', 'passed'], ['manifest', 'passed'], ['key', 'passed'], ['files', 'passed'], ['seals', 'passed'], ['log', 'passed'], ['bodies', 'passed'], ['checkpoint', 'not_done'], ['activity', 'passed']]);
    expect((await makePack(key, source)).equals(pack)).toBe(true);
  });

  it('says that nobody told whose key it is, or that it is another one', async () => {
    expect(await check(pack, { pinned: null })).toMatchObject({ verdict: 'whole', pinned: 'not_given' });
    expect(found(await check(pack, { pinned: 'ab'.repeat(32) }))).toEqual(['key_not_pinned key gatehouse.local/0123abcd']);
    for (const text of [pinned, pinned.toUpperCase().match(/.{2}/g)?.join(':') ?? '', packLog(source).key.verifier, packLog(source).key.pem]) expect(readPinned(nodeHashing, text)).toBe(pinned);
    expect(readPinned(nodeHashing, 'gatehouse')).toBeNull();
  });

  it('is never called whole when any one byte of the zip is another', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(pack.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const changed = Buffer.from(pack);
      changed[at] = (changed[at] ?? 0) ^ by;
      const result = await check(changed);
      expect(result.verdict).toBe('damaged');
      expect(result.findings.length).toBeGreaterThan(0);
    }), { numRuns: 60 });
  }, 60_000);
});
