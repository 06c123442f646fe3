/** Makes plans: asks the history, and runtimes where it is wanted, and keeps what was shown: an order fires exactly that. */
import { randomBytes } from 'node:crypto';
import type { StopLevel } from '../../../shared/domain.ts';
import type { StopPlan, StopScope } from '../../../shared/stop.ts';
import { CallFailure } from '../call-failure.ts';
import type { RightCheck, StopPort, StopTarget } from '../connectors/stopping.ts';
import type { NewLever, NewOrder, ScopeConnection, ScopeFacts } from '../store/stop-commands.ts';
import { TooLate, within } from './deadline.ts';
import { isProcessLever } from './joined-port.ts';
import { planStop } from './plan.ts';
import type { PlanInput, PlanPort } from './plan.ts';
import { mostCovered } from './process-fact.ts';
import { faultWords } from './pull-fault.ts';
import { leverText } from './pull-lever.ts';
import { usOf } from './stop-context.ts';
import type { StopContext } from './stop-context.ts';
import type { OpenPort } from './stop-port.ts';
import { watchedSources } from './watched.ts';

export interface PlanWish { readonly scope: StopScope; readonly level: StopLevel; readonly survey: boolean; readonly by: PlanInput['by']; /** a rule's plan that waits as long as a person's: a hasty one found nothing. */ readonly patient?: boolean }

export interface KeptPlan {
  readonly plan: StopPlan;
  readonly facts: ScopeFacts;
  /** What an order of these levers is made of. */
  order(ticked: ReadonlySet<string>): Omit<NewOrder, 'origin' | 'state' | 'orderedBy' | 'reasonKind' | 'reason' | 'ticket' | 'rule' | 'audit'>;
}

interface Shelved { readonly kept: KeptPlan; readonly atMs: number; fired: boolean }

const keptForMs = 30 * 60_000;
const mostKept = 200;
const surveyWithinMs = 4_000;
/** A rule must not wait for a runtime that is slow. */
const ruleSurveyWithinMs = 1_000;

export class PlannerDesk {
  readonly #context: StopContext;
  readonly #plans = new Map<string, Shelved>();

