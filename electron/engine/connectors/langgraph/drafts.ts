/** A thread's runs and steps in the words of the house. Pure: the same facts again make the same keys. */
import { createHash } from 'node:crypto';
import type { AgentClaim, Draft } from '../../ingest/draft.ts';
import { cleanName } from '../../ingest/normalise/read.ts';
import type { Collected } from '../connector.ts';
import type { Json } from '../foreign-json.ts';
import { isObject } from '../foreign-json.ts';
import { brokenOff, errorOf } from './run-outcome.ts';
import type { RunStands } from './run-outcome.ts';
import { aiIn, billingIn, callIdOf, messageId, messagesIn, modelOf, openCalls, textOf, toolCallsOf, toolResultsIn, usageIn } from './messages.ts';
import type { ToolCall } from './messages.ts';
import type { Step, Waiting } from './run-view.ts';
import { answererOf, isOpen } from './run-view.ts';
import { readQuestion } from './question-shapes.ts';
import { safeJson } from './safe-copy.ts';
import { interruptId, runOf, textAt } from './shapes.ts';
import type { Run, StepTask } from './shapes.ts';

export interface AgentFacts {
  readonly claim: AgentClaim & { readonly id: string; readonly name: string };
  /** nodes that call tools; empty: not known. */
  readonly toolNodes: ReadonlySet<string>;
}

