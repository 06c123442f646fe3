/**
 * Which agents are one and the same. Pure: the same facts give the same answer in whatever order they came, so the result can be made anew
 * whenever a fact changes.
 */

export interface Candidate {
  readonly id: number;
  readonly connection: number;
  /** seen by a management API, which names its agents itself. */
  readonly managed: boolean;
  /** where the runtime of a management API is; null: it sends telemetry. */
  readonly place: string | null;
  readonly createdUs: number;
  readonly aliases: readonly string[];
}

export interface Decided { readonly agent: number; readonly other: number; readonly actor: string; readonly atUs: number }

export interface Stitch {
  readonly agent: number;
  readonly head: number;
  readonly by: 'rule' | 'person';
  readonly why: string;
}

class Groups {
  private readonly group = new Map<number, number[]>();
  private readonly apart = new Map<number, Set<number>>();

  constructor(apart: readonly Decided[]) {
    for (const { agent, other } of apart) {
      this.refuse(agent, other);
      this.refuse(other, agent);
    }
  }

  of(agent: number): readonly number[] {
    return this.group.get(agent) ?? [agent];
  }

  /** false: they are one already, or somebody said that two of them are not. */
  join(a: number, b: number): boolean {
    const mine = this.of(a);
    const theirs = this.of(b);
    if (mine.includes(b)) return false;
    for (const one of mine) for (const other of theirs) if (this.apart.get(one)?.has(other) === true) return false;
    const both = [...mine, ...theirs];
    for (const one of both) this.group.set(one, both);
    return true;
  }

  private refuse(agent: number, other: number): void {
    const known = this.apart.get(agent);
    if (known === undefined) this.apart.set(agent, new Set([other]));
    else known.add(other);
  }
}

/** A person's word first, then the aliases in the order of their text. */
export function stitches(candidates: readonly Candidate[], joined: readonly Decided[], apart: readonly Decided[]): Stitch[] {
  const byId = new Map(candidates.map((one) => [one.id, one]));
  const groups = new Groups(apart);
  const reasons = new Map<number, { by: Stitch['by']; why: string }>();
  const say = (agent: number, by: Stitch['by'], why: string): void => { if (!reasons.has(agent)) reasons.set(agent, { by, why }); };
  for (const { agent, other, actor, atUs } of joined.toSorted((a, b) => a.atUs - b.atUs || a.agent - b.agent || a.other - b.other)) {
    if (!byId.has(agent) || !byId.has(other) || !groups.join(agent, other)) continue;
    const why = `Linked by ${actor} on ${new Date(atUs / 1_000).toISOString().slice(0, 10)}.`;
    say(agent, 'person', why);
    say(other, 'person', why);
  }
  for (const { alias, a, b } of shared(candidates)) {
    if (!groups.join(a, b)) continue;
    const why = `Rule: both are known as ${alias}.`;
    say(a, 'rule', why);
    say(b, 'rule', why);
  }
  return candidates.flatMap((one) => {
    const group = groups.of(one.id);
    const head = headOf(group.map((id) => byId.get(id)).filter((found) => found !== undefined));
    const reason = reasons.get(one.id);
    return group.length === 1 || head === one.id || reason === undefined ? [] : [{ agent: one.id, head, ...reason }];
  });
}

/** A management API knows its agents by name: the oldest of those, else the oldest. */
function headOf(group: readonly Candidate[]): number {
  const sorted = group.toSorted((a, b) => Number(b.managed) - Number(a.managed) || a.createdUs - b.createdUs || a.id - b.id);
  return sorted[0]?.id ?? 0;
}

/** SECURITY: two deployments of one template are two agents: a name-based identifier is the same on every server that has a graph of that name. */
const sameEverywhere = (alias: string): boolean => /^langgraph\.assistant:[0-9a-f]{8}-[0-9a-f]{4}-5/.test(alias);

/**
 * Pairs that an alias makes one. An alias that two agents of one connection carry names neither of them. Between two sources that both only
 * send telemetry it says nothing: two laptops run the same program under the same names. One that is the same everywhere joins management
 * APIs only where they are one server, and with more than one server nobody knows whose agent telemetry speaks of.
 */
function shared(candidates: readonly Candidate[]): { alias: string; a: number; b: number }[] {
  const carriers = new Map<string, Candidate[]>();
  for (const one of candidates) {
    for (const alias of new Set(one.aliases)) {
      const all = carriers.get(alias);
      if (all === undefined) carriers.set(alias, [one]);
      else all.push(one);
    }
  }
  const pairs: { alias: string; a: number; b: number }[] = [];
  for (const [alias, all] of [...carriers].toSorted(([x], [y]) => (x < y ? -1 : 1))) {
    const inConnection = new Map<number, number>();
    for (const { connection } of all) inConnection.set(connection, (inConnection.get(connection) ?? 0) + 1);
    const alone = all.filter((one) => inConnection.get(one.connection) === 1).toSorted((x, y) => x.id - y.id);
    const places = sameEverywhere(alias) ? new Set(all.filter((one) => one.managed).map((one) => one.place)).size : 1;
    const joins = (managed: Candidate, other: Candidate): boolean => places === 1 || (other.managed && other.place !== null && other.place === managed.place);
    for (const managed of alone.filter((one) => one.managed)) {
      for (const other of alone) if (other !== managed && !(other.managed && other.id < managed.id) && joins(managed, other)) pairs.push({ alias, a: managed.id, b: other.id });
    }
  }
  return pairs;
}
