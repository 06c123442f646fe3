/** Which stops the two-person rule is about: said in the plan, and held to when the order is written. */
import type { Settings } from '../../../shared/domain.ts';
import type { StopScope } from '../../../shared/stop.ts';
import { StoreError } from './errors.ts';
import type { NewOrder } from './stop-commands.ts';

export const isWide = ({ kind }: StopScope): boolean => kind !== 'task' && kind !== 'agent';

export function needsSecond({ twoPerson }: Pick<Settings, 'twoPerson'>, scope: StopScope, agents: number): boolean {
  return twoPerson === 'all' || (twoPerson === 'wide' && (isWide(scope) || agents > 1));
}

/** SECURITY: a plan that lies ready since before the two-person rule was set is no way around it. */
export function mustHaveSecond({ origin, state, scope, agents }: Pick<NewOrder, 'origin' | 'state' | 'scope' | 'agents'>, settings: Settings): void {
  if (origin !== 'person' || state !== 'stopping' || !needsSecond(settings, scope, agents.length)) return;
  throw new StoreError('conflict', 'A second person must confirm stops like this one since this plan was made. Nothing was sent; look at the plan again.');
}
