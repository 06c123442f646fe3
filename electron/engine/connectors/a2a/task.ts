/** A task as the server tells it (1.0), checked at the door. Pure. */
import { nestsTooDeeply } from '../depth.ts';
import { isObject, objects, text, timeUs } from '../foreign-json.ts';
import type { Json } from '../foreign-json.ts';

export const states = ['submitted', 'working', 'completed', 'failed', 'canceled', 'rejected', 'input-required', 'auth-required', 'unknown'] as const;
export type State = (typeof states)[number];

export interface Said {
  readonly id: string;
  readonly by: 'agent' | 'user';
  readonly text: string;
  /** data parts, with the metadata that says what they are. */
  readonly data: readonly { readonly value: unknown; readonly metadata: Json }[];
  /** files, links and other parts that are neither text nor data. */
  readonly others: number;
  readonly metadata: Json;
  readonly raw: Json;
}

export interface WireTask {
  readonly id: string;
  readonly contextId: string | null;
  readonly state: State;
  /** when the state was entered; null: the server does not say. */
  readonly statusUs: number | null;
  readonly message: Said | null;
  readonly history: readonly Said[];
  readonly metadata: Json;
  readonly raw: Json;
}

/** SECURITY: ids go into keys and checkpoints; the longest known are UUIDs with a prefix. */
const longestId = 200;
const mostHistory = 2_000;
const mostParts = 200;

export const openStates: readonly State[] = ['submitted', 'working', 'input-required', 'auth-required'];
export const isOpen = (state: State): boolean => openStates.includes(state) || state === 'unknown';
export const isWaiting = (state: State): boolean => state === 'input-required' || state === 'auth-required';

export const wireState = (state: State): string => `TASK_STATE_${state.toUpperCase().replace('-', '_')}`;

function readState(value: unknown): State {
  const name = typeof value === 'string' ? value.replace(/^TASK_STATE_/, '').toLowerCase().replaceAll('_', '-') : '';
  const known = name === 'cancelled' ? 'canceled' : name;
  return states.find((one) => one === known) ?? 'unknown';
}

function readId(value: unknown): string | null {
  // No control characters: an id stands in paths and texts.
  return typeof value === 'string' && value !== '' && value.length <= longestId && !/[\p{Cc}\p{Cs}]/u.test(value) ? value : null;
}

function readMessage(value: unknown): Said | null {
  if (!isObject(value)) return null;
  const id = readId(value['messageId']);
  if (id === null) return null;
  const parts = objects(value['parts']).slice(0, mostParts);
  return {
    id,
    by: value['role'] === 'ROLE_AGENT' || value['role'] === 'agent' ? 'agent' : 'user',
    text: parts.flatMap((part) => text(part['text']) ?? []).join('\n'),
    data: parts.flatMap((part) => ('data' in part ? [{ value: part['data'], metadata: isObject(part['metadata']) ? part['metadata'] : {} }] : [])),
    others: parts.filter((part) => typeof part['text'] !== 'string' && !('data' in part)).length,
    metadata: isObject(value['metadata']) ? value['metadata'] : {},
    raw: value,
  };
}

/** null: it is no task. */
export function readTask(value: unknown): WireTask | null {
  // SECURITY: one task that nests without end must not keep the others from being told.
  if (!isObject(value) || !isObject(value['status']) || nestsTooDeeply(value)) return null;
  const id = readId(value['id']);
  if (id === null) return null;
  const { status } = value;
  return {
    id, contextId: readId(value['contextId']), state: readState(status['state']), statusUs: timeUs(status['timestamp']), message: readMessage(status['message']),
    history: objects(value['history']).slice(-mostHistory).flatMap((one) => readMessage(one) ?? []),
    metadata: isObject(value['metadata']) ? value['metadata'] : {}, raw: value,
  };
}
