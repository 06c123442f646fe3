/**
 * Keeps what the questions of access read: the use of every grant, the cells of the matrix, its rows and columns, and the findings. Whoever
 * changed is folded anew as a whole, from what the file holds, so what is kept equals what would be computed from nothing. One turn takes
 * as many holders as fit into its time; whoever is left stays marked in the file.
 */
import { findingsOf } from '../access/findings.ts';
import type { AccessFacts, FactGrant } from '../access/finding-facts.ts';
import { mergeClasses } from '../access/worst.ts';
import { markAll, markAround, markDirty } from './access-dirty.ts';
import { credentialsOf, entriesOf, headsHolding, identityAt, membersAt, namesOf, whyNotSeen, type Member } from './access-holder.ts';
import { AccessSave, type Saved } from './access-save.ts';
import { permits, prepare, sumsOf, type NameUse, type Prepared, type Sums } from './access-sums.ts';
import { baselineOf, deviationOf, widenedBy } from './baseline.ts';
import { IDENTITY, US_DAY, US_HOUR } from './codes.ts';
import { refreshCredentials } from './credentials.ts';
import type { WriteDb } from './database.ts';
import { Texts } from './dictionary.ts';
import { storeError } from './errors.ts';
import { countFindings, endDismissals, saveFindings } from './findings.ts';
import { headOf } from './heads.ts';
import { connectionsHeld, heldGrants, type HeldGrant } from './held-grants.ts';
import { ownerOf } from './owners.ts';
import { statement } from './statements.ts';

const unusedDays = 90;
/** Grants of holders that were folded lately are kept read. */
const mostKept = 20_000;
/** Findings that are gone are kept so long, for whoever asks when it was. */
const goneDays = 180;

export interface Folded {
  readonly changed: boolean;
  readonly findings: boolean;
  /** some are left for another turn. */
  readonly more: boolean;
}

interface Done { readonly changed: boolean; readonly findings: boolean }

interface Kept { readonly prepared: Prepared; readonly saved: Saved }

interface Holder { readonly id: number; readonly name: string; readonly identity: number; readonly members: readonly Member[]; readonly names: readonly NameUse[]; readonly notSeen: string | null }

export class AccessFold {
  private readonly db: WriteDb;
  private readonly texts: Texts;
  private readonly save: AccessSave;
  private kept = new Map<number, Kept>();
  private keptRows = 0;
  /** whom the turn before ended with. */
  private last = Number.MIN_SAFE_INTEGER;

  constructor(db: WriteDb) {
    this.db = db;
    this.texts = new Texts(db);
    this.save = new AccessSave(db);
  }

  forget(): void {
    this.save.forget();
    this.texts.forget();
    this.kept.clear();
    this.keptRows = 0;
  }

  /** Inside a transaction of the writer's. `spentMs`: how long this turn has taken so far. */
  turn(nowUs: number, spentMs: () => number, mostMs: number): Folded {
    let changed = false;
    let findings = false;
    for (let one = this.next(); one !== undefined; one = this.next()) {
      this.last = one.holder;
      const done = this.one(one.holder, nowUs);
      changed ||= done.changed;
      findings ||= done.findings;
      if (spentMs() >= mostMs) break;
    }
    return { changed: changed || findings, findings, more: this.next() !== undefined };
  }

  /** In turn: some are marked again all the time, and nobody must wait for ever behind them. */
  private next(): { readonly holder: number } | undefined {
    return statement<[number], { holder: number }>(this.db, 'SELECT holder FROM access_dirty WHERE holder > ? ORDER BY holder LIMIT 1').get(this.last)
      ?? statement<[], { holder: number }>(this.db, 'SELECT holder FROM access_dirty ORDER BY holder LIMIT 1').get();
  }

