/**
 * Whether one entry is what the chain says, computed in this window and not by the engine: its line's hash, what its line carries, and that
 * the entry after it goes on from there. Knows no engine and no browser, so that it is tested.
 */
import type { AuditEntryDetail, AuditStatus } from '../../../shared/audit.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { readJson } from '../../ui/json-text.ts';
import { placeWords } from '../../app/chain-words.ts';
import { entryOf } from './seal-words.ts';

export interface Finding { holds: boolean; text: string }

const member = (line: string, name: string): string | null => {
  const node = readJson(line);
  const value = node?.kind === 'object' ? node.members.find((one) => one.name === name)?.value : undefined;
  return value === undefined || value.kind === 'object' || value.kind === 'array' ? null : value.text;
};

type Hash = (text: string) => Promise<string>;

/** `next` null: it is the newest. */
export async function findingsOf(entry: AuditEntryDetail, next: Pick<AuditEntryDetail, 'seq' | 'previous'> | null, hash: Hash): Promise<Finding[]> {
  const own = (await hash(entry.line)) === entry.hash;
  const carried = member(entry.line, 'previous') === entry.previous && member(entry.line, 'body') === entry.body && member(entry.line, 'seq') === String(entry.seq) && member(entry.line, 'action') === entry.action && member(entry.line, 'outcome') === entry.outcome;
  const follows = next === null || (next.seq === entry.seq + 1 && next.previous === entry.hash);
  return [
    { holds: own, text: own ? 'This window hashed its line itself: the hash is the one that is kept.' : 'This window hashed its line itself: the hash is NOT the one that is kept.' },
    { holds: carried, text: carried ? 'Its line says the same number, act, outcome, content hash and entry before as stand here.' : 'Its line does NOT say what stands here.' },
    ...(next === null ? [] : [{ holds: follows, text: follows ? `Entry ${formatCount(entry.seq + 1)} goes on from its hash.` : `Entry ${formatCount(entry.seq + 1)} does NOT go on from its hash.` }]),
  ];
}

/** What the engine's check of the whole log says of the part from this entry on. */
export function chainFinding(seq: number, { state, damage, more, entries, of }: AuditStatus['check']): Finding {
  if (state === 'whole') return { holds: true, text: `The engine read ${formatCount(entries)} of ${formatCount(of)} entries: whole from here to the newest.` };
  const after = damage.filter((one) => (entryOf(one) ?? Infinity) >= seq);
  const [first] = after;
  if (state === 'damaged' && first === undefined && !more) return { holds: true, text: `Damage was found before this entry only: ${damage.slice(0, 3).map(placeWords).join(', ')}.` };
  if (state === 'damaged') return { holds: false, text: `From here on ${first === undefined ? 'more was damaged than is listed' : `${plural(after.length, 'place is', 'places are')} damaged, the first at ${placeWords(first)}: ${first.text}`}` };
  return { holds: false, text: 'The engine has not read the log through.' };
}

/** SHA-256 of the text's bytes, hex. */
export async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
