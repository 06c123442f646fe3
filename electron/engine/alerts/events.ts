/** What rules of the kinds that happen once say of the facts: new failures, grants, limits of budgets. Pure. */
import type { AlertRuleFact } from '../store/alert-commands.ts';
import { US_DAY } from '../store/codes.ts';
import { publicId } from '../store/ids.ts';
import { watchesAgent } from './conditions.ts';
import type { Condition } from './conditions.ts';
import type { AlertFacts, BudgetEventFact, FailureFact, GrantFact } from './facts.ts';
import { at, count, money, named, textOf, titleOf } from './words.ts';

export interface Happened extends Condition {
  /** what comes again under its key counts up; else it is told once and never again. */
  readonly countsUp: boolean;
  /** of a flood: those that are told by this one. */
  readonly gathers?: readonly Happened[];
}

/** `since`: what was before it is not told by that rule. */
export function eventsOf(rules: readonly AlertRuleFact[], facts: AlertFacts, since: (rule: AlertRuleFact) => number): Happened[] {
  return rules.flatMap((rule) => {
    const sinceUs = since(rule);
    const { trigger } = rule;
    switch (trigger.kind) {
      case 'new_failure': return facts.failures.filter((one) => one.atUs >= sinceUs && watchesAgent(rule, one.heads)).map((one) => failure(rule, one, facts));
      case 'budget': return facts.budgets.filter((one) => one.atUs >= sinceUs && trigger.on.includes(one.kind) && ofBudget(rule, one)).map((one) => budget(rule, one));
      case 'grant': return grants(rule, facts, facts.grants.filter((one) => one.atUs >= sinceUs && (trigger.on === 'widened' ? one.beyond : one.added) && watchesAgent(rule, one.head === null ? [] : [one.head], one.connection)));
      default: return [];
    }
  });
}

const base = (rule: AlertRuleFact): Pick<Condition, 'rule' | 'kind' | 'severity' | 'holds' | 'seen' | 'connection' | 'connectionName' | 'agent' | 'agentName'> => ({ rule, kind: rule.trigger.kind, severity: rule.severity, holds: true, seen: true, connection: null, connectionName: null, agent: null, agentName: null });

const nameOf = (facts: AlertFacts, agent: number): string => named(facts.agents.find((one) => one.id === agent)?.name ?? '(unknown agent)');

function failure(rule: AlertRuleFact, one: FailureFact, facts: AlertFacts): Happened {
  const [agent, ...others] = one.heads;
  const single = agent !== undefined && others.length === 0 ? agent : null;
  const names = one.heads.slice(0, 3).map((head) => nameOf(facts, head)).join(', ');
  const who = others.length > 2 ? `${names} and ${others.length - 2} more` : names;
  return {
    ...base(rule), key: `failure:${one.id}:${one.backUs ?? 'new'}`, countsUp: false, sinceUs: one.atUs, agent: single, agentName: single === null ? null : nameOf(facts, single), screen: 'failures', screenId: publicId('failure', one.id),
    title: titleOf(`${one.backUs === null ? 'New failure' : 'A failure is back'}: ${named(one.name)}: ${named(one.error, 100)}`),
    text: textOf(`${who === '' ? 'An agent' : who} failed in a way that ${one.backUs === null ? 'was not seen before' : `was said to be over at ${at(one.backUs)}`}.`, `Seen ${count(one.count, 'time')} so far, last at ${at(one.atUs)}.`, `${named(one.name, 120)}: ${named(one.error, 500)}`),
  };
}

/** Its own agent is in the rule's scope, or both are about the same. */
function ofBudget(rule: AlertRuleFact, one: BudgetEventFact): boolean {
  return rule.agents === null || JSON.stringify(rule.watches) === JSON.stringify(one.scope) || (one.head !== null && watchesAgent(rule, [one.head]));
}

function budget(rule: AlertRuleFact, one: BudgetEventFact): Happened {
  const name = named(one.budget);
  const what = { soft: 'reached its soft limit', hard: 'reached its hard limit', forecast: 'is forecast to go over its limit' }[one.kind];
  return {
    ...base(rule), key: `budget:${one.id}`, countsUp: false, sinceUs: one.atUs, agent: one.head, agentName: one.agentName === null ? null : named(one.agentName), screen: 'cost', screenId: null,
    title: titleOf(`Budget ${name} ${what}: ${money(one.limit, one.currency)}`),
    text: textOf(one.text, `${one.kind === 'forecast' ? 'Forecast' : 'Spent'} ${money(one.spent, one.currency)} of ${money(one.limit, one.currency)}.`, one.pending ? 'What came of its stop is not known yet.' : null),
  };
}

/** One for each agent and day, with all that came at once. */
function grants(rule: AlertRuleFact, facts: AlertFacts, found: readonly GrantFact[]): Happened[] {
  const groups = new Map<string, GrantFact[]>();
  for (const one of found) {
    const key = `${one.head === null ? `connection:${one.connection}` : `agent:${one.head}`}:${new Date(Math.floor(one.atUs / US_DAY) * 86_400_000).toISOString().slice(0, 10)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups].map(([key, group]) => grantsOf(rule, facts, key, group));
}

function grantsOf(rule: AlertRuleFact, facts: AlertFacts, key: string, group: readonly GrantFact[]): Happened {
  const [first] = group;
  const atUs = Math.max(...group.map((one) => one.atUs));
  const head = first?.head ?? null;
  const connection = first?.connection ?? 0;
  const connectionName = facts.connections.find((one) => one.id === connection)?.name ?? null;
  const who = head === null ? `Everybody with the credential of ${named(connectionName ?? 'a connection')}` : nameOf(facts, head);
  const wide = group.filter((one) => one.beyond);
  const shown = (wide.length > 0 ? wide : group).slice(0, 5);
  const list = shown.map((one) => `${one.kind} ${named(one.name)}: ${named(one.text, 160)}`).join(' ');
  return {
    ...base(rule), key, countsUp: true, sinceUs: atUs, agent: head, agentName: head === null ? null : who, connection: connection === 0 ? null : connection, connectionName, screen: 'access', screenId: head === null ? null : publicId('agent', head),
    title: titleOf(wide.length > 0 ? `${who}: access widened (${count(wide.length, 'grant')})` : `${who}: ${count(group.length, 'new grant')}`),
    text: textOf(wide.length === 0 ? null : first?.baseline === true ? 'It may do more than its baseline says.' : 'It may do more than before.', list, group.length > shown.length ? `And ${group.length - shown.length} more.` : null),
  };
}
