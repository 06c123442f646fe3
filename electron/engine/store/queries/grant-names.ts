/**
 * The names of grants and of what they reach, kept in memory and added to as new ones come: to look through a hundred thousand names takes two
 * milliseconds, to look through their rows thirty. Ids are never given again, a grant's name and place never change, and that it went or came
 * back is told by the list of changes.
 */
import type { Reading } from './reading.ts';
import { Searchable } from './searchable.ts';

interface Known { readonly name: string; readonly place: number }
interface Named { readonly name: string; readonly places: Map<number, number> }

const kept = new WeakMap<Reading, { readonly since: string; readonly names: GrantNames }>();

/** What the list of changes does not tell: a connection that went with all its grants (ids never come again, so count and sum say it), and an erasure. */
const sinceOf = (reading: Reading): string => `${reading.sql<[], string>("SELECT count(*) || ' ' || total(id) FROM connection").pluck().get() ?? ''} ${reading.textsTurn()}`;

export function grantNames(reading: Reading): GrantNames {
  const since = sinceOf(reading);
  let own = kept.get(reading);
  if (own?.since !== since || own.names.isMostlyGone) kept.set(reading, own = { since, names: new GrantNames(reading) });
  own.names.read();
  return own.names;
}

/** SECURITY: a runtime may list other tools each time it is asked. Of those that went so many stay known, and as many as there were at first. */
const mostGone = 100_000;

class GrantNames {
  private readonly reading: Reading;
  private atFirst = -1;
  private known = 0;
  private lastGrant = 0;
  private lastChange = 0;
  private lastColumn = 0;
  private readonly grants = new Map<number, Known>();
  /** Present grants of each name: how many at each place (an agent, or minus a connection). */
  private readonly names = new Map<string, Named>();
  private readonly lower = new Searchable<Named>();
  private readonly present = new Set<number>();
  private readonly resources = new Searchable<number>();

  constructor(reading: Reading) {
    this.reading = reading;
  }

  /** What came, went and came back since. */
  read(): void {
    const { reading } = this;
    const newest = reading.sql<[], [number, number, number]>('SELECT coalesce((SELECT max(id) FROM grant_seen), 0), coalesce((SELECT max(id) FROM grant_change), 0), coalesce((SELECT max(id) FROM access_column), 0)').raw().get() ?? [0, 0, 0];
    if (newest[1] > this.lastChange && this.lastGrant > 0) this.readChanges();
    if (newest[0] > this.lastGrant) {
      for (const [id, place, name, gone] of reading.sql<[number], [number, number, string, number]>('SELECT id, CASE WHEN agent = 0 THEN -connection ELSE agent END, name, gone_us IS NOT NULL FROM grant_seen WHERE id > ?').raw().iterate(this.lastGrant)) {
        this.grants.set(id, { name, place });
        this.known += 1;
        if (gone === 0) this.come(id);
      }
    }
    if (newest[2] > this.lastColumn) for (const [id, resource] of reading.sql<[number], [number, string]>('SELECT id, resource FROM access_column WHERE id > ?').raw().iterate(this.lastColumn)) {
      this.resources.add(resource.toLowerCase(), id);
      this.known += 1;
    }
    if (this.atFirst < 0) this.atFirst = this.known;
    [this.lastGrant, this.lastChange, this.lastColumn] = newest;
  }

  get isMostlyGone(): boolean {
    return this.known > 2 * this.atFirst + mostGone;
  }

  private readChanges(): void {
    for (const { grant, gone } of this.reading.sql<[number], { grant: number; gone: number }>(
      "SELECT c.grant_id AS grant, g.gone_us IS NOT NULL AS gone FROM grant_change c JOIN grant_seen g ON g.id = c.grant_id WHERE c.id > ? AND c.what IN ('removed', 'back')").iterate(this.lastChange)) {
      if (gone === 1) this.go(grant);
      else this.come(grant);
    }
  }

  private come(id: number): void {
    const known = this.grants.get(id);
    if (known === undefined || this.present.has(id)) return;
    this.present.add(id);
    let one = this.names.get(known.name);
    if (one === undefined) {
      one = { name: known.name, places: new Map() };
      this.names.set(known.name, one);
      this.lower.add(known.name.toLowerCase(), one);
    }
    one.places.set(known.place, (one.places.get(known.place) ?? 0) + 1);
  }

  private go(id: number): void {
    const known = this.grants.get(id);
    const places = known === undefined ? undefined : this.names.get(known.name)?.places;
    if (known === undefined || places === undefined || !this.present.delete(id)) return;
    const left = (places.get(known.place) ?? 0) - 1;
    if (left > 0) places.set(known.place, left);
    else places.delete(known.place);
  }

  /** Names of all grants that ever were, with the places that hold them now. `text` is in small letters. */
  with(text: string): { name: string; places: Iterable<number> }[] {
    return this.lower.with(text).map(({ name, places }) => ({ name, places: places.keys() }));
  }

  /** Columns whose resource is called so. */
  columnsWith(text: string): number[] {
    return this.resources.with(text);
  }
}
