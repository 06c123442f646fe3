/** Steps through nested protobuf messages on one reader. */
import { reasons } from './decoded-body.ts';
import { WireError, wire } from './proto-reader.ts';
import type { ProtoReader } from './proto-reader.ts';

export const tag = (field: number, wireType: number): number => field * 8 + wireType;

/** Runs `read` with the reader on [start, end) and puts it back behind `end`. */
export function within<T>(r: ProtoReader, start: number, end: number, read: () => T): T {
  const outerEnd = r.end;
  r.pos = start;
  r.end = end;
  const result = read();
  r.pos = end;
  r.end = outerEnd;
  return result;
}

/** Calls `visit` with the end of each sub-message of the given field; the reader stands at its start. */
export function eachMessage(r: ProtoReader, field: number, visit: (end: number) => void): void {
  while (r.pos < r.end) {
    const t = r.tag();
    if (t === tag(field, wire.bytes)) {
      const end = r.length() + r.pos;
      visit(end);
      r.pos = end;
    } else {
      if (t >>> 3 === field) throw new WireError(reasons.wrongType);
      r.skip(t & 7);
    }
  }
}

/** Where the last sub-message of the given field lies; [0, 0) when there is none. Leaves the reader at `end`. */
export function lastMessage(r: ProtoReader, field: number, end: number): [number, number] {
  let found: [number, number] = [0, 0];
  within(r, r.pos, end, () => eachMessage(r, field, (messageEnd) => {
    found = [r.pos, messageEnd];
  }));
  return found;
}
