/** What Claude Code itself said that each captured request cost, against what the price book computes for it: to the micro-dollar. */
import { expect, test } from 'vitest';
import { assemble } from '../ingest/normalise/test-assemble.ts';
import { captureNames, readCapture } from '../ingest/normalise/test-captures.ts';
import { PriceBook } from './book.ts';
import { compute } from './price.ts';

const book = new PriceBook([]);
const captured = Date.parse('2026-11-22') / 86_400_000;

/** [reported, computed] of every model call that told its money. */
function requests(capture: string): readonly (readonly [number, number])[] {
  return assemble(readCapture(capture)).rows.flatMap(({ usage, model, billing, cost }) => {
    if (usage === undefined || cost === undefined) return [];
    const price = book.find({ provider: billing?.provider ?? '', model: model ?? '', region: billing?.region ?? '', tier: billing?.tier ?? '', day: captured });
    if (price === null) return [[cost, -1]];
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
    return [[cost, compute(price, { input: inputTokens, output: outputTokens, cacheRead: cacheReadTokens, cacheWrite: cacheWriteTokens, cacheWrite1h: billing?.cacheWrite1h ?? null, reasoning: reasoningTokens, units: billing?.units })]];
  });
}

// Counted by hand in the captures' logs: api_request events with cost_usd_micros, without those told twice.
const told: Readonly<Record<string, number>> = {
  claude: 4, 'claude-500': 1, 'claude-denied': 4, 'claude-logsonly': 7, 'claude-mcp': 20, 'claude-retry-ok': 2, 'claude-sigterm': 2, 'claude-sigterm-logsonly': 2, 'claude-silent-toolblock': 3,
  'claude-tools-json': 7, 'claude-two-tasks': 5,
};

test('every capture of Claude Code is looked at', () => {
  expect(captureNames().filter((name) => name.startsWith('claude')).toSorted()).toEqual(Object.keys(told).toSorted());
});

test.each(Object.entries(told))('%s: %i requests', (capture, count) => {
  const found = requests(capture);
  expect(found).toHaveLength(count);
  expect(found.map(([, computed]) => computed)).toEqual(found.map(([reported]) => reported));
});

test('the first two of them, worked out by hand', () => {
  // 1500 x 4 + 60 x 20 + 2000 x 5; 1510 x 4 + 61 x 20 + 2000 x 0.2
  expect(requests('claude').slice(0, 2)).toEqual([[17_200, 17_200], [7660, 7660]]);
});