  constructor(context: StopContext) { this.#context = context; }

  async make({ scope, level, survey, by, patient = false }: PlanWish): Promise<KeptPlan> {
    const facts = await this.#context.history.read.scopeFacts(scope);
    const withinMs = by === 'rule' && !patient ? ruleSurveyWithinMs : surveyWithinMs;
    const asked = await Promise.all(facts.connections.filter((one) => one.enabled).map(async (one): Promise<[number, Asked] | null> => {
      const found = await this.#ask(one, facts, survey, withinMs);
      return found === null ? null : [one.id, found];
    }));
    const found = new Map(asked.filter((one) => one !== null));
    const nowUs = usOf(this.#context.clock);
    const id = `plan-${randomBytes(12).toString('hex')}`;
    const { plan, levers } = planStop({ id, nowUs, level, facts, ports: new Map([...found].map(([connection, { port }]) => [connection, port])), surveyedUs: survey ? nowUs : null, by });
    return this.#keep(keptOf(plan, facts, levers.map((one) => narrowed(one, found.get(one.connection)))));
  }

  /** The plan that was shown; rejects in words when it cannot be fired. */
  needed(id: string): KeptPlan {
    const shelved = this.#plans.get(id);
    if (shelved === undefined || performance.now() - shelved.atMs > keptForMs) throw new CallFailure('not_found', 'This plan is no longer kept: it is older than 30 minutes, or the engine began anew. Nothing was sent; look at the plan again.');
    if (shelved.fired) throw new CallFailure('conflict', 'This plan was fired already. Nothing more was sent.');
    return shelved.kept;
  }

  /** SECURITY: one plan, one order, however often the button is pressed. */
  take({ plan }: KeptPlan): void {
    this.needed(plan.id);
    const shelved = this.#plans.get(plan.id);
    if (shelved !== undefined) shelved.fired = true;
  }

  /** Nothing of it was written, so nothing has left. */
  giveBack({ plan }: KeptPlan): void {
    const shelved = this.#plans.get(plan.id);
    if (shelved !== undefined) shelved.fired = false;
  }

  #keep(kept: KeptPlan): KeptPlan {
    // What really passed: a clock that is set back must not make an old plan young.
    const nowMs = performance.now();
    this.#plans.set(kept.plan.id, { kept, atMs: nowMs, fired: false });
    for (const [id, { atMs }] of this.#plans) if (this.#plans.size > mostKept || nowMs - atMs > keptForMs) this.#plans.delete(id);
    return kept;
  }

  /** Null: it was not asked. */
  async #ask(connection: ScopeConnection, facts: ScopeFacts, survey: boolean, withinMs: number): Promise<Asked | null> {
    const { life, ports } = this.#context;
    const told = connection.kind === 'otlp';
    const opening = ports.open(connection.id, { anew: true });
    if (!survey && !told) {
      // So that it stands open when the order comes.
      opening.then((open) => open.giveBack(), () => undefined);
      return null;
    }
    let open: OpenPort;
    try {
      open = await within(withinMs, [life], () => opening);
    } catch (error) {
      const late = error instanceof TooLate;
      // What is only told of has no lever of its own; that is no failure. That its processes were not found in time is one.
      if (told && !late) return null;
      // One that is only late may be open in the next moment: its levers stay.
      return { port: { levers: late ? connection.levers : [], survey: null, fault: error instanceof CallFailure || late ? error.message : 'It could not be opened.' }, proven: new Map() };
    }
    try {
      return await this.#survey(open, connection, facts, withinMs);
    } finally {
      await open.giveBack();
    }
  }

  async #survey(open: OpenPort, connection: ScopeConnection, facts: ScopeFacts, withinMs: number): Promise<Asked> {
    const own = connection.levers.length > 0 ? connection.levers : open.levers.filter((one) => !isProcessLever(one.id));
    const levers = [...own, ...open.levers.filter((one) => isProcessLever(one.id))];
    const target = targetOf(connection, facts);
    try {
      const limits = [this.#context.life, open.signal];
      const [survey, rights, proven] = await Promise.all([
        within(withinMs, limits, (signal) => open.port.survey(target, signal)),
        this.#rights(open, connection, withinMs),
        open.process === null || levers.length === own.length ? new Map<string, readonly string[]>() : within(withinMs, limits, (signal) => provenBy(open.process, keysOf(connection, facts), signal)).catch(() => new Map<string, readonly string[]>()),
      ]);
      // A lever of processes without a line has nothing to act upon here.
      const pulled = levers.filter((one) => !isProcessLever(one.id) || survey.targets.some((target) => target.leverId === one.id));
      return { port: { levers: pulled, survey: open.mask()(survey), fault: null, rights }, proven };
    } catch (error) {
      const { ours, text } = faultWords(error);
      if (ours) this.#context.log.error('a survey failed by a mistake of ours', error, { connection: connection.id });
      return { port: { levers, survey: null, fault: leverText(open, text) }, proven: new Map() };
    }
  }

  /** A right that was missing hours ago may be there by now, with another credential for one: what keeps a lever back is asked for again. */
  async #rights(open: OpenPort, connection: ScopeConnection, withinMs: number): Promise<readonly RightCheck[] | null> {
    const { runtime } = open;
    if (runtime === null || connection.rights.every((one) => one.result !== 'missing')) return null;
    try {
      const checks = open.mask()(await within(withinMs, [this.#context.life, open.signal], (signal) => runtime.rights(signal)));
      await this.#context.history.command('rights.write', { connection: connection.id, checks, atUs: usOf(this.#context.clock) });
      return checks;
    } catch (error) {
      if (faultWords(error).ours) this.#context.log.error('the rights to stop could not be asked for', error, { connection: connection.id });
      return null;
    }
  }
}

interface Asked {
  readonly port: PlanPort;
  /** lever to agents whose processes are proven. */
  readonly proven: ReadonlyMap<string, readonly string[]>;
}

const keysOf = (connection: ScopeConnection, facts: ScopeFacts): string[] => [...new Set(facts.agents.flatMap((agent) => agent.sources.filter((source) => source.connection === connection.id).map((source) => source.key)))];

function targetOf(connection: ScopeConnection, facts: ScopeFacts): StopTarget {
  const { scope } = facts;
  if (scope.kind === 'everything' || (scope.kind === 'connection' && scope.id === connection.publicId)) return { agents: null, runs: null };
  const runs = scope.kind === 'task' ? facts.tasks.filter((task) => task.connection === connection.id).flatMap((task) => task.runKey ?? []) : null;
  return { agents: keysOf(connection, facts), runs };
}

/** One by one: that a process is gone proves something only for the agents whose process it is. */
async function provenBy(process: StopPort | null, keys: readonly string[], signal: AbortSignal): Promise<Map<string, readonly string[]>> {
  const proven = new Map<string, string[]>();
  if (process === null || keys.length > mostCovered) return proven;
  for (const key of keys) {
    const { targets } = await process.survey({ agents: [key], runs: null }, signal);
    for (const { leverId } of targets) proven.set(leverId, [...proven.get(leverId) ?? [], key]);
  }
  return proven;
}

function narrowed(lever: NewLever, asked: Asked | undefined): NewLever {
  const agents = asked?.proven.get(lever.plan.leverId);
  return agents === undefined || lever.plan.leverId === 'process.end-server' ? lever : { ...lever, target: { ...lever.target, agents } };
}

function keptOf(plan: StopPlan, facts: ScopeFacts, levers: readonly NewLever[]): KeptPlan {
  return {
    plan, facts,
    order: (ticked) => ({
      plan, scope: plan.scope, scopeName: plan.scopeName, level: plan.level, silenceS: plan.silenceS, watchS: plan.watchS, levers: levers.filter((one) => ticked.has(one.plan.id)),
      agents: facts.agents.map((one) => one.id), sources: [...new Set(facts.agents.flatMap((one) => one.sources.map((source) => source.agent)))], watched: watchedSources(facts), tasks: plan.scope.kind === 'task' ? facts.tasks.map((one) => one.id) : null,
    }),
  };
}
