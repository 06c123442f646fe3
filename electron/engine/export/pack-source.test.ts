import { describe, expect, it } from 'vitest';
import { verifyPack } from '../../../verifier/verify.ts';
import { nodeHashing } from './node-hashing.ts';
import { isBodyShown } from './pack-log.ts';
import { bytesOf } from './test-pack.ts';
import { realPack } from './test-real-pack.ts';

describe('a pack of a real history', () => {
  it('is whole after a prune, an erasure and another key, and proves its activities', async () => {
    const { pack, pinned, first, seals, gone, records } = await realPack();
    const check = (key: string, checkpoint: string | null) => verifyPack(bytesOf(pack), { hashing: nodeHashing, pinned: key, checkpoint });
    const result = await check(pinned, seals[0] ?? '');
    expect(result.findings).toEqual([]);
    expect(result).toMatchObject({ verdict: 'whole', pinned: 'matches', pack: { firstSeq: gone + 1, erased: 3, withheld: 0 } });
    expect(gone).toBeGreaterThan(10);
    const said = Object.fromEntries(result.checks.map(({ name, text }) => [name, text]));
    expect(said['log']).toContain(`Entries 1 to ${gone} were pruned behind a seal`);
    expect(said['activity']).toBe(`${records} records of exported activities, each with its leaf where it says, among the ${records} that came in 1 sealed hour.`);
    // The key that was told to the auditor first handed over to the one that signs now.
    expect(first).not.toBe(pinned);
    expect(await check(first, null)).toMatchObject({ verdict: 'whole', pinned: 'matches' });
  }, 60_000);

  it('shows bodies only as far as the report may', () => {
    expect([['names', 'full', 'approval.approve'], ['names', 'hashes', 'approval.approve'], ['names', 'hashes', 'settings.change'], ['pseudonyms', 'full', 'settings.change'], ['removed', 'hashes', 'activity.digest']].map(([people, text, action]) => isBodyShown({ people, text } as Parameters<typeof isBodyShown>[0], action ?? ''))).toEqual([true, false, true, false, true]);
  });
});
