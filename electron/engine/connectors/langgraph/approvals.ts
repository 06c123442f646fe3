/** What waits for a person in a thread: `interrupt()` questions and static gates. Pure. */
import { cleanName } from '../../ingest/normalise/read.ts';
import type { FoundApproval } from '../connector.ts';
import type { AgentFacts } from './drafts.ts';
import { starterOf } from './drafts.ts';
import { openCalls } from './messages.ts';
import { cannot, readQuestion } from './question-shapes.ts';
import type { Question } from './question-shapes.ts';
import { isGate } from './run-view.ts';
import type { Asked, Waiting } from './run-view.ts';
import { checkpointOf } from './shapes.ts';
import type { Run } from './shapes.ts';

export interface OpenQuestion {
  readonly approval: FoundApproval;
  readonly question: Question;
  readonly waiting: Waiting;
  /** null: a gate, which goes on without a value. */
  readonly interrupt: string | null;
}

/** SECURITY: a thread cannot make us keep more questions than a person could ever read. */
const mostQuestions = 200;

/** Servers may give the second question of one step the first one's id; the run that asked tells them apart. */
const keyOf = (run: Run, id: string): string => `${run.thread_id}/${run.run_id}/${id}`;
export function partsOf(key: string): { readonly thread: string; readonly run: string; readonly id: string } | null {
  const [thread = '', run = '', ...id] = key.split('/');
  return thread === '' || run === '' || id.length === 0 ? null : { thread, run, id: id.join('/') };
}

export function questionsOf(waiting: Waiting, agent: AgentFacts): OpenQuestion[] {
  if (isGate(waiting)) return [gateQuestion(waiting, agent)];
  return waiting.asked.slice(0, mostQuestions).map((one, index) => asked(waiting, agent, one, index));
}

function asked(waiting: Waiting, agent: AgentFacts, { task, interrupt, id, by }: Asked, index: number): OpenQuestion {
  const read = readQuestion(interrupt.value);
  // Without its id an answer could only be given to whatever waits first.
  const question: Question = id === null ? { ...read, answers: [], actions: read.actions.map((action) => ({ ...action, answers: [] })), note: 'The server gives this question no id, so that an answer could reach another one. Answer it in the runtime.' } : read;
  const names = question.actions.map((action) => action.name);
  const title = names.length === 0 ? (question.question ?? `${agent.claim.name} asks at ${task.name}`) : names.length === 1 ? (names[0] ?? '') : `${names.length} calls: ${names.join(', ')}`;
  return {
    question, waiting, interrupt: id,
    approval: {
      ...shared(by, agent), key: keyOf(by, id ?? `${task.id}:${index}`), kind: question.kind, title: cleanName(title), answers: question.answers, actions: question.actions,
      question: question.question, responseShape: question.responseShape, note: question.note,
      evidence: [...evidenceOf(by), { name: 'step', value: task.name }, ...(id === null ? [] : [{ name: 'interrupt', value: id }])],
      raw: JSON.stringify({ step: task.name, interrupt }, null, 2),
    },
  };
}

function gateQuestion(waiting: Waiting, agent: AgentFacts): OpenQuestion {
  const { state } = waiting;
  const nodes = state.next.join(', ');
  const atTools = state.next.some((name) => (agent.toolNodes.size > 0 ? agent.toolNodes.has(name) : name === 'tools'));
  const calls = atTools ? openCalls(state.values) : [];
  const question: Question = {
    kind: 'gate', answers: ['approve'], question: null, responseShape: null,
    actions: calls.map((call) => ({ name: call.name, parameters: JSON.stringify(call.args ?? null, null, 2), description: null, answers: ['approve'] })),
    note: 'The run was told to stand here. Approving lets it go on; there is no rejection at such a gate: leave it, and the run stays where it is.',
    resume: (decision) => {
      if (decision.answer !== 'approve') throw cannot('a gate can only be approved, or left.');
      return null;
    },
  };
  return {
    question, waiting, interrupt: null,
    approval: {
      ...shared(waiting.run, agent), key: keyOf(waiting.run, `gate:${checkpointOf(state) ?? nodes}`), kind: 'gate', title: cleanName(`Before ${nodes}`), answers: question.answers, actions: question.actions,
      question: null, responseShape: null, note: question.note, evidence: [...evidenceOf(waiting.run), { name: 'next steps', value: nodes }],
      raw: JSON.stringify({ next: state.next, calls }, null, 2),
    },
  };
}

function shared(run: Run, agent: AgentFacts): Pick<FoundApproval, 'agent' | 'run' | 'askedUs' | 'askedInferred' | 'expiresUs' | 'destructive' | 'onBehalfOf'> {
  return { agent: agent.claim, run: { kind: 'run', id: run.run_id }, askedUs: run.updated_at, askedInferred: false, expiresUs: null, destructive: null, onBehalfOf: starterOf(run)?.of ?? null };
}

function evidenceOf(run: Run): FoundApproval['evidence'] {
  const starter = starterOf(run);
  return [
    { name: 'assistant', value: run.assistant_id }, { name: 'thread', value: run.thread_id }, { name: 'run', value: run.run_id },
    ...(starter === undefined ? [] : [{ name: starter.attribute, value: starter.of }]),
  ];
}
