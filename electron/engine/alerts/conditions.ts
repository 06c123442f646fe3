/**
 * What rules of the kinds that last say of the facts: what holds now, and how what does not hold any more stands. Pure. A key names what a condition
 * is about within its rule, so that it is told once however often it is looked at.
 */
import type { Alert, AlertKind, AlertSeverity, AlertTrigger } from '../../../shared/alerts.ts';
import { lastingAlertKinds } from '../../../shared/alerts.ts';
import type { AlertRuleFact } from '../store/alert-commands.ts';
import { publicId } from '../store/ids.ts';
import type { AgentFact, AlertFacts, GapFact, OpenAlertFact, StopFact, WindowFact } from './facts.ts';
import { at, count, money, named, span, textOf, titleOf, within } from './words.ts';

export interface Condition {
  readonly rule: AlertRuleFact;
  readonly key: string;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly text: string;
  readonly agent: number | null;
  readonly agentName: string | null;
  readonly connection: number | null;
  readonly connectionName: string | null;
  readonly screen: Alert['target']['screen'];
  /** public id. */
  readonly screenId: string | null;
  readonly holds: boolean;
  /** silence is not health: while its connection is not seen nobody can say that it is over. */
  readonly seen: boolean;
  /** since when it is so, where what it is about says it; null: it does not. */
  readonly sinceUs: number | null;
}

type Trigger<K extends AlertKind> = Extract<AlertTrigger, { kind: K }>;
export type RuleOf<K extends AlertKind> = AlertRuleFact & { readonly trigger: Trigger<K> };

const lasting: ReadonlySet<AlertKind> = new Set(lastingAlertKinds);
export const lasts = (kind: AlertKind): boolean => lasting.has(kind);
/** The record itself says that it is over: nothing is to be waited for. */
export const overAtOnce = (kind: AlertKind): boolean => kind === 'stop' || kind === 'approval' || kind === 'gap';

/** SECURITY: of one rule so many things are told by themselves; a fleet that fails as a whole is one alert more, not thousands. */
export const mostOfARule = 100;
export const moreKey = 'more';

/** Of rules whose kind lasts, in their order; each key once. */
export function conditionsOf(rules: readonly AlertRuleFact[], facts: AlertFacts, nowUs: number): Condition[] {
  const scene = new Scene(facts, nowUs);
  return rules.filter((rule) => lasts(rule.trigger.kind)).flatMap((rule) => {
    const open = facts.open.filter((one) => one.rule === rule.id);
    const found = ofRule(rule, scene);
    const told = gathered(rule, found, new Set(open.map((one) => one.key)));
    const known = new Set([...found, ...told].map((one) => one.key));
    return [...told, ...open.filter((one) => !known.has(one.key) && one.kind === rule.trigger.kind).map((one) => overNow(rule, one, scene))];
  });
}

class Scene {
  readonly facts: AlertFacts;
  readonly nowUs: number;
  readonly agents: ReadonlyMap<number, AgentFact>;
  readonly connections: ReadonlyMap<number, string>;
  /** connections that are not seen now; null among them: none is. */
  readonly unseen: ReadonlySet<number | null>;

  constructor(facts: AlertFacts, nowUs: number) {
    this.facts = facts;
    this.nowUs = nowUs;
    this.agents = new Map(facts.agents.map((one) => [one.id, one]));
    this.connections = new Map(facts.connections.map((one) => [one.id, one.name]));
    this.unseen = new Set(facts.gaps.filter((gap) => gap.toUs === null).map((gap) => gap.connection));
  }

  name(agent: number): string { return named(this.agents.get(agent)?.name ?? '(unknown agent)'); }
  seen(agent: number): boolean { return !this.unseen.has(null) && !(this.agents.get(agent)?.connections ?? []).some((one) => this.unseen.has(one)); }

  /** Of the stretch before now, so long its connections were not seen. */
  unseenUs(agent: number, withinS: number): number {
    const fromUs = this.nowUs - withinS * 1_000_000;
    const own = new Set<number | null>([null, ...(this.agents.get(agent)?.connections ?? [])]);
    const parts = this.facts.gaps.filter((gap) => own.has(gap.connection)).map((gap) => ({ from: Math.max(fromUs, gap.fromUs), to: Math.min(this.nowUs, gap.toUs ?? this.nowUs) })).filter((part) => part.to > part.from).toSorted((a, b) => a.from - b.from);
    let [sum, covered] = [0, fromUs];
    for (const part of parts) {
      sum += Math.max(0, part.to - Math.max(covered, part.from));
      covered = Math.max(covered, part.to);
    }
    return sum;
  }
}

