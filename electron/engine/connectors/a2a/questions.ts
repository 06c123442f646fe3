/**
 * What a waiting task asks, and which answers its agent takes. A2A itself knows no approval: only a message and "input required". So an
 * approve or reject is offered where the message declares a form for it; docs/connectors.md says which forms are known. Pure.
 */
import type { AnswerKind } from '../../../../shared/domain.ts';
import type { AgentClaim } from '../../ingest/draft.ts';
import type { FoundApproval } from '../connector.ts';
import { isObject, list, quoted, text, timeUs } from '../foreign-json.ts';
import type { Json } from '../foreign-json.ts';
import { listedHistory } from './listing.ts';
import type { Said, WireTask } from './task.ts';

export interface Action { readonly name: string; readonly parameters: string; readonly description: string | null }

/** How an answer must look. */
export type Form =
  /** a data part `{"type":"approval",...}`; the answer is `{"type":"approval_response","decision":...}`. */
  | { readonly t: 'approval' }
  /** texts to choose from: the chosen one is sent, word for word. */
  | { readonly t: 'options'; readonly yes: string; readonly no: string | null }
  /** the Agent Development Kit's function calls: each wants its function response, and nothing else is taken. */
  | { readonly t: 'adk_confirm'; readonly calls: readonly { readonly id: string; readonly name: string }[] }
  | { readonly t: 'adk_value'; readonly call: { readonly id: string; readonly name: string } }
  | { readonly t: 'free' };

export interface Question {
  readonly form: Form;
  readonly actions: readonly Action[];
  readonly destructive: boolean | null;
  readonly expiresUs: number | null;
  readonly onBehalfOf: string | null;
  /** of how many actions `actions` is the beginning. */
  readonly asked: number;
}

const mostActions = 50;
const yesWords = /^(approved?|yes|ok(ay)?|confirm(ed)?|accept(ed)?|allow(ed)?|proceed|continue|go( ahead)?|y)$/i;
const noWords = /^(reject(ed)?|no|den(y|ied)|declined?|cancel(l?ed)?|abort(ed)?|refused?|disapproved?|disallow(ed)?|stop|n)$/i;

/** Nothing is cut without a sign. */
function short(value: unknown): string | null {
  const whole = text(value);
  return whole !== null && whole.length > 500 ? `${text(whole, 500) ?? ''}…` : whole;
}

/** What stands under no known name is shown too: it may be what matters. */
function readAction(value: unknown): Action {
  if (!isObject(value)) return { name: 'action', parameters: JSON.stringify(value), description: null };
  const { name, tool, description, ...rest } = value;
  return { name: short(name) ?? short(tool) ?? 'action', parameters: JSON.stringify(value['parameters'] ?? value['arguments'] ?? value['args'] ?? rest), description: text(description) };
}

function readActions(value: Json): Pick<Question, 'actions' | 'asked'> {
  const given = Array.isArray(value['actions']) ? list(value['actions']) : [value['action'], value['tool']].filter(isObject);
  return { actions: given.slice(0, mostActions).map(readAction), asked: given.length };
}

function optionTexts(value: unknown): string[] {
  return list(value).flatMap((one) => text(isObject(one) ? (one['value'] ?? one['id'] ?? one['label']) : one, 500) ?? []);
}

function optionsForm(value: unknown): Form | null {
  const options = optionTexts(value);
  const yes = options.find((one) => yesWords.test(one.trim()));
  if (yes === undefined) return null;
  return { t: 'options', yes, no: options.find((one) => noWords.test(one.trim())) ?? null };
}

const nothing = { actions: [], asked: 0, destructive: null, expiresUs: null, onBehalfOf: null };

function readDeclared(value: Json): Question {
  return {
    form: { t: 'approval' }, ...readActions(value), destructive: typeof value['destructive'] === 'boolean' ? value['destructive'] : null,
    expiresUs: timeUs(value['expiresAt']), onBehalfOf: short(value['onBehalfOf']),
  };
}

