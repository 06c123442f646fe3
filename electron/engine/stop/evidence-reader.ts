/** What the history adds to the looks at one order: activity, rhythms, usual durations, times without sight. Asked for no more often than it can have changed. */
import type { OrderFact } from '../store/stop-commands.ts';
import type { JudgeInput, RhythmFact } from './judge-input.ts';
import type { Looker } from './looker.ts';
import { isLost } from './opaque-steps.ts';
import { RowTrack } from './row-track.ts';
import { behindUs, usOf } from './stop-context.ts';
import type { OrderContext } from './stop-context.ts';
import { GapTimes } from './told-times.ts';
import type { Gap } from './told-times.ts';
import type { WatchedConnection } from './watched.ts';

/** Of times apart, either way: a clock that is set back must not keep anything from being read. */
const rowsAtLeastEveryMs = 2_000;
const sightEveryMs = 1_000;
/** Signs from before the command may still come in. */
const rhythmEveryMs = 5_000;
const mostRhythms = 200;

type Told = Pick<JudgeInput, 'rows' | 'rowsComplete' | 'rhythms' | 'stepTimes'>;
export type Gaps = ReadonlyMap<number, readonly Gap[]>;

export class EvidenceReader {
  readonly #context: OrderContext;
  readonly #fact: () => OrderFact;
  readonly #rows: RowTrack;
  #rhythms: readonly RhythmFact[] = [];
  #stepTimes: JudgeInput['stepTimes'] = [];
  #gaps: Gaps = new Map();
  readonly #gapTimes = new GapTimes();
  /** null: not read yet. Who is not in it is no more. */
  #enabled: ReadonlyMap<number, boolean> | null = null;
  #news = true;
  #rowsMs = Number.NEGATIVE_INFINITY;
  #sightMs = Number.NEGATIVE_INFINITY;
  #rhythmMs = Number.NEGATIVE_INFINITY;
  #rhythmKey = '';

  /** `late`: the order is older than this engine. */
  constructor(context: OrderContext, fact: () => OrderFact, late: boolean) {
    this.#context = context;
    this.#fact = fact;
    const { sources, tasks } = fact();
    this.#rows = new RowTrack((params) => context.history.read.signRows(params), { sources, tasks }, () => usOf(context.clock), late, () => behindUs(context.clock));
  }

  get told(): Told { return { rows: this.#rows.rows, rowsComplete: this.#rows.complete, rhythms: this.#rhythms, stepTimes: this.#stepTimes }; }
  gapsOf(connection: number): JudgeInput['connections'][number]['gaps'] { return this.#gaps.get(connection) ?? []; }
  isEnabled(connection: number): boolean { return this.#enabled?.get(connection) ?? this.#enabled === null; }

  /** Something was stored. */
  kick(): void { this.#news = true; }

  async read(sinceUs: number, lookers: readonly Looker[]): Promise<void> {
    const nowMs = this.#context.clock.now();
    await Promise.all([this.#readRows(sinceUs, nowMs), this.#readSight(sinceUs, nowMs, lookers), this.#readRhythms(sinceUs, nowMs, lookers)]);
  }

  async #readRows(sinceUs: number, nowMs: number): Promise<void> {
    if (!this.#news && Math.abs(nowMs - this.#rowsMs) < rowsAtLeastEveryMs) return;
    this.#news = false;
    this.#rowsMs = nowMs;
    await this.#rows.read(sinceUs);
  }

  async #readSight(sinceUs: number, nowMs: number, lookers: readonly Looker[]): Promise<void> {
    if (Math.abs(nowMs - this.#sightMs) < sightEveryMs || lookers.length === 0) return;
    this.#sightMs = nowMs;
    const shiftUs = behindUs(this.#context.clock);
    const found = await this.#context.history.read.sightOf({ connections: lookers.map((one) => one.watched.connection), sinceUs: sinceUs - shiftUs });
    this.#gaps = new Map(found.map((one) => [one.connection, this.#gapTimes.take(one.connection, one.gaps, shiftUs, nowMs * 1_000)]));
    this.#enabled = new Map(found.map((one) => [one.connection, one.enabled]));
  }

  async #readRhythms(beforeUs: number, nowMs: number, lookers: readonly Looker[]): Promise<void> {
    const steps = lookers.flatMap(({ watched, track }) => track.opaque.map(({ step }) => ({ watched, run: step.run, step: step.step })));
    const lost = this.#rows.rows.map(({ row }) => row).filter((row) => row.source === 'langgraph/step' && isLost(row));
    const key = JSON.stringify([steps.map((one) => [one.watched.connection, one.run, one.step]), lost.map((row) => row.id)]);
    if (key === this.#rhythmKey && Math.abs(nowMs - this.#rhythmMs) < rhythmEveryMs) return;
    this.#rhythmKey = key;
    this.#rhythmMs = nowMs;
    const { tasks } = this.#fact();
    const { read } = this.#context.history;
    const ofRuns = steps.map(({ watched, run }) => read.rhythmOf({ sources: sourcesOf(watched), tasks, runKey: run, beforeUs }).then((found): RhythmFact => ({ ...found, connection: watched.connection, run, agent: null })));
    const ofAgents = lookers.filter((one) => one.watched.shows === 'telemetry')
      .flatMap(({ watched }) => watched.agents.map(({ head, sources }) => read.rhythmOf({ sources, tasks, runKey: null, beforeUs }).then((found): RhythmFact => ({ ...found, connection: watched.connection, run: null, agent: head }))));
    const times = lookers.map(async ({ watched, track }) => {
      const names = [...new Set([...track.opaque.flatMap(({ step }) => step.step ?? []), ...lost.filter((row) => row.connection === watched.connection).map((row) => row.name)])];
      return names.length === 0 ? [] : (await read.stepTimes({ sources: sourcesOf(watched), steps: names })).map((one) => ({ ...one, connection: watched.connection }));
    });
    this.#rhythms = await Promise.all([...ofRuns, ...ofAgents].slice(0, mostRhythms));
    this.#stepTimes = (await Promise.all(times)).flat();
  }
}

const sourcesOf = (watched: WatchedConnection): number[] => watched.agents.flatMap((one) => one.sources);
