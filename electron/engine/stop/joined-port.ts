/** The connector of a connection and this machine's processes behind it, as one: each lever goes to the one that has it, what both list is laid together. */
import { RuntimeFault } from '../connectors/connector.ts';
import type { StopPort } from '../connectors/stopping.ts';
import { faultWords } from './pull-fault.ts';

export const isProcessLever = (leverId: string): boolean => leverId.startsWith('process.');

/** `process`: asked for anew at each call, since senders come and go; null: none is proven now. */
export function joinedPort(runtime: StopPort | null, process: () => Promise<StopPort | null>): StopPort {
  const portOf = async (leverId: string): Promise<StopPort> => {
    const port = isProcessLever(leverId) ? await process() : runtime;
    if (port === null) throw new RuntimeFault('gone', isProcessLever(leverId) ? 'No process of this machine is proven to be it any more. Nothing was sent.' : 'There is no such lever here. Nothing was sent.', { status: 404 });
    return port;
  };
  const both = async (): Promise<StopPort[]> => [runtime, await process()].filter((one) => one !== null);
  return {
    survey: async (target, signal) => {
      const { found, failed } = await gather(await both(), (port) => port.survey(target, signal));
      return {
        runs: found.flatMap((one) => one.runs), complete: failed.length === 0 && found.every((one) => one.complete), schedules: found.flatMap((one) => one.schedules), residual: found.flatMap((one) => one.residual),
        alsoHits: found.flatMap((one) => one.alsoHits), targets: found.flatMap((one) => one.targets), notes: [...found.flatMap((one) => one.notes), ...failed],
      };
    },
    save: async (leverId, target, signal) => (await portOf(leverId)).save(leverId, target, signal),
    pull: async (call, signal, tell) => (await portOf(call.leverId)).pull(call, signal, tell),
    undo: async (leverId, saved, signal) => (await portOf(leverId)).undo(leverId, saved, signal),
    // Each shows another kind of proof, so looks ask them one by one; this one is for whoever asks only what runs.
    look: async (target, sinceUs, pulled, signal) => (runtime ?? await portOf('process.')).look(target, sinceUs, pulled, signal),
    rights: (signal) => runtime?.rights(signal) ?? Promise.resolve([]),
  };
}

/** What the others say counts although one failed; fails only when nobody said anything. */
async function gather<T>(ports: readonly StopPort[], asked: (port: StopPort) => Promise<T>): Promise<{ found: T[]; failed: string[] }> {
  const results = await Promise.allSettled(ports.map(asked));
  const found = results.filter((one) => one.status === 'fulfilled').map((one) => one.value);
  const errors = results.filter((one) => one.status === 'rejected').map((one) => one.reason as unknown);
  if (found.length === 0) throw errors[0] ?? new RuntimeFault('gone', 'There is nothing here that could be asked.', { status: 404 });
  return { found, failed: errors.map((error) => faultWords(error).text) };
}
