/** How the stop stands at one connection: what is proven from outside the levers, since when, how long it still takes, and what is missing for it. */
import type { Act } from './acts.ts';
import { goneUs, graceUs } from './judge-input.ts';
import type { JudgedConnection, JudgeInput } from './judge-input.ts';
import { lookApartUs } from './look-track.ts';
import { accountSteps, hasRhythm, rhythmNeedsUs } from './opaque-steps.ts';
import { readsOf } from './read-back.ts';
import { clockOf, duration, inert, list } from './time-words.ts';

export interface Standing {
  readonly connection: number;
  readonly name: string;
  readonly proven: boolean;
  /** its process is gone: no silence is needed. */
  readonly byProcess: boolean;
  /** since when nothing acted here as far as was seen, uninterrupted; null: it is not seen. */
  readonly fromUs: number | null;
  /** when the proof is complete if nothing happens until then; null: not by waiting. */
  readonly provenAtUs: number | null;
  /** why it is not proven, and by waiting alone will not be. */
  readonly blocks: readonly string[];
  /** what waits for time to pass. */
  readonly waits: readonly string[];
  readonly grounds: readonly string[];
  /** it could not be seen well enough: named on the order. */
  readonly unseen: boolean;
}

/** What all connections are held against. */
export interface Around {
  readonly input: JudgeInput;
  readonly acts: readonly Act[];
  /** since then nothing acted, by the times that are told: the last act after the command, or the last answer. */
  readonly quietUs: number;
  /** the last act after the command, or the command. A process that is gone proves more than any answer. */
  readonly actedUs: number;
  /** when something last came in: the proof begins anew with it. */
  readonly arrivedUs: number;
  /** agents whose runs a connection of the scope can be asked for. */
  readonly lookedAt: ReadonlySet<number>;
}

export function standingOf(one: JudgedConnection, around: Around): Standing {
  return byProcess(one, around) ?? afterEnd(bySight(one, around), one, around);
}

function bySight(one: JudgedConnection, around: Around): Standing {
  if (one.shows === 'nothing') return byNothing(one, around);
  return one.shows === 'looks' ? byLooks(one, around) : byTelemetry(one, around);
}

interface Part { readonly byProcess?: boolean; /** nothing is called contained before: the end of a step that nobody saw ends. */ readonly overUs?: number; readonly blocks?: readonly string[]; readonly waits?: readonly string[]; readonly grounds?: readonly string[]; readonly unseen?: boolean }

/** `fromUs` to `toUs` was seen without a break; `needsUs` of it make the proof, not counting what lies before something that came in late. */
function standing(one: JudgedConnection, around: Around, fromUs: number | null, toUs: number | null, needsUs: number, part: Part): Standing {
  const blocks = part.blocks ?? [];
  const startUs = fromUs === null ? null : Math.max(fromUs, around.arrivedUs);
  const provenAtUs = startUs === null || blocks.length > 0 ? null : startUs + needsUs;
  const proven = provenAtUs !== null && toUs !== null && toUs >= provenAtUs;
  // Without a running figure: these sentences are stored, and stored again only when something happened.
  const short = startUs !== null && !proven && blocks.length === 0 ? [`${inert(one.name)}: no act seen since ${clockOf(startUs)}; ${duration(needsUs)} are needed.`] : [];
  return {
    connection: one.connection, name: one.name, proven, byProcess: part.byProcess ?? false, fromUs: fromUs === null ? null : Math.max(fromUs, Math.min(part.overUs ?? 0, around.input.nowUs)), provenAtUs, blocks,
    waits: proven ? [] : [...short, ...(part.waits ?? [])], grounds: part.grounds ?? [], unseen: part.unseen ?? false,
  };
}

/** Its process is gone. Void when something acted after it, or when its server answers again: then it was not all of it. */
export function isGone(one: JudgedConnection, acts: readonly Act[]): boolean {
  const { state, sinceUs } = one.process;
  if (state !== 'gone' || sinceUs === null) return false;
  if (acts.some((act) => act.connection === one.connection && act.role !== 'own' && act.beginUs > sinceUs + graceUs)) return false;
  return !isShownSince(one, sinceUs);
}
const isShownSince = ({ looks }: JudgedConnection, sinceUs: number): boolean => looks !== null && looks.newestUs !== null && looks.fault === null && looks.newestUs > sinceUs + graceUs;

/**
 * SECURITY: what was seen before its process ended does not tell whether it comes back, so every other proof waits for that time too. Otherwise an
 * act after the end (even a denied one), which shows that not all of it was gone, would verify sooner than no act; and of agents of which only
 * some were in that process, the others' silence would have to do for both.
 */
