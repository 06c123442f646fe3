/** What this very server can do, asked by requests that change nothing. Never read off a version: the registry's newest is older than others. */
import { RuntimeFault } from '../connector.ts';
import type { Api } from './api.ts';
import type { Cron, ServerInfo } from './shapes.ts';

export interface Features {
  readonly info: ServerInfo;
  /** runs of the thread protocol, with streams for many observers. */
  readonly protocolStreams: boolean;
  /** null: it has none, or does not show them. */
  readonly crons: readonly Cron[] | null;
  /** can anything be read without a credential? null: could not be found out. */
  readonly open: boolean | null;
  /** lets in whoever sends `x-auth-scheme: langsmith`; null: not asked. */
  readonly studioDoor: boolean | null;
}

const nobody = '00000000-0000-4000-8000-000000000000';
const json = { 'content-type': 'application/json' };
const oneAssistant: RequestInit = { method: 'POST', headers: json, body: JSON.stringify({ limit: 1, offset: 0 }) };

async function statusOf(work: Promise<Response>): Promise<number> {
  const response = await work;
  await response.body?.cancel();
  return response.status;
}

export async function probeFeatures(api: Api, credential: boolean): Promise<Features> {
  const info = await api.info();
  const open = await asksNobody(api);
  return {
    info, open, protocolStreams: await hasProtocolStreams(api), crons: await cronsOf(api),
    studioDoor: credential && open === false ? await hasStudioDoor(api) : null,
  };
}

export interface StopFeatures { readonly crons: boolean }

/** The little that a stop must know: each answer costs time that it does not have. */
export async function stopFeatures(api: Api): Promise<StopFeatures> {
  return { crons: (await cronsOf(api)) !== null };
}

export async function asksNobody(api: Api): Promise<boolean | null> {
  const status = await statusOf(api.raw('/assistants/search', oneAssistant, 'without'));
  if (status === 401 || status === 403) return false;
  return status >= 200 && status < 300 ? true : null;
}

/** The order is wrong on purpose (channels is no list): a server that knows the way refuses it before it looks at any thread. */
async function hasProtocolStreams(api: Api): Promise<boolean> {
  const status = await statusOf(api.raw(`/threads/${nobody}/stream/events`, { method: 'POST', headers: json, body: JSON.stringify({ channels: 'none' }) }));
  return status === 400 || status === 422;
}

async function cronsOf(api: Api): Promise<readonly Cron[] | null> {
  try {
    return (await api.crons()).items;
  } catch (error) {
    // Not built (500 on the development server), not there, or not for this credential.
    if (error instanceof RuntimeFault && ['runtime_error', 'gone', 'forbidden', 'garbage', 'conflict'].includes(error.kind)) return null;
    throw error;
  }
}

async function hasStudioDoor(api: Api): Promise<boolean> {
  const status = await statusOf(api.raw('/assistants/search', { ...oneAssistant, headers: { ...json, 'x-auth-scheme': 'langsmith' } }, 'without'));
  return status >= 200 && status < 300;
}
