/** Which entries of the audit log a person asked for, and what stands in one. Pure. */
import type { Params } from '../../../shared/contract.ts';
import type { AuditEntry } from '../../../shared/domain.ts';
import { readJson, writeJson, type JsonNode } from '../../ui/json-text.ts';
import { formatDay } from '../../ui/format.ts';
import type { State } from '../../ui/state-shapes.tsx';
import { startOf } from './report-draft.ts';

export interface LogView { text: string; actor: string | null; action: string | null; outcome: AuditEntry['outcome'] | null; subject: string | null; fromDay: string; toDay: string }

export const outcomeIds: readonly AuditEntry['outcome'][] = ['asked', 'done', 'failed', 'refused'];
export const outcomeLooks: Record<AuditEntry['outcome'], { state: State; word: string }> = {
  asked: { state: 'stop_requested', word: 'Asked' }, done: { state: 'completed', word: 'Done' }, failed: { state: 'failed', word: 'Failed' }, refused: { state: 'denied', word: 'Refused' },
};
export const actorKindWords: Record<AuditEntry['actorKind'], string> = { desktop: 'in this window', command_line: 'on the command line', engine: 'by itself' };

export function readLogView(params: Readonly<Record<string, string>>): LogView {
  const or = (name: string): string | null => (params[name] === undefined || params[name] === '' ? null : params[name].slice(0, 256));
  return { text: (params['q'] ?? '').slice(0, 200), actor: or('actor'), action: or('action')?.slice(0, 128) ?? null, outcome: outcomeIds.find((one) => one === params['outcome']) ?? null, subject: or('subject')?.slice(0, 64) ?? null, fromDay: params['from'] ?? '', toDay: params['to'] ?? '' };
}

/** Stays in the address while rows are walked. */
export function logParams(view: LogView): Record<string, string> {
  const named: Record<string, string | null> = { q: view.text, actor: view.actor, action: view.action, outcome: view.outcome, subject: view.subject, from: view.fromDay, to: view.toDay };
  return Object.fromEntries(Object.entries(named).flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, value]])));
}

export const noFilter: Readonly<Record<string, null>> = { q: null, actor: null, action: null, outcome: null, subject: null, from: null, to: null };

/** A day that is none is not asked for; the last day is included. */
export function askedLog(view: LogView, limit: number): Omit<Params<'audit.list'>, 'before'> {
  const text = view.text.trim();
  const [from, to] = [startOf(view.fromDay), startOf(view.toDay)];
  return {
    limit, ...(text === '' ? {} : { text }), ...(view.actor === null ? {} : { actor: view.actor }), ...(view.action === null ? {} : { action: view.action }), ...(view.outcome === null ? {} : { outcome: view.outcome }), ...(view.subject === null ? {} : { subject: view.subject }),
    ...(from === null ? {} : { from: new Date(from).toISOString() }), ...(to === null ? {} : { to: new Date(to + 86_400_000).toISOString() }),
  };
}

export function filterWords(view: LogView): string[] {
  const day = (text: string): string | null => { const ms = startOf(text); return ms === null ? null : formatDay(new Date(ms), 'UTC'); };
  const [from, to] = [day(view.fromDay), day(view.toDay)];
  return [
    ...(view.text.trim() === '' ? [] : [`text “${view.text.trim()}”`]), ...(view.actor === null ? [] : [`by ${view.actor}`]), ...(view.action === null ? [] : [`action ${view.action}`]), ...(view.outcome === null ? [] : [outcomeLooks[view.outcome].word.toLowerCase()]),
    ...(view.subject === null ? [] : [`about ${view.subject}`]), ...(from === null ? [] : [`from ${from}`]), ...(to === null ? [] : [`until ${to}`]),
  ];
}

/** The number of an entry, which its identifier spells; null: an identifier of another kind. */
export function entryNumber(id: string): number | null {
  const digits = /^aud-([0-9a-z]{1,11})$/.exec(id)?.[1];
  const number = digits === undefined ? NaN : parseInt(digits, 36);
  return Number.isSafeInteger(number) && number > 0 && number.toString(36) === digits ? number : null;
}
export const entryId = (number: number): string => `aud-${number.toString(36)}`;

export interface Change { name: string; before: string | null; after: string | null }

type JsonObject = Extract<JsonNode, { kind: 'object' }>;
const objectOf = (node: JsonNode | undefined): JsonObject | null => (node?.kind === 'object' ? node : null);
const member = (node: JsonObject, name: string): JsonNode | undefined => node.members.find((one) => one.name === name)?.value;
const written = (node: JsonNode | undefined): string | null => (node === undefined ? null : node.kind === 'string' ? node.text : writeJson(node));

/** `before` and `after` of the details, name by name; null: the entry changed nothing that it tells. */
export function changesOf(details: string): Change[] | null {
  const whole = objectOf(readJson(details) ?? undefined);
  if (whole === null) return null;
  const [before, after] = [member(whole, 'before'), member(whole, 'after')];
  if (before === undefined && after === undefined) return null;
  const [was, is] = [objectOf(before), objectOf(after)];
  if (was === null && is === null) return [{ name: '', before: written(before), after: written(after) }];
  const names = [...new Set([...(was?.members ?? []), ...(is?.members ?? [])].map((one) => one.name))];
  return names.map((name) => ({ name, before: was === null ? null : written(member(was, name)), after: is === null ? null : written(member(is, name)) }));
}

/** Laid out where it is JSON, else as it stands. */
export function laidOut(details: string): string {
  const node = readJson(details);
  return node === null ? details : writeJson(node);
}