function ofRule(rule: AlertRuleFact, scene: Scene): Condition[] {
  switch (rule.trigger.kind) {
    case 'failure_rate': case 'spend_rate': case 'denials': return ofWindow(rule, rule.trigger, scene);
    case 'gap': return ofGaps(rule, rule.trigger, scene);
    case 'approval': return ofApprovals(rule, scene);
    case 'stop': return ofStops(rule, scene);
    case 'new_failure': case 'budget': case 'grant': return [];
  }
}

/** The scope's agents; a scope of a connection also holds what its runtime tells of no agent that is known. */
export function watchesAgent(rule: AlertRuleFact, heads: readonly number[], connection: number | null = null): boolean {
  return rule.agents === null || heads.some((head) => rule.agents?.includes(head)) || (rule.watches.kind === 'connection' && connection !== null && (rule.connections?.includes(connection) ?? false));
}

function ofWindow(rule: AlertRuleFact, trigger: Trigger<'failure_rate' | 'spend_rate' | 'denials'>, scene: Scene): Condition[] {
  const rows = scene.facts.windows.find((one) => one.withinS === trigger.withinS)?.rows ?? [];
  return rows.filter((row) => watchesAgent(rule, [row.head])).map((row) => ({
    ...base(rule), key: `agent:${row.head}`, agent: row.head, agentName: scene.name(row.head), screen: 'agent' as const, screenId: publicId('agent', row.head), seen: scene.seen(row.head), ...judged(trigger, row, scene),
  }));
}

function judged(trigger: Trigger<'failure_rate' | 'spend_rate' | 'denials'>, row: WindowFact, scene: Scene): Pick<Condition, 'holds' | 'title' | 'text'> {
  const name = scene.name(row.head);
  const time = within(trigger.withinS);
  const unseenUs = scene.unseenUs(row.head, trigger.withinS);
  const gap = unseenUs === 0 ? null : `${span(unseenUs)} of that time its connection was not seen.`;
  switch (trigger.kind) {
    case 'failure_rate': {
      const share = row.ended === 0 ? 0 : (row.failed * 100) / row.ended;
      const of = `${row.failed.toLocaleString('en-US')} of ${count(row.ended, 'activity', 'activities')}`;
      return {
        // Whole numbers: no share is rounded up to the limit.
        holds: row.ended >= trigger.least && row.failed * 100 >= trigger.percent * row.ended,
        title: titleOf(`${name}: ${of} failed in ${time}`),
        text: textOf(`${of} that ended in the last ${time} failed (${Math.floor(share * 10) / 10} %); told from ${trigger.percent} % of at least ${trigger.least} on.`, row.newestOnly ? 'It did more than that: these are the newest.' : null, gap),
      };
    }
    case 'denials': return {
      holds: row.denied >= trigger.count, title: titleOf(`${name}: denied ${times(row.denied)} in ${time}`),
      text: textOf(`${count(row.denied, 'activity was', 'activities were')} denied in the last ${time}; told from ${trigger.count} on.`, row.deniedByHours ? 'So much is denied that it is counted by whole hours.' : null, gap),
    };
    case 'spend_rate': {
      const spent = row.spent.find((one) => one.currency === trigger.currency);
      const amount = `${spent?.about === true ? 'about ' : ''}${money(spent?.micros ?? 0, trigger.currency)}`;
      return {
        holds: spent !== undefined && spent.micros >= trigger.amountMicros, title: titleOf(`${name}: ${amount} in ${time}`),
        text: textOf(`It spent ${amount} in the last ${time}; told from ${money(trigger.amountMicros, trigger.currency)} on.`, row.unpriced > 0 ? `${count(row.unpriced, 'activity', 'activities')} without a price count nothing.` : null, spent?.about === true ? 'It did too much to add up every activity of the hour in which this time begins: of that hour its share is taken.' : null, gap),
      };
    }
  }
}

const times = (n: number): string => (n === 1 ? 'once' : `${n.toLocaleString('en-US')} times`);
const base = (rule: AlertRuleFact): Pick<Condition, 'rule' | 'kind' | 'severity' | 'connection' | 'connectionName' | 'sinceUs' | 'seen' | 'agent' | 'agentName'> => ({ rule, kind: rule.trigger.kind, severity: rule.severity, connection: null, connectionName: null, sinceUs: null, seen: true, agent: null, agentName: null });

