/**
 * A task as drafts: one life cycle row for the whole of it, a row for each message of it, and what it says about its outcome. A2A
 * gives a time to the present status only: an earlier message that is seen late stands between the last known time and that one. Pure.
 */
import type { TaskOutcome } from '../../../../shared/domain.ts';
import type { AgentClaim, Draft } from '../../ingest/draft.ts';
import type { Collected } from '../connector.ts';
import { lastMessageId } from './memory.ts';
import type { Known } from './memory.ts';
import { questionKey } from './questions.ts';
import { isOpen, isWaiting } from './task.ts';
import type { Said, State, WireTask } from './task.ts';

const outcomes: Readonly<Record<State, TaskOutcome>> = {
  'submitted': 'running', 'working': 'running', 'completed': 'completed', 'failed': 'failed', 'canceled': 'cancelled', 'rejected': 'failed',
  'input-required': 'waiting', 'auth-required': 'waiting', 'unknown': 'unknown',
};

const rowStatuses: Readonly<Record<State, Draft['status']>> = {
  'submitted': 'running', 'working': 'running', 'completed': 'ok', 'failed': 'error', 'canceled': 'cancelled', 'rejected': 'error',
  'input-required': 'running', 'auth-required': 'running', 'unknown': 'running',
};

export interface Teller { readonly agent: AgentClaim; readonly nowUs: number }

export interface Told { readonly records: readonly Collected[]; readonly known: Known }

function draftOf(task: WireTask, { agent }: Teller, own: Pick<Draft, 'source' | 'role' | 'key' | 'kind' | 'name' | 'status' | 'statusExplicit' | 'startUs'> & Partial<Draft>): Draft {
  return { traceId: '', spanId: '', parentSpanId: '', run: { kind: 'run', id: task.id }, agent, ...own };
}

const textOf = (value: unknown): string => JSON.stringify(value);

/** The task as a whole: begins when we first know of it, ends when the server says so. */
function wholeRow(task: WireTask, teller: Teller, begunUs: number, atUs: number): Collected {
  const over = !isOpen(task.state);
  const failed = task.state === 'failed' || task.state === 'rejected';
  const said = task.message?.text ?? '';
  const draft = draftOf(task, teller, {
    source: 'a2a/task', role: 'agent', key: `event:task:${task.id}`, kind: 'lifecycle', name: 'task', status: rowStatuses[task.state], statusExplicit: true, startUs: Math.min(begunUs, atUs),
    ...(over ? { endUs: atUs, taskOutcome: outcomes[task.state] } : {}),
    ...(failed ? { error: { type: task.state, ...(said === '' ? {} : { message: said }) } } : {}),
  });
  // While it goes on the history would be told again and again: its messages have rows of their own.
  const { history, artifacts, ...rest } = task.raw;
  return { draft, raw: textOf(over ? { ...rest, artifacts, history } : rest) };
}

/** What the task is at, as of its status time; no row. */
function statement(task: WireTask, teller: Teller, atUs: number): Collected {
  const draft = draftOf(task, teller, {
    source: 'a2a/task', role: 'structure', key: `event:status:${task.state}:${atUs}`, kind: 'lifecycle', name: '', status: 'ok', statusExplicit: false, startUs: atUs, endUs: atUs,
    ...(task.state === 'unknown' ? {} : { taskOutcome: outcomes[task.state] }),
  });
  return { draft, raw: textOf(task.raw['status']) };
}

function messageRow(task: WireTask, teller: Teller, said: Said, atUs: number, current: boolean): Collected {
  const fromAgent = said.by === 'agent';
  const draft = draftOf(task, teller, {
    source: 'a2a/message', role: 'activity', key: `event:message:${said.id}`, kind: 'lifecycle', status: 'ok', statusExplicit: false, startUs: atUs, endUs: atUs,
    name: !fromAgent ? 'message to the agent' : current ? task.state : 'message', namePlaceholder: fromAgent && !current,
  });
  return { draft, raw: textOf(said.raw) };
}

/** A state without words: a row of its own, since it happened. */
function stateRow(task: WireTask, teller: Teller, atUs: number): Collected {
  const draft = draftOf(task, teller, {
    source: 'a2a/task', role: 'activity', key: `event:state:${task.state}:${atUs}`, kind: 'lifecycle', name: task.state, status: 'ok', statusExplicit: true, startUs: atUs, endUs: atUs,
  });
  return { draft, raw: textOf(task.raw['status']) };
}

