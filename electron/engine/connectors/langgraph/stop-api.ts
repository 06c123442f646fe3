/** What only a stop asks of the server. Beside the monitoring's requests, with the stop credential, each bounded in time by itself. */
import { RuntimeFault } from '../connector.ts';
import type { ConnectorIo, TargetOf } from '../connector.ts';
import { faultFrom, faultOf } from '../faults.ts';
import { isObject } from '../foreign-json.ts';
import type { Json } from '../foreign-json.ts';
import { openApi } from './api.ts';
import type { Api } from './api.ts';
import type { ServerClock } from './server-clock.ts';
import { cron, readList } from './shapes.ts';
import type { Cron } from './shapes.ts';

/** So many requests at a time: more do not make the server faster (4 and 16 were measured about equal), fewer wait on a slow way. */
export const lanes = 16;
const timeoutMs = 5_000;
const cronsInPage = 100;
const mostCrons = 1_000;

export interface StopApi extends Api {
  /** The answer's status: 2xx, 404 (it has no such run), 409 or 422 (nothing of it can be cancelled). Everything else is a fault. */
  cancelRun(threadId: string, runId: string): Promise<number>;
  /** whole, as the server holds it; null: it does not have it. */
  wholeAssistant(id: string): Promise<Json | null>;
  /** false: it was not there. */
  deleteAssistant(id: string): Promise<boolean>;
  makeAssistant(body: Json): Promise<Json>;
  allCrons(): Promise<{ readonly items: readonly Cron[]; readonly complete: boolean }>;
  enableCron(id: string, enabled: boolean): Promise<void>;
}

export function openStopApi(target: TargetOf<'langgraph'>, io: ConnectorIo, clock: ServerClock, signal: AbortSignal): StopApi {
  const api = openApi(target, io, signal, { secret: () => io.stopSecret(), timeoutMs, lanes, heard: (response, sentMs) => clock.heard(response.headers.get('date'), sentMs, io.clock.now()) });
  const ask = async (path: string, init: RequestInit, fine: readonly number[] = []): Promise<{ status: number; body: unknown }> => {
    const response = await api.raw(path, init);
    try {
      if (!response.ok && !fine.includes(response.status)) throw faultOf(response.status, response.headers, await response.text(), io.clock.now());
      const text = await response.text();
      return { status: response.status, body: response.ok && text !== '' ? JSON.parse(text) : null };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw faultFrom(error);
    }
  };
  const json = (method: string, body: Json): RequestInit => ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return {
    ...api,
    // Not by the client: it always sends `wait`, and to the server any text that is not empty means "wait for the run" (measured).
    cancelRun: async (threadId, runId) => (await ask(`/threads/${encodeURIComponent(threadId)}/runs/${encodeURIComponent(runId)}/cancel?action=interrupt`, { method: 'POST' }, [404, 409, 422])).status,
    wholeAssistant: async (id) => {
      const { status, body } = await ask(`/assistants/${encodeURIComponent(id)}`, { method: 'GET' }, [404]);
      return status === 404 ? null : record(body);
    },
    deleteAssistant: async (id) => (await ask(`/assistants/${encodeURIComponent(id)}`, { method: 'DELETE' }, [404])).status !== 404,
    makeAssistant: async (body) => record((await ask('/assistants', json('POST', body))).body),
    allCrons: async () => {
      const found = new Map<string, Cron>();
      let bad = 0;
      for (let offset = 0; offset < mostCrons; offset += cronsInPage) {
        const read = readList(cron, (await ask('/runs/crons/search', json('POST', { limit: cronsInPage, offset }))).body);
        if (read === null) throw new RuntimeFault('garbage', 'It gave an answer that is not a list of crons of a LangGraph server.');
        for (const one of read.items) found.set(one.cron_id, one);
        bad += read.bad;
        if (read.items.length + read.bad < cronsInPage) return { items: [...found.values()], complete: bad === 0 };
      }
      return { items: [...found.values()], complete: false };
    },
    enableCron: async (id, enabled) => { await ask(`/runs/crons/${encodeURIComponent(id)}`, json('PATCH', { enabled })); },
  };
}

function record(body: unknown): Json {
  if (!isObject(body)) throw new RuntimeFault('garbage', 'It gave an answer that is not an assistant of a LangGraph server.');
  return body;
}
