/** Switches off the schedules that start runs of a target; only those that were on, and back on only those. Servers without crons do not declare it. */
import { z } from 'zod';
import { RuntimeFault } from '../connector.ts';
import { quoted } from '../foreign-json.ts';
import type { LeverReply } from '../stopping.ts';
import { inParallel } from './in-parallel.ts';
import type { Scope } from './run-book.ts';
import type { Cron } from './shapes.ts';
import type { StopApi } from './stop-api.ts';

const savedCrons = z.object({ v: z.literal(1), crons: z.array(z.object({ id: z.string().min(1).max(200), schedule: z.string().max(200) })).max(1_000) });
type SavedCron = z.infer<typeof savedCrons>['crons'][number];

export const isOn = (cron: Cron): boolean => cron.enabled !== false;
export const cronsOf = (crons: readonly Cron[], scope: Scope): Cron[] => crons.filter((cron) => scope.hasAgent(cron.assistant_id ?? null));

export async function saveCrons(api: StopApi, scope: Scope): Promise<string | null> {
  const { items, complete } = await api.allCrons();
  if (!complete) throw new RuntimeFault('garbage', 'Not all of its schedules could be listed. None was changed.');
  const on = cronsOf(items, scope).filter(isOn);
  return on.length === 0 ? null : JSON.stringify({ v: 1, crons: on.map((cron) => ({ id: cron.cron_id, schedule: cron.schedule })) });
}

export function readSaved(saved: string): readonly SavedCron[] { return savedCrons.parse(JSON.parse(saved)).crons; }

export async function disableCrons(api: StopApi, saved: string | null, nowMs: () => number, tell: (done: number, of: number) => void): Promise<LeverReply> {
  if (saved === null) return { reported: 'nothing_to_stop', text: 'No schedule of it was on.', runs: [], complete: true };
  const crons = readSaved(saved);
  let done = 0;
  const outcomes = await inParallel(crons, 4, async (cron) => {
    const sentMs = nowMs();
    const failed = await change(api, cron.id, false);
    tell(done += 1, crons.length);
    return { cron, failed, ms: Math.max(0, nowMs() - sentMs) };
  });
  const failed = outcomes.filter((one) => one.failed !== null && one.failed.kind !== 'gone');
  const gone = outcomes.filter((one) => one.failed?.kind === 'gone').length;
  const off = outcomes.length - failed.length - gone;
  if (off + gone === 0 && failed[0]?.failed) throw failed[0].failed;
  const parts = [`${off} of ${crons.length} ${crons.length === 1 ? 'schedule was' : 'schedules were'} switched off`, ...(gone > 0 ? [`${gone} no longer there`] : []), ...(failed[0] ? [`${failed.length} not: ${failed[0].failed?.message ?? ''}`] : [])];
  return { reported: 'accepted', text: `${parts.join('; ')}.`, runs: [], complete: failed.length === 0 };
}

export async function enableCrons(api: StopApi, saved: string): Promise<string> {
  const crons = readSaved(saved);
  const now = new Map((await api.allCrons()).items.map((cron) => [cron.cron_id, cron]));
  const mine = crons.filter((cron) => now.get(cron.id) !== undefined && !isOn(now.get(cron.id) as Cron));
  const gone = crons.filter((cron) => !now.has(cron.id));
  for (const cron of mine) await api.enableCron(cron.id, true);
  const already = crons.length - mine.length - gone.length;
  const parts = [`${mine.length} of ${crons.length} ${crons.length === 1 ? 'schedule was' : 'schedules were'} switched on again`, ...(already > 0 ? [`${already} on already`] : []), ...(gone.length > 0 ? [`${gone.length} no longer there (${gone.slice(0, 3).map((cron) => quoted(cron.schedule, 60)).join(', ')})`] : [])];
  return `${parts.join('; ')}.`;
}

export async function cronsHold(api: StopApi, saved: string): Promise<{ holds: boolean | null; text: string }> {
  const crons = readSaved(saved);
  const now = new Map((await api.allCrons()).items.map((cron) => [cron.cron_id, cron]));
  const on = crons.filter((cron) => { const one = now.get(cron.id); return one !== undefined && isOn(one); });
  // One whose answer does not say whether it is on is taken for on everywhere; here that is not known.
  if (on.some((cron) => typeof now.get(cron.id)?.enabled !== 'boolean')) return { holds: null, text: 'The server does not say whether its schedules are on.' };
  return on.length === 0 ? { holds: true, text: `${crons.length} ${crons.length === 1 ? 'schedule reads' : 'schedules read'} as switched off.` } : { holds: false, text: `${on.length} of ${crons.length} schedules are on again.` };
}

async function change(api: StopApi, id: string, enabled: boolean): Promise<RuntimeFault | null> {
  try {
    await api.enableCron(id, enabled);
    return null;
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return error;
  }
}
