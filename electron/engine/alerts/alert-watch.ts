/**
 * When an alert is raised and when it is over. Pure but for what it remembers: times come in with each look. A condition must have held at every look of
 * its rule's time; it is told once, and not again before it was over. What lasts is over when it was false for a minute in which it could be seen.
 */
import type { AlertRuleFact } from '../store/alert-commands.ts';
import { lasts, overAtOnce, watchesAgent } from './conditions.ts';
import type { Condition } from './conditions.ts';
import type { Happened } from './events.ts';
import type { OpenAlertFact } from './facts.ts';
import { textOf, titleOf } from './words.ts';

const overAfterUs = 60_000_000;
/** Between two looks that are further apart (the machine slept) nobody looked: what must hold without a break begins anew. */
export const mostBetweenUs = 30_000_000;
/** What comes back so soon is the same alert, and nobody is told again. */
export const againUs = 600_000_000;
/** How an alert that goes on is now is written so often at most: a rate moves with every call. */
const saidEveryUs = 60_000_000;
/** SECURITY: what agents make happen fills neither memory nor inbox: beyond so many of a rule in ten minutes they are counted in one. */
const mostKeys = 20_000;
const mostEvents = 20;
const eventsUs = 600_000_000;

export interface Over { readonly alert: OpenAlertFact; readonly rule: AlertRuleFact | null; readonly text: string; /** said to those who were told, if the rule says so. */ readonly tell: boolean }
export interface Due { readonly alert: OpenAlertFact; readonly rule: AlertRuleFact }
/** An alert that goes on: what is so now stands in the condition. */
export interface Going { readonly alert: OpenAlertFact; readonly condition: Condition }
export interface Looked { readonly raise: readonly Condition[]; readonly going: readonly Going[]; readonly over: readonly Over[]; readonly escalate: readonly Due[] }

/** `aboutUs`: since when what it is about is so, where that is known: a second gap of a connection is another matter than the first. `fromStart`: known since the first look of all. */
interface Known { sinceUs: number | null; falseUs: number | null; told: boolean; aboutUs: number | null; atOnce: boolean; /** when it was last told how it is. */ saidUs: number | null; readonly fromStart: boolean }

export class AlertWatch {
  readonly #known = new Map<string, Known>();
  readonly #rules = new Map<number, string>();
  /** events that were told. */
  readonly #told = new Set<string>();
  readonly #eventsUs = new Map<number, readonly number[]>();
  #lastUs: number | null = null;
  #isFirst = true;

