import { expect, it } from 'vitest';
import { verifyPack } from '../../../verifier/verify.ts';
import { nodeHashing } from './node-hashing.ts';
import { bytesOf } from './test-pack.ts';
import { tamperings } from './test-tampering.ts';

it('finds each tampering and names it, and nothing in what is whole', async () => {
  const cases = await tamperings();
  const told = await Promise.all(cases.map(async ({ name, pack, pinned, checkpoint, found }) => {
    const { verdict, findings } = await verifyPack(bytesOf(pack), { hashing: nodeHashing, pinned, checkpoint });
    const names = findings.map(({ kind, where, at }) => `${kind} ${where} ${at}`);
    return { name, verdict, missing: found.filter((one) => !names.includes(one)), names: found.length === 0 ? names : [] };
  }));
  expect(told).toEqual(cases.map(({ name, found }) => ({ name, verdict: found.length === 0 ? 'whole' : 'damaged', missing: [], names: [] })));
}, 60_000);
