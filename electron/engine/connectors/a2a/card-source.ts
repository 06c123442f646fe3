/** Where the agent card is, and whether it changed: asked with its ETag each time, since servers let it be cached for an hour. */
import { RuntimeFault } from '../connector.ts';
import type { ConnectorIo } from '../connector.ts';
import { faultFrom, faultOf } from '../faults.ts';
import { readCard } from './card.ts';
import type { Card } from './card.ts';
import { jsonOf } from './link.ts';
import type { Link } from './link.ts';

const wellKnown = '.well-known/agent-card.json';
/** Where servers before 0.3 had it. */
const olderWellKnown = '.well-known/agent.json';

/** The address that a person gave may be the card itself, the agent's base, or the host. */
export function cardAddresses(target: string): readonly string[] {
  const url = new URL(target);
  url.hash = '';
  url.search = '';
  if (url.pathname.endsWith('.json')) return [url.href];
  const base = url.href.replace(/\/+$/, '');
  const found = [`${base}/${wellKnown}`, `${base}/${olderWellKnown}`];
  return url.pathname === '/' || url.pathname === '' ? found : [...found, `${url.origin}/${wellKnown}`];
}

export class CardSource {
  readonly #io: ConnectorIo;
  readonly #link: Link;
  readonly #addresses: readonly string[];
  #card: Card | null = null;
  #etag: string | null = null;

  constructor(target: string, link: Link, io: ConnectorIo) {
    this.#io = io;
    this.#link = link;
    this.#addresses = cardAddresses(target);
  }

  get base(): URL { return new URL(this.#addresses[0] ?? ''); }

  /** The card as it was last read; asks when it never was. */
  async known(signal: AbortSignal): Promise<Card> {
    return this.#card ?? this.fresh(signal);
  }

  /** Asks the server. */
  async fresh(signal: AbortSignal): Promise<Card> {
    const tried = this.#card === null ? this.#addresses : [this.#card.url];
    let last: RuntimeFault | null = null;
    for (const url of tried) {
      try {
        return await this.#read(url, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        last = faultFrom(error);
        if (last.kind !== 'gone') throw last;
      }
    }
    // A card that moved is looked for anew next time.
    this.#card = null;
    throw new RuntimeFault('garbage', `It serves no agent card at ${this.#addresses[0] ?? ''}, so it is no A2A server, or its card is elsewhere: then give the connection that address.`, { cause: last });
  }

  async #read(url: string, signal: AbortSignal): Promise<Card> {
    const headers = { accept: 'application/json', 'a2a-version': '1.0', ...(this.#etag === null || this.#card === null ? {} : { 'if-none-match': this.#etag }) };
    // The card is public; some servers still want the credential for it, and one on a path of its own never harms.
    const response = await this.#link.fetch(url, { headers, signal });
    if (response.status === 304 && this.#card !== null) return this.#card;
    const body = await response.text();
    if (!response.ok) throw faultOf(response.status, response.headers, body, this.#io.clock.now());
    this.#card = readCard(url, jsonOf(body));
    this.#etag = response.headers.get('etag');
    return this.#card;
  }
}