  /** Rules that went or now say something else are begun anew: what they remember was about the rule of before. */
  follow(rules: readonly AlertRuleFact[]): void {
    const now = new Map(rules.map((rule) => [rule.id, JSON.stringify([rule.trigger, rule.watches, rule.sustainedS])]));
    const changed = new Set([...this.#rules].filter(([id, words]) => now.get(id) !== words).map(([id]) => id));
    this.#rules.clear();
    for (const [id, words] of now) this.#rules.set(id, words);
    if (changed.size === 0) return;
    for (const key of this.#known.keys()) if (changed.has(ruleIn(key))) this.#known.delete(key);
    for (const id of changed) this.#eventsUs.delete(id);
  }

  look(rules: readonly AlertRuleFact[], conditions: readonly Condition[], open: readonly OpenAlertFact[], nowUs: number): Looked {
    this.#isFirst = this.#lastUs === null;
    const paused = this.#lastUs === null || nowUs - this.#lastUs > mostBetweenUs || nowUs < this.#lastUs;
    this.#lastUs = nowUs;
    if (paused) this.#beginAnew(nowUs);
    const byId = new Map(rules.map((rule) => [rule.id, rule]));
    const ended = orphans(byId, open);
    const gone = new Set(ended.map((one) => one.alert.id));
    const live = new Map(open.filter((one) => !gone.has(one.id)).map((one) => [keyOf(one.rule, one.key), one]));
    const [raise, over, goes]: [Condition[], Over[], Going[]] = [[], [], []];
    const looked = new Set<string>();
    for (const one of conditions) {
      const key = keyOf(one.rule.id, one.key);
      looked.add(key);
      const alert = live.get(key);
      if (!one.holds) this.#fails(key, one, alert, over, nowUs);
      else if (this.#holds(key, one, alert !== undefined, nowUs)) raise.push(one);
      else if (alert !== undefined) goes.push({ alert, condition: one });
    }
    this.#forget(looked, live, nowUs);
    const escalate = open.flatMap((alert) => {
      const rule = byId.get(alert.rule);
      return rule !== undefined && !gone.has(alert.id) && alert.state === 'open' && alert.nextStepUs !== null && alert.nextStepUs <= nowUs ? [{ alert, rule }] : [];
    });
    const told = new Set(escalate.map((one) => one.alert.id));
    return { raise, going: goes.filter((one) => this.#isToSay(one, told.has(one.alert.id), nowUs)), over: [...ended, ...over], escalate };
  }

  /** Whoever is told of the next step is told how it is then. */
  #isToSay({ condition }: Going, escalates: boolean, nowUs: number): boolean {
    const known = this.#of(keyOf(condition.rule.id, condition.key));
    // It was false in between: its words say that it is so without a break.
    if (known.sinceUs === null || nowUs - known.sinceUs < condition.rule.sustainedS * 1_000_000) return false;
    if (!escalates && known.saidUs !== null && nowUs >= known.saidUs && nowUs - known.saidUs < saidEveryUs) return false;
    known.saidUs = nowUs;
    return true;
  }

  /** Those that were not told yet, as far as is remembered here. */
  untold(happened: readonly Happened[]): Happened[] {
    return happened.filter((one) => one.countsUp || !this.#told.has(keyOf(one.rule.id, one.key)));
  }

  /** Looked at with the first look and never over since: what was said of it before, only the history knows. */
  isFromStart({ rule, key }: Condition): boolean {
    return this.#known.get(keyOf(rule.id, key))?.fromStart === true;
  }

  /** Those that are to be told; a flood of one rule is gathered into one that counts up. */
  events(happened: readonly Happened[], nowUs: number): Happened[] {
    const byRule = Map.groupBy(this.untold(happened), (one) => one.rule.id);
    return [...byRule].flatMap(([id, list]) => {
      const lately = (this.#eventsUs.get(id) ?? []).filter((us) => nowUs - us < eventsUs && us <= nowUs);
      const room = Math.max(0, mostEvents - lately.length);
      const [own, rest] = [list.slice(0, room), list.slice(room)];
      this.#eventsUs.set(id, [...lately, ...own.map(() => nowUs)]);
      return rest.length === 0 ? own : [...own, gather(rest, nowUs)];
    });
  }

  /** It was raised, or is known to the history: it is not told again. */
  tellKnown(one: Condition | Happened): void {
    const key = keyOf(one.rule.id, one.key);
    if (lasts(one.kind)) Object.assign(this.#of(key), { told: true, aboutUs: one.sinceUs });
    else {
      if ('gathers' in one) for (const other of one.gathers ?? []) this.tellKnown(other);
      if (this.#told.size >= mostKeys) this.#told.delete(this.#told.values().next().value ?? '');
      this.#told.add(key);
    }
  }

  #holds(key: string, { rule, kind, sinceUs }: Condition, isOpen: boolean, nowUs: number): boolean {
    const known = this.#of(key);
    if (known.aboutUs !== sinceUs) [known.aboutUs, known.sinceUs, known.told] = [sinceUs, null, false];
    known.atOnce = overAtOnce(kind);
    known.falseUs = null;
    known.sinceUs ??= nowUs;
    // After a start: it was told by the engine before.
    if (isOpen) known.told = true;
    if (known.told || nowUs - known.sinceUs < rule.sustainedS * 1_000_000) return false;
    known.saidUs = nowUs;
    return true;
  }

  #fails(key: string, one: Condition, alert: OpenAlertFact | undefined, over: Over[], nowUs: number): void {
    const known = this.#of(key);
    known.sinceUs = null;
    if (!one.seen) known.falseUs = null;
    else if (overAtOnce(one.kind) || nowUs - (known.falseUs ??= nowUs) >= overAfterUs) {
      if (alert !== undefined) over.push({ alert, rule: one.rule, text: one.text, tell: true });
      this.#known.delete(key);
    }
  }

  /** Nothing is said of it any more, and no alert of it is open: when that lasted, a person's word about it has had its time. */
  #forget(looked: ReadonlySet<string>, live: ReadonlyMap<string, OpenAlertFact>, nowUs: number): void {
    for (const [key, known] of this.#known) {
      if (looked.has(key) || live.has(key)) continue;
      known.sinceUs = null;
      if (!known.told || known.atOnce || nowUs - (known.falseUs ??= nowUs) >= overAfterUs) this.#known.delete(key);
    }
  }

  #beginAnew(nowUs: number): void {
    for (const known of this.#known.values()) {
      if (known.sinceUs !== null) known.sinceUs = nowUs;
      if (known.falseUs !== null) known.falseUs = nowUs;
    }
  }

  #of(key: string): Known {
    let known = this.#known.get(key);
    if (known === undefined) {
      if (this.#known.size >= mostKeys) this.#known.delete(this.#known.keys().next().value ?? '');
      this.#known.set(key, known = { sinceUs: null, falseUs: null, told: false, aboutUs: null, atOnce: false, saidUs: null, fromStart: this.#isFirst });
    }
    return known;
  }
}

const keyOf = (rule: number, key: string): string => `${rule} ${key}`;
const ruleIn = (key: string): number => Number(key.slice(0, key.indexOf(' ')));

/** Alerts of rules that are off or removed, that watch for something else, or for somebody else. */
function orphans(rules: ReadonlyMap<number, AlertRuleFact>, open: readonly OpenAlertFact[]): Over[] {
  return open.flatMap((alert) => {
    const rule = rules.get(alert.rule) ?? null;
    const text = rule === null ? 'Its rule was switched off or removed.' : rule.trigger.kind !== alert.kind ? 'Its rule watches for something else now.' : outOfScope(rule, alert) ? 'Its rule does not watch this any more.' : null;
    return text === null ? [] : [{ alert, rule, text, tell: false }];
  });
}

/** Of what lasts: what happened, happened while it was watched. */
function outOfScope(rule: AlertRuleFact, alert: OpenAlertFact): boolean {
  if (!lasts(alert.kind)) return false;
  if (alert.kind === 'gap') return alert.connection !== null && rule.connections?.includes(alert.connection) === false;
  return alert.agent !== null && !watchesAgent(rule, [alert.agent], alert.connection);
}

function gather(rest: readonly Happened[], nowUs: number): Happened {
  const [first] = rest;
  if (first === undefined) throw new RangeError('there is nothing to gather');
  return {
    ...first, key: `more:${new Date(Math.floor(nowUs / 3_600_000_000) * 3_600_000).toISOString().slice(0, 13)}`, countsUp: true, agent: null, agentName: null, connection: null, connectionName: null, screenId: null, sinceUs: null, gathers: rest,
    title: titleOf(`More alerts of the rule "${first.rule.name}", told together`),
    text: textOf(`More than ${mostEvents} came within 10 min, and these are told together: ${rest.slice(0, 5).map((one) => one.title).join('; ')}${rest.length > 5 ? '; …' : ''}.`),
  };
}
