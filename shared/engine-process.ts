/**
 * What the shell and the engine's process say to each other beside the contract: who may speak, life signs, the end.
 * Contract messages travel on a MessagePort of their own where Electron can hand one over; where the engine is a child
 * of a plain Node they are wrapped in `data` and relayed by the shell.
 */
import { z } from 'zod';
import { textLevels } from './reports.ts';

/** Who speaks on a port, from where, and whether only to read. `text`: what is shown of what agents wrote. */
export const speaker = z.object({ name: z.string().min(1).max(200), place: z.enum(['page', 'main']), readOnly: z.boolean(), text: z.enum(textLevels) });
export type Speaker = z.infer<typeof speaker>;

/** Binds a port to the person who speaks on it. SECURITY: the engine never takes an actor from a contract message. */
export const shellMessage = z.union([
  z.object({ t: z.literal('attach'), port: z.int(), actor: speaker }),
  z.object({ t: z.literal('detach'), port: z.int() }),
  z.object({ t: z.literal('data'), port: z.int(), data: z.unknown() }),
  z.object({ t: z.literal('shutdown') }),
  /** answer to `alert`: it was handed to the desktop, or why not. */
  z.object({ t: z.literal('alert'), n: z.int(), ok: z.boolean(), text: z.string() }),
  /** answer to `vault`. `value` only for `get`; null: there is nothing under that name. */
  z.object({ t: z.literal('vault'), n: z.int(), ok: z.literal(true), value: z.string().nullable() }),
  z.object({ t: z.literal('vault'), n: z.int(), ok: z.literal(false), why: z.enum(['no_keyring', 'failed']), text: z.string() }),
]);
export type ShellMessage = z.infer<typeof shellMessage>;

/** `held`: another engine has the data folder; starting again helps only once that one has gone. */
export const startFailures = ['held', 'failed'] as const;

export const engineProcessMessage = z.discriminatedUnion('t', [
  z.object({ t: z.literal('ready'), pid: z.int(), text: z.string() }),
  z.object({ t: z.literal('beat') }),
  z.object({ t: z.literal('not_started'), why: z.enum(startFailures), text: z.string() }),
  z.object({ t: z.literal('data'), port: z.int(), data: z.unknown() }),
  /**
   * SECURITY: credentials at rest are main's alone (safeStorage). The engine asks for one by its name when it is about to use it, and hands
   * over a new one once. `weak`: the person chose to keep it although there is no keyring.
   */
  z.object({ t: z.literal('vault'), n: z.int(), op: z.enum(['get', 'put', 'remove']), name: z.string().regex(/^[a-z0-9-]{1,64}$/), value: z.string().max(16_384).optional(), weak: z.boolean().optional() }),
  /** New approvals, for a desktop notification and the badge; texts are hostile and cut. */
  z.object({ t: z.literal('approvals'), waiting: z.int(), fresh: z.array(z.object({ id: z.string(), title: z.string().max(200), agent: z.string().max(200) })).max(20) }),
  /** An alert for the desktop, answered by `alert` once it was shown; texts are hostile and cut. `id`: of the alert, null: a test. */
  z.object({ t: z.literal('alert'), n: z.int(), id: z.string().nullable(), severity: z.enum(['info', 'attention', 'urgent']), title: z.string().max(200), text: z.string().max(500) }),
]);
export type EngineProcessMessage = z.infer<typeof engineProcessMessage>;

export const beatEveryMs = 2_000;
/** Seven missed beats: a machine under heavy load is slow, not dead. */
export const beatLostMs = 15_000;
