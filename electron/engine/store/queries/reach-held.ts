/**
 * What agents hold and what credentials open, column by column, for `reach`: an agent and twenty-five behind it hold ten thousand cells, and most are the
 * same columns again. What each holds is kept while its cells stand (`access_turn`), the rest while no column changes nor what stands behind one.
 */
import { reversibilities, type AccessClass, type Reversibility } from '../../../../shared/access.ts';
import { columnsTurn } from './ranked-columns.ts';
import type { Reading } from './reading.ts';

/** From what can be undone to what cannot, and to what nobody knows. */
export const badness = { read_only: 0, reversible: 1, externally_reversible: 2, irreversible: 3, unknown: 4 } as const satisfies Record<Reversibility, number>;
export const worst = 4;

export interface ColumnText { readonly resource: string; readonly class: AccessClass; readonly reversibility: Reversibility }
/** What is held of a column: its id four times, and whether it was used. */
export const usedState = { no: 0, yes: 1, cannotTell: 2 } as const;

/** SECURITY: so much is kept; whoever looks at all agents in turn does not keep them all. */
const mostCells = 400_000;
const mostTexts = 20_000;
const mostGrants = 50_000;
const mostOpened = 2_000;
/** Of one that holds nothing. */
const eachHolder = 16;

const selectHeld = `SELECT column_id * 4 + CASE WHEN times > 0 THEN ${usedState.yes} WHEN cannot_tell > 0 THEN ${usedState.cannotTell} ELSE ${usedState.no} END FROM access_cell WHERE holder = ? AND column_id > 0 AND grants > 0 ORDER BY column_id`;
const rankOf = reversibilities.map((one) => `WHEN '${one}' THEN ${badness[one]}`).join(' ');
const selectColumns = `SELECT id * 16 + CASE reversibility ${rankOf} END + iif(class = 'not_understood', 8, 0) FROM access_column`;
const selectOpened = `SELECT DISTINCT f.column_id FROM grant_seen g CROSS JOIN access_facet f ON f.grant_id = g.id WHERE g.credential = ? AND g.gone_us IS NULL AND f.column_id > 0 LIMIT ${mostOpened}`;
const oneBehind = (grant: string): string => `SELECT c.value, (SELECT f.grant_id FROM access_facet f ${grant} LIMIT 1) FROM json_each(?) c`;
const behindAll = 'SELECT column_id, min(grant_id) FROM access_facet WHERE holder = ? AND column_id > 0 AND grant_id > 0 GROUP BY column_id';
const behindHolder = oneBehind('WHERE f.holder = ? AND f.column_id = c.value AND f.grant_id > 0');
const behindCredential = oneBehind('JOIN grant_seen g ON g.id = f.grant_id WHERE f.column_id = c.value AND g.credential = ?');

/** `held`: of a holder; else a credential. */
export interface Behind { readonly held: boolean; readonly id: number }

class ReachHeld {
  private readonly reading: Reading;
  private turn = -1;
  private erased = '';
  private size = 0;
  private grants = 0;
  private readonly holders = new Map<number, { readonly turn: number; readonly cells: Uint32Array }>();
  private readonly openedBy = new Map<number, Uint32Array>();
  private readonly behind = new Map<string, Map<number, number | null>>();
  private readonly texts = new Map<number, ColumnText>();
  /** By the id of a column: 1 + its badness, and 8 where nobody understood it; 0: there is none. */
  columns = new Uint8Array(0);

  constructor(reading: Reading) {
    this.reading = reading;
  }

  /** In one view with all that is asked then. */
  begin(): void {
    const erased = this.reading.textsTurn();
    const turn = columnsTurn(this.reading);
    if (erased !== this.erased || turn !== this.turn || this.texts.size > mostTexts) this.texts.clear();
    this.erased = erased;
    if (turn !== this.turn) this.readColumns();
    if (turn !== this.turn || this.grants > mostGrants) {
      this.openedBy.clear();
      this.behind.clear();
      this.grants = 0;
    }
    this.turn = turn;
    if (this.size > mostCells) {
      this.holders.clear();
      this.size = 0;
    }
  }

  /** Each column that it holds, four times its id and a `usedState`, by id. */
  held(heads: readonly number[]): Uint32Array[] {
    const turns = new Map(this.reading.sql<[string], [number, number]>('SELECT t.holder, t.n FROM json_each(?) i CROSS JOIN access_turn t ON t.holder = i.value').raw().all(JSON.stringify(heads)));
    return heads.map((head) => {
      const turn = turns.get(head) ?? 0;
      const known = this.holders.get(head);
      if (known?.turn === turn) return known.cells;
      const cells = Uint32Array.from(this.reading.sql<[number], number>(selectHeld).pluck().all(head));
      this.size += cells.length - (known?.cells.length ?? -eachHolder);
      this.holders.set(head, { turn, cells });
      return cells;
    });
  }

  /** Columns that the grants of one credential open, whoever holds them, by id. */
  opened(credential: number): Uint32Array {
    let found = this.openedBy.get(credential);
    if (found === undefined) {
      this.openedBy.set(credential, found = Uint32Array.from(this.reading.sql<[number], number>(selectOpened).pluck().all(credential)).sort());
      this.grants += 1 + found.length;
    }
    return found;
  }

  /** A grant behind each of these columns. */
  grantsBehind({ held, id }: Behind, columns: readonly number[]): ReadonlyMap<number, number | null> {
    const place = `${held ? 'holder' : 'credential'} ${id}`;
    let found = this.behind.get(place);
    if (found === undefined) this.behind.set(place, found = new Map());
    const lacking = columns.filter((column) => !found.has(column));
    if (lacking.length === 0) return found;
    // Side by side under their holder: where many of them are asked for, all are read.
    const all = held && lacking.length * 4 > (this.holders.get(id)?.cells.length ?? 0);
    for (const column of lacking) found.set(column, null);
    const rows = all ? this.reading.sql<[number], [number, number]>(behindAll).raw().all(id) : this.reading.sql<[number, string], [number, number | null]>(held ? behindHolder : behindCredential).raw().all(id, JSON.stringify(lacking));
    for (const [column, grant] of rows) found.set(column, grant);
    this.grants += Math.max(lacking.length, rows.length);
    return found;
  }

  textsOf(columns: readonly number[]): ReadonlyMap<number, ColumnText> {
    const lacking = columns.filter((column) => !this.texts.has(column));
    if (lacking.length > 0) {
      for (const { id, ...text } of this.reading.sql<[string], ColumnText & { id: number }>('SELECT c.id, c.resource, c.class, c.reversibility FROM json_each(?) i CROSS JOIN access_column c ON c.id = i.value').all(JSON.stringify(lacking))) this.texts.set(id, text);
    }
    return this.texts;
  }

  private readColumns(): void {
    const rows = this.reading.sql<[], number>(selectColumns).pluck().all();
    this.columns = new Uint8Array(1 + rows.reduce((most, row) => Math.max(most, Math.floor(row / 16)), 0));
    for (const row of rows) this.columns[Math.floor(row / 16)] = 1 + (row % 16);
  }
}

const keptBy = new WeakMap<Reading, ReachHeld>();

export function reachHeld(reading: Reading): ReachHeld {
  let kept = keptBy.get(reading);
  if (kept === undefined) keptBy.set(reading, kept = new ReachHeld(reading));
  kept.begin();
  return kept;
}
