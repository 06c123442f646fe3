/**
 * What the demo's A2A agent does: the first word of the message (or `metadata.scenario` of it) names the scenario. Each one is a way
 * in which real agents behave, good and bad.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Role, TaskState } from '@a2a-js/sdk';
import type { Message, Part, Task } from '@a2a-js/sdk';
import { AgentEvent } from '@a2a-js/sdk/server';
import type { AgentExecutor, ExecutionEventBus, RequestContext } from '@a2a-js/sdk/server';

export const scenarios = ['work', 'fail', 'reject', 'tick', 'ask', 'question', 'auth', 'stubborn', 'lie', 'zombie', 'deaf', 'talk'] as const;
export type Scenario = (typeof scenarios)[number];

/** What a task did in the world, apart from what it says of itself: proof whether a stop was one. */
export interface Effects { ticks: number; lastAtMs: number }

function textPart(text: string): Part {
  return { content: { $case: 'text', value: text }, mediaType: 'text/plain', filename: '', metadata: undefined };
}

function dataPart(value: unknown): Part {
  return { content: { $case: 'data', value }, mediaType: 'application/json', filename: '', metadata: undefined };
}

function textOf(message: Message): string {
  return message.parts.map((part) => (part.content?.$case === 'text' ? part.content.value : '')).join(' ').trim();
}

/** The decision in an answer: by the declared form, else the first word. */
function saysYes(message: Message): boolean {
  for (const part of message.parts) {
    const value: unknown = part.content?.$case === 'data' ? part.content.value : null;
    if (typeof value === 'object' && value !== null && 'decision' in value) return value.decision === 'approve';
  }
  return /^(yes|approve|ok|confirm|go)\b/i.test(textOf(message));
}

function scenarioOf(message: Message): Scenario {
  const named: unknown = message.metadata?.['scenario'] ?? textOf(message).split(/\s+/)[0];
  return scenarios.find((one) => one === named) ?? 'work';
}

/** One task at work: tells its states on the bus, counts its effects. */
class Turn {
  readonly #id: string;
  readonly #contextId: string;
  readonly #bus: ExecutionEventBus;
  readonly #effects: Effects;
  readonly request: RequestContext;
  readonly stepMs: number;

  constructor(request: RequestContext, bus: ExecutionEventBus, effects: Effects, stepMs: number) {
    this.#id = request.taskId;
    this.#contextId = request.contextId;
    this.#bus = bus;
    this.#effects = effects;
    this.request = request;
    this.stepMs = stepMs;
  }

  message(parts: Part[]): Message {
    return { messageId: crypto.randomUUID(), taskId: this.#id, contextId: this.#contextId, role: Role.ROLE_AGENT, parts, metadata: undefined, extensions: [], referenceTaskIds: [] };
  }

  begin(): void {
    const { task, userMessage } = this.request;
    const first: Task = task
      ? { ...task, status: { state: TaskState.TASK_STATE_WORKING, message: undefined, timestamp: new Date().toISOString() } }
      : { id: this.#id, contextId: this.#contextId, status: { state: TaskState.TASK_STATE_SUBMITTED, message: undefined, timestamp: new Date().toISOString() }, artifacts: [], history: [userMessage], metadata: undefined };
    this.#bus.publish(AgentEvent.task(first));
  }

  say(state: TaskState, ...parts: Part[]): void {
    const message = parts.length === 0 ? undefined : this.message(parts);
    this.#bus.publish(AgentEvent.statusUpdate({ taskId: this.#id, contextId: this.#contextId, status: { state, message, timestamp: new Date().toISOString() }, metadata: undefined }));
  }

  working(text: string): void { this.say(TaskState.TASK_STATE_WORKING, textPart(text)); }

  artifact(name: string, text: string): void {
    this.#bus.publish(AgentEvent.artifactUpdate({
      taskId: this.#id, contextId: this.#contextId, append: false, lastChunk: true, metadata: undefined,
      artifact: { artifactId: crypto.randomUUID(), name, description: '', parts: [textPart(text)], metadata: undefined, extensions: [] },
    }));
  }

  /** One effect in the world, after a step's time. */
  async step(): Promise<void> {
    await sleep(this.stepMs);
    this.#effects.ticks += 1;
    this.#effects.lastAtMs = Date.now();
  }
}

async function work(turn: Turn): Promise<void> {
  for (const text of ['Reading the order', 'Comparing three offers', 'Writing the order']) {
    turn.working(text);
    await turn.step();
  }
  turn.artifact('order.txt', '40 shaft seals, 2 180 EUR, delivery in 6 days');
  turn.say(TaskState.TASK_STATE_COMPLETED, textPart('The order is placed.'));
}

async function fail(turn: Turn): Promise<void> {
  turn.working('Asking the supplier for a price');
  await turn.step();
  throw new Error('supplier catalogue answered 503');
}

async function reject(turn: Turn): Promise<void> {
  await turn.step();
  turn.say(TaskState.TASK_STATE_REJECTED, textPart('This desk does not order chemicals.'));
}

