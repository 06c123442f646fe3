/** May the stop credential pull the levers? Found out on things that cannot be there: the server asks for the right first and then finds nothing. */
import { RuntimeFault } from '../connector.ts';
import type { RightCheck } from '../stopping.ts';
import type { StopApi } from './stop-api.ts';

/** SECURITY: version 4 and all zero: no server gives such an id to anything. */
const nobody = '00000000-0000-4000-8000-000000000000';

type Found = { readonly result: RightCheck['result']; readonly text: string };

export async function checkRights(api: StopApi, hasCrons: boolean): Promise<readonly RightCheck[]> {
  const cancel = await ask(async () => (await api.cancelRun(nobody, nobody)) === 404, {
    ok: 'It may cancel runs of the threads that the server shows to it.', missing: 'To cancel runs it needs `update` on threads in the server\'s auth.',
  });
  const suspend = await ask(async () => (await api.deleteAssistant(nobody)) === false, {
    ok: 'It may delete assistants. Whether it may make one again, to undo that, is only found out by doing it.', missing: 'To suspend an agent it needs `delete` on assistants in the server\'s auth, and `create` to undo it.',
  });
  const crons = hasCrons ? await ask(() => api.enableCron(nobody, false).then(() => false), { ok: 'It may change schedules.', missing: 'To switch schedules off it needs `update` on crons in the server\'s auth.' }) : null;
  return [{ level: 'cancel', ...cancel }, { level: 'suspend', ...joined(suspend, crons) }];
}

async function ask(work: () => Promise<boolean>, words: { readonly ok: string; readonly missing: string }): Promise<Found> {
  const unknown = (said: string): Found => ({ result: 'unknown', text: `The server did not answer as it should about something that is not there: ${said}` });
  try {
    return await work() ? { result: 'ok', text: words.ok } : unknown('it took the request.');
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    if (error.kind === 'gone') return { result: 'ok', text: words.ok };
    if (['forbidden', 'credential_refused', 'credential_missing'].includes(error.kind)) return { result: 'missing', text: `${words.missing} ${error.message}` };
    if (error.kind === 'unreachable' || error.kind === 'throttled') throw error;
    return unknown(error.message);
  }
}

function joined(one: Found, other: Found | null): Found {
  if (other === null) return one;
  const result = [one.result, other.result].includes('missing') ? 'missing' : [one.result, other.result].includes('unknown') ? 'unknown' : 'ok';
  return { result, text: `${one.text} ${other.text}` };
}
