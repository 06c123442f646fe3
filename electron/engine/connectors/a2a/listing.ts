/**
 * Reading the task list whole. Measured on the SDK's server: when the task at the cursor changes its state, the next page is empty and
 * without a token, so a list in pages may end early. Hence the totals are compared, the list is read by state, and begun again until they agree.
 */
import { RuntimeFault } from '../connector.ts';
import { isObject, list } from '../foreign-json.ts';
import type { Json } from '../foreign-json.ts';
import type { Chosen } from './card.ts';
import type { Answer } from './link.ts';
import { readTask, states, wireState } from './task.ts';
import type { State, WireTask } from './task.ts';

export interface Asking {
  call(chosen: Chosen, method: 'ListTasks' | 'GetTask', params: Json, signal: AbortSignal): Promise<Answer>;
}

export interface Listed {
  readonly tasks: readonly WireTask[];
  /** false: pages went missing each time, or there were more than we read. */
  readonly whole: boolean;
  /** there were more than we read: the newest were read, down to the oldest of `tasks`. */
  readonly tooMany: boolean;
  /** entries that are no tasks. */
  readonly refused: number;
  readonly serverMs: number | null;
}

/** The protocol's largest page. */
export const pageSize = 100;
const tries = 3;
/** SECURITY: neither endless pages nor endless entries, whatever totals are claimed. */
const mostPages = 60;
export const mostListed = 5_000;

/** What one look may cost. */
export class Effort {
  #pages: number;
  readonly tries: number;
  /** `patient`: begins again and by state where pages are missing; else takes what comes. */
  constructor(patient: boolean) {
    this.#pages = patient ? mostPages : 10;
    this.tries = patient ? tries : 1;
  }

  page(): boolean {
    this.#pages -= 1;
    return this.#pages >= 0;
  }

  /** SECURITY: a flood is not asked for again in this look. */
  end(): void { this.#pages = 0; }

  get patient(): boolean { return this.tries > 1; }
}

/** Messages of each task in a list: what came since the last look, seldom more; a longer history is asked for by itself. */
export const listedHistory = 30;

interface Query { readonly after: string | null; readonly state: State | null }

async function once(asking: Asking, chosen: Chosen, { after, state }: Query, effort: Effort, signal: AbortSignal): Promise<Listed> {
  const tasks = new Map<string, WireTask>();
  let refused = 0;
  let entries = 0;
  let total = 0;
  let token = '';
  let serverMs: number | null = null;
  for (let page = 0; effort.page(); page++) {
    const params = {
      pageSize, historyLength: listedHistory,
      ...(after === null ? {} : { statusTimestampAfter: after }), ...(state === null ? {} : { status: wireState(state) }), ...(token === '' ? {} : { pageToken: token }),
    };
    const answer = await asking.call(chosen, 'ListTasks', params, signal);
    serverMs ??= answer.serverMs;
    if (!isObject(answer.result) || (answer.result['tasks'] !== undefined && !Array.isArray(answer.result['tasks']))) throw new RuntimeFault('garbage', 'What it gives as its list of tasks is none.');
    const found = list(answer.result['tasks']);
    entries += found.length;
    for (const one of found.slice(0, mostListed)) {
      const task = readTask(one);
      if (task === null) refused += 1;
      else tasks.set(task.id, task);
    }
    if (entries > mostListed) {
      effort.end();
      return { tasks: [...tasks.values()], whole: false, tooMany: true, refused, serverMs };
    }
    const size = answer.result['totalSize'];
    if (page === 0) total = typeof size === 'number' ? size : 0;
    const next = answer.result['nextPageToken'];
    if (typeof next !== 'string' || next === '') return { tasks: [...tasks.values()], whole: entries >= total, tooMany: false, refused, serverMs };
    if (next === token) throw new RuntimeFault('garbage', 'Its list of tasks leads to the same page again and again.');
    token = next;
  }
  return { tasks: [...tasks.values()], whole: false, tooMany: effort.patient && entries > 0, refused, serverMs };
}

async function again(asking: Asking, chosen: Chosen, query: Query, effort: Effort, signal: AbortSignal): Promise<Listed> {
  let listed = await once(asking, chosen, query, effort, signal);
  for (let n = 1; n < effort.tries && !listed.whole && !listed.tooMany; n++) listed = joined([listed, await once(asking, chosen, query, effort, signal)]);
  return listed;
}

/** Tasks whose state changed after `after`: at once where one page holds them, else by state. */
export async function changedSince(asking: Asking, chosen: Chosen, after: string, effort: Effort, signal: AbortSignal): Promise<Listed> {
  const first = await again(asking, chosen, { after, state: null }, effort, signal);
  if (first.whole || first.tooMany || !effort.patient) return first;
  const byState = await inStates(asking, chosen, states.filter((one) => one !== 'unknown'), after, effort, signal);
  return { ...joined([first, byState]), whole: byState.whole };
}

/** All tasks in these states. */
export async function inStates(asking: Asking, chosen: Chosen, wanted: readonly State[], after: string | null, effort: Effort, signal: AbortSignal): Promise<Listed> {
  const all: Listed[] = [];
  for (const state of wanted) all.push(await again(asking, chosen, { after, state }, effort, signal));
  return { ...joined(all), whole: all.every((one) => one.whole) };
}

/** A task that moved meanwhile comes twice: the newer state counts. `whole` is that of the last. */
export function joined(all: readonly Listed[]): Listed {
  const tasks = new Map<string, WireTask>();
  for (const task of all.flatMap((one) => one.tasks)) if ((tasks.get(task.id)?.statusUs ?? 0) <= (task.statusUs ?? 0)) tasks.set(task.id, task);
  return { tasks: [...tasks.values()], whole: all.at(-1)?.whole ?? true, tooMany: all.some((one) => one.tooMany), refused: Math.max(0, ...all.map((one) => one.refused)), serverMs: all.find((one) => one.serverMs !== null)?.serverMs ?? null };
}

/** A first page without any condition: how many tasks this credential is shown, and some of them. */
export async function glance(asking: Asking, chosen: Chosen, signal: AbortSignal): Promise<{ readonly total: number; readonly tasks: readonly WireTask[] }> {
  const { result } = await asking.call(chosen, 'ListTasks', { pageSize: 50, historyLength: 0 }, signal);
  if (!isObject(result)) throw new RuntimeFault('garbage', 'What it gives as its list of tasks is none.');
  const tasks = list(result['tasks']).flatMap((one) => readTask(one) ?? []);
  return { total: typeof result['totalSize'] === 'number' ? result['totalSize'] : tasks.length, tasks };
}

/** One task with all that is told of it; null: it is not known (any more), or not to this credential. */
export async function getTask(asking: Asking, chosen: Chosen, id: string, signal: AbortSignal): Promise<WireTask | null> {
  try {
    const task = readTask((await asking.call(chosen, 'GetTask', { id }, signal)).result);
    if (task === null || task.id !== id) throw new RuntimeFault('garbage', 'What it gives as the task is none.');
    return task;
  } catch (error) {
    if (error instanceof RuntimeFault && error.kind === 'gone') return null;
    throw error;
  }
}
