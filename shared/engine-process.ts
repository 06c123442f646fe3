/**
 * What the shell and the engine's process say to each other beside the contract: who may speak, life signs, the end.
 * Contract messages travel on a MessagePort of their own where Electron can hand one over; where the engine is a child
 * of a plain Node they are wrapped in `data` and relayed by the shell.
 */
import { z } from 'zod';

/** Binds a port to the person who speaks on it. The engine never takes an actor from a contract message. */
export const shellMessage = z.discriminatedUnion('t', [
  z.object({ t: z.literal('attach'), port: z.int(), actor: z.string().min(1).max(200) }),
  z.object({ t: z.literal('detach'), port: z.int() }),
  z.object({ t: z.literal('data'), port: z.int(), data: z.unknown() }),
  z.object({ t: z.literal('shutdown') }),
]);
export type ShellMessage = z.infer<typeof shellMessage>;

/** `held`: another engine has the data folder; starting again helps only once that one has gone. */
export const startFailures = ['held', 'failed'] as const;

export const engineProcessMessage = z.discriminatedUnion('t', [
  z.object({ t: z.literal('ready'), pid: z.int(), text: z.string() }),
  z.object({ t: z.literal('beat') }),
  z.object({ t: z.literal('not_started'), why: z.enum(startFailures), text: z.string() }),
  z.object({ t: z.literal('data'), port: z.int(), data: z.unknown() }),
]);
export type EngineProcessMessage = z.infer<typeof engineProcessMessage>;

export const beatEveryMs = 2_000;
/** Seven missed beats: a machine under heavy load is slow, not dead. */
export const beatLostMs = 15_000;
