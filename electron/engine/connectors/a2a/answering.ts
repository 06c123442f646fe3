/**
 * Giving a person's answer to a waiting task. A2A has no "answer this question" and no condition on a send: a message to a task is an
 * answer to whatever it waits for then. So the task is read in the instant before, and again after, and what happened is said.
 */
import { Role } from '@a2a-js/sdk';
import type { Message, Part } from '@a2a-js/sdk';
import type { Client } from '@a2a-js/sdk/client';
import type { Decision } from '../../../../shared/contract.ts';
import type { AgentClaim } from '../../ingest/draft.ts';
import { RuntimeFault } from '../connector.ts';
import type { AnswerGiven, FoundApproval } from '../connector.ts';
import { isObject } from '../foreign-json.ts';
import { clientFault } from './link.ts';
import { approvalOf, questionKey, readQuestion, taskOfKey } from './questions.ts';
import type { Form } from './questions.ts';
import { isOpen, isWaiting } from './task.ts';
import type { WireTask } from './task.ts';

export interface Answering {
  readonly agent: AgentClaim;
  get(id: string, signal: AbortSignal): Promise<WireTask | null>;
  client(signal: AbortSignal): Promise<Client>;
  readonly nowUs: () => number;
}

/** A cancel may hang for minutes (measured: over 300 s) and a send until the work is done: the task itself tells then. */
const actWithinMs = 5_000;
const movesWithinMs = 5_000;
const lookEveryMs = 150;

const textPart = (value: string): Part => ({ content: { $case: 'text', value }, mediaType: 'text/plain', filename: '', metadata: undefined });
const dataPart = (value: unknown, metadata?: Record<string, unknown>): Part => ({ content: { $case: 'data', value }, mediaType: 'application/json', filename: '', metadata });

function jsonValue(response: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(response);
  } catch {
    // Told below in words.
    value = undefined;
  }
  if (!isObject(value)) throw new RuntimeFault('conflict', 'The agent takes a JSON object here; what was written is none. Nothing was sent.');
  return value;
}

/** The parts of the message that says this; null: it is not said by a message but by cancelling the task. */
export function partsOf(form: Form, decision: Decision): Part[] | null {
  if (decision.answer === 'edit') throw new RuntimeFault('conflict', 'A2A has no way to change the parameters of what waits. Nothing was sent.');
  const reason = decision.reason === undefined || decision.reason === '' ? {} : { reason: decision.reason };
  if (form.t === 'adk_confirm') {
    if (decision.answer === 'respond') throw new RuntimeFault('conflict', 'The agent takes only a yes or a no here. Nothing was sent.');
    return form.calls.map(({ id, name }) => dataPart({ id, name, response: { confirmed: decision.answer === 'approve' } }, { adk_type: 'function_response' }));
  }
  if (decision.answer === 'respond') {
    return form.t === 'adk_value' ? [dataPart({ ...form.call, response: jsonValue(decision.response) }, { adk_type: 'function_response' })] : [textPart(decision.response)];
  }
  if (form.t === 'approval') {
    const words = decision.answer === 'approve' ? 'approve' : `reject: ${decision.reason}`;
    return [textPart(words), dataPart({ type: 'approval_response', decision: decision.answer, ...reason })];
  }
  if (form.t === 'options') {
    if (decision.answer === 'approve') return [textPart(form.yes)];
    return form.no === null ? null : [textPart(form.no)];
  }
  if (decision.answer === 'approve') throw new RuntimeFault('conflict', 'The agent asks for words; a plain yes is no answer to that. Nothing was sent.');
  return null;
}

function stateText(task: WireTask | null): string {
  return task === null ? 'The server no longer knows the task.' : `The task is now ${task.state}.`;
}

async function withLimit<T>(signal: AbortSignal, act: (limit: AbortSignal) => Promise<T>): Promise<T | 'late'> {
  const own = AbortSignal.timeout(actWithinMs);
  try {
    return await act(AbortSignal.any([signal, own]));
  } catch (error) {
    if (own.aborted && !signal.aborted) return 'late';
    throw clientFault(error);
  }
}

async function until(answering: Answering, id: string, signal: AbortSignal, done: (task: WireTask | null) => boolean): Promise<WireTask | null> {
  const deadline = Date.now() + movesWithinMs;
  for (;;) {
    const task = await answering.get(id, signal);
    if (done(task) || Date.now() >= deadline) return task;
    await new Promise((resolve) => { setTimeout(resolve, lookEveryMs); });
  }
}

