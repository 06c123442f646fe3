/** What waits for a person in a thread: `interrupt()` questions and static gates. Pure. */
import { cleanName } from '../../ingest/normalise/read.ts';
import type { FoundApproval } from '../connector.ts';
import type { AgentFacts } from './drafts.ts';
import { starterOf } from './drafts.ts';
import { openCalls } from './messages.ts';
import { cannot, readQuestion } from './question-shapes.ts';
import type { Question } from './question-shapes.ts';
import type { Waiting } from './run-view.ts';
import { checkpointOf, interruptId } from './shapes.ts';
import type { Interrupt, StepTask } from './shapes.ts';

export interface OpenQuestion {
  readonly approval: FoundApproval;
  readonly question: Question;
  readonly waiting: Waiting;
  /** null: a gate, which goes on without a value. */
  readonly interrupt: string | null;
}

/** SECURITY: a thread cannot make us keep more questions than a person could ever read. */
const mostQuestions = 200;

/** A second question of one step comes with the first one's id; the run that asked tells them apart. */
const keyOf = (waiting: Waiting, id: string): string => `${waiting.run.thread_id}/${waiting.run.run_id}/${id}`;
export const threadOfKey = (key: string): string => key.slice(0, Math.max(0, key.indexOf('/')));

export function questionsOf(waiting: Waiting, agent: AgentFacts): OpenQuestion[] {
  if (waiting.gate) return [gateQuestion(waiting, agent)];
  return waiting.state.tasks.flatMap((task) => task.interrupts.map((one, index) => asked(waiting, agent, task, one, index))).slice(0, mostQuestions);
}

function asked(waiting: Waiting, agent: AgentFacts, task: StepTask, one: Interrupt, index: number): OpenQuestion {
  const id = interruptId(one);
  const read = readQuestion(one.value);
  // Without its id an answer could only be given to whatever waits first.
  const question: Question = id === null ? { ...read, answers: [], actions: read.actions.map((action) => ({ ...action, answers: [] })), note: 'The server gives this question no id, so that an answer could reach another one. Answer it in the runtime.' } : read;
  const names = question.actions.map((action) => action.name);
  const title = names.length === 0 ? (question.question ?? `${agent.claim.name} asks at ${task.name}`) : names.length === 1 ? (names[0] ?? '') : `${names.length} calls: ${names.join(', ')}`;
  return {
    question, waiting, interrupt: id,
    approval: {
      ...shared(waiting, agent), key: keyOf(waiting, id ?? `${task.id}:${index}`), kind: question.kind, title: cleanName(title), answers: question.answers, actions: question.actions,
      question: question.question, responseShape: question.responseShape, note: question.note,
      evidence: [...evidenceOf(waiting), { name: 'step', value: task.name }, ...(id === null ? [] : [{ name: 'interrupt', value: id }])],
      raw: JSON.stringify({ step: task.name, interrupt: one }, null, 2),
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
      ...shared(waiting, agent), key: keyOf(waiting, `gate:${checkpointOf(state) ?? nodes}`), kind: 'gate', title: cleanName(`Before ${nodes}`), answers: question.answers, actions: question.actions,
      question: null, responseShape: null, note: question.note, evidence: [...evidenceOf(waiting), { name: 'next steps', value: nodes }],
      raw: JSON.stringify({ next: state.next, calls }, null, 2),
    },
  };
}

function shared(waiting: Waiting, agent: AgentFacts): Pick<FoundApproval, 'agent' | 'run' | 'askedUs' | 'askedInferred' | 'expiresUs' | 'destructive' | 'onBehalfOf'> {
  return { agent: agent.claim, run: { kind: 'run', id: waiting.run.run_id }, askedUs: waiting.run.updated_at, askedInferred: false, expiresUs: null, destructive: null, onBehalfOf: starterOf(waiting.run)?.of ?? null };
}

function evidenceOf({ run }: Waiting): FoundApproval['evidence'] {
  const starter = starterOf(run);
  return [
    { name: 'assistant', value: run.assistant_id }, { name: 'thread', value: run.thread_id }, { name: 'run', value: run.run_id },
    ...(starter === undefined ? [] : [{ name: starter.attribute, value: starter.of }]),
  ];
}
