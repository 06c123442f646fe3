/** Everything that one look at a server found. */
import type { ConnectorIo } from '../connector.ts';
import { limits } from './limits.ts';
import { listAll } from './listing.ts';
import type { Listed } from './listing.ts';
import { lists } from './lists.ts';
import type { ListKind } from './lists.ts';
import { readOffers } from './grants.ts';
import type { Offered, OfferedKind } from './grants.ts';
import { Refusals } from './refusals.ts';
import type { Session } from './session.ts';
import { SourceRoom } from '../source-text.ts';

export interface Reading {
  readonly era: Session['era'];
  readonly protocol: string;
  readonly server: Session['server'];
  readonly offers: readonly Offered[];
  readonly complete: boolean;
  readonly offersTools: boolean;
  readonly refusals: Refusals;
}

const asked: readonly (readonly [OfferedKind, ListKind])[] = [
  ['tool', lists.tools], ['resource', lists.resources], ['template', lists.templates], ['prompt', lists.prompts],
];

/**
 * What a server says to be changed while it is read (many load their tools after the greeting) is read once more at once. SECURITY: once:
 * a server that says so without end is read twice, and again when its turn comes. Both readings share one limit of time and of bytes.
 */
export async function readAll(session: Session, io: ConnectorIo): Promise<Reading> {
  const untilMs = io.clock.now() + limits.listingMs;
  const first = await readLists(session, io, untilMs);
  return session.changedSince() ? readLists(session, io, untilMs) : first;
}

/** One list after the other: a server is never asked two things at once. */
async function readLists(session: Session, io: ConnectorIo, untilMs: number): Promise<Reading> {
  const refusals = new Refusals();
  const offers: Offered[] = [];
  const room = new SourceRoom();
  let complete = true;
  for (const [kind, list] of asked) {
    const listed: Listed = await listAll(session, list, io.clock, untilMs, refusals);
    const read = readOffers(kind, listed.items, refusals, room);
    offers.push(...read.offers);
    complete &&= listed.complete && read.whole;
  }
  return { era: session.era, protocol: session.protocol, server: session.server, offers, complete, offersTools: session.capabilities.has('tools'), refusals };
}

interface ToolCounts { readonly all: number; readonly destructive: number; readonly unclaimed: number; readonly contradicting: number }

/** `unclaimed`: neither read-only nor destructive was claimed either way; by the protocol the worst holds then. */
export function countTools(offers: readonly Offered[]): ToolCounts {
  const tools = offers.filter(({ grant }) => grant.kind === 'tool').map(({ grant }) => grant);
  return {
    all: tools.length,
    destructive: tools.filter(({ destructive, readOnly }) => destructive === true && readOnly !== true).length,
    unclaimed: tools.filter(({ destructive, readOnly }) => destructive === null && readOnly !== true).length,
    contradicting: tools.filter(({ destructive, readOnly }) => destructive === true && readOnly === true).length,
  };
}
