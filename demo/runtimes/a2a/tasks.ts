/**
 * The tasks of the demo's A2A server: each caller sees only its own, as the official store does it. Where `operator` is named, that
 * account sees and commands everybody's. `stateFile` keeps them over a restart, as a database would.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Task } from '@a2a-js/sdk';
import type { ListTasksRequest, ListTasksResponse } from '@a2a-js/sdk';
import { InMemoryTaskStore, ServerCallContext } from '@a2a-js/sdk/server';
import type { TaskStore } from '@a2a-js/sdk/server';

const everybody = new ServerCallContext();
const nobody = 'unknown';

function contextOf(owner: string): ServerCallContext {
  return new ServerCallContext({ user: { isAuthenticated: true, userName: owner } });
}

export class DemoTasks implements TaskStore {
  readonly #own = new InMemoryTaskStore();
  readonly #all = new InMemoryTaskStore(() => 'everybody');
  readonly #owners = new Map<string, string>();
  readonly #operator: string | null;
  readonly #stateFile: string | null;

  constructor({ operator, stateFile }: { readonly operator: string | null; readonly stateFile: string | null }) {
    this.#operator = operator;
    this.#stateFile = stateFile;
  }

  /** Reads what an earlier life of the server wrote. */
  async open(): Promise<void> {
    if (this.#stateFile === null || !existsSync(this.#stateFile)) return;
    const kept = JSON.parse(readFileSync(this.#stateFile, 'utf8')) as readonly { owner: string; task: unknown }[];
    for (const { owner, task } of kept) await this.#put(owner, Task.fromJSON(task));
  }

  async save(task: Task, context: ServerCallContext): Promise<void> {
    await this.#put(this.#owners.get(task.id) ?? context.user?.userName ?? nobody, task);
    if (this.#stateFile !== null) await this.#write(this.#stateFile);
  }

  load(id: string, context: ServerCallContext): Promise<Task | undefined> {
    return this.#seesAll(context) ? this.#all.load(id, everybody) : this.#own.load(id, this.#scope(context));
  }

  list(params: ListTasksRequest, context: ServerCallContext): Promise<ListTasksResponse> {
    return this.#seesAll(context) ? this.#all.list(params, everybody) : this.#own.list(params, this.#scope(context));
  }

  #seesAll(context: ServerCallContext): boolean {
    return this.#operator !== null && context.user?.userName === this.#operator;
  }

  #scope(context: ServerCallContext): ServerCallContext {
    return contextOf(context.user?.userName ?? nobody);
  }

  async #put(owner: string, task: Task): Promise<void> {
    this.#owners.set(task.id, owner);
    await this.#own.save(task, contextOf(owner));
    await this.#all.save(task, everybody);
  }

  async #write(path: string): Promise<void> {
    const kept: { owner: string; task: unknown }[] = [];
    for (const [id, owner] of this.#owners) {
      const task = await this.#all.load(id, everybody);
      if (task) kept.push({ owner, task: Task.toJSON(task) });
    }
    writeFileSync(`${path}.new`, JSON.stringify(kept));
    renameSync(`${path}.new`, path);
  }
}
