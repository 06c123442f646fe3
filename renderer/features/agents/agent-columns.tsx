import type { Agent } from '../../../shared/domain.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { formatClock, formatCount, formatCounter, formatDay, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { Money } from '../../ui/money.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { allTokens } from './agents-model.ts';
import classes from './agents.module.css';

/** "Not seen since 14:11"; with the day when that was not today. */
export function sinceWords(iso: string, now = new Date()): string {
  const date = new Date(iso);
  return date.toDateString() === now.toDateString() ? formatClock(date, { short: true }) : formatDay(date).replace(/ \d{4}$/, '');
}

const unseen = (agent: Agent): boolean => agent.state === 'not_seen';
/** Listed by its runtime, never seen to act: it has no billed units, so its cost is neither zero nor unknown. */
const nothingSeen = (agent: Agent): boolean => agent.activities === 0 && allTokens(agent) === 0 && agent.cost.unpriced === 0 && (agent.cost.amountMicros ?? 0) === 0;
const stateOrder = { running: 0, waiting: 1, not_seen: 2, idle: 3 } as const;
const identityOrder = { borrowed: 0, shared: 1, unknown: 2, delegated: 3, own: 4 } as const;

function Count({ count, known = true, agent }: { count: number; known?: boolean; agent: Agent }) {
  if (!known) return <Hatch name={`Not seen since ${sinceWords(agent.lastSeen)}`} />;
  return <span className={count === 0 ? classes.zero : undefined}>{formatCounter(count)}</span>;
}

function Tokens({ agent }: { agent: Agent }) {
  const { usage } = agent;
  const split = `${formatCount(usage.inputTokens)} input, ${formatCount(usage.outputTokens)} output (${formatCount(usage.reasoningTokens)} of it reasoning), ${formatCount(usage.cacheReadTokens)} read from cache, ${formatCount(usage.cacheWriteTokens)} written to cache`;
  return <span data-tip={split} className={allTokens(agent) === 0 ? classes.zero : undefined}>{formatCounter(allTokens(agent))}</span>;
}

/** `currency`: the one that every agent has, said once in the head; null when they differ. */
export function agentColumns(currency: string | null, period: string): DataColumn<Agent>[] {
  const source = `${period}, of all connections`;
  return [
    { id: 'name', head: 'Agent', name: 'Agent', min: 170, grow: 1.3, fixed: true, sortBy: (agent) => agent.name, cell: (agent) => <span className={classes.text}><strong className={classes.name}><InertName text={agent.name} most={60} /></strong>{agent.version !== null && <span className={classes.version}> <InertName text={agent.version} most={20} /></span>}</span> },
    { id: 'identity', head: 'Identity', name: 'Identity', min: 98, grow: 0.7, sortBy: (agent) => identityOrder[agent.identity], cell: (agent) => <StateBadge state={agent.identity} {...(agent.identityOf === null ? {} : { tip: `of ${agent.identityOf}` })} /> },
    { id: 'connection', head: 'Source, connection', name: 'Source and connection', min: 190, grow: 1.9, sortBy: (agent) => `${agent.connectionName} ${agent.source}`, cell: (agent) => <span className={classes.text}><InertName text={agent.source} most={40} /> <span className={classes.second}>{agent.connectionName}</span></span> },
    { id: 'state', head: 'Status', name: 'Status', min: 150, grow: 1, sortBy: (agent) => stateOrder[agent.state], cell: (agent) => <StateBadge state={agent.state} word={unseen(agent) ? `Not seen since ${sinceWords(agent.lastSeen)}` : undefined} /> },
    { id: 'lastSeen', head: 'Last', name: 'Last seen', min: 62, grow: 0.3, end: true, first: 'down', sortBy: (agent) => Date.parse(agent.lastSeen), cell: (agent) => <span className={classes.second}><Age iso={agent.lastSeen} /></span> },
    { id: 'openTasks', head: 'Open', name: 'Open tasks', min: 56, grow: 0.3, end: true, first: 'down', sortBy: (agent) => (unseen(agent) ? null : agent.openTasks), cell: (agent) => <Count count={agent.openTasks} known={!unseen(agent)} agent={agent} /> },
    { id: 'cost', head: currency === null ? 'Cost' : `Cost, ${currency}`, name: 'Cost', min: 104, grow: 0.6, end: true, first: 'down', sortBy: (agent) => agent.cost.amountMicros, cell: (agent) => (nothingSeen(agent) ? null : unseen(agent) && (agent.cost.amountMicros ?? 0) === 0 ? <Hatch name={`Not seen since ${sinceWords(agent.lastSeen)}`} /> : <Money cost={agent.cost} withCurrency={currency === null} source={source} />) },
    { id: 'failures', head: 'Failures', name: 'Failures', min: 134, grow: 0.7, first: 'down', sortBy: (agent) => agent.failures, cell: (agent) => <span className={classes.failures}><span className={agent.failures === 0 ? classes.zero : classes.some} data-tip={`${plural(agent.failures, 'failure')}, ${source}`}>{formatCounter(agent.failures)}</span><Sparkline bins={agent.failureSpark} what="failure" /></span> },
    { id: 'tokens', head: 'Tokens', name: 'Tokens', min: 72, grow: 0.3, end: true, first: 'down', sortBy: allTokens, cell: (agent) => <Tokens agent={agent} /> },
    { id: 'tasks', head: 'Tasks', name: 'Tasks', min: 60, grow: 0.3, end: true, first: 'down', sortBy: (agent) => agent.tasks, cell: (agent) => <Count count={agent.tasks} agent={agent} /> },
    { id: 'activities', head: 'Activities', name: 'Activities', min: 72, grow: 0.3, end: true, first: 'down', sortBy: (agent) => agent.activities, cell: (agent) => <Count count={agent.activities} agent={agent} /> },
    { id: 'denials', head: 'Denied', name: 'Denied', min: 62, grow: 0.3, end: true, first: 'down', sortBy: (agent) => agent.denials, cell: (agent) => <Count count={agent.denials} agent={agent} /> },
    { id: 'service', head: 'Service', name: 'Service', min: 110, grow: 0.8, sortBy: (agent) => agent.service, cell: (agent) => <span className={classes.text}><InertName text={agent.service} most={40} /></span> },
    { id: 'firstSeen', head: 'First', name: 'First seen', min: 62, grow: 0.3, end: true, first: 'down', sortBy: (agent) => Date.parse(agent.firstSeen), cell: (agent) => <span className={classes.second}><Age iso={agent.firstSeen} /></span> },
    { id: 'id', head: 'Identifier', name: 'Identifier', min: 150, grow: 0.8, sortBy: (agent) => agent.id, cell: (agent) => <code className={classes.text} data-tip={agent.id}>{agent.id}</code> },
  ];
}

/** Shown until the person chooses otherwise. */
export const usuallyHidden: readonly string[] = ['tasks', 'activities', 'denials', 'service', 'firstSeen', 'id'];