  private one(holder: number, nowUs: number): Done {
    try {
      return this.db.transaction(() => (holder > 0 ? this.agent(holder, nowUs) : this.connection(-holder, nowUs)))();
    } catch (cause) {
      this.forget();
      if (storeError(cause).code !== 'internal') throw cause;
      // A mistake of ours over one of them must not keep all others from being folded: its lines stay as they were, and the next hour tries again.
      statement(this.db, 'DELETE FROM access_dirty WHERE holder = ?').run(holder);
      return { changed: false, findings: false };
    }
  }

  /** What only time can tell: unused for so long, soon at its end, dismissed until now. Once an hour everybody is looked at. */
  hourly(nowUs: number): boolean {
    const ended = endDismissals(this.db, nowUs) > 0;
    const last = Number(statement<[], { value: string }>(this.db, "SELECT value FROM meta WHERE key = 'access_all_us'").get()?.value ?? 0);
    if (nowUs - last < US_HOUR && nowUs >= last) return ended;
    markAll(this.db);
    statement(this.db, 'DELETE FROM finding WHERE gone_us < ?').run(nowUs - goneDays * US_DAY);
    statement(this.db, "INSERT INTO meta (key, value) VALUES ('access_all_us', ?) ON CONFLICT DO UPDATE SET value = excluded.value").run(String(nowUs));
    return ended;
  }

  private agent(id: number, nowUs: number): Done {
    const head = headOf(this.db, id);
    const undirty = statement(this.db, 'DELETE FROM access_dirty WHERE holder = ?');
    const members = membersAt(this.db, head);
    const standing = statement(this.db, 'SELECT 1 FROM access_row WHERE holder = ?');
    let left = false;
    for (const member of [id, head, ...members.map((one) => one.id)]) {
      undirty.run(member);
      // It stood alone before.
      if (member !== head && standing.get(member) !== undefined) left = this.cleared(member, nowUs) || left;
    }
    const moved = members.flatMap((member) => refreshCredentials(this.db, member.id));
    const ids = members.map((member) => member.id);
    const rows = ids.length === 0 ? [] : heldGrants(this.db, head, ids);
    if (!members.some((member) => member.shown === 1) && rows.length === 0) return { changed: this.cleared(head, nowUs) || left, findings: false };
    const names = namesOf(this.db, this.texts, ids);
    // The same calls are told of whoever has the credential.
    markDirty(this.db, connectionsHeld(this.db, ids).map((connection) => -connection));
    const holder: Holder = { id: head, name: members[0]?.name ?? '', identity: (members.find((member) => member.identity !== IDENTITY.unknown) ?? members[0])?.identity ?? IDENTITY.unknown, members, names, notSeen: whyNotSeen(members, names) };
    const was = statement<[number], { name: string }>(this.db, 'SELECT name FROM access_row WHERE holder = ?').get(head)?.name;
    const done = this.fold(holder, rows, nowUs);
    if (moved.length > 0 || was !== holder.name) markAround(this.db, ids, head, moved);
    return { changed: done.changed || left, findings: done.findings };
  }

  private connection(id: number, nowUs: number): Done {
    statement(this.db, 'DELETE FROM access_dirty WHERE holder = ?').run(-id);
    const connection = statement<[number], { name: string }>(this.db, 'SELECT name FROM connection WHERE id = ?').get(id);
    const rows = heldGrants(this.db, -id, []);
    if (connection === undefined || rows.length === 0) return { changed: this.cleared(-id, nowUs), findings: false };
    const heads = headsHolding(this.db, id);
    const names = namesOf(this.db, this.texts, [...new Set(heads.flatMap((head) => membersAt(this.db, head).map((member) => member.id)))]);
    const notSeen = heads.length === 0 ? 'Nobody said which agents hold this credential, so no calls can be compared with what it opens.' : names.length === 0 ? 'None of the agents that are said to hold it told of a call.' : null;
    return this.fold({ id: -id, name: connection.name, identity: IDENTITY.unknown, members: [], names, notSeen }, rows, nowUs);
  }

