/** What a LangGraph Agent Server answers, checked at the door: every text of it is hostile. Fields that we do not use are not looked at. */
import { z } from 'zod';
import { isObject } from '../foreign-json.ts';

const id = z.string().min(1).max(200);
const time = z.string().max(64).transform((text, context) => {
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms * 1_000;
  context.addIssue({ code: 'custom', message: 'no time' });
  return z.NEVER;
});
const anyRecord = z.record(z.string(), z.unknown());
/** `null` and absent are the same to us. */
const recordOrNone = anyRecord.nullish().transform((value) => value ?? {});
const name = z.string().max(2_000);
const orNull = <T>(value: T | null | undefined): T | null => value ?? null;

export const serverInfo = z.object({
  version: z.string().max(100).nullish().transform(orNull), langgraph_js_version: z.string().max(100).nullish().transform(orNull), langgraph_py_version: z.string().max(100).nullish().transform(orNull),
  context: z.string().max(50).nullish().transform(orNull), flags: recordOrNone,
});
export type ServerInfo = z.infer<typeof serverInfo>;

export const assistant = z.object({ assistant_id: id, graph_id: id, name: name.nullish().transform(orNull), version: z.number().nullish().transform(orNull), metadata: recordOrNone, updated_at: time });
export type Assistant = z.infer<typeof assistant>;

export const thread = z.object({ thread_id: id, status: z.string().max(50), updated_at: time, metadata: recordOrNone });
export type Thread = z.infer<typeof thread>;

const runFields = z.object({ run_id: id, thread_id: id, assistant_id: id, status: z.string().max(50), created_at: time, updated_at: time, metadata: recordOrNone, kwargs: recordOrNone });
/** With the record as it came: what is kept of it is the server's own text. */
export const run = z.unknown().transform((original, context) => {
  const read = runFields.safeParse(original);
  if (read.success) return { ...read.data, original };
  context.addIssue({ code: 'custom', message: 'no run' });
  return z.NEVER;
});
export type Run = z.infer<typeof run>;

/** Kept as it came: people see all of it. */
export const interrupt = z.looseObject({ id: z.string().min(1).max(200).nullish(), interrupt_id: z.string().min(1).max(200).nullish(), value: z.unknown() });
export type Interrupt = z.infer<typeof interrupt>;

/** `interruptsTold`: the server said what the task asks, if only that it asks nothing. */
const stepTask = z.object({
  id, name, error: z.unknown().optional().transform(orNull), interrupts: z.array(interrupt).max(1_000).nullish(), result: z.unknown().optional().transform(orNull),
}).transform(({ interrupts, ...task }) => ({ ...task, interrupts: interrupts ?? [], interruptsTold: Array.isArray(interrupts) }));
export type StepTask = z.infer<typeof stepTask>;

const checkpointRef = z.object({ checkpoint_id: z.string().max(200).nullish() }).nullish();

/** One state of a thread: the values after a step, and the tasks that come next (or came, in history). */
export const threadState = z.object({
  values: z.unknown(), next: z.array(name).max(10_000), tasks: z.array(stepTask).max(10_000), metadata: recordOrNone, created_at: time.nullish().transform(orNull), checkpoint: checkpointRef, parent_checkpoint: checkpointRef,
});
export type ThreadState = z.infer<typeof threadState>;

const graphNodeFields = z.object({ id: z.union([z.string().max(2_000), z.number()]), metadata: recordOrNone });
/** With the node as it came: it is the source of the grants that are read from it. */
const graphNode = z.unknown().transform((original, context) => {
  const read = graphNodeFields.safeParse(original);
  if (read.success) return { ...read.data, original };
  context.addIssue({ code: 'custom', message: 'no node' });
  return z.NEVER;
});
export const graph = z.object({ nodes: z.array(graphNode).max(10_000) });
export type Graph = z.infer<typeof graph>;

export const cron = z.object({ cron_id: id, assistant_id: id.nullish(), schedule: z.string().max(200), enabled: z.boolean().nullish() });
export type Cron = z.infer<typeof cron>;

export function textAt(from: unknown, ...path: readonly string[]): string | undefined {
  let at: unknown = from;
  for (const key of path) at = isObject(at) ? at[key] : undefined;
  return typeof at === 'string' && at !== '' ? at : undefined;
}

/** A list from outside: what can be read, and how many items could not. Rejects the whole with null when it is no list. */
export function readList<T>(schema: z.ZodType<T>, value: unknown): { readonly items: T[]; readonly bad: number } | null {
  if (!Array.isArray(value)) return null;
  const items: T[] = [];
  for (const one of value) {
    const read = schema.safeParse(one);
    if (read.success) items.push(read.data);
  }
  return { items, bad: value.length - items.length };
}

export const checkpointOf = (state: ThreadState): string | null => state.checkpoint?.checkpoint_id ?? null;
export const parentOf = (state: ThreadState): string | null => state.parent_checkpoint?.checkpoint_id ?? null;
export const runOf = (state: ThreadState): string | undefined => textAt(state.metadata, 'run_id');
export const interruptId = (one: Interrupt): string | null => one.id ?? one.interrupt_id ?? null;
