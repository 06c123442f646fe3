/** What changed between two readings of the same grant, and whether it reaches further than before. */
import { enforcements } from '../../../shared/access.ts';
import type { Grant } from '../../../shared/access.ts';
import { globCovers } from './glob.ts';
import { bare, isNegated } from './normalised.ts';
import { isWorse } from './worst.ts';

export type Comparable = Pick<Grant, 'effect' | 'understood' | 'classes' | 'actions' | 'resources' | 'conditions' | 'readOnly' | 'destructive' | 'openWorld' | 'enforcement' | 'expiresAt' | 'description'>;

/** `widening`: it reaches further, or nobody can tell that it does not. */
export interface Difference { readonly what: 'changed'; readonly widening: boolean; readonly text: string }

interface Part { readonly widening: boolean; readonly text: string }

/** null: nothing that matters changed. */
export function diffOf(before: Comparable, after: Comparable): Difference | null {
  const parts = [...effectParts(before, after), ...claimParts(before, after), ...classParts(before, after), ...patternParts('action', before.actions, after.actions, after.effect), ...patternParts('resource', before.resources, after.resources, after.effect), ...conditionParts(before, after), ...otherParts(before, after)];
  if (parts.length === 0) return null;
  return { what: 'changed', widening: parts.some(({ widening }) => widening), text: parts.map(({ text }) => text).join(' ') };
}

function effectParts(before: Comparable, after: Comparable): Part[] {
  return before.effect === after.effect ? [] : [{ widening: after.effect === 'allow', text: `It was ${before.effect}, and is ${after.effect} now.` }];
}

const claims = [
  { key: 'readOnly', mild: true, says: { true: 'It claims to read only now.', false: 'It says now that it does not only read.', null: 'It no longer says whether it only reads.' } },
  { key: 'destructive', mild: false, says: { true: 'It says now that it destroys.', false: 'It claims to destroy nothing now.', null: 'It no longer says whether it destroys.' } },
  { key: 'openWorld', mild: false, says: { true: 'It says now that it reaches beyond its own system.', false: 'It claims to stay in its own system now.', null: 'It no longer says whether it stays in its own system.' } },
] as const;

function claimParts(before: Comparable, after: Comparable): Part[] {
  // Not claimed counts as the worst (MCP): from the worst claim to none is no widening.
  return claims.filter(({ key }) => before[key] !== after[key]).map(({ key, mild, says }) => ({ widening: before[key] === mild, text: says[`${after[key]}`] }));
}

function classParts(before: Comparable, after: Comparable): Part[] {
  const was = new Map(before.classes.map((one) => [one.class, one.reversibility]));
  const is = new Map(after.classes.map((one) => [one.class, one.reversibility]));
  const allows = after.effect === 'allow';
  // Nothing kept a tool that did not only read from reading too.
  const tamed = after.readOnly === true && before.readOnly !== true;
  const parts: Part[] = [];
  for (const [name, reversibility] of is) {
    const old = was.get(name);
    if (old === undefined) parts.push({ widening: allows && !(name === 'read' && tamed), text: `New: ${words(name)}.` });
    else if (old !== reversibility) parts.push({ widening: allows && isWorse(reversibility, old), text: `${sentence(words(name))} was ${words(old)}, and is ${words(reversibility)} now.` });
  }
  for (const name of was.keys()) if (!is.has(name)) parts.push({ widening: !allows, text: `No longer: ${words(name)}.` });
  return parts;
}

function patternParts(what: 'action' | 'resource', before: readonly string[], after: readonly string[], effect: Comparable['effect']): Part[] {
  const added = after.filter((pattern) => !before.includes(pattern));
  const gone = before.filter((pattern) => !after.includes(pattern));
  if (added.length === 0 && gone.length === 0) return [];
  const reaches = !coversAll(before, after);
  const shrinks = !coversAll(after, before);
  return [{ widening: effect === 'allow' ? reaches : shrinks, text: [added.length > 0 ? `New ${what}${added.length > 1 ? 's' : ''}: ${listed(added)}.` : '', gone.length > 0 ? `No longer ${what}${gone.length > 1 ? 's' : ''}: ${listed(gone)}.` : ''].filter((text) => text !== '').join(' ') }];
}

/** Whether everything that `narrow` names is named by `wide`. No where it cannot be told. An empty list could be any. */
function coversAll(wide: readonly string[], narrow: readonly string[]): boolean {
  if (wide.length === 0) return true;
  if (narrow.length === 0) return false;
  const wideNot = wide.every(isNegated);
  const narrowNot = narrow.every(isNegated);
  if (wideNot && narrowNot) return wide.every((left) => narrow.some((other) => globCovers(bare(other), bare(left))));
  if (wideNot !== narrowNot) return !wideNot && wide.includes('*');
  return narrow.every((pattern) => wide.some((one) => globCovers(one, pattern)));
}

function conditionParts(before: Comparable, after: Comparable): Part[] {
  const dropped = before.conditions.filter((text) => !after.conditions.includes(text));
  const added = after.conditions.filter((text) => !before.conditions.includes(text));
  const allows = after.effect === 'allow';
  // Replaced by another, nobody can tell which of the two lets more through.
  return [...dropped.map((text) => ({ widening: allows || added.length > 0, text: `No longer: only if ${text}.` })), ...added.map((text) => ({ widening: !allows || dropped.length > 0, text: `New: only if ${text}.` }))];
}

function otherParts(before: Comparable, after: Comparable): Part[] {
  const parts: Part[] = [];
  const weaker = enforcements.indexOf(after.enforcement) > enforcements.indexOf(before.enforcement);
  if (before.enforcement !== after.enforcement) parts.push({ widening: weaker, text: `It was ${words(before.enforcement)}, and is ${words(after.enforcement)} now.` });
  if (before.expiresAt !== after.expiresAt) parts.push({ widening: before.expiresAt !== null && (after.expiresAt === null || after.expiresAt > before.expiresAt), text: after.expiresAt === null ? 'It does not end any more.' : `It ends at ${after.expiresAt} now.` });
  if (before.understood !== after.understood) parts.push({ widening: after.understood === 'not' || (after.understood === 'partly' && before.understood === 'whole'), text: after.understood === 'whole' ? 'It is understood whole now.' : after.understood === 'partly' ? 'It is understood in part now.' : 'It can no longer be read.' });
  // What a tool says of itself is read by models: other words are another tool.
  if (before.description !== after.description) parts.push({ widening: false, text: 'Its description changed.' });
  return parts;
}

const words = (name: string): string => name.replaceAll('_', ' ');
const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
const listed = (patterns: readonly string[]): string => (patterns.length <= 4 ? patterns.join(', ') : `${patterns.slice(0, 3).join(', ')} and ${patterns.length - 3} more`);
