/** What is written down beside an order, fact by fact, each under a key by which it is written once. */
import type { Act } from './acts.ts';
import { isProcessLever } from './against.ts';
import type { Against } from './against.ts';
import type { Evidence, JudgeInput } from './judge-input.ts';
import { readsOf } from './read-back.ts';
import type { Standing } from './standing.ts';
import { clockOf, duration, inert } from './time-words.ts';

/** `proof`: the standings of a verdict that is verified. */
export function evidenceOf(input: JudgeInput, acts: readonly Act[], against: readonly Against[], proof: readonly Standing[]): readonly Evidence[] {
  const cut = (connection: number): number | null => leverFor(input, connection);
  const facts: Evidence[] = [
    ...against.map((one): Evidence => ({ key: one.key, kind: 'against', by: one.by, atUs: one.atUs, lever: cut(one.connection), text: one.text })),
    ...acts.flatMap((act) => actEvidence(act, input, cut(act.connection))),
    ...input.connections.flatMap((one) => [...readBacks(input, one.connection), ...goneProcess(input, one.connection), ...gaps(input, one.connection)]),
    ...proof.flatMap((one): Evidence[] => one.grounds.map((text, index) => ({ key: `proof:${one.connection}:${index}:${one.fromUs ?? 0}`, kind: 'for', by: one.byProcess ? 'process' : 'activity', atUs: provenUs(input, one.fromUs), lever: cut(one.connection), text }))),
  ];
  return [...new Map(facts.toReversed().map((fact) => [fact.key, fact])).values()].toSorted((a, b) => a.atUs - b.atUs || (a.key < b.key ? -1 : 1));
}

/** The lever that an act speaks for or against: the first that was to cut it. */
function leverFor(input: JudgeInput, connection: number): number | null {
  const here = input.levers.filter((lever) => lever.connection === connection && lever.state !== 'skipped' && lever.kind !== 'catalogue').toSorted((a, b) => a.id - b.id);
  return (here.find((lever) => lever.kind === 'cut' && !isProcessLever(lever.leverId)) ?? here.find((lever) => lever.kind === 'cut') ?? here[0])?.id ?? null;
}

function actEvidence(act: Act, input: JudgeInput, lever: number | null): readonly Evidence[] {
  const after = `${duration(act.beginUs - input.commandUs)} after the command`;
  switch (act.role) {
    case 'began': return [{ key: act.key, kind: 'against', by: 'activity', atUs: act.beginUs, lever, text: `${act.what} began ${after} and was not denied.` }];
    case 'denied': return [{ key: act.key, kind: 'for', by: 'denial', atUs: act.beginUs, lever, text: `${act.what} was tried ${after} and denied.` }];
    case 'landed': return [{ key: act.key, kind: 'note', by: 'activity', atUs: act.lastUs ?? act.beginUs, lever: null, text: `${act.what} ended ${duration((act.lastUs ?? act.beginUs) - input.commandUs)} after the command; it began before, or as it was given.` }];
    default: return [];
  }
}

function readBacks(input: JudgeInput, connection: number): readonly Evidence[] {
  const one = input.connections.find((other) => other.connection === connection);
  const atUs = one?.looks?.newestUs ?? input.nowUs;
  return input.levers.flatMap((lever) => readsOf(lever, one).flatMap((read): Evidence[] =>
    (read.holds === null ? [] : [{ key: `read:${lever.id}:${String(read.holds)}`, kind: read.holds ? 'for' : 'against', by: 'read back', atUs, lever: lever.id, text: inert(read.text, 300) }])));
}

function goneProcess(input: JudgeInput, connection: number): readonly Evidence[] {
  const one = input.connections.find((other) => other.connection === connection);
  if (one?.process.state !== 'gone' || one.process.sinceUs === null) return [];
  const lever = input.levers.find((other) => other.connection === connection && isProcessLever(other.leverId))?.id ?? null;
  return [{ key: `process:${connection}:gone:${one.process.sinceUs}`, kind: 'for', by: 'process', atUs: one.process.sinceUs, lever, text: `The process behind ${inert(one.name)} is gone since ${clockOf(one.process.sinceUs)}.` }];
}

function gaps(input: JudgeInput, connection: number): readonly Evidence[] {
  const one = input.connections.find((other) => other.connection === connection);
  return (one?.gaps ?? []).filter((gap) => gap.toUs === null || gap.toUs > input.commandUs).map((gap) => ({
    key: `gap:${connection}:${gap.fromUs}:${gap.toUs === null ? 'open' : 'closed'}`, kind: 'not_seen', by: 'console', atUs: gap.fromUs, lever: null,
    text: `${inert(one?.name ?? '')} not seen ${gap.toUs === null ? `since ${clockOf(gap.fromUs)}` : `from ${clockOf(gap.fromUs)} to ${clockOf(gap.toUs)}`}: ${inert(gap.text, 200)}`,
  }));
}

/** What was seen anew after the order was verified, for one after a time without sight, was not known then. */
function provenUs({ verifiedUs, nowUs }: Pick<JudgeInput, 'verifiedUs' | 'nowUs'>, fromUs: number | null): number {
  return verifiedUs === null || (fromUs ?? 0) > verifiedUs ? nowUs : verifiedUs;
}
