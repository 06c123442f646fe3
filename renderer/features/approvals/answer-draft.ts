/** What a person is about to answer, and what of it still misses. Pure, but for the drafts that outlive a walk down the list. */
import type { Decision } from '../../../shared/contract.ts';
import type { AnswerKind, ApprovalDetail } from '../../../shared/domain.ts';
import { jsonChanges, jsonFault, readJson, writeJson, type JsonChange } from '../../ui/json-text.ts';

export interface Draft {
  mode: AnswerKind;
  /** of an approval or answer. A rejection has words of its own: "wrong payee" must never end up below an approval. */
  reason: string;
  rejection: string;
  response: string;
  /** JSON text for each call, as typed; null: left as it is. */
  edits: readonly (string | null)[];
}

/** In the order in which an answer is offered first. */
const modes: readonly AnswerKind[] = ['approve', 'respond', 'reject', 'edit'];

/** null: nothing can be answered here. */
export const firstMode = (detail: Pick<ApprovalDetail, 'answers'>): AnswerKind | null => modes.find((mode) => detail.answers.includes(mode)) ?? null;

export const emptyDraft = (mode: AnswerKind): Draft => ({ mode, reason: '', rejection: '', response: '', edits: [] });

export const reasonOf = (draft: Draft): string => (draft.mode === 'reject' ? draft.rejection : draft.reason);
export const withReason = (draft: Draft, text: string): Draft => (draft.mode === 'reject' ? { ...draft, rejection: text } : { ...draft, reason: text });

export const isTyped = (draft: Draft): boolean => draft.reason.trim() !== '' || draft.rejection.trim() !== '' || draft.response !== '' || draft.edits.some((edit) => edit !== null);

/** Only calls that the runtime lets be edited; where calls say nothing of their own, the whole request's answer counts. */
export const canEditCall = (detail: ApprovalDetail, index: number): boolean => {
  const own = detail.actions[index]?.answers ?? [];
  return detail.answers.includes('edit') && (own.length === 0 || own.includes('edit'));
};

/** Laid out for editing, every token as it was. */
export function editableText(parameters: string): string {
  const node = readJson(parameters);
  return node === null ? parameters : writeJson(node);
}

export function editFault(text: string): string | null {
  const fault = jsonFault(text);
  if (fault !== null) return `Not JSON: ${fault}`;
  return readJson(text)?.kind === 'object' ? null : 'Parameters are an object: { "name": value }.';
}

export interface EditedCall { index: number; name: string; fault: string | null; changes: JsonChange[] }

export function editedCalls(detail: ApprovalDetail, draft: Draft): EditedCall[] {
  return detail.actions.flatMap((action, index) => {
    const text = draft.edits[index] ?? null;
    if (text === null) return [];
    const fault = editFault(text);
    return [{ index, name: action.name, fault, changes: fault === null ? jsonChanges(action.parameters, text) : [] }];
  });
}

export type Readiness = { ready: true; decision: Decision } | { ready: false; misses: string };

const misses = (text: string): Readiness => ({ ready: false, misses: text });

/** What cannot be undone is approved with a reason, or not at all. */
export const needsReason = (detail: Pick<ApprovalDetail, 'destructive'>, mode: AnswerKind): boolean => mode === 'reject' || (detail.destructive === true && mode !== 'respond');

export function readinessOf(detail: ApprovalDetail, draft: Draft): Readiness {
  const reason = reasonOf(draft).trim();
  if (!detail.answers.includes(draft.mode)) return misses('The runtime does not take this answer.');
  if (needsReason(detail, draft.mode) && reason === '') return misses(draft.mode === 'reject' ? 'A rejection needs a reason.' : 'It cannot be undone: approving needs a reason.');
  const said = reason === '' ? {} : { reason };
  if (draft.mode === 'reject') return { ready: true, decision: { answer: 'reject', reason } };
  if (draft.mode === 'approve') return { ready: true, decision: { answer: 'approve', ...said } };
  if (draft.mode === 'respond') {
    if (draft.response.trim() === '') return misses('Nothing is written yet.');
    const fault = detail.responseShape === 'json' ? jsonFault(draft.response) : null;
    return fault === null ? { ready: true, decision: { answer: 'respond', response: draft.response, ...said } } : misses(`The runtime expects JSON. ${fault}`);
  }
  const edited = editedCalls(detail, draft);
  const broken = edited.find((call) => call.fault !== null);
  if (broken?.fault !== undefined && broken.fault !== null) return misses(`${broken.name}: ${broken.fault}`);
  if (!edited.some((call) => call.changes.length > 0)) return misses('No parameter differs yet.');
  const parameters = detail.actions.map((_action, index) => (edited.some((call) => call.index === index && call.changes.length > 0) ? draft.edits[index] ?? null : null));
  return { ready: true, decision: { answer: 'edit', parameters, ...said } };
}

/** By approval: what was typed is still there after a look at another one. Ends with the window. */
const kept = new Map<string, Draft>();

export const keptDraft = (id: string): Draft | null => kept.get(id) ?? null;

export function keepDraft(id: string, draft: Draft): void {
  if (isTyped(draft)) kept.set(id, draft);
  else kept.delete(id);
}

export const dropDraft = (id: string): void => { kept.delete(id); };
