/** What people and rules ask of the kill switch: one method for each command of the contract. */
import type { ParsedParams, Result } from '../../../shared/contract.ts';
import type { Actor, CallContext } from '../ports.ts';

type StopMethod =
  | 'stop.certificate' | 'stop.plan' | 'stop.order' | 'stop.second' | 'stop.withdraw' | 'stop.retry' | 'stop.release' | 'stop.checkRights' | 'stop.drill' | 'stop.setCanary'
  | 'stop.saveRule' | 'stop.removeRule' | 'operators.add' | 'operators.remove' | 'agents.setTags';

export type StopDesk = { readonly [M in StopMethod]: (params: ParsedParams<M>, context: CallContext) => Promise<Result<M>> };

/** What rules and drills order by themselves. */
export interface OrderByEngine {
  readonly scope: ParsedParams<'stop.plan'>['scope'];
  readonly level: ParsedParams<'stop.plan'>['level'];
  readonly origin: 'rule' | 'drill';
  readonly reason: string;
  readonly rule: number | null;
  /** a drill that a person fires is that person's; null: the engine's own. */
  readonly actor: Actor | null;
}
