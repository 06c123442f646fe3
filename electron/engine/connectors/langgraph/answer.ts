/** Answers a question: reads it again in the instant before, lets the engine compare, checks the shape, resumes exactly this interrupt. */
import type { Decision } from '../../../../shared/contract.ts';
import type { AnswerGiven, Connector, FoundApproval } from '../connector.ts';
import { RuntimeFault } from '../connector.ts';
import { isObject } from '../foreign-json.ts';
import type { Api, RunOrder } from './api.ts';
import { partsOf, questionsOf } from './approvals.ts';
import type { OpenQuestion } from './approvals.ts';
import type { KnownAgents } from './known-agents.ts';
import { cannot } from './question-shapes.ts';
import { readThread } from './read-thread.ts';
import { waitingIn } from './run-view.ts';
import { textAt } from './shapes.ts';
import type { Run } from './shapes.ts';

/** Null: it waits no more. The newest state is all that is read: a question never lies deeper. */
async function findQuestion(api: Api, agents: KnownAgents, key: string, nowUs: number): Promise<OpenQuestion | null> {
  const asked = partsOf(key);
  if (asked === null) return null;
  const news = await readThread(api, asked.thread, null, 1);
  if (news === 'gone') return null;
  if ('unreadable' in news) throw news.unreadable;
  const waiting = waitingIn(news.read, nowUs, [asked]);
  if (waiting === null) return null;
  await agents.lookUp(api, [waiting.run]);
  return questionsOf(waiting, agents.factsOf(waiting.run.assistant_id, waiting.run)).find((one) => one.approval.key === key) ?? null;
}

export async function readApproval(api: Api, agents: KnownAgents, key: string, nowUs: number): Promise<FoundApproval | null> {
  return (await findQuestion(api, agents, key, nowUs))?.approval ?? null;
}

export async function answerQuestion(api: Api, agents: KnownAgents, nowUs: () => number, [key, decision, stillTheSame]: readonly [...Parameters<NonNullable<Connector['answer']>>]): Promise<AnswerGiven> {
  const open = await findQuestion(api, agents, key, nowUs());
  if (open === null) throw new RuntimeFault('gone', 'It no longer waits: it was answered in the runtime, or the run went on or ended without an answer.');
  const { approval, waiting: { run } } = open;
  if (open.waiting.busy) throw new RuntimeFault('conflict', 'Its thread goes on with the answer to another question. Nothing was sent; try again when that has ended.');
  if (!stillTheSame(approval)) throw new RuntimeFault('conflict', 'What is asked changed since it was shown. Nothing was sent; look at it again.');
  if (!approval.answers.includes(decision.answer)) throw cannot(`the runtime takes ${approval.answers.length === 0 ? 'no answer from here' : approval.answers.join(' or ')} for this question.`);
  const value = open.question.resume(decision);
  await sameAssistant(api, run);
  const resumed = await start(api, run, orderFor(open, value));
  return { answered: approval, text: await confirm(api, resumed, decision) };
}

/** With another assistant the server would take the thread over to that one's graph without a word (measured). */
async function sameAssistant(api: Api, run: Run): Promise<void> {
  const { metadata } = await api.thread(run.thread_id);
  const bound = textAt(metadata, 'assistant_id');
  if (bound !== undefined && bound !== run.assistant_id) throw new RuntimeFault('conflict', 'The thread was given to another assistant since the question was asked. Nothing was sent.');
}

async function start(api: Api, run: Run, order: RunOrder): Promise<Run> {
  try {
    return await api.startRun(run.thread_id, run.assistant_id, order);
  } catch (error) {
    // 422 also means an unknown thread (measured): either way this question does not wait any more.
    if (error instanceof RuntimeFault && error.kind === 'conflict') throw new RuntimeFault('conflict', 'Somebody else was faster: the thread already goes on with another answer. Nothing was changed by this one.', { status: error.status, cause: error });
    throw error;
  }
}

/**
 * The run that asked goes on as it was ordered: the server keeps its limits, its context and its gates with the run, not with the thread.
 * A gate that is not repeated would be open from here on.
 */
function orderFor({ interrupt, waiting: { run } }: OpenQuestion, value: unknown): RunOrder {
  const { config, context, webhook } = run.kwargs;
  const limit = isObject(config) ? config['recursion_limit'] : undefined;
  const tags = isObject(config) ? config['tags'] : undefined;
  const kept = { ...(typeof limit === 'number' ? { recursion_limit: limit } : {}), ...(Array.isArray(tags) ? { tags } : {}) };
  const before = namesOf(run.kwargs['interrupt_before']);
  const after = namesOf(run.kwargs['interrupt_after']);
  return {
    ...(interrupt === null ? { input: null } : { resume: { [interrupt]: value } }),
    ...(Object.keys(kept).length === 0 ? {} : { config: kept }),
    ...(isObject(context) && Object.keys(context).length > 0 ? { context } : {}),
    ...(before === undefined ? {} : { interruptBefore: before }), ...(after === undefined ? {} : { interruptAfter: after }),
    ...(typeof webhook === 'string' ? { webhook } : {}),
  };
}

function namesOf(value: unknown): '*' | string[] | undefined {
  if (value === '*') return '*';
  const names = Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
  return names.length === 0 ? undefined : names;
}

/** That a run was made is not yet that it took the answer: a graph that did not expect it fails at once. */
async function confirm(api: Api, resumed: Run, decision: Decision): Promise<string> {
  const said = { approve: 'approval', reject: 'rejection', respond: 'response', edit: 'changed parameters' }[decision.answer];
  try {
    const { status } = await api.run(resumed.thread_id, resumed.run_id);
    return status === 'error' ? `The server took the ${said}, but run ${resumed.run_id}, which carries it, failed at once.` : `The server took the ${said}; run ${resumed.run_id} goes on with it, in the name of this connection's key.`;
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return `The server took the ${said} and began run ${resumed.run_id}; whether it goes on could not be read (${error.message})`;
  }
}
