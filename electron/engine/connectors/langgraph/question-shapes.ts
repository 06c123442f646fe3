/**
 * The shapes of questions that we know, and how each wants its answer. The value of `interrupt()` belongs to the graph; an answer of the
 * wrong shape fails and poisons the thread (a later right one fails too, measured). So only known shapes get an answer here.
 */
import type { AnswerKind } from '../../../../shared/domain.ts';
import type { Decision } from '../../../../shared/contract.ts';
import { RuntimeFault } from '../connector.ts';
import type { FoundApproval } from '../connector.ts';
import type { Json } from '../foreign-json.ts';
import { isObject } from '../foreign-json.ts';
import { textAt } from './shapes.ts';

export interface Question {
  readonly kind: FoundApproval['kind'];
  readonly answers: readonly AnswerKind[];
  readonly actions: FoundApproval['actions'];
  readonly question: string | null;
  readonly responseShape: FoundApproval['responseShape'];
  readonly note: string | null;
  /** The value that the graph gets. Throws when the decision does not fit the question. */
  readonly resume: (decision: Decision) => unknown;
}

export const cannot = (why: string): RuntimeFault => new RuntimeFault('conflict', `The answer was not sent: ${why}`);

const answerKinds: readonly AnswerKind[] = ['approve', 'reject', 'respond', 'edit'];
const pretty = (value: unknown): string => JSON.stringify(value ?? null, null, 2);

export function readQuestion(value: unknown): Question {
  return middleware(value, camel) ?? middleware(value, snake) ?? inbox(value) ?? choice(value) ?? plain(value);
}

interface Names { readonly requests: string; readonly configs: string; readonly action: string; readonly allowed: string; readonly edited: string }
/** LangChain's HumanInTheLoopMiddleware: JavaScript (measured) and Python (documented). */
const camel: Names = { requests: 'actionRequests', configs: 'reviewConfigs', action: 'actionName', allowed: 'allowedDecisions', edited: 'editedAction' };
const snake: Names = { requests: 'action_requests', configs: 'review_configs', action: 'action_name', allowed: 'allowed_decisions', edited: 'edited_action' };

interface Action { readonly name: string; readonly args: Json; readonly description: string | null; readonly answers: readonly AnswerKind[] }

function middleware(value: unknown, names: Names): Question | null {
  const requests = isObject(value) ? value[names.requests] : undefined;
  const configs = isObject(value) ? value[names.configs] : undefined;
  if (!Array.isArray(requests) || !Array.isArray(configs) || requests.length === 0 || requests.length > 100) return null;
  const allowedFor = new Map(configs.map((config: unknown) => [textAt(config, names.action), isObject(config) ? config[names.allowed] : undefined]));
  const actions: Action[] = [];
  for (const request of requests as unknown[]) {
    const name = textAt(request, 'name');
    const args = isObject(request) ? request['args'] : undefined;
    const allowed = allowedFor.get(name);
    if (name === undefined || !isObject(args) || !Array.isArray(allowed)) return null;
    actions.push({ name, args, description: textAt(request, 'description') ?? null, answers: answerKinds.filter((kind) => kind !== 'respond' && allowed.includes(kind)) });
  }
  // One answer is given for all of them: only what every action accepts. An edit may leave an action as it is, so it needs approval there.
  const every = (kind: AnswerKind): boolean => actions.every((action) => action.answers.includes(kind));
  const edit = actions.some((action) => action.answers.includes('edit')) && actions.every((action) => action.answers.includes('edit') || action.answers.includes('approve'));
  const answers = answerKinds.filter((kind) => (kind === 'edit' ? edit : every(kind)));
  return {
    kind: 'tool_call', answers, question: null, responseShape: null,
    actions: actions.map(({ name, args, description, answers: own }) => ({ name, parameters: pretty(args), description, answers: own })),
    note: answers.length > 0 ? null : 'Its actions accept different answers, and none that fits them all. Answer it in the runtime.',
    resume: (decision) => ({ decisions: decisionsFor(decision, actions, names) }),
  };
}

function decisionsFor(decision: Decision, actions: readonly Action[], names: Names): unknown[] {
  if (decision.answer === 'approve') return actions.map(() => ({ type: 'approve' }));
  if (decision.answer === 'reject') return actions.map(() => ({ type: 'reject', message: decision.reason }));
  if (decision.answer !== 'edit') throw cannot('this question takes approve, edit or reject, no text.');
  if (decision.parameters.length !== actions.length) throw cannot(`it holds parameters for ${decision.parameters.length} actions, ${actions.length} wait.`);
  return actions.map((action, index) => {
    const changed = decision.parameters[index] ?? null;
    if (changed === null) {
      if (!action.answers.includes('approve')) throw cannot(`"${action.name}" may not be approved as it is.`);
      return { type: 'approve' };
    }
    if (!action.answers.includes('edit')) throw cannot(`the parameters of "${action.name}" may not be changed.`);
    return { type: 'edit', [names.edited]: { name: action.name, args: parseObject(changed, action.name) } };
  });
}

function parseObject(text: string, name: string): Json {
  const value = parseJson(text);
  if (!isObject(value)) throw cannot(`the parameters of "${name}" must be a JSON object.`);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw cannot('it is not JSON.');
  }
}