function afterEnd(found: Standing, one: JudgedConnection, around: Around): Standing {
  const { state, sinceUs } = one.process;
  if (state !== 'gone' || sinceUs === null || found.provenAtUs === null || isShownSince(one, sinceUs)) return found;
  const overUs = Math.max(around.actedUs, around.arrivedUs, sinceUs) + goneUs;
  if (around.input.nowUs >= overUs) return found;
  const wait = `${inert(one.name)}: a process of it ended ${clockOf(sinceUs)}; ${duration(goneUs)} are needed in which nothing comes back.`;
  return { ...found, proven: false, provenAtUs: Math.max(found.provenAtUs, overUs), waits: [...found.waits, wait] };
}

function byProcess(one: JudgedConnection, around: Around): Standing | null {
  const { sinceUs, covers } = one.process;
  if (sinceUs === null || !coversAll(covers, one.agents) || !isGone(one, around.acts)) return null;
  return standing(one, around, Math.max(around.actedUs, sinceUs), around.input.nowUs, goneUs, { byProcess: true, grounds: [`${inert(one.name)}: its process is gone since ${clockOf(sinceUs)} and did not come back.`] });
}
const coversAll = (covers: readonly number[] | null, agents: readonly number[]): boolean => covers === null || agents.every((agent) => covers.includes(agent));

/** It shows no work, so it is no witness. That is enough where another connection of the same agents can be asked. */
function byNothing(one: JudgedConnection, around: Around): Standing {
  const bare = one.agents.filter((agent) => !around.lookedAt.has(agent));
  if (bare.length === 0) return { connection: one.connection, name: one.name, proven: true, byProcess: false, fromUs: around.quietUs, provenAtUs: around.quietUs, blocks: [], waits: [], grounds: [], unseen: false };
  return standing(one, around, null, null, 0, { blocks: [`${inert(one.name)} shows no work of agents: nothing there can be checked.`], unseen: true });
}

function byLooks(one: JudgedConnection, around: Around): Standing {
  const { input, quietUs } = around;
  const sight = sightByLooks(one, around);
  const steps = accountSteps(one, input);
  const bare = steps.filter((step) => step.needsUs === null);
  const kept = steps.filter((step) => step.needsUs !== null);
  const needsUs = Math.max(input.silenceUs, ...kept.map((step) => step.needsUs ?? 0));
  const blocks = [...sight.blocks, ...some(bare.map((step) => step.text), 'steps'), ...notStanding(one, input), ...doubted(one)];
  const fromUs = sight.fromUs === null ? null : afterGaps(one, sight.fromUs);
  const blind = fromUs === null && sight.fromUs !== null ? openGap(one) : [];
  const overUs = Math.max(0, ...kept.map((step) => step.overUs ?? 0));
  const done = [`${inert(one.name)} shows no open work since ${clockOf(fromUs ?? quietUs)}.`, ...kept.map((step) => step.text)];
  return standing(one, around, fromUs, one.looks?.clearToUs ?? null, needsUs, {
    overUs,
    blocks: [...blocks, ...blind], waits: [...sight.waits, ...kept.map((step) => step.text)], grounds: blocks.length === 0 && fromUs !== null ? done : [],
    unseen: sight.blocks.length > 0 || blind.length > 0 || bare.length > 0 || one.process.doubt !== undefined,
  });
}

/** A thousand runs are not a thousand sentences; how many there are is said. */
const some = (texts: readonly string[], what: string, most = 5): readonly string[] => (texts.length <= most ? texts : [...texts.slice(0, most), `${texts.length - most} more ${what} like these.`]);

/** Since when looks show without a break that nothing is open. */
function sightByLooks(one: JudgedConnection, { input, quietUs }: Around): { readonly fromUs: number | null; readonly blocks: readonly string[]; readonly waits: readonly string[] } {
  const name = inert(one.name);
  const none = (blocks: readonly string[], waits: readonly string[] = []) => ({ fromUs: null, blocks, waits });
  if (!one.enabled) return none([`${name} is switched off: what runs there is not seen.`]);
  if (one.visibility !== 'all' && !input.scopeIsTask) return none([one.visibility === 'own' ? `${name} shows this credential its own work only: work that others started may run unseen.` : `Whether ${name} shows this credential everybody's work is not known: some may run unseen.`]);
  const { looks } = one;
  if (looks === null || (looks.newest === null && looks.fault === null)) return none([`${name} was not looked at yet.`]);
  if (looks.fault !== null) return none([`${name} cannot be looked at since ${clockOf(looks.fault.sinceUs)}: ${inert(looks.fault.text, 200)}`]);
  const { newest } = looks;
  if (newest !== null && !newest.complete) return none([`Not everything could be read at ${name}.${newest.notes.length === 0 ? '' : ` ${inert(newest.notes.join(' '), 300)}`}`]);
  if (newest !== null && newest.open.length > 0) return none([], [`${name} still shows open work: ${list(newest.open.map((run) => `${inert(run.id, 40)} (${run.state})`).toSorted())}.`]);
  if (looks.clearFromUs === null || looks.clearToUs === null || input.nowUs - looks.clearToUs > lookApartUs) return none([`${name} was not looked at since ${clockOf(looks.clearToUs ?? input.commandUs)}.`]);
  // The first look after the answers tells of the moments before it too, if none between was a bad one. Never counted from an act: an act proves no sight.
  const answeredUs = input.answeredUs ?? input.nowUs;
  const atOnce = (looks.badUs === null || looks.badUs <= answeredUs) && looks.clearFromUs - answeredUs <= lookApartUs;
  return { fromUs: Math.max(quietUs, atOnce ? Math.min(answeredUs, looks.clearFromUs) : looks.clearFromUs), blocks: [], waits: [] };
}

