/** The queue as whoever delivers knows it; the history keeps it. */
import type { AlertCommands, DueDelivery, TargetFact } from '../../store/alert-commands.ts';

export interface DeliveryBook {
  /** all that are not removed. */
  targets(): Promise<readonly TargetFact[]>;
  /** of each target the first that waits, due or not. */
  due(): Promise<readonly DueDelivery[]>;
  tried(params: AlertCommands['deliveries.tried']['params']): Promise<unknown>;
  wake(params: AlertCommands['deliveries.wake']['params']): Promise<{ readonly deliveries: number }>;
  /** something about alerts, targets or deliveries changed. */
  onChange(listener: () => void): () => void;
}