/** The wait for a person: open while it waits, closed by whatever came after it. */
function waitRow(task: WireTask, teller: Teller, waiting: { readonly key: string; readonly sinceUs: number }, over: { readonly atUs: number; readonly state: State } | null): Collected {
  const status: Draft['status'] = over === null ? 'running' : over.state === 'canceled' ? 'cancelled' : over.state === 'rejected' ? 'denied' : 'ok';
  const draft = draftOf(task, teller, {
    source: 'a2a/task', role: 'activity', key: `event:wait:${waiting.key}`, kind: 'approval', name: over === null ? task.state : 'input-required', namePlaceholder: over !== null,
    status, statusExplicit: over !== null && status !== 'ok', startUs: waiting.sinceUs, ...(over === null ? {} : { endUs: Math.max(waiting.sinceUs, over.atUs) }),
  });
  return { draft, raw: textOf(task.raw['status']) };
}

/** Messages that were not told yet, oldest first, the status' own last. */
function newMessages(task: WireTask, known: Known | undefined): readonly Said[] {
  const all = task.message && !task.history.some((one) => one.id === task.message?.id) ? [...task.history, task.message] : task.history;
  if (known === undefined || known.messageId === '') return all;
  const at = all.findIndex((one) => one.id === known.messageId);
  return all.slice(at + 1);
}

/** True: between what was told and what is listed, messages may be missing. */
export function historyIsCut(task: WireTask, known: Known | undefined, listed: number): boolean {
  if (task.history.length < listed) return false;
  return known === undefined || known.messageId === '' || !task.history.some((one) => one.id === known.messageId);
}

export function tellTask(task: WireTask, known: Known | undefined, teller: Teller): Told {
  const atUs = task.statusUs ?? (known !== undefined && known.state === task.state ? known.statusUs || known.seenUs : teller.nowUs);
  const begunUs = known?.begunUs ?? atUs;
  const moved = known === undefined || known.state !== task.state || known.statusUs !== (task.statusUs ?? 0);
  const records: Collected[] = [];
  const before = known?.waiting ?? null;
  const waiting = isWaiting(task.state) ? { key: questionKey(task), sinceUs: atUs } : null;
  if (before !== null && before.key !== waiting?.key) records.push(waitRow(task, teller, before, { atUs, state: task.state }));
  const fresh = newMessages(task, known);
  fresh.forEach((said, n) => {
    const current = said.id === task.message?.id;
    // The question is the row of the wait.
    if (current && waiting !== null) return;
    const earliest = (known?.statusUs || begunUs) + n;
    records.push(messageRow(task, teller, said, current ? atUs : Math.max(Math.min(earliest, atUs), atUs - (fresh.length - n)), current));
  });
  if (moved && task.message === null && waiting === null) records.push(stateRow(task, teller, atUs));
  if (waiting !== null && before?.key !== waiting.key) records.push(waitRow(task, teller, waiting, null));
  if (moved) records.push(wholeRow(task, teller, begunUs, atUs), statement(task, teller, atUs));
  return {
    records,
    known: { state: task.state, statusUs: task.statusUs ?? 0, begunUs: Math.min(begunUs, atUs), seenUs: known?.seenUs ?? teller.nowUs, messageId: lastMessageId(task), waiting: waiting === null ? null : (before?.key === waiting.key ? before : waiting) },
  };
}

/** A task that was open and is known no more: how it ended cannot be told. */
export function tellLost(id: string, known: Known, teller: Teller): readonly Collected[] {
  const task: WireTask = { id, contextId: null, state: 'unknown', statusUs: teller.nowUs, message: null, history: [], metadata: {}, raw: {} };
  const base = { source: 'a2a/task', kind: 'lifecycle' as const, statusExplicit: false, endUs: teller.nowUs };
  const whole = draftOf(task, teller, { ...base, role: 'agent', key: `event:task:${id}`, name: 'task', status: 'interrupted', startUs: known.begunUs, taskOutcome: 'unknown' });
  const wait = known.waiting === null ? [] : [draftOf(task, teller, { ...base, role: 'activity', key: `event:wait:${known.waiting.key}`, kind: 'approval', name: 'input-required', namePlaceholder: true, status: 'interrupted', startUs: known.waiting.sinceUs })];
  return [...wait, whole].map((draft) => ({ draft, raw: textOf({ id, lost: true }) }));
}
