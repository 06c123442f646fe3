/** Where a person stands in the history, counted without changing anything. On a thread of its own (survey-worker.ts): it reads all of it. */
import { statSync } from 'node:fs';
import type { ErasurePreview } from '../../../shared/retention.ts';
import type { AnyDb } from './database.ts';
import { copiesOf } from './disk-use.ts';
import { outOfReach } from './erasure.ts';
import { Tally, walk } from './erasure-walk.ts';
import { erasureRefusal } from './holds.ts';
import { NearNames, normalPerson, PersonMatcher, samePerson } from './person-matcher.ts';

const mostAliases = 40;

export function previewErasure(db: AnyDb, file: string, person: string, aliases: readonly string[]): ErasurePreview {
  const near = new NearNames(person, aliases);
  const tally = new Tally();
  const matcher = new PersonMatcher([person, ...aliases]);
  for (const _ of walk(db, { matcher, near, row: () => undefined, block: () => undefined, audit: () => undefined, inStep: (run) => run() }, tally));
  const found = [...near.found].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const copies = copiesOf(file);
  const remains = [...tally.remains.values(), ...outOfReach.map((one) => (one.why === 'copies' && copies.length > 0 ? { ...one, count: copies.length } : one))];
  return {
    found: tally.list(), total: tally.total, records: tally.counts.get('records') ?? 0,
    aliases: [...aliases.map((text) => ({ text, count: countOf(text, near), ticked: true })), ...found.slice(0, mostAliases).map(([text, count]) => ({ text, count, ticked: false }))],
    moreAliases: Math.max(0, found.length - mostAliases) + near.more, remains, warnings: warningsOf(db, person, aliases, tally.total), fileBytes: statSync(file).size,
  };
}

const countOf = (text: string, near: NearNames): number => near.ticked.get(samePerson(text)) ?? 0;

function warningsOf(db: AnyDb, person: string, aliases: readonly string[], total: number): string[] {
  const warnings: string[] = [];
  const refusal = erasureRefusal(db);
  if (refusal !== null) warnings.push(refusal);
  const short = [person, ...aliases].map(normalPerson).filter((one) => one.length < 4);
  if (short.length > 0 && total > 0) warnings.push(`${short.map((one) => `"${one}"`).join(', ')} ${short.length === 1 ? 'is' : 'are'} short and may mean others as well: everybody of that name is erased.`);
  return warnings;
}