function ofGaps(rule: AlertRuleFact, { afterS }: Trigger<'gap'>, scene: Scene): Condition[] {
  const first = new Map<number, GapFact>();
  for (const gap of scene.facts.gaps) {
    if (gap.connection === null || gap.toUs !== null || !scene.connections.has(gap.connection) || rule.connections?.includes(gap.connection) === false) continue;
    const other = first.get(gap.connection);
    if (other === undefined || gap.fromUs < other.fromUs) first.set(gap.connection, gap);
  }
  return [...first].map(([connection, gap]) => {
    const name = named(scene.connections.get(connection) ?? '');
    const lastsUs = scene.nowUs - gap.fromUs;
    return {
      ...base(rule), key: `connection:${connection}`, connection, connectionName: name, screen: 'connections', screenId: publicId('connection', connection), sinceUs: gap.fromUs, holds: lastsUs >= afterS * 1_000_000,
      title: titleOf(`${name} is not seen since ${at(gap.fromUs)}`), text: textOf(gap.text, `Not seen for ${span(lastsUs)}: what its agents do meanwhile is not known, and no alert about them is over.`),
    };
  });
}

function ofApprovals(rule: AlertRuleFact, scene: Scene): Condition[] {
  if (rule.trigger.kind !== 'approval') return [];
  const { afterS } = rule.trigger;
  return scene.facts.approvals.filter((one) => watchesAgent(rule, one.head === null ? [] : [one.head], one.connection)).map((one) => {
    const name = named(one.agentName);
    return {
      ...base(rule), key: `approval:${one.id}`, agent: one.head, agentName: name, connection: one.connection, connectionName: scene.connections.get(one.connection) ?? null, screen: 'approvals', screenId: publicId('approval', one.id), sinceUs: one.askedUs,
      holds: scene.nowUs - one.askedUs >= afterS * 1_000_000, title: titleOf(`${name} waits for an approval: ${named(one.title, 120)}`), text: textOf(`Asked at ${at(one.askedUs)}, ${span(scene.nowUs - one.askedUs)} ago: ${named(one.title, 500)}`),
    };
  });
}

function ofStops(rule: AlertRuleFact, scene: Scene): Condition[] {
  return scene.facts.stops.filter((one) => watchesAgent(rule, one.heads)).map((one) => {
    const [agent, ...others] = one.heads;
    const single = agent !== undefined && others.length === 0 ? agent : null;
    return { ...base(rule), key: `stop:${one.id}`, agent: single, agentName: single === null ? null : named(one.scopeName), screen: 'stop', screenId: publicId('stop', one.id), sinceUs: one.sinceUs, holds: true, title: titleOf(stopTitle(one)), text: textOf(one.headline, `Ordered at ${at(one.sinceUs)}, level ${one.level}.`) };
  });
}

function stopTitle({ scopeName, state, origin }: StopFact): string {
  const what = origin === 'drill' ? 'Drill: ' : '';
  return state === 'still_acting' ? `${what}${named(scopeName, 120)} is still acting after it was told to stop` : `${what}The stop of ${named(scopeName, 120)} is not verified`;
}

/** Those that have an alert stay by themselves; beyond the most the others are counted in one. */
function gathered(rule: AlertRuleFact, found: readonly Condition[], open: ReadonlySet<string>): Condition[] {
  const holding = found.filter((one) => one.holds);
  if (holding.length <= mostOfARule) return [...found];
  const ranked = holding.toSorted((a, b) => Number(open.has(b.key)) - Number(open.has(a.key)));
  const rest = ranked.slice(mostOfARule);
  const left = new Set(rest.map((one) => one.key));
  const what = `${(rest.length).toLocaleString('en-US')} more`;
  return [...found.filter((one) => !left.has(one.key)), {
    ...base(rule), key: moreKey, screen: rest[0]?.screen === 'agent' ? 'live' : (rest[0]?.screen ?? 'live'), screenId: null, holds: true, title: titleOf(`${what} for the rule "${named(rule.name)}"`),
    text: textOf(`${mostOfARule} have an alert of their own; ${what} are in the same state, among them: ${rest.slice(0, 5).map((one) => one.title).join('; ')}.`),
  }];
}

/** An open alert of which the facts say nothing any more. */
function overNow(rule: AlertRuleFact, open: OpenAlertFact, scene: Scene): Condition {
  const aboutAgent = open.key.startsWith('agent:') && open.agent !== null;
  return {
    ...base(rule), key: open.key, title: open.title, text: endOf(open.kind), agent: open.agent, agentName: open.agentName, connection: open.connection, connectionName: open.connectionName, screen: 'live', screenId: null, holds: false,
    seen: !aboutAgent || scene.seen(open.agent),
  };
}

function endOf(kind: AlertKind): string {
  switch (kind) {
    case 'gap': return 'The connection is seen again.';
    case 'approval': return 'The approval does not wait any more.';
    case 'stop': return 'The stop is verified, or released.';
    default: return 'It is below the limit again.';
  }
}
