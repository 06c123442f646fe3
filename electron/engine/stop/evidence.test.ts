import { expect, test } from 'vitest';
import { evidenceOf } from './evidence.ts';
import type { JudgeInput } from './judge-input.ts';
import type { Standing } from './standing.ts';

const proofAt = (verifiedUs: number | null, fromUs: number): number | undefined => evidenceOf({ connections: [], levers: [], verifiedUs, nowUs: 900 } as unknown as JudgeInput, [], [], [{ connection: 1, fromUs, grounds: ['It shows no open work.'], byProcess: false } as unknown as Standing])[0]?.atUs;

test('what proved a stop is told at its verification; what was seen anew since then is not told as known before', () => {
  expect(proofAt(500, 400)).toBe(500);
  expect(proofAt(null, 400)).toBe(900);
  expect(proofAt(500, 700)).toBe(900);
});