function readAdk(parts: Said['data']): Question | null {
  const calls = parts.filter(({ metadata }) => metadata['adk_type'] === 'function_call' && metadata['adk_is_long_running'] === true).flatMap(({ value }) => (isObject(value) ? [value] : []));
  const known = calls.flatMap((one) => {
    const id = text(one['id'], 500);
    const name = text(one['name'], 500);
    return id === null || name === null ? [] : [{ id, name, args: isObject(one['args']) ? one['args'] : {} }];
  });
  if (known.length === 0 || known.length !== calls.length) return null;
  if (known.every((one) => one.name === 'adk_request_confirmation')) {
    const actions = known.slice(0, mostActions).map(({ args }) => {
      const call = isObject(args['originalFunctionCall']) ? args['originalFunctionCall'] : {};
      return { name: short(call['name']) ?? 'action', parameters: JSON.stringify(call['args'] ?? {}), description: isObject(args['toolConfirmation']) ? text(args['toolConfirmation']['hint']) : null };
    });
    return { ...nothing, form: { t: 'adk_confirm', calls: known.map(({ id, name }) => ({ id, name })) }, actions, asked: known.length };
  }
  const [only] = known;
  if (known.length !== 1 || only === undefined) return null;
  return { ...nothing, form: { t: 'adk_value', call: { id: only.id, name: only.name } }, actions: [{ name: only.name, parameters: JSON.stringify(only.args), description: null }], asked: 1 };
}