export const traceOf = (runId: string): string => {
  const plain = runId.replaceAll('-', '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(plain) ? plain : createHash('sha256').update(runId).digest('hex').slice(0, 32);
};
const spanOf = (runId: string, key: string): string => createHash('sha256').update(`${runId}\n${key}`).digest('hex').slice(0, 16);
const rootKey = (runId: string): string => `run:${runId}`;

type Told = Pick<Draft, 'role' | 'kind' | 'name' | 'status' | 'statusExplicit' | 'startUs'> & Partial<Draft>;

function draftOf(run: Run, agent: AgentFacts, source: string, key: string, told: Told): Draft {
  const root = rootKey(run.run_id);
  return {
    source, traceId: traceOf(run.run_id), spanId: spanOf(run.run_id, key), parentSpanId: key === root ? '' : spanOf(run.run_id, root), key,
    run: { kind: 'run', id: run.run_id }, agent: agent.claim, ...told,
  };
}

/** Who started it, as the server's own sign-in told; it stands in the run's configuration. */
export function starterOf(run: Run): { readonly of: string; readonly attribute: string } | undefined {
  const user = textAt(run.kwargs, 'config', 'configurable', 'langgraph_auth_user', 'identity');
  if (user !== undefined) return { of: cleanName(user), attribute: 'langgraph_auth_user.identity' };
  const id = textAt(run.kwargs, 'config', 'configurable', 'langgraph_auth_user_id');
  return id === undefined ? undefined : { of: cleanName(id), attribute: 'langgraph_auth_user_id' };
}

/** The run itself: the task's row. A delayed run begins in the future; it was ordered when it was written down. */
export function runRecord(run: Run, stands: RunStands, agent: AgentFacts): Collected {
  const starter = starterOf(run);
  const startUs = Math.min(run.created_at, run.updated_at);
  const draft = draftOf(run, agent, 'langgraph/run', rootKey(run.run_id), {
    role: 'agent', kind: 'lifecycle', name: agent.claim.name, status: stands.status, statusExplicit: true, startUs,
    ...(stands.endUs === undefined ? {} : { endUs: Math.max(stands.endUs, startUs) }),
    ...(stands.error === undefined ? {} : { error: stands.error }),
    ...(starter === undefined ? {} : { identity: { kind: 'delegated', ...starter } }),
    taskOutcome: stands.outcome, taskName: agent.claim.name,
  });
  return { draft, raw: safeJson(run.original) };
}

/** A temporary run that is no longer there: what became of it cannot be read, by nobody. */
export function vanishedRecord(run: { readonly run_id: string; readonly startUs: number }, agent: AgentFacts, nowUs: number): Collected {
  const key = rootKey(run.run_id);
  const draft: Draft = {
    source: 'langgraph/run', role: 'agent', traceId: traceOf(run.run_id), spanId: spanOf(run.run_id, key), parentSpanId: '', key, run: { kind: 'run', id: run.run_id },
    agent: agent.claim, kind: 'lifecycle', name: agent.claim.name, status: 'interrupted', statusExplicit: false, startUs: run.startUs, endUs: nowUs, taskOutcome: 'unknown',
  };
  return { draft, raw: JSON.stringify({ run_id: run.run_id, note: 'The server no longer has this run. It deletes runs without a thread when they end; how this one ended was not seen.' }) };
}

export interface StepContext {
  readonly step: Step;
  readonly agent: AgentFacts;
  /** how the step's run stands. */
  readonly stands: RunStands;
  /** the graph speaks in messages: its plain steps are told when they are done, its model and tool calls tell the rest. */
  readonly speaks: boolean;
}

/** Everything that the tasks of one step did, as far as the state tells. */
export function stepRecords(context: StepContext): Collected[] {
  const known = new Set(messagesIn(context.step.state.values).map(messageId));
  const asked = aiIn(context.step.state.values).flatMap(toolCallsOf);
  const told = withResults(context.step).flatMap((task) => taskRecords(context, task, known, asked));
  return [...told, ...runningCalls(context)];
}

/** Servers that keep no results with the tasks: what the next state has more of came of the step. */
function withResults({ tasks, state, after }: Step): readonly StepTask[] {
  const [first, ...others] = tasks;
  if (first === undefined || after === null || tasks.some((task) => task.result !== null)) return tasks;
  const before = new Set(messagesIn(state.values).map(messageId));
  const fresh = messagesIn(after.values).filter((message) => messageId(message) !== undefined && !before.has(messageId(message)));
  return fresh.length === 0 ? tasks : [{ ...first, result: fresh }, ...others];
}

/** When a task ended: when its step's state came, else when its run ended; undefined while it goes on. */
const endOf = ({ step, stands }: StepContext): number | undefined => step.untilUs ?? stands.endUs;

function taskRecords(context: StepContext, task: StepTask, known: ReadonlySet<string | undefined>, asked: readonly ToolCall[]): Collected[] {
  // An error beside a state that came after all is one that a later run got over.
  if (task.error !== null && context.step.untilUs === null && !brokenOff(task, context.step.tasks)) return context.stands.outcome === 'failed' ? [errorRecord(context, task)] : [];
  const models = aiIn(task.result).filter((message) => !known.has(messageId(message)));
  const results = toolResultsIn(task.result).filter((message) => !known.has(messageId(message)) || messageId(message) === undefined);
  const records = [...models.map((message, index) => modelRecord(context, task, message, index)), ...results.flatMap((message) => toolRecord(context, task, message, asked))];
  if (records.length > 0 || isInside(task.name)) return records;
  const ended = endOf(context);
  // In a graph of messages a step that goes on is most likely a model or tool call, which is told by itself.
  if (context.step.untilUs === null && (context.speaks || task.interrupts.length > 0) && task.result === null) return [];
  return [nodeRecord(context, task, ended)];
}

/** Steps that a framework adds around an agent's own. */
const isInside = (name: string): boolean => name.startsWith('__') || /Middleware\.(before|after)_/.test(name);

function modelRecord(context: StepContext, task: StepTask, message: Json, index: number): Collected {
  const { step, agent } = context;
  const model = modelOf(message);
  const usage = usageIn(message);
  const billing = billingIn(message);
  const key = `model:${messageId(message) ?? `${task.id}:${index}`}`;
  const draft = draftOf(step.run, agent, 'langgraph/message', key, {
    role: 'activity', kind: 'model_call', name: model ?? 'model', ...(model === undefined ? { namePlaceholder: true } : { model }),
    status: 'ok', statusExplicit: true, startUs: step.fromUs, endUs: Math.max(step.fromUs, endOf(context) ?? step.fromUs), ...(usage === undefined ? {} : { usage }), ...(billing === undefined ? {} : { billing }),
  });
  return { draft, raw: safeJson({ node: task.name, message }) };
}

function toolRecord(context: StepContext, task: StepTask, result: Json, asked: readonly ToolCall[]): Collected[] {
  const { step, agent } = context;
  const id = callIdOf(result);
  if (id === undefined) return [];
  const call = asked.find((one) => one.id === id);
  const failed = result['status'] === 'error';
  // A person's refusal comes as the result that the asking step wrote in place of the tool's.
  const denied = failed && task.interrupts.length > 0 && refuses(step.run.kwargs['command']);
  const name = cleanName(textAt(result, 'name') ?? call?.name ?? 'tool');
  const draft = draftOf(step.run, agent, 'langgraph/message', `tool:${id}`, {
    role: 'activity', kind: 'tool_call', name, status: denied ? 'denied' : failed ? 'error' : 'ok', statusExplicit: true,
    startUs: step.fromUs, endUs: Math.max(step.fromUs, endOf(context) ?? step.fromUs), ...(failed ? { error: errorOf(toolError(textOf(result))) } : {}),
  });
  return [{ draft, raw: safeJson({ node: task.name, call, result }) }];
}

/** What LangChain's tool node puts around an error for the model. */
const toolError = (text: string): string => text.replace(/\s*Please fix your mistakes\.\s*$/, '').replace(/^Error: /, '');

function errorRecord(context: StepContext, task: StepTask): Collected {
  const { step, agent } = context;
  const draft = draftOf(step.run, agent, 'langgraph/step', `error:${task.id}`, {
    role: 'activity', kind: 'error', name: cleanName(task.name), status: 'error', statusExplicit: true, startUs: step.fromUs, endUs: Math.max(step.fromUs, endOf(context) ?? step.fromUs), error: errorOf(task.error),
  });
  return { draft, raw: safeJson({ id: task.id, node: task.name, error: task.error }) };
}

function nodeRecord(context: StepContext, task: StepTask, endUs: number | undefined): Collected {
  const { step, agent } = context;
  const done = step.untilUs !== null;
  const status = endUs === undefined ? 'running' : done ? 'ok' : context.stands.outcome === 'cancelled' || brokenOff(task, step.tasks) ? 'cancelled' : 'interrupted';
  const draft = draftOf(step.run, agent, 'langgraph/step', `step:${task.id}`, {
    role: 'activity', kind: 'lifecycle', name: cleanName(task.name), status, statusExplicit: done, startUs: step.fromUs, ...(endUs === undefined ? {} : { endUs: Math.max(step.fromUs, endUs) }),
  });
  return { draft, raw: safeJson({ id: task.id, node: task.name, result: task.result ?? null }) };
}

/** Tool calls that were asked for and have no result: under way while the tools' step is, cut off when the run ended before it. */
function runningCalls(context: StepContext): Collected[] {
  const { step, agent, stands: { outcome, endUs } } = context;
  const atTools = step.tasks.filter((task) => (agent.toolNodes.size > 0 ? agent.toolNodes.has(task.name) : task.name === 'tools') && task.interrupts.length === 0);
  if (step.untilUs !== null || atTools.length === 0 || (!isOpen(step.run) && outcome !== 'failed' && outcome !== 'cancelled')) return [];
  const done = new Set(atTools.flatMap((task) => toolResultsIn(task.result)).map(callIdOf));
  return openCalls(step.state.values).filter((call) => !done.has(call.id)).map((call) => ({
    draft: draftOf(step.run, agent, 'langgraph/message', `tool:${call.id}`, {
      role: 'activity', kind: 'tool_call', name: call.name, status: isOpen(step.run) ? 'running' : outcome === 'cancelled' ? 'cancelled' : 'interrupted', statusExplicit: false,
      startUs: step.fromUs, ...(endUs === undefined ? {} : { endUs: Math.max(step.fromUs, endUs) }),
    }),
    raw: safeJson({ call }),
  }));
}

/** What a question's row is called: the calls that wait, else the step that asks. */
const askedName = (node: string, value: unknown): string => {
  const names = readQuestion(value).actions.map((action) => action.name);
  return cleanName(names.length === 0 ? node : names.join(', '));
};

export interface AskedRow { readonly run: Run; readonly id: string; readonly name: string; readonly value: unknown }

/** The questions of a thread that wait, each in the task of the run that asked it. */
export function askedIn({ run, state, asked }: Waiting): AskedRow[] {
  if (asked.length === 0) return [{ run, id: `gate:${state.next.join(',')}`, name: cleanName(state.next.join(', ')), value: null }];
  return asked.map(({ id, by, task, interrupt }) => ({ run: by, id: id ?? task.id, name: askedName(task.name, interrupt.value), value: interrupt.value }));
}

export function askedRecord({ run, id, name, value }: AskedRow, agent: AgentFacts): Collected {
  return {
    draft: draftOf(run, agent, 'langgraph/interrupt', `approval:${id}`, { role: 'activity', kind: 'approval', name, status: 'running', statusExplicit: true, startUs: run.updated_at, taskOutcome: 'waiting' }),
    raw: safeJson({ interrupt: id, value }),
  };
}

/** The same question once it is answered: by the run that brought the answer, or by nobody when other input went around it. */
export function answeredRecord(asking: Run, answer: { readonly id: string; readonly name: string }, by: Run | undefined, agent: AgentFacts, nowUs: number): Collected {
  const command = by?.kwargs['command'];
  const resumed = isObject(command) || (by !== undefined && (by.kwargs['input'] ?? null) === null);
  const status = !resumed ? 'cancelled' : refuses(command) ? 'denied' : 'ok';
  return {
    draft: draftOf(asking, agent, 'langgraph/interrupt', `approval:${answer.id}`, {
      role: 'activity', kind: 'approval', name: answer.name, status, statusExplicit: true, startUs: asking.updated_at, endUs: Math.max(asking.updated_at, by?.created_at ?? nowUs),
    }),
    raw: safeJson({ interrupt: answer.id, answeredBy: by === undefined ? null : { run_id: by.run_id, by: starterOf(by)?.of ?? null, command } }),
  };
}

/** `{"decisions":[{"type":"reject"}]}`, whole or under the interrupt's id. */
function refuses(command: unknown): boolean {
  return /"type":\s*"reject"/.test(JSON.stringify(command ?? null));
}

/** Questions that were asked and answered before we looked: history keeps them beside the step that answered. */
export function answeredInHistory(step: Step, runs: readonly Run[], agentOf: (run: Run) => AgentFacts): Collected[] {
  if (step.passedBy === null && (step.untilUs === null || runOf(step.state) === step.run.run_id)) return [];
  return step.tasks.flatMap((task) => task.interrupts.flatMap((one) => {
    const id = interruptId(one);
    const asking = runs.find((run) => run.run_id === runOf(step.state));
    if (id === null || asking === undefined || isOpen(asking)) return [];
    return [answeredRecord(asking, { id, name: askedName(task.name, one.value) }, step.passedBy ?? answererOf(id, asking, runs) ?? step.run, agentOf(asking), step.passedBy?.created_at ?? step.fromUs)];
  }));
}
