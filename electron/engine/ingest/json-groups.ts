/** The envelope of an OTLP/JSON body: groups with a head, in any order. */
import { MalformedBody } from './decoded-body.ts';
import { ch } from './json-reader.ts';
import type { JsonReader } from './json-reader.ts';

/** The body's one list of groups; anything else in the body is stepped over. */
export function eachGroup(r: JsonReader, name: string, visit: () => void): void {
  if (r.peek() !== ch.openObject) throw new MalformedBody('the body is not a JSON object');
  let members = 0;
  let found = false;
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    members++;
    if (r.keyText() !== name) r.skipValue();
    else if (!r.skipNull()) {
      found = true;
      for (let another = r.enterArray(); another; another = r.nextItem()) visit();
    } else found = true;
  }
  if (r.peek() !== -1) throw new MalformedBody(`not valid JSON: text stands behind the body (byte ${r.pos})`);
  if (!found && members > 0) throw new MalformedBody(`the body has no ${name}: it is not OTLP data for this path`);
}

/**
 * An object of a head (resource or scope) and lists of what belongs to it, in any order: a list that stands before the head is
 * stepped over and read afterwards.
 */
export function headThenGroups(r: JsonReader, headName: string, groupName: string, readHead: (start: number, end: number) => void, visit: () => void): void {
  let isHeadRead = false;
  const later: number[] = [];
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    const key = r.keyText();
    if (r.skipNull()) continue;
    const start = r.pos;
    if (key === groupName && isHeadRead) {
      for (let another = r.enterArray(); another; another = r.nextItem()) visit();
      continue;
    }
    r.skipValue();
    const end = r.pos;
    if (key === groupName) later.push(start);
    else if (key === headName) {
      readHead(start, end);
      r.pos = end;
      isHeadRead = true;
    }
  }
  const end = r.pos;
  for (const start of later) {
    r.pos = start;
    for (let another = r.enterArray(); another; another = r.nextItem()) visit();
  }
  r.pos = end;
}
