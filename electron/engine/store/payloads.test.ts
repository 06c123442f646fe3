import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PayloadRef } from '../ingest/payload.ts';
import { compress, decompress, PayloadReader, PayloadWriter, recordsInBlock } from './payloads.ts';
import { TestHistory } from './test-history.ts';

let history: TestHistory;
beforeEach(() => { history = new TestHistory(); });
afterEach(() => { history.close(); });

const context = { source: Buffer.from('RS'), resourceStart: 0, resourceEnd: 1, scopeStart: 1, scopeEnd: 2 };
const ref = (text: string): PayloadRef => ({ kind: 1, source: Buffer.from(text), start: 0, end: Buffer.byteLength(text), context });
const textOf = (record: Uint8Array): string => Buffer.from(record).toString();

describe('compress', () => {
  it.each([true, false])('comes back whole, with zstd: %s', (zstd) => {
    const block = Buffer.from('the same words again and again '.repeat(500));
    const packed = compress(block, zstd);
    expect(packed.body.length).toBeLessThan(block.length / 20);
    expect(Buffer.from(decompress(packed)).equals(block)).toBe(true);
  });

  it('says that it cannot read what a later version wrote', () => {
    expect(() => decompress({ codec: 9, body: Buffer.alloc(3) })).toThrow(/codec 9/);
  });
});

describe('payload blocks', () => {
  it('give each activity its own record, over the borders of blocks', () => {
    const count = recordsInBlock * 2 + 7;
    new PayloadWriter(history.db).writeBlocks(11, Array.from({ length: count }, (_, i) => ref(`record ${i}`)));
    expect(history.all('SELECT count(*) AS n FROM payload')).toEqual([{ n: 3 }]);
    const reader = new PayloadReader(history.db);
    for (const i of [0, 1, recordsInBlock - 1, recordsInBlock, count - 1]) {
      const [found] = reader.recordsOf(11 + i);
      expect(found && [textOf(found.record), textOf(found.resource), textOf(found.scope)]).toEqual([`record ${i}`, 'R', 'S']);
    }
    expect(reader.recordsOf(10)).toEqual([]);
    expect(reader.recordsOf(11 + count)).toEqual([]);
  });

  it('keep further tellings, and the record of a row that went into another', () => {
    const writer = new PayloadWriter(history.db);
    writer.writeBlocks(1, [ref('one'), ref('two')]);
    writer.writeExtras([{ activity: 1, record: 77, payload: ref('one again') }]);
    writer.moveTo(1, 88, 2);
    expect(new PayloadReader(history.db).recordsOf(1).map((one) => textOf(one.record)).sort()).toEqual(['one', 'one again', 'two']);
    expect(writer.knows(1, 77)).toBe(true);
    expect(writer.knows(1, 88)).toBe(true);
    expect(writer.knows(1, 99)).toBe(false);
  });
});
