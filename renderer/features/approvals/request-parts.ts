/** A request taken apart for the eye: its parameters, and what of it changed since it was shown. Pure. */
import type { ApprovalDetail } from '../../../shared/domain.ts';
import { inertText } from '../../ui/agent-text.ts';
import { jsonChanges, readJson, writeJson, type JsonChange, type JsonNode } from '../../ui/json-text.ts';

export interface Parameter {
  /** null: the parameters are one value, not named ones. */
  name: string | null;
  /** a text is shown with its line breaks between quotes, everything else as JSON. */
  quoted: boolean;
  text: string;
  /** the same name stands here more than once. */
  again: boolean;
}

export interface CallParameters { rows: Parameter[]; isJson: boolean; characters: number; invisible: number }

const shown = (node: JsonNode): Pick<Parameter, 'quoted' | 'text'> => (node.kind === 'string' ? { quoted: true, text: node.text } : { quoted: false, text: writeJson(node) });

export function callParameters(json: string): CallParameters {
  const node = readJson(json);
  const characters = Array.from(json).length;
  const rows: Parameter[] = node === null
    ? [{ name: null, quoted: false, text: json, again: false }]
    : node.kind !== 'object'
      ? [{ name: null, again: false, ...shown(node) }]
      : node.members.map(({ name, value }) => ({ name, again: node.members.filter((other) => other.name === name).length > 1, ...shown(value) }));
  return { rows, isJson: node !== null, characters, invisible: rows.reduce((sum, row) => sum + inertText(row.name ?? '').invisible + inertText(row.text).invisible, 0) };
}

const mostOfValue = 40;

/** One line of what a call is about, to tell it from its neighbours in a list: `orderId ORD-948, amount 180`. The request itself is elsewhere, whole. */
export function callPreview(actions: ApprovalDetail['actions']): string | null {
  const parts = actions.flatMap((action) => callParameters(action.parameters).rows.map(({ name, text }) => [name, text.replaceAll(/\s+/g, ' ').slice(0, mostOfValue) + (text.length > mostOfValue ? '…' : '')].filter((part) => part !== null).join(' ')));
  return parts.length === 0 ? null : parts.join(', ').slice(0, 300);
}

export interface RequestChange extends JsonChange {
  /** which part of the request: a call's name, "question", "raw request". */
  part: string;
}

/** What a person who looked at `before` must look at again. Never empty when the fingerprints differ and the parts do not. */
export function requestChanges(before: ApprovalDetail, after: ApprovalDetail): RequestChange[] {
  const changes: RequestChange[] = [];
  const most = Math.max(before.actions.length, after.actions.length);
  for (let at = 0; at < most; at += 1) {
    const old = before.actions[at];
    const now = after.actions[at];
    const part = now?.name ?? old?.name ?? '';
    if (old === undefined || now === undefined || old.name !== now.name) changes.push({ part: `call ${at + 1}`, path: 'name', before: old?.name ?? null, after: now?.name ?? null });
    changes.push(...jsonChanges(old?.parameters ?? '{}', now?.parameters ?? '{}').map((change) => ({ part, ...change })));
    if (old !== undefined && now !== undefined && old.description !== now.description) changes.push({ part, path: 'description', before: old.description, after: now.description });
  }
  if (before.question !== after.question) changes.push({ part: 'question', path: '', before: before.question, after: after.question });
  if (before.answers.join() !== after.answers.join()) changes.push({ part: 'answers that it takes', path: '', before: before.answers.join(', '), after: after.answers.join(', ') });
  if (changes.length > 0 || before.fingerprint === after.fingerprint) return changes;
  const raw = jsonChanges(before.raw, after.raw).map((change) => ({ part: 'raw request', ...change }));
  return raw.length > 0 ? raw : [{ part: 'fingerprint', path: '', before: before.fingerprint, after: after.fingerprint }];
}
