/** What is left to try where a stop did not stop. */
import type { OrderLever, StopOrderDetail, StopPlan } from '../../../../shared/stop.ts';
import { stopLevels } from '../../../../shared/domain.ts';
import type { OrderRow } from './stops.ts';

/** null: it stopped, it has not begun, or nothing is left that can be pulled from here. */
export function nextRung({ state, level, commandedUs, releasedUs }: Pick<OrderRow, 'state' | 'level' | 'commandedUs' | 'releasedUs'>, plan: StopPlan, pulled: readonly OrderLever[]): StopOrderDetail['next'] {
  if ((state !== 'still_acting' && state !== 'unverified') || commandedUs === null || releasedUs !== null) return null;
  const tried = new Set(pulled.map((one) => one.id));
  const left = plan.levers.filter((one) => !tried.has(one.id) && one.problem === null);
  if (left.length > 0) return { level, text: `Not pulled yet: ${left.slice(0, 3).map((one) => one.title).join(', ')}${left.length > 3 ? ` and ${left.length - 3} more` : ''}.` };
  const higher = stopLevels[stopLevels.indexOf(level) + 1];
  if (higher === undefined) return null;
  return { level: higher, text: higher === 'suspend' ? 'Suspend: also refuse and cancel what it begins anew.' : 'Revoke: also its sessions and credentials, where a lever for them is known. The plan asks the runtimes anew and says what is left to pull.' };
}