/** Ends early when `stopped` says so; the cooperative scenarios look at it before each step. */
async function tick(turn: Turn, stopped: () => boolean, steps: number, tells: boolean): Promise<boolean> {
  for (let n = 1; n <= steps; n++) {
    if (stopped()) return false;
    if (tells) turn.working(`Carrier ${n} of ${steps} asked`);
    await turn.step();
  }
  return true;
}

/** Asks in the declared form: a text for people, a data part that names the action and the options. */
function askApproval(turn: Turn): void {
  turn.say(TaskState.TASK_STATE_INPUT_REQUIRED, textPart('The order is above the limit of 2 000 EUR. Approve it?'), dataPart({
    type: 'approval',
    actions: [{ name: 'place_order', parameters: { supplier: 'Nordseal AS', part: 'shaft seal 60x80', quantity: 40, total: '2 180 EUR' }, description: 'Sends a binding order to the supplier.' }],
    options: ['approve', 'reject'],
    destructive: true,
  }));
}

export class DemoExecutor implements AgentExecutor {
  readonly effects = new Map<string, Effects>();
  readonly #stopped = new Set<string>();
  readonly #scenario = new Map<string, Scenario>();
  readonly #turns = new Map<string, Turn>();
  readonly #stepMs: number;
  readonly #steps: number;

  constructor({ stepMs, steps }: { readonly stepMs: number; readonly steps: number }) {
    this.#stepMs = stepMs;
    this.#steps = steps;
  }

  execute = async (request: RequestContext, bus: ExecutionEventBus): Promise<void> => {
    const { taskId, userMessage } = request;
    const effects = this.effects.get(taskId) ?? { ticks: 0, lastAtMs: 0 };
    this.effects.set(taskId, effects);
    const turn = new Turn(request, bus, effects, this.#stepMs);
    const again = request.task !== undefined;
    // After a restart the memory of the scenario is gone: it stands in the first message of the history.
    const scenario = this.#scenario.get(taskId) ?? scenarioOf(request.task?.history[0] ?? userMessage);
    this.#scenario.set(taskId, scenario);
    this.#turns.set(taskId, turn);
    if (scenario === 'talk') {
      bus.publish(AgentEvent.message(turn.message([textPart('Good morning. What shall be ordered?')])));
      return;
    }
    turn.begin();
    if (again) await this.#resume(turn, scenario, userMessage);
    else await this.#begin(turn, scenario, taskId);
  };

  async #begin(turn: Turn, scenario: Scenario, taskId: string): Promise<void> {
    switch (scenario) {
      case 'fail': return fail(turn);
      case 'reject': return reject(turn);
      case 'tick': if (await tick(turn, () => this.#stopped.has(taskId), this.#steps, true)) turn.say(TaskState.TASK_STATE_COMPLETED, textPart('All carriers answered.')); return;
      case 'stubborn': case 'lie': {
        await tick(turn, () => false, this.#steps, scenario === 'stubborn');
        // The lying agent published its end when it was cancelled; a second end is ignored by the server.
        turn.say(TaskState.TASK_STATE_COMPLETED, textPart('Done, whatever was said meanwhile.'));
        return;
      }
      case 'ask': turn.working('Preparing the order'); await turn.step(); askApproval(turn); return;
      case 'question': case 'deaf': turn.working('Reading the request'); await turn.step(); turn.say(TaskState.TASK_STATE_INPUT_REQUIRED, textPart('Which warehouse shall it be delivered to?')); return;
      case 'auth': turn.working('Opening the supplier portal'); await turn.step(); turn.say(TaskState.TASK_STATE_AUTH_REQUIRED, textPart('Sign in at https://portal.nordseal.example/device with the code QX-41 to go on.')); return;
      case 'zombie': turn.working('Waiting for the warehouse'); return;
      default: return work(turn);
    }
  }

  async #resume(turn: Turn, scenario: Scenario, answer: Message): Promise<void> {
    if (scenario === 'question' || scenario === 'deaf') {
      turn.working(`Delivering to ${textOf(answer)}`);
      await turn.step();
      turn.say(TaskState.TASK_STATE_COMPLETED, textPart(`Delivered to ${textOf(answer)}.`));
      return;
    }
    if (saysYes(answer)) return work(turn);
    turn.say(TaskState.TASK_STATE_REJECTED, textPart('Not ordered: a person said no.'));
  }

  cancelTask = async (taskId: string): Promise<void> => {
    const scenario = this.#scenario.get(taskId);
    // `stubborn` works on and `deaf` publishes nothing, though the protocol asks for both.
    if (scenario === 'stubborn' || scenario === 'deaf') return;
    this.#stopped.add(taskId);
    const turn = this.#turns.get(taskId);
    // After the call has begun to listen: it looks at the bus only once this function has returned.
    setImmediate(() => turn?.say(TaskState.TASK_STATE_CANCELED, textPart('Cancelled.')));
    await Promise.resolve();
  };
}
