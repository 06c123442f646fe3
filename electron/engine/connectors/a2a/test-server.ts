/** A task list in memory that answers as the SDK's server does, with its paging trap: for tests that need other times and other numbers than a real one gives. */
import type { Json } from '../foreign-json.ts';
import type { Chosen } from './card.ts';
import type { Answer } from './link.ts';
import { operationFault } from './link.ts';
import type { Asking } from './listing.ts';
import { wireState } from './task.ts';
import type { State } from './task.ts';

export interface PretendTask { id: string; state: State; atMs: number | null; says: readonly { readonly id: string; readonly by: 'agent' | 'user'; readonly text: string; readonly data?: unknown }[] }

export const chosen: Chosen = { binding: 'JSONRPC', speaks: '1.0', face: { url: 'http://127.0.0.1:9/rpc', binding: 'JSONRPC', version: '1.0', tenant: '' } };

const role = { agent: 'ROLE_AGENT', user: 'ROLE_USER' };

export class PretendServer implements Asking {
  readonly tasks = new Map<string, PretendTask>();
  readonly asked: { readonly method: string; readonly params: Json }[] = [];
  nowMs = Date.parse('2026-11-20T10:00:00.000Z');
  /** before each page: to let tasks move between pages. */
  beforePage: (page: number) => void = () => undefined;
  totalSays: ((real: number) => number) | null = null;
  fails: (() => Error | null) = () => null;
  #pages = 0;

  put(id: string, state: State, { ageMs = 0, says = [] }: { readonly ageMs?: number | null; readonly says?: PretendTask['says'] } = {}): PretendTask {
    const task = { id, state, atMs: ageMs === null ? null : this.nowMs - ageMs, says };
    this.tasks.set(id, task);
    return task;
  }

  call(_chosen: Chosen, method: 'ListTasks' | 'GetTask', params: Json): Promise<Answer> {
    this.asked.push({ method, params });
    const failure = this.fails();
    if (failure !== null) return Promise.reject(failure);
    return Promise.resolve({ result: method === 'ListTasks' ? this.#list(params) : this.#get(params), serverMs: this.nowMs });
  }

  #get({ id }: Json): Json {
    const task = this.tasks.get(String(id));
    if (task === undefined) throw operationFault(-32001, 'Task not found');
    return { ...this.#wire(task, 1_000), artifacts: [{ artifactId: 'a', name: 'result.txt', parts: [{ text: 'the result' }] }] };
  }

  #list({ status, statusTimestampAfter, pageToken, pageSize = 50, historyLength = 1_000 }: Json): Json {
    this.beforePage(this.#pages++);
    const all = [...this.tasks.values()]
      .filter((task) => (status === undefined || wireState(task.state) === status) && (statusTimestampAfter === undefined || (task.atMs !== null && task.atMs > Date.parse(statusTimestampAfter as string))))
      .toSorted((a, b) => (b.atMs ?? 0) - (a.atMs ?? 0) || b.id.localeCompare(a.id));
    const cursor = pageToken === undefined ? -1 : all.findIndex((task) => `${task.atMs} ${task.id}` === pageToken);
    const rest = pageToken === undefined ? all : cursor < 0 ? [] : all.slice(cursor + 1);
    const page = rest.slice(0, Number(pageSize));
    const last = page.at(-1);
    return {
      tasks: page.map((task) => this.#wire(task, Number(historyLength))), pageSize, totalSize: this.totalSays?.(all.length) ?? all.length,
      nextPageToken: last !== undefined && rest.length > page.length ? `${last.atMs} ${last.id}` : '',
    };
  }

  #wire(task: PretendTask, historyLength: number): Json {
    const messages = task.says.map(({ id, by, text, data }) => ({ messageId: id, role: role[by], parts: [{ text }, ...(data === undefined ? [] : [{ data }])] }));
    const last = messages.at(-1);
    return {
      id: task.id, contextId: `context of ${task.id}`, history: historyLength === 0 ? [] : messages.slice(-historyLength),
      status: { state: wireState(task.state), ...(task.atMs === null ? {} : { timestamp: new Date(task.atMs).toISOString() }), ...(last?.role === role.agent ? { message: last } : {}) },
    };
  }
}
