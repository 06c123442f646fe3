/** What every query has at hand: the reader's connection, its prepared statements, texts, and small look-ups that live for one call. */
import type { Statement } from 'better-sqlite3';
import type { Activity, Cost, Usage } from '../../../../shared/domain.ts';
import { identityWord } from '../codes.ts';
import type { ReadDb } from '../database.ts';
import { Texts } from '../dictionary.ts';
import { StoreError } from '../errors.ts';
import { publicId, rowIdOf, type IdKind } from '../ids.ts';
import { PayloadReader } from '../payloads.ts';
import { shared } from '../statements.ts';

export interface AgentName {
  readonly id: number;
  /** of the agent that it is shown as. */
  readonly name: string;
  /** of its own. */
  readonly connection: number;
  readonly service: string;
}

export class Reading {
  readonly db: ReadDb;
  readonly texts: Texts;
  readonly payloads: PayloadReader;
  private readonly prepared = new Map<string, Statement>();
  private agents = new Map<number, AgentName>();
  private stitched: ReadonlyMap<number, number> | null = null;
  private authorities = new Map<string, Activity['authority']>();
  private textTurn = '';

  constructor(db: ReadDb) {
    this.db = db;
    this.texts = new Texts(db);
    this.payloads = new PayloadReader(db);
  }

  /** Prepared once for each text. */
  sql<P extends unknown[], R>(text: string): Statement<P, R> {
    let statement = this.prepared.get(text);
    if (statement === undefined) {
      statement = shared(this.db, text);
      this.prepared.set(text, statement);
    }
    return statement as Statement<P, R>;
  }

  /** Names may change between calls (an agent says its own name late), so they are read anew in each. */
  begin(): void {
    this.agents = new Map();
    this.stitched = null;
    this.authorities = new Map();
    // An erasure changed texts that are else for ever the same.
    const turn = this.textsTurn();
    if (turn !== this.textTurn) this.texts.forget();
    this.textTurn = turn;
  }

  /** Stands while no erasure changed texts. */
  textsTurn(): string {
    return this.sql<[], string>("SELECT value FROM meta WHERE key = 'texts_changed'").pluck().get() ?? '';
  }

  agent(id: number): AgentName {
    let found = this.agents.get(id);
    if (found === undefined) {
      const own = this.sql<[number], AgentName>('SELECT id, name, connection, service FROM agent WHERE id = ?').get(id) ?? { id, name: '(unknown)', connection: 0, service: '' };
      const head = this.headOf(id);
      found = head === id ? own : { ...own, name: this.agent(head).name };
      this.agents.set(id, found);
    }
    return found;
  }

  /** As its own records of that task say, else as all others of the task say alike: a sub-agent works on its caller's authority. */
  authority(task: number, agent: number): Activity['authority'] {
    const key = `${task} ${agent}`;
    let found = this.authorities.get(key);
    if (found === undefined) {
      const told = this.sql<[number], { agent: number; kind: number; of: string }>('SELECT agent, kind, of FROM task_authority WHERE task = ? LIMIT 50').all(task);
      const own = told.filter((one) => one.agent === agent);
      const [first, ...others] = own.length > 0 ? own : told;
      found = first === undefined || others.some(({ kind, of }) => kind !== first.kind || of !== first.of) ? null : { kind: identityWord(first.kind), of: first.of };
      this.authorities.set(key, found);
    }
    return found;
  }

  /** Sources that are shown as another agent, and as which one; empty where every agent is seen from one side only. */
  heads(): ReadonlyMap<number, number> {
    this.stitched ??= new Map(this.sql<[], { agent: number; head: number }>('SELECT agent, head FROM agent_stitch').all().map(({ agent, head }) => [agent, head]));
    return this.stitched;
  }

  headOf(id: number): number {
    return this.heads().get(id) ?? id;
  }

  /** The public id of the agent that it is shown as. */
  agentId(id: number): string {
    return publicId('agent', this.headOf(id));
  }

  /** Every source of the agent that this one is shown as, its head first. */
  sourcesOf(id: number): number[] {
    const head = this.headOf(id);
    const sources = [head];
    for (const [agent, of] of this.heads()) if (of === head) sources.push(agent);
    return sources;
  }
}

