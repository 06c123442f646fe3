/**
 * Takes an assistant away, so that the server answers every new run of it with 404, and puts it back. The server has no switch for it: this
 * deletes the record. What is kept of it is all that the server shows; the history of its versions and the list of its past runs are lost.
 */
import { z } from 'zod';
import { RuntimeFault } from '../connector.ts';
import type { Clock } from '../../ports.ts';
import { quoted } from '../foreign-json.ts';
import type { Json } from '../foreign-json.ts';
import type { LeverReply } from '../stopping.ts';
import { listAssistants } from './discover.ts';
import type { RunBook, Scope } from './run-book.ts';
import { scanRuns } from './scan-runs.ts';
import type { StopApi } from './stop-api.ts';

const anyRecord = z.record(z.string(), z.unknown());
const whole = z.object({
  assistant_id: z.uuid(), graph_id: z.string().min(1).max(2_000), config: anyRecord.nullish(), context: z.unknown(), metadata: anyRecord.nullish(),
  name: z.string().max(10_000).nullish(), description: z.string().max(100_000).nullish(), version: z.number().nullish(), created_at: z.string().max(64).nullish(),
});
type Whole = z.infer<typeof whole>;
const savedAssistants = z.object({ v: z.literal(1), assistants: z.array(whole).min(1).max(5_000) });

/** What `undo` puts back, and what makes it the same assistant. */
const kept = ['graph_id', 'config', 'context', 'metadata', 'name', 'description'] as const;
const mostBytes = 1_048_576;

export interface SuspendParts {
  readonly api: StopApi;
  readonly book: RunBook;
  readonly scope: Scope;
  readonly clock: Clock;
}

export async function saveAssistants({ api, scope }: SuspendParts): Promise<string | null> {
  if (scope.runs !== null) return null;
  const ids = scope.agents === null ? await allIds(api) : [...scope.agents];
  const assistants: Whole[] = [];
  for (const id of ids) {
    const found = await api.wholeAssistant(id);
    if (found !== null) assistants.push(checked(found, id));
  }
  if (assistants.length === 0) return null;
  const text = JSON.stringify({ v: 1, assistants });
  if (Buffer.byteLength(text) > mostBytes) throw new RuntimeFault('garbage', 'What must be kept of its assistants to put them back is more than 1 MiB. Nothing was changed.');
  return text;
}

async function allIds(api: StopApi): Promise<string[]> {
  const { items, complete } = await listAssistants(api);
  if (!complete) throw new RuntimeFault('garbage', 'Not all of its assistants could be listed. Nothing was changed.');
  return items.map((one) => one.assistant_id);
}

function checked(found: Json, id: string): Whole {
  const read = whole.safeParse(found);
  // By a graph's name the server gives that graph's own assistant: another one than was named must never be deleted.
  if (!read.success || read.data.assistant_id !== id) throw new RuntimeFault('garbage', 'It gave an assistant that cannot be kept. Nothing was changed.');
  return read.data;
}

export function readSaved(saved: string): readonly Whole[] { return savedAssistants.parse(JSON.parse(saved)).assistants; }

export async function suspendAssistants(parts: SuspendParts, saved: string | null, tell: (done: number, of: number) => void): Promise<LeverReply> {
  if (saved === null) return { reported: 'nothing_to_stop', text: 'The server has no such assistant.', runs: [], complete: true };
  const { api } = parts;
  await refuseWhileBusy(parts);
  const assistants = readSaved(saved);
  let deleted = 0;
  let gone = 0;
  for (const one of assistants) {
    const now = await api.wholeAssistant(one.assistant_id);
    // After a first try of ours, or with somebody else's hand: either way it takes no runs.
    if (now === null) gone += 1;
    else if (!isSame(checked(now, one.assistant_id), one)) throw new RuntimeFault('conflict', `The assistant ${nameOf(one)} was changed or made anew since it was read; deleting it now would lose that. It was left as it is.`);
    else if (await api.deleteAssistant(one.assistant_id)) deleted += 1;
    else gone += 1;
    tell(deleted + gone, assistants.length);
  }
  const text = `${deleted} of ${assistants.length} ${assistants.length === 1 ? 'assistant was' : 'assistants were'} deleted${gone > 0 ? `; ${gone} ${gone === 1 ? 'was' : 'were'} not there any more` : ''}. New runs are answered with 404.`;
  return { reported: 'accepted', text, runs: [], complete: true };
}

