import { afterEach, describe, expect, it } from 'vitest';
import type { OpenedRuntime } from '../collect/open-runtime.ts';
import type { Connector } from '../connectors/connector.ts';
import type { ProcessPort } from '../processes/process-ports.ts';
import { cutLever, FakeRuntime, said } from './fake-stop.ts';
import { StopPortShelf } from './stop-ports.ts';

const end = { ...cutLever, id: 'process.end', title: 'End its processes', reach: 'agent', undo: 'none' } as const;
const notHere = (): Promise<never> => Promise.reject(new Error('this test only stops'));

class Shelf {
  ms = 1_000_000;
  opened = 0;
  closed = 0;
  asked = 0;
  processLevers = [end];
  answerSlowly = false;
  neverAnswers = false;
  readonly runtime = new FakeRuntime(() => this.ms * 1_000);
  readonly process = new FakeRuntime(() => this.ms * 1_000);
  #change: (connection: number) => void = () => undefined;
  readonly shelf: StopPortShelf;

  constructor(kind: 'runtime' | 'told' | 'without levers', withProcess = true) {
    this.shelf = new StopPortShelf({
      collectors: { openBeside: () => Promise.resolve(kind === 'told' ? null : this.#open(kind === 'runtime')), onChange: (listener) => { this.#change = listener; return () => undefined; } },
      processes: withProcess ? { portFor: () => this.#portFor() } : null, log: { info: () => undefined, warn: () => undefined, error: () => undefined }, clock: { now: () => this.ms },
    });
  }

  change(connection: number): void { this.#change(connection); }

  #open(stops: boolean): OpenedRuntime {
    this.opened += 1;
    const life = new AbortController();
    const connector: Connector = { discover: notHere, collect: notHere, test: notHere, close: () => Promise.resolve(), ...(stops ? { stop: this.runtime.port } : {}) };
    return {
      connector, declaration: { kind: 'langgraph', title: 'Fake', capabilities: [], levers: [cutLever], pollEveryMs: 1, discoverEveryMs: 1, auth: null }, mask: () => (value) => value, longestMs: 1, signal: life.signal,
      close: () => { this.closed += 1; life.abort(); return Promise.resolve(); },
    };
  }

  async #portFor(): Promise<ProcessPort> {
    this.asked += 1;
    if (this.neverAnswers) await new Promise(() => undefined);
    if (this.answerSlowly) await new Promise((done) => { setTimeout(done, 500); });
    return { levers: this.processLevers, port: this.process.port };
  }
}

const made: Shelf[] = [];
const shelfOf = (...args: ConstructorParameters<typeof Shelf>): Shelf => { const one = new Shelf(...args); made.push(one); return one; };
afterEach(async () => { for (const one of made.splice(0)) await one.shelf.close(); });
const signal = new AbortController().signal;
const everything = { agents: null, runs: null };

describe('the ways to what can stop', () => {
  it('are opened once for each connection and kept, and anew after it was changed', async () => {
    const one = shelfOf('runtime');
    const first = await one.shelf.open(1);
    await one.shelf.open(1);
    expect(one.opened).toBe(1);
    one.change(1);
    expect((await one.shelf.open(1)).signal.aborted).toBe(false);
    expect(first.signal.aborted).toBe(true);
    expect([one.opened, one.closed]).toEqual([2, 1]);
  });

  it('lead each lever to the one that has it', async () => {
    const one = shelfOf('runtime');
    const open = await one.shelf.open(1);
    expect(open.levers.map((lever) => lever.id)).toEqual([cutLever.id, 'process.end']);
    one.process.onPull = () => Promise.resolve(said('stopped'));
    await open.port.pull({ leverId: 'process.end', target: everything, saved: null, attempt: 1 }, signal, () => undefined);
    await open.port.pull({ leverId: cutLever.id, target: everything, saved: null, attempt: 1 }, signal, () => undefined);
    expect([one.runtime.calls, one.process.calls]).toEqual([[cutLever.id], ['process.end']]);
  });

  it('lay together what both list, and say what one of them could not', async () => {
    const one = shelfOf('runtime');
    one.runtime.start('run-1');
    one.process.port.survey = () => Promise.reject(new TypeError('of ours'));
    const survey = await (await one.shelf.open(1)).port.survey(everything, signal);
    expect(survey).toMatchObject({ runs: [{ id: 'run-1' }], complete: false });
    expect(survey.notes).toHaveLength(1);
  });

  it('exist for what is only told of as far as processes go, and not at all where there is nothing', async () => {
    const told = await shelfOf('told').shelf.open(1);
    expect([told.runtime, told.levers.map((lever) => lever.id)]).toEqual([null, ['process.end']]);
    await expect(shelfOf('told', false).shelf.open(1)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(shelfOf('without levers', false).shelf.open(1)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('never wait for processes in the instant of a stop, but do for a plan', async () => {
    const one = shelfOf('runtime');
    await one.shelf.open(1);
    one.ms += 60_000;
    one.answerSlowly = true;
    one.processLevers = [];
    const before = Date.now();
    expect((await one.shelf.open(1)).levers).toHaveLength(2);
    expect(Date.now() - before).toBeLessThan(400);
    expect((await one.shelf.open(1, { anew: true })).levers).toHaveLength(1);
    expect(one.asked).toBe(2);
  });

  it('of a runtime stand open though nobody can say yet which processes are behind it', async () => {
    const one = shelfOf('runtime');
    one.neverAnswers = true;
    const open = await one.shelf.open(1);
    expect([open.levers.map((lever) => lever.id), open.process]).toEqual([[cutLever.id], null]);
  });
});
