/**
 * MCP servers: what tools an agent could reach. The protocol shows nobody's calls, so there is no activity, and nothing is ever called from
 * here (methods.ts). A server is asked for its lists every few minutes and for a sign of life in between; a local one is started for each
 * look and ended again.
 */
import type { Batch, Connector, ConnectorIo, ConnectorKind, Discovered, TargetOf } from '../connector.ts';
import { faultFrom } from '../faults.ts';
import { changeFindings, compare, readMemory, writeMemory } from './changes.ts';
import type { Memory } from './changes.ts';
import { consentCheck, credentialCheck, faultChecks, protectionCheck, readingChecks } from './checks.ts';
import { declaration, discoverEveryMs, factsOf, pollEveryMs, startEveryMs, waitingFacts } from './facts.ts';
import { askHealth } from './health.ts';
import { readProtection } from './oauth.ts';
import type { Protection } from './oauth.ts';
import { readAll } from './reading.ts';
import type { Reading } from './reading.ts';
import { openHttp, openStdio } from './session.ts';
import type { Challenge } from './challenge.ts';

interface Look { readonly reading: Reading; readonly protection: Protection | null; readonly open: boolean }

class McpConnector implements Connector {
  readonly #target: TargetOf<'mcp'>;
  readonly #io: ConnectorIo;
  readonly discoverEveryMs: number;
  readonly #life = new AbortController();
  #lastAnswerMs = 0;
  #memory: Memory | null = null;
  /** the checkpoint was given to us once; before that, what is found waits to be compared with it. */
  #remembers = false;
  #waiting: { readonly reading: Reading; readonly atMs: number } | null = null;

  constructor(target: TargetOf<'mcp'>, io: ConnectorIo) {
    this.#target = target;
    this.#io = io;
    this.discoverEveryMs = target.transport === 'http' ? discoverEveryMs : startEveryMs;
  }

  async discover(signal: AbortSignal): Promise<Discovered> {
    if (this.#waitsForConsent()) return { facts: waitingFacts(), agents: [], grants: [], complete: false, refused: [] };
    const { reading, protection, open } = await this.#look(this.#bounded(signal));
    this.#compare(reading, this.#io.clock.now());
    return {
      facts: factsOf({ target: this.#target, reading, protection, open, changes: changeFindings(this.#memory) }),
      agents: [],
      grants: reading.offers.map(({ grant }) => grant),
      complete: reading.complete,
      refused: reading.refusals.list(),
    };
  }

  async collect(checkpoint: string | null, signal: AbortSignal): Promise<Batch> {
    if (!this.#remembers) {
      this.#memory = readMemory(checkpoint);
      this.#remembers = true;
      if (this.#waiting) this.#compare(this.#waiting.reading, this.#waiting.atMs);
      this.#waiting = null;
    }
    // A local command is not started only to see whether it starts.
    if (this.#target.transport === 'http' && this.#io.clock.now() - this.#lastAnswerMs >= pollEveryMs * 0.8) {
      await askHealth(this.#io, this.#target, this.#bounded(signal));
      this.#lastAnswerMs = this.#io.clock.now();
    }
    return { records: [], approvals: null, stuck: null, refused: [], checkpoint: writeMemory(this.#memory), more: false, gaps: [] };
  }

  async test(signal: AbortSignal): ReturnType<Connector['test']> {
    if (this.#waitsForConsent()) return { checks: [consentCheck], facts: waitingFacts() };
    const bounded = this.#bounded(signal);
    const startedMs = this.#io.clock.now();
    const seen: { challenge: Challenge | null } = { challenge: null };
    try {
      const look = await this.#look(bounded, seen);
      const ms = this.#io.clock.now() - startedMs;
      const { reading, protection, open } = look;
      const more = this.#target.transport === 'http' ? [await credentialCheck(this.#io, this.#target, bounded), protectionCheck(protection)] : [];
      return { checks: [...readingChecks(reading, this.#target, ms), ...more], facts: factsOf({ target: this.#target, reading, protection, open, changes: [] }) };
    } catch (error) {
      bounded.throwIfAborted();
      const ms = this.#io.clock.now() - startedMs;
      const fault = faultFrom(error);
      const wantsMetadata = this.#target.transport === 'http' && (fault.status === 401 || fault.status === 403);
      const protection = wantsMetadata && this.#target.transport === 'http' ? await readProtection(this.#io, new URL(this.#target.url), seen.challenge, bounded) : null;
      return { checks: [...faultChecks(fault, this.#target, ms, protection), ...(wantsMetadata ? [protectionCheck(protection)] : [])], facts: null };
    }
  }

  close(): Promise<void> {
    this.#life.abort(new DOMException('The connection was closed.', 'AbortError'));
    return Promise.resolve();
  }

  #waitsForConsent(): boolean {
    return this.#target.transport === 'stdio' && this.#io.spawn === null;
  }

  #bounded(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#io.signal, this.#life.signal]);
  }

  async #look(signal: AbortSignal, seen: { challenge: Challenge | null } = { challenge: null }): Promise<Look> {
    signal.throwIfAborted();
    const target = this.#target;
    const session = target.transport === 'http' ? await openHttp(this.#io, target, { signal, seen }) : await openStdio(this.#io, target, { signal });
    let reading: Reading;
    try {
      reading = await readAll(session, this.#io);
    } finally {
      await session.close();
    }
    this.#lastAnswerMs = this.#io.clock.now();
    if (target.transport === 'stdio') return { reading, protection: null, open: false };
    const open = await this.#io.secret() === null;
    // An open server has no tokens to tell of.
    const protection = open ? null : await readProtection(this.#io, new URL(target.url), seen.challenge, signal);
    return { reading, protection, open };
  }

  #compare(reading: Reading, atMs: number): void {
    if (this.#remembers) this.#memory = compare(this.#memory, reading.offers, reading.complete, atMs);
    else this.#waiting = { reading, atMs };
  }
}

export const mcp: ConnectorKind<'mcp'> = {
  declaration,
  open: (target, io) => new McpConnector(target, io),
};