function byTelemetry(one: JudgedConnection, around: Around): Standing {
  const { input, quietUs, lookedAt } = around;
  const name = inert(one.name);
  if (!one.enabled) return standing(one, around, null, null, 0, { blocks: [`${name} is switched off: what it would tell is not seen.`], unseen: true });
  const gone = isGone(one, around.acts) ? one.process.covers : [];
  const bare = one.agents.filter((agent) => !lookedAt.has(agent) && !(gone === null || gone.includes(agent)));
  const rhythms = bare.map((agent) => input.rhythms.filter((rhythm) => rhythm.connection === one.connection && rhythm.run === null && rhythm.agent === agent && hasRhythm(rhythm, input.commandUs)));
  const mute = rhythms.filter((found) => found.length === 0).length;
  const open = around.acts.filter((act) => act.connection === one.connection && act.running);
  const blocks = [
    ...(mute === 0 ? [] : [`${name} is only told of, and ${mute === 1 ? 'an agent' : `${mute} agents`} there had no rhythm of signs before the command: its silence proves nothing, and no process of this machine is proven to be it.`]),
    ...doubted(one),
    ...some(open.map((act) => `${act.what} began ${clockOf(act.beginUs)}, and no end of it was told over ${name}.`), 'calls'),
  ];
  const needsUs = Math.max(input.silenceUs, ...rhythms.flat().map((rhythm) => rhythmNeedsUs(rhythm.longestUs, input.silenceUs)));
  const fromUs = afterGaps(one, quietUs);
  const blind = fromUs === null ? openGap(one) : [];
  const byEnd = one.agents.some((agent) => !lookedAt.has(agent) && !bare.includes(agent));
  return standing(one, around, fromUs, input.nowUs, needsUs, {
    overUs: byEnd ? one.process.sinceUs ?? 0 : 0, blocks: [...blocks, ...blind], unseen: blocks.length > 0 || blind.length > 0,
    grounds: blocks.length > 0 || blind.length > 0 ? [] : [`${name} listened without a break since ${clockOf(fromUs ?? quietUs)}${bare.length === 0 ? '' : ', and what it told of came regularly until the command'}.`],
  });
}

/** A gap that touches the window: sight begins anew where it ends; null: it is still open. */
function afterGaps(one: JudgedConnection, fromUs: number): number | null {
  let startUs = fromUs;
  for (const gap of one.gaps.toSorted((a, b) => a.fromUs - b.fromUs)) {
    if (gap.toUs === null) return null;
    if (gap.toUs > startUs) startUs = gap.toUs;
  }
  return startUs;
}
const openGap = (one: JudgedConnection): readonly string[] => one.gaps.filter((gap) => gap.toUs === null).map((gap) => `${inert(one.name)} is not seen since ${clockOf(gap.fromUs)}: ${inert(gap.text, 200)}`);

/** SECURITY: somebody lives who may be of what was ended, and tells nobody anything: its silence proves nothing. */
const doubted = (one: JudgedConnection): readonly string[] => (one.process.doubt === undefined ? [] : [`${inert(one.name)}: ${inert(one.process.doubt, 600)}`]);

/** What a lever changed must stand as it was written: a refusal that somebody took back holds nothing. */
function notStanding(one: JudgedConnection, input: JudgeInput): readonly string[] {
  return input.levers.toSorted((a, b) => a.id - b.id).flatMap((lever) => {
    const read = readsOf(lever, one).find((other) => other.holds === false);
    return read === undefined ? [] : [`"${inert(lever.title)}" does not stand at ${inert(one.name)}: ${inert(read.text, 200)}`];
  });
}
