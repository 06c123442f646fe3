/** What people ask of the kill switch: checked against the plan that was shown, written down whether it is done or refused. */
import type { ParsedParams, Result } from '../../../shared/contract.ts';
import type { ReadinessRow, StopRule } from '../../../shared/stop.ts';
import { auditBy } from '../audit-words.ts';
import type { AuditDeed } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import type { Actor, CallContext } from '../ports.ts';
import { publicId, rowIdOf } from '../store/ids.ts';
import type { IdKind } from '../store/ids.ts';
import type { NewOrder } from '../store/stop-commands.ts';
import { certificateOf } from './certificate.ts';
import type { Orchestrator } from './orchestrator.ts';
import type { KeptPlan, PlannerDesk } from './planner-desk.ts';
import type { RightsDesk } from './rights-desk.ts';
import { hashPassphrase, sameName, SecondOperator } from './second-operator.ts';
import { usOf } from './stop-context.ts';
import type { StopContext } from './stop-context.ts';
import type { OrderByEngine, StopDesk } from './stop-desk.ts';
import { IntentUnknown } from './write-intent.ts';

export interface DeskParts {
  readonly context: StopContext;
  readonly orchestrator: Orchestrator;
  readonly planner: PlannerDesk;
  readonly rights: RightsDesk;
  readonly version: string;
}

type Order = Result<'stop.get'>;
type Words = Pick<NewOrder, 'origin' | 'reasonKind' | 'reason' | 'ticket' | 'rule'>;

const hourUs = 3_600_000_000;
const levels = ['cancel', 'suspend', 'revoke'] as const;