  private cleared(holder: number, nowUs: number): boolean {
    this.drop(holder);
    return this.save.clear(holder, nowUs);
  }

  private fold(holder: Holder, rows: readonly HeldGrant[], nowUs: number): Done {
    const prepared = this.prepared(holder.id, rows);
    const sums = sumsOf({ prepared, names: holder.names, notSeen: holder.notSeen, isAgent: holder.id > 0, shared: this.sharing() });
    const changed = this.save.sums(holder.id, prepared.rows, sums, this.kept.get(holder.id)?.saved ?? null);
    this.keep(holder.id, prepared, sums);
    const findings = saveFindings(this.db, holder.id, findingsOf(this.facts(holder, prepared, sums, nowUs)), nowUs);
    if (findings) this.save.turn(holder.id);
    const open = prepared.remaining.map(permits);
    const row = this.save.row(holder.id, {
      name: holder.name, identity: holder.identity, notSeen: holder.notSeen, held: open.filter(Boolean).length, cannotTell: sums.uses.filter((use, at) => open[at] === true && use.state === 'cannot_tell').length,
      notUnderstood: rows.filter((one, at) => open[at] === true && (one.understood === 'not' || prepared.remaining[at]?.facets.some((facet) => facet.class === 'not_understood') === true)).length,
      denied: holder.names.reduce((sum, name) => sum + name.denied, 0), findings: countFindings(this.db, holder.id, nowUs),
    }, nowUs);
    return { changed: changed || row, findings };
  }

  /** Reading two hundred grants and their patterns costs more than everything else: kept while none of them changed. */
  private prepared(holder: number, rows: readonly HeldGrant[]): Prepared {
    const known = this.kept.get(holder)?.prepared;
    return known !== undefined && known.rows.length === rows.length && known.rows.every((row, at) => sameGrant(row, rows[at])) ? known : prepare(rows);
  }

  /** Nobody else writes these lines, so what was saved last need not be read again. */
  private keep(holder: number, prepared: Prepared, sums: Sums): void {
    this.keptRows += prepared.rows.length - (this.kept.get(holder)?.prepared.rows.length ?? 0);
    if (this.keptRows > mostKept) {
      this.kept.clear();
      this.keptRows = prepared.rows.length;
    }
    this.kept.set(holder, { prepared, saved: { rows: prepared.rows, sums } });
  }

  private drop(holder: number): void {
    this.keptRows -= this.kept.get(holder)?.prepared.rows.length ?? 0;
    this.kept.delete(holder);
  }

  private sharing(): (row: HeldGrant) => boolean {
    const known = new Map<string, boolean>();
    const heads = (sql: string, id: number): boolean => new Set(statement<[number], { agent: number }>(this.db, sql).all(id).map((one) => headOf(this.db, one.agent))).size > 1;
    return (row) => {
      if (row.credential === null && row.agent !== 0) return false;
      const key = row.agent === 0 ? `connection ${row.connection}` : `credential ${row.credential}`;
      let shared = known.get(key);
      if (shared === undefined) {
        shared = row.agent === 0 ? heads('SELECT agent FROM grant_holder WHERE connection = ?', row.connection) : heads('SELECT agent FROM agent_credential WHERE credential = ?', row.credential ?? 0);
        known.set(key, shared);
      }
      return shared;
    };
  }

