/** What is confirmed of a single lever, from outside it: by what it changed being read back, by what it reaches being quiet, by its process being gone. */
import type { Act } from './acts.ts';
import { isProcessLever } from './against.ts';
import type { Against } from './against.ts';
import { graceUs, noProcess } from './judge-input.ts';
import type { JudgedConnection, JudgedLever, JudgeInput, LeverVerdict, ProcessFact } from './judge-input.ts';
import { readsOf } from './read-back.ts';
import type { Standing } from './standing.ts';
import { clockOf, inert } from './time-words.ts';

const mostActs = 50;

type Word = Pick<LeverVerdict, 'confirmed' | 'text'>;
interface Seen { readonly input: JudgeInput; readonly one: JudgedConnection | undefined; readonly standing: Standing | undefined; readonly acts: readonly Act[]; readonly against: readonly Against[] }

export function confirmLevers(input: JudgeInput, acts: readonly Act[], against: readonly Against[], standings: readonly Standing[]): readonly LeverVerdict[] {
  return input.levers.map((lever) => {
    const here = {
      input, one: input.connections.find((one) => one.connection === lever.connection), standing: standings.find((one) => one.connection === lever.connection),
      acts: acts.filter((act) => act.connection === lever.connection), against: against.filter((one) => one.connection === lever.connection),
    };
    const { confirmed, text } = confirmedOf(lever, here);
    const began = actsAgainst(lever, here).map((act) => act.beginUs).toSorted((a, b) => a - b).slice(-mostActs);
    return { lever: lever.id, confirmed, text, actsUs: began };
  });
}

/** Acts that a lever was to prevent. */
function actsAgainst(lever: JudgedLever, { acts, input }: Seen): readonly Act[] {
  if (lever.kind === 'catalogue' || lever.step === 'disarm') return [];
  const began = acts.filter((act) => act.role === 'began');
  return lever.step === 'refuse' && lever.kind !== 'hold' ? began.filter((act) => startsWork(act) && input.answeredUs !== null && act.beginUs > input.answeredUs + graceUs) : began;
}
const startsWork = (act: Act): boolean => act.key.startsWith('run:');

function confirmedOf(lever: JudgedLever, seen: Seen): Word {
  if (lever.undone) return { confirmed: 'cannot', text: 'It was put back.' };
  if (lever.state === 'waiting' || lever.state === 'sending') return { confirmed: 'not_yet', text: 'It was not let go yet.' };
  if (lever.state === 'skipped' || lever.state === 'failed') return { confirmed: 'cannot', text: lever.state === 'skipped' ? 'It was left out: nothing of it can be confirmed.' : 'It failed: whatever is quiet is not its doing.' };
  if (isProcessLever(lever.leverId)) return byProcess(seen);
  const read = byReadBack(lever, seen);
  if (read?.confirmed === 'no') return read;
  if (changesSomething(lever)) return standsOrNot(lever, read, seen);
  return byEffect(seen);
}
/** Its effect is a state that can be read, not a silence. */
const changesSomething = (lever: JudgedLever): boolean => lever.kind === 'catalogue' || (lever.kind !== 'hold' && lever.step !== 'cut' && lever.step !== 'end_sessions');

function byReadBack(lever: JudgedLever, { one }: Seen): Word | null {
  const reads = readsOf(lever, one);
  const broken = reads.find((read) => read.holds === false);
  if (broken !== undefined) return { confirmed: 'no', text: `Read back: ${inert(broken.text, 200)}` };
  const stands = reads.find((read) => read.holds === true);
  if (stands !== undefined) return { confirmed: 'yes', text: `Read back: ${inert(stands.text, 200)}` };
  const mute = reads[0];
  return mute === undefined ? null : { confirmed: 'cannot', text: `It cannot be read back: ${inert(mute.text, 200)}` };
}

function standsOrNot(lever: JudgedLever, read: Word | null, seen: Seen): Word {
  const through = actsAgainst(lever, seen).at(-1);
  if (through !== undefined && lever.step === 'refuse') return { confirmed: 'no', text: `New work began ${clockOf(through.beginUs)}, after it.` };
  const denied = seen.acts.findLast((act) => act.role === 'denied');
  if (read?.confirmed === 'yes') return read;
  if (denied !== undefined && lever.kind !== 'catalogue' && lever.step !== 'disarm') return { confirmed: 'yes', text: `An attempt was denied ${clockOf(denied.beginUs)}.` };
  if (read !== null) return read;
  if (seen.one === undefined || seen.one.looks === null) return { confirmed: 'cannot', text: 'Nothing outside it can be checked.' };
  return { confirmed: 'not_yet', text: 'It was not read back yet.' };
}

function byEffect({ standing, one, against, input }: Seen): Word {
  const first = against[0];
  if (first !== undefined) return { confirmed: 'no', text: first.text };
  if (standing === undefined || one === undefined) return { confirmed: 'cannot', text: 'Nothing outside it can be checked.' };
  if (standing.proven && input.rowsComplete && input.answeredUs !== null) return { confirmed: 'yes', text: standing.grounds[0] ?? `${inert(standing.name)} is quiet.` };
  const block = standing.blocks[0];
  if (block !== undefined) return { confirmed: one.shows === 'looks' && one.looks?.newest === null ? 'not_yet' : 'cannot', text: block };
  return { confirmed: 'not_yet', text: standing.waits[0] ?? 'The levers have not all answered.' };
}

function byProcess({ one, against }: Seen): Word {
  const { state, sinceUs, doubt }: ProcessFact = one?.process ?? noProcess;
  if (state === 'gone') return { confirmed: 'yes', text: `The process and all it started are gone${sinceUs === null ? '' : ` since ${clockOf(sinceUs)}`}.` };
  if (state === 'none') return { confirmed: 'cannot', text: doubt === undefined ? 'Its process cannot be seen.' : inert(doubt, 600) };
  const living = against.find((other) => other.by === 'process');
  if (living !== undefined || state === 'came_back') return { confirmed: 'no', text: living?.text ?? 'The process runs again.' };
  return { confirmed: 'not_yet', text: 'The process is still there.' };
}
