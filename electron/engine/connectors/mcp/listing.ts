/** Pages of a list until its end, or until a bound; what lies behind a bound is said. */
import { ProtocolError } from '@modelcontextprotocol/client';
import type { Clock } from '../../ports.ts';
import { isObject, quoted } from '../foreign-json.ts';
import { limits } from './limits.ts';
import type { ListKind } from './lists.ts';
import type { Refusals } from './refusals.ts';
import type { Session } from './session.ts';

export interface Listed {
  readonly items: readonly unknown[];
  /** false: there is more, or part of it could not be read. */
  readonly complete: boolean;
}

type Page = { readonly items: readonly unknown[]; readonly next: string | null } | null;

/** A fault ends everything; an error of the protocol ends only this list. */
export async function listAll(session: Session, kind: ListKind, clock: Clock, untilMs: number, refusals: Refusals): Promise<Listed> {
  if (!session.capabilities.has(kind.capability)) return { items: [], complete: true };
  const items: unknown[] = [];
  const seen = new Set<string>();
  let cursor: string | null = null;
  const stop = (reason: string, sample: string | null = null): Listed => {
    refusals.add(`${kind.method}: ${reason}`, sample);
    return { items, complete: false };
  };
  for (let pages = 0; pages < limits.pages; pages++) {
    if (clock.now() > untilMs) return stop('too slow, the rest was not asked for');
    let page: Page;
    try {
      page = readPage(await session.ask(kind, cursor), kind.field);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return stop(`the server answered with error ${error.code}`, quoted(error.message, 150));
    }
    if (page === null) return stop('an answer without the list');
    items.push(...page.items.slice(0, limits.items - items.length));
    if (items.length >= limits.items && (page.next !== null || page.items.length > 0)) {
      return page.next === null && page.items.length <= limits.items ? { items, complete: true } : stop(`more than ${limits.items} entries, the rest was not read`);
    }
    if (page.next === null) return { items, complete: true };
    if (page.next.length > limits.cursor) return stop('a cursor that is too long');
    // A server whose pages lead back would be read for ever.
    if (seen.has(page.next)) return stop('a cursor that came before; its pages go in a circle');
    seen.add(page.next);
    cursor = page.next;
  }
  return stop(`more than ${limits.pages} pages, the rest was not read`);
}

function readPage(result: unknown, field: string): Page {
  if (!isObject(result)) return null;
  const items = result[field];
  const next = result['nextCursor'];
  if (!Array.isArray(items)) return null;
  return { items: items as readonly unknown[], next: typeof next === 'string' && next !== '' ? next : null };
}
