/** Puts the kill switch together. */
import type { Alarms } from '../alarms.ts';
import type { Collectors } from '../collect/collectors.ts';
import { onThisMachine } from '../connectors/this-machine.ts';
import type { HistoryPort } from '../history-port.ts';
import { ask } from '../history-port.ts';
import { systemClock } from '../ports.ts';
import type { Clock, Log } from '../ports.ts';
import type { ProcessPorts } from '../processes/process-ports.ts';
import type { CommitNote } from '../ingest/writer-messages.ts';
import { BudgetStop } from '../budgets/budget-stop.ts';
import { AutoStop } from './auto-stop.ts';
import { StopDeskOfPeople } from './desk.ts';
import { Orchestrator } from './orchestrator.ts';
import { PlannerDesk } from './planner-desk.ts';
import { RightsDesk } from './rights-desk.ts';
import { StopClock } from './stop-clock.ts';
import type { StopContext, StopReader } from './stop-context.ts';
import type { OrderByEngine, StopDesk } from './stop-desk.ts';
import { StopPortShelf } from './stop-ports.ts';

export interface StoppingParts {
  readonly history: HistoryPort;
  readonly collectors: Pick<Collectors, 'openBeside' | 'onChange'>;
  readonly processes: Pick<ProcessPorts, 'portFor'> | null;
  readonly alarms: Pick<Alarms, 'tell'>;
  readonly log: Log;
  readonly version: string;
  /** false: an engine for one command: it goes on with no order of another engine, fires no rule, no budget and no drill. */
  readonly lasting: boolean;
  readonly clock?: Clock;
  /** for tests that end the process in the middle of something. */
  readonly onStep?: (name: string) => void;
}

export interface Stopping {
  readonly desk: StopDesk;
  /** For rules and drills. Resolves with the order's row id when its intent is written. */
  orderByEngine(order: OrderByEngine): Promise<number>;
  /** Goes on with what an engine before this one left open. `seenUs`: until when that one was there; null: not known. */
  start(seenUs: number | null): Promise<void>;
  close(): Promise<void>;
}

export function openStopping({ history, collectors, processes, alarms, log, version, lasting, clock = systemClock, onStep = () => undefined }: StoppingParts): Stopping {
  const life = new AbortController();
  const ports = new StopPortShelf({ collectors, processes, log, clock });
  const context: StopContext = { history: { command: (name, params) => history.command(name, params), read: readerOf(history) }, ports, alarms, log, clock, life: life.signal, onStep };
  const orchestrator = new Orchestrator({ context, isLocal });
  const rights = new RightsDesk(context);
  const people = new StopDeskOfPeople({ context, orchestrator, planner: new PlannerDesk(context), rights, version });
  const orderByEngine = (order: OrderByEngine): Promise<number> => people.orderByEngine(order);
  const rules = new AutoStop({ history, order: orderByEngine, log, clock });
  const budgets = new BudgetStop({ history, order: orderByEngine, begun: (id) => orchestrator.begun(id), log, clock });
  const byTheClock = new StopClock({
    due: (nowUs) => context.history.read.drillsDue(nowUs), setNext: (agent, nextUs) => history.command('canary.next', { agent, nextUs }), checkRights: () => rights.check(), log, now: () => clock.now(),
    drill: ({ publicId: agent, level }) => orderByEngine({ scope: { kind: 'agent', id: agent }, level, origin: 'drill', reason: 'Drill by schedule.', rule: null, actor: null }),
  });
  let leave = (): void => undefined;
  return {
    desk: people.methods, orderByEngine,
    start: async (seenUs) => {
      leave = history.onCommit((note) => { if (isNews(note)) orchestrator.kick(); });
      if (!lasting) return;
      await orchestrator.resume(seenUs);
      await rules.start();
      await budgets.start();
      byTheClock.start();
    },
    close: async () => {
      leave();
      life.abort();
      await Promise.all([rules.close(), budgets.close(), byTheClock.close()]);
      await orchestrator.close();
      await ports.close();
    },
  };
}

const isNews = ({ inserted, updatedIds, topics }: CommitNote): boolean => inserted > 0 || updatedIds.length > 0 || topics.includes('tasks');

function isLocal(address: string | null): boolean {
  // What has no address runs as a program of this machine.
  return address === null || !URL.canParse(address) || onThisMachine(new URL(address));
}

function readerOf(history: HistoryPort): StopReader {
  return {
    scopeFacts: (scope) => ask(history, 'scopeFacts', { scope }),
    stopFacts: (ids) => ask(history, 'stopFacts', { ids }),
    signRows: (params) => ask(history, 'signRows', params),
    rhythmOf: (params) => ask(history, 'rhythmOf', params),
    stepTimes: (params) => ask(history, 'stepTimes', params),
    sightOf: (params) => ask(history, 'sightOf', params),
    operatorFact: (id) => ask(history, 'operatorFact', { id }),
    drillsDue: (nowUs) => ask(history, 'drillsDue', { nowUs }),
    order: (id) => ask(history, 'stop.get', { id }),
    readiness: () => ask(history, 'stop.readiness', {}),
    rules: () => ask(history, 'stop.rules', {}),
    operators: () => ask(history, 'operators.list', {}),
    connections: async () => {
      const { rows } = await ask(history, 'connections.list', {});
      return rows.map(({ id, kind, enabled }) => ({ id, kind, enabled }));
    },
  };
}
