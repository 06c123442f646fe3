/** What the parts of the kill switch share: the history in the words that they use, ports, alarms, time. Narrow, so that each is tested with fakes. */
import type { Result } from '../../../shared/contract.ts';
import type { Connection } from '../../../shared/domain.ts';
import type { StopScope } from '../../../shared/stop.ts';
import type { Alarms } from '../alarms.ts';
import type { Clock, Log } from '../ports.ts';
import type { AuditWords } from '../store/runtime-commands.ts';
import type { ConnectionSight, DrillFact, OperatorFact, OrderFact, Rhythm, ScopeFacts, SignRow, StepTime, StopCommands } from '../store/stop-commands.ts';
import type { OrderClock } from './steady-clock.ts';
import type { StopPorts } from './stop-port.ts';

interface DeskCommands extends StopCommands {
  'audit.append': { params: AuditWords; result: { id: number } };
}

/** What is asked of the history; row ids and microseconds. */
export interface StopReader {
  scopeFacts(scope: StopScope): Promise<ScopeFacts>;
  stopFacts(ids: readonly number[] | null): Promise<readonly OrderFact[]>;
  signRows(params: { readonly sources: readonly number[]; readonly tasks: readonly number[] | null; readonly sinceUs: number; readonly limit: number }): Promise<readonly SignRow[]>;
  rhythmOf(params: { readonly sources: readonly number[]; readonly tasks: readonly number[] | null; readonly runKey: string | null; readonly beforeUs: number }): Promise<Rhythm>;
  stepTimes(params: { readonly sources: readonly number[]; readonly steps: readonly string[] }): Promise<readonly StepTime[]>;
  sightOf(params: { readonly connections: readonly number[]; readonly sinceUs: number }): Promise<readonly ConnectionSight[]>;
  operatorFact(id: number): Promise<OperatorFact | null>;
  drillsDue(nowUs: number): Promise<readonly DrillFact[]>;
  order(publicId: string): Promise<Result<'stop.get'>>;
  readiness(): Promise<Result<'stop.readiness'>>;
  rules(): Promise<Result<'stop.rules'>>;
  operators(): Promise<Result<'operators.list'>>;
  connections(): Promise<readonly Pick<Connection, 'id' | 'kind' | 'enabled'>[]>;
}

export interface StopHistory {
  command<N extends keyof DeskCommands>(name: N, params: DeskCommands[N]['params']): Promise<DeskCommands[N]['result']>;
  readonly read: StopReader;
}

export interface StopContext {
  readonly history: StopHistory;
  readonly ports: StopPorts;
  readonly alarms: Pick<Alarms, 'tell'>;
  readonly log: Log;
  readonly clock: Clock;
  /** ends with the engine. */
  readonly life: AbortSignal;
  /** for tests that end the process in the middle of something: called when it has come to the point of that name. */
  readonly onStep: (name: string) => void;
}

/** What the parts of one order share: its times never go back. */
export interface OrderContext extends StopContext { readonly clock: OrderClock }

export const behindUs = ({ behindMs }: OrderClock): number => Math.round(behindMs * 1_000);
export const usOf = (clock: Clock): number => Math.round(clock.now() * 1_000);
