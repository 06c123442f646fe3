import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PayloadRef } from '../ingest/payload.ts';
import { BlockFiller, compress, decompress, PayloadReader, PayloadWriter, recordsInBlock } from './payloads.ts';
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
  /** Rows 1, 2, ... that stand on these records. */
  function rows(writer: PayloadWriter, texts: readonly string[]): BlockFiller {
    const filler = new BlockFiller();
    const insert = history.db.prepare(`INSERT INTO activity (task, agent, ts_us, kind, status, flags, name, model, key, trace, span, parent_span, claim, service, source, record, block, slot)
      VALUES (1, 1, 1, 1, 1, 0, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, ?, ?)`);
    texts.forEach((text, i) => {
      const place = filler.place(ref(text));
      insert.run(i, writer.use(place), place.slot);
    });
    return filler;
  }

  it('give each activity its own record, over the borders of blocks', () => {
    const count = recordsInBlock * 2 + 7;
    const writer = new PayloadWriter(history.db);
    const filler = rows(writer, Array.from({ length: count }, (_, i) => `record ${i}`));
    writer.write(filler.blocks);
    expect(history.all('SELECT count(*) AS n, sum(used) AS used FROM payload')).toEqual([{ n: 3, used: count }]);
    const reader = new PayloadReader(history.db);
    for (const i of [0, 1, recordsInBlock - 1, recordsInBlock, count - 1]) {
      const [found] = reader.recordsOf(i + 1);
      expect(found && [textOf(found.record), textOf(found.resource), textOf(found.scope)]).toEqual([`record ${i}`, 'R', 'S']);
    }
    expect(reader.recordsOf(count + 1)).toEqual([]);
  });

  it('keep further tellings, and the record of a row that went into another', () => {
    const writer = new PayloadWriter(history.db);
    const filler = rows(writer, ['one', 'two']);
    writer.further(1, 77, filler.place(ref('one again')));
    writer.write(filler.blocks);
    writer.move(1, { id: 2, record: 88, block: 1, slot: 1 });
    expect(new PayloadReader(history.db).recordsOf(1).map((one) => textOf(one.record))).toEqual(['one', 'two', 'one again']);
    expect([77, 88, 99].map((record) => writer.knows(1, record))).toEqual([true, true, false]);
  });
});