/** Throws `not_found` in words when it is no id of that kind. */
export function rowId(kind: IdKind, id: string): number {
  const row = rowIdOf(kind, id);
  if (row === null) throw new StoreError('not_found', `There is no ${kind === 'stop' ? 'stop order' : kind} with the identifier ${id.slice(0, 40)}.`);
  return row;
}

const dayMs = 86_400_000;
/** Dates of days that were written lately. */
const isoDates = new Map<number, string>();
const mostDates = 1_000;
const padded = (n: number, digits: 2 | 3): string => (digits === 3 && n < 100 ? (n < 10 ? `00${n}` : `0${n}`) : n < 10 ? `0${n}` : String(n));

/** As `Date` writes it, at a sixth of the time: most times of an answer lie in the same few days, so their dates are kept. */
export function iso(us: number): string {
  const ms = Math.floor(us / 1_000);
  const day = Math.floor(ms / dayMs);
  let date = isoDates.get(day);
  if (date === undefined) {
    const whole = new Date(ms).toISOString();
    date = whole.slice(0, whole.indexOf('T') + 1);
    if (isoDates.size >= mostDates) isoDates.clear();
    isoDates.set(day, date);
  }
  const left = ms - day * dayMs;
  const seconds = Math.floor(left / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return `${date}${padded(hours, 2)}:${padded(minutes - hours * 60, 2)}:${padded(seconds - minutes * 60, 2)}.${padded(left - seconds * 1_000, 3)}Z`;
}

export const micros = (isoTime: string): number => Date.parse(isoTime) * 1_000;

export interface MoneySums { readonly micros: number; readonly priced: number; /** of priced: what only the price book says. */ readonly computed: number; readonly unpriced: number; readonly currency: number }
export interface UsageSums { readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number; readonly reasoning: number }

export function costOf(reading: Reading, sums: MoneySums): Cost {
  return {
    // Units without any known price have no amount; no units at all is a real zero.
    amountMicros: sums.priced === 0 && sums.unpriced > 0 ? null : sums.micros,
    currency: reading.texts.of(sums.currency) || 'USD',
    // Nothing used costs nothing: that is our own arithmetic, nobody reported it.
    provenance: sums.unpriced > 0 ? 'unpriced' : sums.priced > 0 && sums.computed === 0 ? 'reported' : 'computed',
    unpriced: sums.unpriced,
  };
}

export const usageOf = (sums: UsageSums): Usage => ({
  inputTokens: sums.input, outputTokens: sums.output, cacheReadTokens: sums.cacheRead, cacheWriteTokens: sums.cacheWrite, reasoningTokens: sums.reasoning,
});

export const sumColumns = `coalesce(sum(activities), 0) AS activities, coalesce(sum(failures), 0) AS failures, coalesce(sum(denials), 0) AS denials,
  coalesce(sum(tasks), 0) AS tasks, coalesce(sum(input), 0) AS input, coalesce(sum(output), 0) AS output, coalesce(sum(cache_read), 0) AS cacheRead,
  coalesce(sum(cache_write), 0) AS cacheWrite, coalesce(sum(reasoning), 0) AS reasoning, coalesce(sum(micros), 0) AS micros,
  coalesce(sum(priced), 0) AS priced, coalesce(sum(computed), 0) AS computed, coalesce(sum(unpriced), 0) AS unpriced, coalesce(max(currency), 0) AS currency`;

export interface Sums extends MoneySums, UsageSums {
  readonly activities: number;
  readonly failures: number;
  readonly denials: number;
  readonly tasks: number;
}

/** Keyset cursors: `<microseconds>.<row id>`. */
export interface Keyset { readonly us: number; readonly id: number }

export function parseCursor(text: string): Keyset {
  const match = /^(-?\d{1,17})\.(\d{1,16})$/.exec(text);
  if (match === null) throw new StoreError('bad_request', 'The page to go on from is not one that was given out.');
  return { us: Number(match[1]), id: Number(match[2]) };
}

export const writeCursor = (at: Keyset): string => `${at.us}.${at.id}`;