/** SECURITY: deleting an assistant of which a run goes on stops nothing, hides the run and costs the server a worker for good (measured). */
async function refuseWhileBusy({ api, book, scope, clock }: SuspendParts): Promise<void> {
  const { complete } = await scanRuns({ api, book, scope, clock, budgetMs: 8_000 });
  const open = book.openIn(scope).length;
  if (open > 0) throw new RuntimeFault('conflict', `${open} of its runs ${open === 1 ? 'is' : 'are'} still open. Deleting the assistant now would not stop ${open === 1 ? 'it' : 'them'} and would break a worker of the server. Nothing was changed.`);
  if (!complete) throw new RuntimeFault('conflict', 'Not all of the server\'s runs could be read, so that one of it may go on. Nothing was changed.');
}

const isSame = (one: Whole, other: Whole): boolean => kept.every((key) => stable(one[key]) === stable(other[key])) && (one.created_at ?? null) === (other.created_at ?? null) && (one.version ?? null) === (other.version ?? null);

function stable(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) => (typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner));
}

const nameOf = (one: Whole): string => quoted(one.name ?? one.graph_id, 80);

export async function restoreAssistants(api: StopApi, saved: string): Promise<string> {
  const assistants = readSaved(saved);
  const words: string[] = [];
  for (const one of assistants) words.push(await restore(api, one));
  return `${words.slice(0, 20).join(' ')}${words.length > 20 ? ` … and ${words.length - 20} more.` : ''}`;
}

async function restore(api: StopApi, one: Whole): Promise<string> {
  const now = await api.wholeAssistant(one.assistant_id);
  if (now !== null) {
    // A try before this one, or a restart of the server: there is nothing left to put back.
    if (differing(one, now).length === 0) return `${nameOf(one)} is there as it was.`;
    throw new RuntimeFault('conflict', `An assistant with the id of ${nameOf(one)} is there again, and it is not the one that was taken away. It was left as it is.`);
  }
  const { assistant_id, graph_id, config, context, metadata, name, description } = one;
  // The server refuses a description that is null.
  const made = await api.makeAssistant({
    assistant_id, graph_id, config: config ?? {}, metadata: metadata ?? {}, if_exists: 'raise',
    ...(context === undefined || context === null ? {} : { context }), ...(name === undefined || name === null ? {} : { name }), ...(description === undefined || description === null ? {} : { description }),
  });
  const lost = differing(one, await api.wholeAssistant(assistant_id) ?? made);
  return lost.length === 0 ? `${nameOf(one)} was put back as it was; the history of its versions and the list of its past runs are lost.` : `${nameOf(one)} was put back, but the server changed its ${lost.join(', ')}.`;
}

/** Empty and absent are the same to the server. */
function differing(one: Whole, now: Json): string[] {
  const text = (value: unknown): string => (stable(value) === '{}' ? 'null' : stable(value));
  return kept.filter((key) => text(one[key]) !== text(now[key]));
}

export async function assistantsHold(api: StopApi, saved: string): Promise<{ holds: boolean | null; text: string }> {
  const assistants = readSaved(saved);
  const back: string[] = [];
  for (const one of assistants) if (await api.wholeAssistant(one.assistant_id) !== null) back.push(nameOf(one));
  if (back.length > 0) return { holds: false, text: `${back.slice(0, 5).join(', ')} ${back.length === 1 ? 'is' : 'are'} there again and ${back.length === 1 ? 'takes' : 'take'} runs. A restart of the server makes the assistants of its own graphs anew.` };
  return { holds: true, text: `The server does not have ${assistants.length === 1 ? nameOf(assistants[0] as Whole) : `the ${assistants.length} assistants`}: runs of ${assistants.length === 1 ? 'it' : 'them'} are answered with 404.` };
}
