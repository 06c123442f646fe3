/** How the kill switch reaches what can stop something: the connector of a runtime, this machine's processes, or both of one connection. */
import type { Lever } from '../../../shared/domain.ts';
import type { StopPort } from '../connectors/stopping.ts';
import type { Mask } from '../collect/masking.ts';

export interface OpenPort {
  /** what can be pulled here, as the very server declared it, and `process.*` where a process of this machine is proven to be it. */
  readonly levers: readonly Lever[];
  /** for all that is asked of levers: each goes to the one that has it. */
  readonly port: StopPort;
  /** the connector alone, and this machine's processes alone: what each shows is another kind of proof. Null: there is none. */
  readonly runtime: StopPort | null;
  readonly process: StopPort | null;
  /** SECURITY: every text of the runtime goes through it before it is stored or shown. */
  readonly mask: () => Mask;
  /** the life of the connection. */
  readonly signal: AbortSignal;
  readonly giveBack: () => Promise<void>;
}

export interface StopPorts {
  /**
   * A port with requests of its own, apart from the collector's: a collector that waits for a frozen server must not hold a stop. It is
   * opened once for each connection and kept. Rejects with `CallFailure` in words: switched off, gone, a kind without levers.
   */
  open(connection: number, use?: { /** for a plan: what processes are there now; otherwise as they were last known, so that no stop waits for it. */ readonly anew: boolean }): Promise<OpenPort>;
}
