/** What stands between a new connection and a console that shows its agents. Pure: facts in, five lines out. */
import type { Agent, Connection, StrangerSender } from '../../../shared/domain.ts';
import type { SystemStatus } from '../../../shared/contract.ts';
import { formatCount, plural } from '../../ui/format.ts';

export interface FirstDataStep {
  id: 'receiver' | 'token' | 'data' | 'agents' | 'usage';
  title: string;
  state: 'done' | 'waiting' | 'later' | 'broken';
  detail: string;
  /** when it came true, as far as that is known. */
  at: string | null;
}

export interface FirstDataFacts {
  connection: Connection;
  receiver: SystemStatus['receiver'] | null;
  /** agents of this connection. */
  agents: readonly Agent[];
}

function receiverStep({ receiver, connection }: FirstDataFacts): FirstDataStep {
  const base = { id: 'receiver', title: 'Receiver open' } as const;
  if (receiver === null) return { ...base, state: 'waiting', detail: 'the engine has not said yet', at: null };
  if (receiver.state !== 'listening') return { ...base, state: 'broken', detail: receiver.message ?? 'the receiver is not listening', at: null };
  const moved = receiver.message === null ? '' : `; ${receiver.message}`;
  return { ...base, state: 'done', detail: `${receiver.host}:${receiver.port ?? '?'}, HTTP, body limit 32 MiB${moved}`, at: connection.createdAt };
}

const hasUsage = (agent: Agent): boolean => agent.usage.inputTokens + agent.usage.outputTokens + agent.usage.cacheReadTokens + agent.usage.cacheWriteTokens > 0;

/** A body of which every record was refused is not first data. */
export const hasData = ({ firstDataAt, received }: Connection): boolean => firstDataAt !== null && received.spans + received.logs + received.metricPoints > 0;

function dataStep(connection: Connection): FirstDataStep {
  const { received, refused } = connection;
  const base = { id: 'data', title: 'First data' } as const;
  if (hasData(connection)) return { ...base, state: 'done', detail: `${plural(received.spans, 'span')}, ${plural(received.logs, 'log record')}, ${plural(received.metricPoints, 'metric point')}`, at: connection.firstDataAt };
  if (received.bodies === 0 || refused.length === 0) return { ...base, state: 'waiting', detail: 'nothing arrived with this token', at: null };
  return { ...base, state: 'broken', detail: `${plural(received.bodies, 'body', 'bodies')} arrived, every record in it refused: ${refused.map((one) => one.reason).join('; ')}`, at: null };
}

export function firstDataSteps(facts: FirstDataFacts): FirstDataStep[] {
  const { connection, agents } = facts;
  const arrived = hasData(connection);
  const named = agents.length;
  const counted = agents.filter(hasUsage).length;
  return [
    receiverStep(facts),
    { id: 'token', title: 'Token made', state: 'done', detail: `ends …${connection.tokenEnds}, stored as a hash only`, at: connection.createdAt },
    dataStep(connection),
    named > 0
      ? { id: 'agents', title: 'Agents named', state: 'done', detail: agents.slice(0, 3).map((agent) => agent.name).join(', ') + (named > 3 ? ` and ${formatCount(named - 3)} more` : ''), at: null }
      : { id: 'agents', title: 'Agents named', state: arrived ? 'waiting' : 'later', detail: arrived ? 'no record names an agent or a service yet' : 'from gen_ai.agent.name, else the service name', at: null },
    counted > 0
      ? { id: 'usage', title: 'Usage found', state: 'done', detail: `tokens from ${formatCount(counted)} of ${plural(named, 'agent')}`, at: null }
      : { id: 'usage', title: 'Usage found', state: named > 0 ? 'waiting' : 'later', detail: 'needs a model name and token counts', at: null },
  ];
}

/** "If nothing comes": what the receiver counted, and what follows from it. Only what was counted is said. */
export function ifNothingComes(connection: Connection, strangers: readonly StrangerSender[]): string {
  const refused = connection.refused.reduce((sum, one) => sum + one.count, 0);
  const since = strangers.filter((sender) => sender.lastAt >= connection.createdAt);
  const wrong = since.reduce((sum, sender) => sum + sender.count, 0);
  const counted = `Since this connection was made: ${plural(connection.received.bodies, 'body', 'bodies')} accepted, ${formatCount(refused)} refused.${wrong === 0 ? '' : ` The receiver refused ${plural(wrong, 'request')} without a valid token, some of them since then.`}`;
  if (refused > 0) return `${counted} The reasons stand with the connection.`;
  if (wrong > 0) {
    const who = since.map((sender) => sender.process).filter((name) => name !== null);
    return `${counted} ${who.length > 0 ? `From ${[...new Set(who)].join(', ')}. ` : ''}So something calls this address with another token: check the header.`;
  }
  if (connection.received.bodies === 0) return `${counted} So the agent has not called this address. Check that it runs on this machine, that its exporter uses HTTP (not gRPC), and that the process was started after the variables were set.`;
  return counted;
}