/** The words that a question itself names: `reply "approve" or "deny"`, `(yes/no)`, `[Y/n]`. */
function namedOptions(question: string): Form | null {
  const inQuotes = [...question.matchAll(/["'“‘`]([\p{L} ]{1,20})["'”’`]/gu)].flatMap((found) => found[1]?.trim() ?? []);
  const yes = inQuotes.find((one) => yesWords.test(one));
  if (yes !== undefined) return { t: 'options', yes, no: inQuotes.find((one) => noWords.test(one)) ?? null };
  for (const [, one = '', other = ''] of question.matchAll(/\b(\p{L}{1,12})\s*(?:\/|\bor\b)\s*(\p{L}{1,12})\b/giu)) {
    if (yesWords.test(one) && noWords.test(other)) return { t: 'options', yes: one, no: other };
    if (noWords.test(one) && yesWords.test(other)) return { t: 'options', yes: other, no: one };
  }
  return null;
}

/**
 * A question that a yes or a no answers, by its own words. Only decides whether a button is offered: what it sends is told beside it. Where
 * the question names no word for a no, a rejection cancels the task: any text could be taken for the answer to go on.
 */
function yesNoForm(question: string): Form | null {
  const named = namedOptions(question);
  if (named !== null) return named;
  const say = (yes: string): Form => ({ t: 'options', yes, no: null });
  if (/\b(approv|sign-?off|human decision|human review)/i.test(question)) return say('approve');
  if (/\bconfirm/i.test(question)) return say('confirm');
  if (/\b(may|shall|should|can) (i|we)\b|\bproceed\b|\bgo ahead\b|\b(permission|authori[sz]ation) to\b|\bok(ay)? to\b/i.test(question)) return say('yes');
  return /[?？]/.test(question) && question.trim().split(/\s+/).length >= 3 && !/\b(what|which|who|whom|whose|when|where|why|how|or)\b/i.test(question) ? say('approve') : null;
}

export function readQuestion(message: Said | null): Question {
  if (message === null) return { ...nothing, form: { t: 'free' } };
  const adk = readAdk(message.data);
  if (adk !== null) return adk;
  for (const { value } of message.data) {
    if (!isObject(value)) continue;
    if (value['type'] === 'approval' || value['type'] === 'approval_request') return readDeclared(value);
    const form = optionsForm(value['options'] ?? value['choices']);
    if (form !== null) return { ...nothing, form, ...readActions(value) };
  }
  const offered = message.metadata['options'] ?? message.metadata['choices'] ?? message.data.flatMap(({ value }) => (isObject(value) ? (value['options'] ?? value['choices'] ?? []) : []));
  // Where an agent names its options and none is a yes, no yes is read into its words.
  const form = list(offered).length > 0 ? optionsForm(offered) : yesNoForm(message.text);
  return { ...nothing, form: form ?? { t: 'free' } };
}

/** What the server takes for an answer to this question. Rejecting always ends in no action: by the declared form, else by cancelling the task. */
function answersOf({ form, actions, asked }: Question): AnswerKind[] {
  // SECURITY: nobody approves what they could not read.
  if (asked > actions.length) return ['reject'];
  switch (form.t) {
    case 'approval': case 'options': return ['approve', 'reject', 'respond'];
    case 'adk_confirm': return ['approve', 'reject'];
    case 'adk_value': case 'free': return ['respond', 'reject'];
  }
}

function noteOf({ form, actions, asked }: Question): string | null {
  if (asked > actions.length) return `It asks for ${asked} actions at once, of which ${actions.length} are shown here. What is not shown cannot be approved here.`;
  const byCancel = 'Reject cancels the task (CancelTask); the reason stays here.';
  switch (form.t) {
    case 'approval': case 'adk_confirm': return null;
    case 'options': return `A2A has no form for yes or no: Approve sends the text ${quoted(form.yes)}. ${form.no === null ? byCancel : `Reject sends the text ${quoted(form.no)}.`}`;
    case 'adk_value': return `The agent waits for the value of ${quoted(form.call.name)}. ${byCancel}`;
    case 'free': return `The agent asks for words, not for a yes or no. ${byCancel}`;
  }
}

/** The very question: another message or another moment of asking is another one. */
export function questionKey(task: WireTask): string {
  return `${task.id}#${task.message?.id.replaceAll('#', '%23') ?? String(task.statusUs ?? 0)}`;
}

export function taskOfKey(key: string): string {
  const at = key.lastIndexOf('#');
  return at < 0 ? key : key.slice(0, at);
}

/** One line; the whole text stands in the question. */
function titleOf(asked: string, instead: string): string {
  const line = asked.replace(/\s+/gu, ' ').trim();
  return line === '' ? instead : line.length > 160 ? `${line.slice(0, 160).toWellFormed()}…` : line;
}

function evidenceOf(task: WireTask): FoundApproval['evidence'] {
  // A history that a list cut does not begin where the task began.
  const asked = task.history.length < listedHistory ? task.history.find((one) => one.by === 'user') : undefined;
  return [
    { name: 'state', value: task.state }, { name: 'task', value: task.id },
    ...(task.contextId === null ? [] : [{ name: 'context', value: task.contextId }]),
    // Who sent it the protocol does not tell; what was sent it does, when the history holds it.
    ...(asked && asked.text !== '' ? [{ name: 'what it was asked for', value: asked.text }] : []),
  ];
}

/** null: the task waits for nobody. */
export function approvalOf(task: WireTask, agent: AgentClaim, firstSeenUs: number): FoundApproval | null {
  if (task.state !== 'input-required' && task.state !== 'auth-required') return null;
  const asked = task.message?.text ?? '';
  const common = {
    key: questionKey(task), agent, run: { kind: 'run' as const, id: task.id },
    askedUs: task.statusUs ?? firstSeenUs, askedInferred: task.statusUs === null,
    evidence: evidenceOf(task), raw: JSON.stringify({ id: task.id, contextId: task.contextId, status: task.raw['status'] }),
  };
  if (task.state === 'auth-required') {
    return {
      ...common, kind: 'auth', title: titleOf(asked, 'It waits for a sign-in'), expiresUs: null, answers: [], actions: [], question: asked === '' ? null : asked,
      responseShape: null, destructive: null, onBehalfOf: null,
      note: 'The agent waits until somebody signs in outside of A2A, where its message says. Gatehouse opens no address and passes no credential on: check the address before you use it.',
    };
  }
  const question = readQuestion(task.message);
  const answers = answersOf(question);
  const [first] = question.actions;
  return {
    ...common, kind: question.actions.length > 0 ? 'tool_call' : 'input',
    title: first ? `${first.name}${question.asked > 1 ? ` and ${question.asked - 1} more` : ''}` : titleOf(asked, 'It waits for an answer'),
    expiresUs: question.expiresUs, answers, actions: question.actions.map((one) => ({ ...one, answers })), question: asked === '' ? null : asked,
    responseShape: answers.includes('respond') ? (question.form.t === 'adk_value' ? 'json' : 'text') : null,
    destructive: question.destructive, onBehalfOf: question.onBehalfOf, note: noteOf(question),
  };
}