/** LangGraph's older `HumanInterrupt` of the agent inbox: one request, or a list with one. */
function inbox(value: unknown): Question | null {
  const listed = Array.isArray(value);
  const request: unknown = listed && value.length === 1 ? value[0] : value;
  const action = textAt(request, 'action_request', 'action');
  const config = isObject(request) ? request['config'] : undefined;
  if (!isObject(request) || !isObject(config) || action === undefined || typeof config['allow_accept'] !== 'boolean') return null;
  const args = isObject(request['action_request']) ? request['action_request']['args'] : undefined;
  const answers = answerKinds.filter((kind) => ({ approve: config['allow_accept'], edit: config['allow_edit'], respond: config['allow_respond'], reject: false })[kind] === true);
  const wrap = (answer: Json): unknown => (listed ? [answer] : answer);
  return {
    kind: 'tool_call', answers, question: null, responseShape: answers.includes('respond') ? 'text' : null,
    actions: [{ name: action, parameters: pretty(args), description: textAt(request, 'description') ?? null, answers }],
    note: 'This kind of question knows no rejection. A response tells the agent in words; what it then does is its own.',
    resume: (decision) => {
      if (decision.answer === 'approve') return wrap({ type: 'accept', args: null });
      if (decision.answer === 'respond') return wrap({ type: 'response', args: decision.response });
      if (decision.answer !== 'edit' || decision.parameters.length !== 1) throw cannot('this question takes it as it is, changed parameters, or a text.');
      const changed = decision.parameters[0] ?? null;
      return changed === null ? wrap({ type: 'accept', args: null }) : wrap({ type: 'edit', args: { action, args: parseObject(changed, action) } });
    },
  };
}

const yes: ReadonlySet<string> = new Set(['approve', 'approved', 'accept', 'allow', 'confirm', 'continue', 'ok', 'proceed', 'y', 'yes']);
const no: ReadonlySet<string> = new Set(['abort', 'cancel', 'decline', 'deny', 'n', 'no', 'reject', 'rejected', 'stop']);

/** A question that names its answers: `options` or `choices` beside it, or `(yes/no)` in its words. One of them goes back, letter by letter. */
function choice(value: unknown): Question | null {
  const question = typeof value === 'string' ? value : questionIn(value);
  const options = optionsOf(value, question);
  if (question === null || options.length < 2) return null;
  const approved = options.filter((option) => yes.has(option.toLowerCase()));
  const rejected = options.filter((option) => no.has(option.toLowerCase()));
  const decides = approved.length === 1 && rejected.length === 1;
  return {
    kind: 'input', answers: decides ? ['approve', 'reject', 'respond'] : ['respond'], actions: [], question, responseShape: 'text',
    note: `The graph takes one of: ${options.map((option) => `"${option}"`).join(', ')}.${decides ? ` Approving sends "${approved[0]}", rejecting sends "${rejected[0]}" without the reason.` : ''}`,
    resume: (decision) => {
      if (decides && decision.answer === 'approve') return approved[0];
      if (decides && decision.answer === 'reject') return rejected[0];
      if (decision.answer !== 'respond' || !options.includes(decision.response)) throw cannot(`it must be one of ${options.map((option) => `"${option}"`).join(', ')}.`);
      return decision.response;
    },
  };
}

function optionsOf(value: unknown, question: string | null): string[] {
  const listed = isObject(value) ? (value['options'] ?? value['choices']) : undefined;
  if (Array.isArray(listed)) return listed.length <= 20 && listed.every((one) => typeof one === 'string' && one !== '' && one.length <= 200) ? [...new Set(listed as string[])] : [];
  const named = typeof value === 'string' ? /[([]\s*([A-Za-z]{1,12})\s*\/\s*([A-Za-z]{1,12})\s*[)\]]/.exec(question ?? '') : null;
  const pair = named === null ? [] : [named[1] ?? '', named[2] ?? ''];
  return pair.length === 2 && yes.has(pair[0]?.toLowerCase() ?? '') && no.has(pair[1]?.toLowerCase() ?? '') ? pair : [];
}

function questionIn(value: unknown): string | null {
  const key = isObject(value) ? questionKeys.find((name) => textAt(value, name) !== undefined) : undefined;
  return key === undefined ? null : (textAt(value, key) ?? null);
}

const questionKeys: readonly string[] = ['question', 'prompt', 'message', 'query', 'instruction', 'instructions', 'task', 'text', 'title', 'description'];
const warning = 'The graph decides what an answer must look like, and does not say so. One that it does not expect can break this run for good.';

function plain(value: unknown): Question {
  if (typeof value === 'string' && value.trim() !== '') {
    return {
      kind: 'input', answers: ['respond'], actions: [], question: value, responseShape: 'text', note: `The answer goes to the graph as plain text. ${warning}`,
      resume: (decision) => {
        if (decision.answer !== 'respond') throw cannot('this question takes a text.');
        return decision.response;
      },
    };
  }
  const question = questionIn(value);
  if (question === null) {
    return {
      kind: 'unknown', answers: [], actions: [], question: null, responseShape: null, note: 'Gatehouse does not know this shape, and a wrong answer breaks the run for good. Answer it where the agent was built for it.',
      resume: () => { throw cannot('the shape of this question is not known.'); },
    };
  }
  return {
    kind: 'input', answers: ['respond'], actions: [], question, responseShape: 'json', note: `The answer is JSON, for example "yes", true or {"approved": true}. ${warning}`,
    resume: (decision) => {
      if (decision.answer !== 'respond') throw cannot('this question takes a JSON value.');
      return parseJson(decision.response);
    },
  };
}
