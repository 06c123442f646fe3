/**
 * What a server offers may change after people trusted it ("rug pull"): what was offered is remembered in the connection's checkpoint, and
 * what changed is told with its time. Pure.
 */
import { z } from 'zod';
import type { RuntimeFacts } from '../connector.ts';
import { quoted } from '../foreign-json.ts';
import { shortDigest } from './grants.ts';
import type { Offered } from './grants.ts';

type Finding = RuntimeFacts['findings'][number];

/** `kind name` to what it said of itself, in digests. */
const remembered = z.object({
  v: z.literal(1),
  /** name, digest of the description, claims, digest of the shape. */
  offers: z.array(z.tuple([z.string(), z.string(), z.string(), z.string()])),
  /** offers that found no room here: changes of them go unseen. */
  unwatched: z.number().int().nonnegative(),
  changes: z.array(z.object({ atMs: z.number(), severity: z.enum(['info', 'attention']), text: z.string() })),
});
export type Memory = z.infer<typeof remembered>;
type Change = Memory['changes'][number];

/** Below the engine's limit for a checkpoint, in characters that may take more than a byte each. */
const mostText = 120_000;
const mostChanges = 40;
const keepChangesMs = 14 * 24 * 3_600_000;
const mostNamed = 5;

export function readMemory(checkpoint: string | null): Memory | null {
  if (checkpoint === null) return null;
  try {
    const parsed = remembered.safeParse(JSON.parse(checkpoint));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not ours, or of a version to come: what is offered now is remembered anew.
    return null;
  }
}

export function writeMemory(memory: Memory | null): string {
  return memory === null ? '{}' : JSON.stringify(memory);
}

function claims({ grant }: Offered): string {
  return [grant.readOnly, grant.destructive, grant.openWorld, grant.idempotent].map((one) => (one === null ? '-' : one ? 'y' : 'n')).join('');
}

function remember(offers: readonly Offered[]): Pick<Memory, 'offers' | 'unwatched'> {
  const kept: Memory['offers'] = [];
  let room = mostText;
  for (const offer of offers) {
    const line: Memory['offers'][number] = [`${offer.grant.kind} ${offer.grant.name}`, offer.grant.description === null ? '' : shortDigest(offer.grant.description), claims(offer), offer.shape];
    room -= JSON.stringify(line).length + 1;
    if (room < 0) break;
    kept.push(line);
  }
  return { offers: kept, unwatched: offers.length - kept.length };
}

/** `complete` false: what is not in `offers` may still be there. */
export function compare(before: Memory | null, offers: readonly Offered[], complete: boolean, nowMs: number): Memory {
  const now = remember(offers);
  if (before === null) return { v: 1, ...now, changes: [] };
  const old = new Map(before.offers.map((line) => [line[0], line]));
  const wording: string[] = [];
  const claimed: string[] = [];
  const shaped: string[] = [];
  const fresh: string[] = [];
  for (const [name, description, claim, shape] of now.offers) {
    const was = old.get(name);
    if (!was) fresh.push(name);
    else {
      if (was[1] !== description) wording.push(name);
      if (was[2] !== claim) claimed.push(`${name} (${claimWords(was[2])} → ${claimWords(claim)})`);
      if (was[3] !== shape) shaped.push(name);
    }
  }
  const present = new Set(now.offers.map(([name]) => name));
  const gone = complete && now.unwatched === 0 ? [...old.keys()].filter((name) => !present.has(name)) : [];
  // With some of the old ones unwatched, an unknown name may be one of them.
  const appeared = before.unwatched === 0 ? fresh : [];
  const told = [
    tell('attention', 'changed its description', 'changed their descriptions', wording),
    tell('attention', 'changed what it claims to do', 'changed what they claim to do', claimed),
    tell('attention', 'changed its parameters or results', 'changed their parameters or results', shaped),
    tell('attention', 'appeared', 'appeared', appeared),
    tell('info', 'is no longer offered', 'are no longer offered', gone),
  ].filter((one) => one !== null);
  const carried = complete ? now : { offers: [...now.offers, ...before.offers.filter(([name]) => !present.has(name))], unwatched: Math.max(now.unwatched, before.unwatched) };
  const changes = [...told.map((one) => ({ ...one, atMs: nowMs })), ...before.changes].filter(({ atMs }) => atMs > nowMs - keepChangesMs).slice(0, mostChanges);
  return { v: 1, offers: fit(carried.offers), unwatched: carried.unwatched, changes };
}

/** An incomplete list adds to what is remembered; it must not grow without end. */
function fit(offers: Memory['offers']): Memory['offers'] {
  let room = mostText;
  return offers.filter((line) => (room -= JSON.stringify(line).length + 1) >= 0);
}

function tell(severity: Change['severity'], one: string, many: string, names: readonly string[]): Omit<Change, 'atMs'> | null {
  if (names.length === 0) return null;
  const named = names.slice(0, mostNamed).map((name) => quoted(name, 160)).join(', ');
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return { severity, text: `${named}${more} ${names.length === 1 ? one : many}` };
}

const claimNames = ['read only', 'destructive', 'open world', 'idempotent'] as const;

function claimWords(claim: string): string {
  const said = claimNames.filter((_, i) => claim[i] === 'y');
  const denied = claimNames.filter((_, i) => claim[i] === 'n').map((name) => `not ${name}`);
  return [...said, ...denied].join(', ') || 'nothing claimed';
}

export function changeFindings(memory: Memory | null): Finding[] {
  if (memory === null) return [];
  const findings: Finding[] = memory.changes.map(({ atMs, severity, text }) => ({ id: `changed-${shortDigest(`${atMs} ${text}`)}`, severity, text: `${text}, seen at ${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC.` }));
  if (memory.unwatched > 0) findings.push({ id: 'unwatched', severity: 'info', text: `It offers more than is remembered: changes of ${memory.unwatched} entries go unseen.` });
  return findings;
}
