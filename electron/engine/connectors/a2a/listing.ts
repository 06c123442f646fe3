/**
 * Reading the task list whole. Measured on the SDK's server: when the task at the cursor changes its state, the next page is empty and
 * without a token, so a list in pages may end early. Hence the totals are compared, the list is read by state, and begun again until they agree.
 */
import { RuntimeFault } from '../connector.ts';
import type { Chosen } from './card.ts';
import type { Answer } from './link.ts';
import { isObject, list } from './read.ts';
import type { Json } from './read.ts';
import { readTask, states, wireState } from './task.ts';
import type { State, WireTask } from './task.ts';

export interface Asking {
  call(chosen: Chosen, method: 'ListTasks' | 'GetTask', params: Json, signal: AbortSignal): Promise<Answer>;
}

export interface Listed {
  readonly tasks: readonly WireTask[];
  /** false: pages went missing each time, or there were more than we read. */
  readonly whole: boolean;
  /** entries that are no tasks. */
  readonly refused: number;
  readonly serverMs: number | null;
}

/** The protocol's largest page. */
export const pageSize = 100;
const tries = 4;
export const mostPages = 50;
/** Messages of each task in a list: what came since the last look, seldom more; a longer history is asked for by itself. */
export const listedHistory = 30;

interface Query { readonly after: string | null; readonly state: State | null }

async function once(asking: Asking, chosen: Chosen, { after, state }: Query, signal: AbortSignal): Promise<Listed> {
  const tasks = new Map<string, WireTask>();
  let refused = 0;
  let entries = 0;
  let total = 0;
  let token = '';
  let serverMs: number | null = null;
  for (let page = 0; page < mostPages; page++) {
    const params = {
      pageSize, historyLength: listedHistory,
      ...(after === null ? {} : { statusTimestampAfter: after }), ...(state === null ? {} : { status: wireState(state) }), ...(token === '' ? {} : { pageToken: token }),
    };
    const answer = await asking.call(chosen, 'ListTasks', params, signal);
    serverMs ??= answer.serverMs;
    if (!isObject(answer.result) || (answer.result['tasks'] !== undefined && !Array.isArray(answer.result['tasks']))) throw new RuntimeFault('garbage', 'What it gives as its list of tasks is none.');
    const found = list(answer.result['tasks']);
    entries += found.length;
    for (const one of found) {
      const task = readTask(one);
      if (task === null) refused += 1;
      else tasks.set(task.id, task);
    }
    const size = answer.result['totalSize'];
    if (page === 0) total = typeof size === 'number' ? size : 0;
    const next = answer.result['nextPageToken'];
    if (typeof next !== 'string' || next === '') return { tasks: [...tasks.values()], whole: entries >= total, refused, serverMs };
    if (next === token) throw new RuntimeFault('garbage', 'Its list of tasks leads to the same page again and again.');
    token = next;
  }
  return { tasks: [...tasks.values()], whole: false, refused, serverMs };
}

async function again(asking: Asking, chosen: Chosen, query: Query, signal: AbortSignal): Promise<Listed> {
  let listed = await once(asking, chosen, query, signal);
  for (let n = 1; n < tries && !listed.whole && listed.tasks.length < mostPages * pageSize; n++) listed = await once(asking, chosen, query, signal);
  return listed;
}

/** Tasks whose state changed after `after`: at once where one page holds them, else by state. */
export async function changedSince(asking: Asking, chosen: Chosen, after: string, signal: AbortSignal): Promise<Listed> {
  const first = await again(asking, chosen, { after, state: null }, signal);
  return first.whole ? first : inStates(asking, chosen, states.filter((one) => one !== 'unknown'), after, signal);
}

/** All tasks in these states. A task that moves meanwhile may come twice; the later telling wins. */
export async function inStates(asking: Asking, chosen: Chosen, wanted: readonly State[], after: string | null, signal: AbortSignal): Promise<Listed> {
  const tasks = new Map<string, WireTask>();
  let whole = true;
  let refused = 0;
  let serverMs: number | null = null;
  for (const state of wanted) {
    const listed = await again(asking, chosen, { after, state }, signal);
    for (const task of listed.tasks) if ((tasks.get(task.id)?.statusUs ?? 0) <= (task.statusUs ?? 0)) tasks.set(task.id, task);
    whole &&= listed.whole;
    refused += listed.refused;
    serverMs ??= listed.serverMs;
  }
  return { tasks: [...tasks.values()], whole, refused, serverMs };
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