export class StopDeskOfPeople {
  readonly #parts: DeskParts;
  readonly #second: SecondOperator;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#second = new SecondOperator(parts.context.clock);
  }

  get methods(): StopDesk {
    return {
      'stop.plan': ({ scope, level, survey }) => this.#parts.planner.make({ scope, level, survey, by: 'person' }).then((kept) => kept.plan),
      'stop.order': (params, { actor }) => this.#order(params, actor),
      'stop.second': (params, { actor }) => this.#confirm(params, actor),
      'stop.withdraw': async ({ id }, { actor }) => this.#shown(await this.#orRefuse(actor, 'stop.withdraw', id, () => this.#parts.orchestrator.withdraw(id, actor))),
      'stop.retry': async ({ id, leverId }, { actor }) => this.#shown(await this.#orRefuse(actor, 'stop.retry', id, () => this.#parts.orchestrator.retry(id, leverId, actor))),
      'stop.release': async ({ id, leverId, reason }, { actor }) => this.#detail(await this.#orRefuse(actor, 'stop.release', id, () => this.#parts.orchestrator.release(id, leverId ?? null, actor, reason))),
      'stop.certificate': async ({ id }) => certificateOf(await this.#parts.context.history.read.order(id), this.#parts.context.clock.now(), this.#parts.version),
      'stop.checkRights': (_params, { actor }) => this.#parts.rights.check(actor),
      'stop.drill': (params, { actor }) => this.#drill(params, actor),
      'stop.setCanary': (params, context) => this.#setCanary(params, context),
      'stop.saveRule': (params, context) => this.#saveRule(params, context),
      'stop.removeRule': (params, context) => this.#removeRule(params, context),
      'operators.add': (params, context) => this.#addOperator(params, context),
      'operators.remove': (params, context) => this.#removeOperator(params, context),
      'agents.setTags': (params, context) => this.#setTags(params, context),
    };
  }

  /** For rules and drills: all that is ticked by default and can be pulled, without a second person. Resolves when the intent is written. */
  async orderByEngine({ scope, level, origin, reason, rule, actor }: OrderByEngine): Promise<number> {
    const wish = { scope, level, survey: true, by: origin };
    let kept = await this.#parts.planner.make(wish);
    let wanted = tickedOf(kept);
    if (wanted.length === 0) {
      kept = await this.#parts.planner.make({ ...wish, patient: true });
      wanted = tickedOf(kept);
    }
    if (wanted.length === 0) throw new CallFailure('conflict', `No lever of ${kept.plan.scopeName} can be pulled: ${kept.plan.levers.find((one) => one.problem !== null)?.problem ?? 'none is known.'} Nothing was sent.`);
    const words: Words = { origin, reasonKind: origin, reason, ticket: null, rule };
    const { id } = await this.#fire(kept, new Set(wanted), words, actor, false);
    return id;
  }

  async #order({ planId, levers, reasonKind, reason, ticket, typed }: ParsedParams<'stop.order'>, actor: Actor): Promise<Result<'stop.order'>> {
    const { planner, orchestrator } = this.#parts;
    const id = await this.#orRefuse(actor, 'stop.order', null, async () => {
      const kept = planner.needed(planId);
      checkOrder(kept, levers, reason, typed);
      const words: Words = { origin: 'person', reasonKind, reason, ticket: ticket ?? null, rule: null };
      planner.take(kept);
      try {
        return (await this.#fire(kept, new Set(levers), words, actor, kept.plan.needs.second)).id;
      } catch (error) {
        // Nothing was written, so nothing has left: it may be fired once more. Where that is not known it may not.
        if (!(error instanceof IntentUnknown)) planner.giveBack(kept);
        throw error;
      }
    }, { planId });
    await orchestrator.begun(id);
    return this.#shown(id);
  }

  #fire(kept: KeptPlan, ticked: ReadonlySet<string>, words: Words, actor: Actor | null, second: boolean): Promise<{ id: number; number: number }> {
    const { plan, facts } = kept;
    const order = kept.order(ticked);
    const by = actor?.name ?? 'Gatehouse';
    const text = `Wants to ${plan.level} ${plan.scopeName}: ${order.levers.length} ${order.levers.length === 1 ? 'lever' : 'levers'}.${words.reason === '' ? '' : ` ${words.reason}`}`;
    const deed: AuditDeed = {
      action: 'stop.order', subject: null, outcome: 'asked', text,
      details: { planId: plan.id, scope: plan.scope, level: plan.level, levers: order.levers.map((one) => one.plan.id), reasonKind: words.reasonKind, ticket: words.ticket, rule: words.rule, second },
    };
    const audit = actor === null ? { actor: 'Gatehouse', actorKind: 'engine' as const, ...deed } : auditBy(actor, deed);
    return this.#parts.orchestrator.begin({ ...order, ...words, orderedBy: by, state: second ? 'waiting_second' : 'stopping', audit }, facts);
  }

  async #confirm({ id, operatorId, passphrase }: ParsedParams<'stop.second'>, actor: Actor): Promise<Result<'stop.second'>> {
    const { context, orchestrator } = this.#parts;
    const row = await this.#orRefuse(actor, 'stop.second', id, async () => {
      const { orderedBy } = await orchestrator.waitingFact(id);
      const operator = await context.history.read.operatorFact(this.#row('operator', operatorId));
      if (operator === null) throw new CallFailure('not_found', 'There is no such operator any more. Nothing was sent.');
      if (sameName(operator.name, orderedBy)) throw new CallFailure('conflict', `${operator.name} ordered it: the second person must be another one. Nothing was sent.`);
      await this.#second.check(operator, passphrase);
      return orchestrator.second(id, operator.name, actor);
    }, { operatorId });
    await orchestrator.begun(row);
    return this.#shown(row);
  }

  async #drill({ agentId, level }: ParsedParams<'stop.drill'>, actor: Actor): Promise<Result<'stop.drill'>> {
    const id = await this.#orRefuse(actor, 'stop.drill', agentId, async () => {
      const row = await this.#readiness(agentId);
      if (row === undefined) throw new CallFailure('not_found', `There is no agent with the identifier ${agentId}. Nothing was sent.`);
      if (row.canary === null) throw new CallFailure('conflict', `${row.agentName} is not marked as a canary: a drill really stops it. Nothing was sent.`);
      if (levels.indexOf(level) > levels.indexOf(row.canary.level)) throw new CallFailure('conflict', `${row.agentName} is a canary for ${row.canary.level} at most. Nothing was sent.`);
      return this.orderByEngine({ scope: { kind: 'agent', id: agentId }, level, origin: 'drill', reason: 'Drill.', rule: null, actor });
    }, { level });
    await this.#parts.orchestrator.begun(id);
    return this.#shown(id);
  }

  async #setCanary({ agentId, canary }: ParsedParams<'stop.setCanary'>, { actor }: CallContext): Promise<Record<string, never>> {
    const { history, clock } = this.#parts.context;
    const text = canary === null ? `No longer a canary: ${agentId}.` : `Canary up to ${canary.level}${canary.everyHours === null ? '' : `, every ${canary.everyHours} h`}: ${agentId}.`;
    const before = (await this.#readiness(agentId))?.canary ?? null;
    const everyHours = canary?.everyHours ?? null;
    const nextUs = everyHours === null ? null : usOf(clock) + everyHours * hourUs;
    await history.command('canary.set', { agent: this.#row('agent', agentId), canary, nextUs, audit: auditBy(actor, { action: 'canary.set', subject: agentId, outcome: 'done', text, details: { before, after: canary } }) });
    return {};
  }

  async #saveRule({ id, ...rule }: ParsedParams<'stop.saveRule'>, { actor }: CallContext): Promise<Result<'stop.saveRule'>> {
    const { history } = this.#parts.context;
    const before = id === undefined ? null : await this.#rule(id);
    const audit = auditBy(actor, { action: 'rule.save', subject: id ?? null, outcome: 'done', text: `Auto-stop rule "${rule.name}" is ${rule.mode === 'fire' ? 'on' : rule.mode === 'would' ? 'on trial (it only says that it would fire)' : 'off'}.`, details: { before, after: { ...rule } } });
    const saved = await history.command('rules.save', { id: id === undefined ? null : this.#row('rule', id), ...rule, changedBy: actor.name, audit });
    const row = (await history.read.rules()).rows.find((one) => one.id === publicId('rule', saved.id));
    if (row === undefined) throw new CallFailure('not_found', 'The rule is gone again.');
    return row;
  }

  /** As a person set it. */
  async #rule(id: string): Promise<Pick<StopRule, 'name' | 'trigger' | 'watches' | 'level' | 'stops' | 'mode'> | null> {
    const found = (await this.#parts.context.history.read.rules()).rows.find((one) => one.id === id);
    if (found === undefined) return null;
    const { name, trigger, watches, level, stops, mode } = found;
    return { name, trigger, watches, level, stops, mode };
  }

  async #removeRule({ id }: ParsedParams<'stop.removeRule'>, { actor }: CallContext): Promise<Record<string, never>> {
    const row = this.#row('rule', id);
    const before = await this.#rule(id);
    await this.#parts.context.history.command('rules.remove', { id: row, audit: auditBy(actor, { action: 'rule.remove', subject: id, outcome: 'done', text: `Removed the auto-stop rule "${before?.name ?? id}".`, details: { before } }) });
    return {};
  }

  async #addOperator({ name, passphrase }: ParsedParams<'operators.add'>, { actor }: CallContext): Promise<Result<'operators.add'>> {
    const { history } = this.#parts.context;
    const { rows } = await history.read.operators();
    if (rows.some((one) => sameName(one.name, name))) throw new CallFailure('conflict', `There is an operator with the name ${name} already. Nothing was changed.`);
    // SECURITY: of the passphrase nothing but the hash goes on from here.
    const { salt, hash } = await hashPassphrase(passphrase);
    const { id } = await history.command('operators.add', { name, salt, hash, audit: auditBy(actor, { action: 'operator.add', subject: null, outcome: 'done', text: `Added ${name} as an operator who may confirm stops.`, details: { name } }) });
    const row = (await history.read.operators()).rows.find((one) => one.id === publicId('operator', id));
    if (row === undefined) throw new CallFailure('not_found', 'The operator is gone again.');
    return row;
  }

  async #removeOperator({ id }: ParsedParams<'operators.remove'>, { actor }: CallContext): Promise<Record<string, never>> {
    const row = this.#row('operator', id);
    const name = (await this.#parts.context.history.read.operators()).rows.find((one) => one.id === id)?.name ?? id;
    await this.#parts.context.history.command('operators.remove', { id: row, audit: auditBy(actor, { action: 'operator.remove', subject: id, outcome: 'done', text: `Removed the operator ${name}.`, details: { name } }) });
    return {};
  }

  async #setTags({ id, tags }: ParsedParams<'agents.setTags'>, { actor }: CallContext): Promise<Record<string, never>> {
    const row = this.#row('agent', id);
    const before = (await this.#readiness(id))?.tags ?? null;
    await this.#parts.context.history.command('tags.set', { agent: row, tags: [...new Set(tags)], audit: auditBy(actor, { action: 'tags.set', subject: id, outcome: 'done', text: tags.length === 0 ? 'Took all tags off.' : `Tags: ${tags.join(', ')}.`, details: { before, after: tags } }) });
    return {};
  }

  async #readiness(agentId: string): Promise<ReadinessRow | undefined> {
    return (await this.#parts.context.history.read.readiness()).rows.find((one) => one.agentId === agentId);
  }

  #row(kind: IdKind, id: string): number {
    const row = rowIdOf(kind, id);
    if (row === null) throw new CallFailure('not_found', `There is nothing with the identifier ${id}. Nothing was changed.`);
    return row;
  }

  /** What was refused belongs to the record as what was done. */
  async #orRefuse<T>(actor: Actor, action: string, subject: string | null, work: () => Promise<T>, details: Readonly<Record<string, unknown>> = {}): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const why = error instanceof CallFailure ? error.message : 'The engine failed at it.';
      await this.#parts.context.history.command('audit.append', auditBy(actor, { action, subject, outcome: 'refused', text: why, details }))
        .catch((trouble: unknown) => this.#parts.context.log.error('a refused stop command could not be written down', trouble));
      throw error;
    }
  }

  #detail(id: number): Promise<Order> { return this.#parts.context.history.read.order(publicId('stop', id)); }
  async #shown(id: number): Promise<Result<'stop.order'>> {
    const { plan: _plan, orderLevers: _levers, events: _events, moreEvents: _more, landedActs: _landed, stillOpen: _open, residual: _residual, notSeen: _unseen, next: _next, auditIds: _audits, ...order } = await this.#detail(id);
    return order;
  }
}

const tickedOf = ({ plan }: KeptPlan): string[] => plan.levers.filter((one) => one.wanted && one.problem === null).map((one) => one.id);

/** SECURITY: what was shown is what is fired: nothing else, nothing more. */
function checkOrder({ plan }: KeptPlan, ticked: readonly string[], reason: string, typed: string | undefined): void {
  const known = new Map(plan.levers.map((one) => [one.id, one]));
  const levers = ticked.map((id) => known.get(id));
  if (levers.includes(undefined)) throw new CallFailure('bad_request', 'A lever is not in the plan that was shown. Nothing was sent.');
  if (levers.length === 0) throw new CallFailure('bad_request', 'No lever is ticked. Nothing was sent.');
  if (levers.every((one) => one?.problem !== null)) throw new CallFailure('bad_request', `None of the ticked levers can be pulled: ${levers[0]?.problem ?? ''} Nothing was sent.`);
  if (plan.needs.typed !== null && typed?.trim() !== plan.needs.typed) throw new CallFailure('bad_request', `Type "${plan.needs.typed}" to confirm a stop this wide. Nothing was sent.`);
  if (plan.needs.reason && reason.trim() === '') throw new CallFailure('bad_request', 'A stop this wide needs a reason. Nothing was sent.');
}