  private facts(holder: Holder, prepared: Prepared, sums: Sums, nowUs: number): AccessFacts {
    const { members } = holder;
    const ids = members.map((member) => member.id);
    const isAgent = holder.id > 0;
    // What a connection offers is told of with the agents that are said to hold it.
    const told = isAgent || headsHolding(this.db, -holder.id).length === 0;
    const listed = prepared.remaining.some(permits);
    return {
      holder: { kind: isAgent ? 'agent' : 'connection', id: Math.abs(holder.id), name: holder.name }, identity: isAgent ? identityAt(this.db, members) : null,
      owner: isAgent ? ownerOf(this.db, ids, 'owner') : null, sponsor: isAgent ? ownerOf(this.db, ids, 'sponsor') : null, firstSeenUs: Math.min(...members.map((member) => member.firstUs), nowUs),
      credentials: isAgent ? [...credentialsOf(this.db, holder.id, members), ...this.offersShared(holder.id, ids)] : [],
      grants: told ? prepared.rows.map((row, at) => factGrant(row, at, prepared, sums)) : [],
      ungranted: isAgent && listed ? sums.ungranted.flatMap(({ use, worst }) => (use.times > 0 ? [{ name: use.name, ...worst, times: use.times, firstUs: use.firstUsedUs ?? use.lastUsedUs ?? nowUs, lastUs: use.lastUsedUs ?? nowUs }] : [])) : [],
      entries: this.entries(holder, nowUs), widened: isAgent ? this.widened(ids, prepared.rows, nowUs) : [], nowUs, unusedDays,
    };
  }

  private offersShared(head: number, members: readonly number[]): AccessFacts['credentials'] {
    const find = statement<[number], { name: string; sinceUs: number | null }>(this.db, 'SELECT c.name, max(h.at_us) AS sinceUs FROM connection c JOIN grant_holder h ON h.connection = c.id WHERE c.id = ?');
    return connectionsHeld(this.db, members).flatMap((connection) => {
      const row = find.get(connection);
      const others = headsHolding(this.db, connection).filter((other) => other !== head).map((id) => ({ id, name: membersAt(this.db, id)[0]?.name ?? '' }));
      return row === undefined || others.length === 0 ? [] : [{ id: -connection, kind: 'connection', name: `the credential of ${row.name}`, sinceUs: row.sinceUs ?? 0, others }];
    });
  }

  private entries(holder: Holder, nowUs: number): AccessFacts['entries'] {
    const since = statement<[string], { us: number }>(this.db, 'SELECT first_us AS us FROM finding WHERE subject = ? AND gone_us IS NULL');
    return entriesOf(this.db, holder.id > 0 ? holder.members.map((member) => member.connection) : [-holder.id])
      .map((one) => ({ ...one, sinceUs: since.get(`${holder.id} public_entry ${one.kind} ${one.where}`)?.us ?? nowUs }));
  }

  private widened(members: readonly number[], rows: readonly HeldGrant[], nowUs: number): AccessFacts['widened'] {
    const baseline = baselineOf(this.db, members);
    if (baseline === null) return [];
    const since = statement<[number, number], { us: number | null }>(this.db, 'SELECT max(at_us) AS us FROM grant_change WHERE grant_id = ? AND at_us > ?');
    return widenedBy(deviationOf(baseline.grants, rows)).map((one) => ({ ...one, sinceUs: since.get(one.grantId, baseline.atUs)?.us ?? (one.sinceUs > baseline.atUs ? one.sinceUs : Math.min(nowUs, baseline.atUs)) }));
  }
}

function sameGrant(a: HeldGrant, b: HeldGrant | undefined): boolean {
  return b !== undefined && (Object.keys(a) as (keyof HeldGrant)[]).every((key) => a[key] === b[key]);
}

function factGrant(row: HeldGrant, at: number, prepared: Prepared, sums: Sums): FactGrant {
  const reading = prepared.readings[at];
  const use = sums.uses[at];
  return {
    id: row.id, kind: row.kind, name: row.name, effect: row.effect, role: row.role, understood: row.understood, notUnderstood: reading?.notUnderstood ?? [],
    classes: mergeClasses(prepared.remaining[at]?.facets ?? []), actions: reading?.actions ?? [], resources: reading?.resources ?? [], conditions: reading?.conditions ?? [], enforcement: row.enforcement,
    firstUs: row.firstUs, expiresUs: row.expiresUs, use: { state: use?.state ?? 'cannot_tell', times: use?.times ?? 0, lastUsedUs: use?.lastUsedUs ?? null },
  };
}