export async function readQuestionNow(answering: Answering, key: string, signal: AbortSignal): Promise<{ readonly task: WireTask; readonly found: FoundApproval } | null> {
  const task = await answering.get(taskOfKey(key), signal);
  if (task === null || !isWaiting(task.state) || questionKey(task) !== key) return null;
  const found = approvalOf(task, answering.agent, answering.nowUs());
  return found === null ? null : { task, found };
}

async function reject(answering: Answering, task: WireTask, found: FoundApproval, signal: AbortSignal): Promise<AnswerGiven> {
  const client = await answering.client(signal);
  const reply = await withLimit(signal, (limit) => client.cancelTask({ tenant: '', id: task.id, metadata: undefined }, { signal: limit }));
  const now = await answering.get(task.id, signal);
  if (now === null || now.state === 'canceled') return { text: `The server reports the task as ${now === null ? 'gone' : 'cancelled'}. ${stateText(now)}`, answered: found };
  if (!isOpen(now.state)) throw new RuntimeFault('conflict', `The task had ended before it could be cancelled. ${stateText(now)}`);
  const still = questionKey(now) === found.key ? 'It still waits, and nothing was approved.' : 'It goes on: somebody else answered it.';
  throw new RuntimeFault(questionKey(now) === found.key ? 'runtime_error' : 'conflict', `${reply === 'late' ? `The server did not answer the cancellation within ${actWithinMs / 1_000} s.` : 'The server took the cancellation, but the task goes on.'} ${still}`);
}

function messageOf(task: WireTask, parts: Part[]): Message {
  return { messageId: crypto.randomUUID(), taskId: task.id, contextId: task.contextId ?? '', role: Role.ROLE_USER, parts, metadata: undefined, extensions: [], referenceTaskIds: [] };
}

/** Somebody else's message stands between the question and ours, or in its place: the agent had an answer already. */
function answeredByOther(task: WireTask | null, questionId: string | undefined, ownId: string): boolean {
  const history = task?.history ?? [];
  const asked = history.findIndex((one) => one.id === questionId);
  if (asked < 0) return false;
  const own = history.findIndex((one) => one.id === ownId);
  return history.slice(asked + 1, own < 0 ? undefined : own).some((one) => one.by === 'user');
}

async function send(answering: Answering, task: WireTask, found: FoundApproval, parts: Part[], signal: AbortSignal): Promise<AnswerGiven> {
  const client = await answering.client(signal);
  const message = messageOf(task, parts);
  const reply = await withLimit(signal, (limit) => client.sendMessage({ tenant: '', message, configuration: undefined, metadata: undefined }, { signal: limit }));
  const now = await until(answering, task.id, signal, (one) => one === null || questionKey(one) !== found.key || !isWaiting(one.state));
  const arrived = now?.history.some((one) => one.id === message.messageId) ?? false;
  const moved = now === null || !isWaiting(now.state) || questionKey(now) !== found.key;
  if (answeredByOther(now, task.message?.id, message.messageId)) throw new RuntimeFault('conflict', `Somebody else answered in the same instant, before this answer${arrived ? '; the agent got both' : ', which the task does not show'}. ${stateText(now)}`);
  if (moved) return { text: `The agent took the answer. ${stateText(now)}`, answered: found };
  if (arrived || reply !== 'late') return { text: 'The server has the answer, but the agent has not gone on with it yet.', answered: found };
  throw new RuntimeFault('unreachable', `The server did not answer within ${actWithinMs / 1_000} s and the task still waits. Whether the answer arrived is not known: look at the task before you answer again.`);
}

export class Answers {
  readonly #busy = new Set<string>();

  /** One at a time for each task: a second answer would be an answer to the next question. */
  async answer(answering: Answering, key: string, decision: Decision, stillTheSame: (now: FoundApproval) => boolean, signal: AbortSignal): Promise<AnswerGiven> {
    const id = taskOfKey(key);
    if (this.#busy.has(id)) throw new RuntimeFault('conflict', 'Another answer to this task is on its way. Nothing was sent.');
    this.#busy.add(id);
    try {
      const now = await readQuestionNow(answering, key, signal);
      if (now === null) throw new RuntimeFault('gone', 'The task no longer waits for this answer: it was answered elsewhere, or it ended. Nothing was sent.');
      if (!stillTheSame(now.found)) throw new RuntimeFault('conflict', 'What waits is not what was shown: it changed meanwhile. Nothing was sent.');
      if (!now.found.answers.includes(decision.answer)) throw new RuntimeFault('conflict', `The agent does not take "${decision.answer}" for an answer to this. Nothing was sent.`);
      const parts = partsOf(readQuestion(now.task.message).form, decision);
      return parts === null ? await reject(answering, now.task, now.found, signal) : await send(answering, now.task, now.found, parts, signal);
    } finally {
      this.#busy.delete(id);
    }
  }
}
