/** Opens the connector of one runtime with all that it may reach, and with the mask that keeps its credential out of what it says. */
import { commandLineOf } from '../../../shared/command-line.ts';
import type { RuntimeTarget } from '../../../shared/contract.ts';
import type { Connector, ConnectorIo, ConnectorKind, Declaration } from '../connectors/connector.ts';
import { guardedFetch } from '../connectors/guarded-fetch.ts';
import type { ConnectorKinds } from '../connectors/kinds.ts';
import { onThisMachine } from '../connectors/this-machine.ts';
import type { Clock, Log } from '../ports.ts';
import { maskOf } from './masking.ts';
import type { Mask } from './masking.ts';
import { localLongestMs, usualLongestMs } from './schedule.ts';

export interface OpenedRuntime {
  readonly connector: Connector;
  readonly declaration: Declaration;
  readonly mask: () => Mask;
  /** the longest wait of the backoff. */
  readonly longestMs: number;
  /** The connector's life; ends with `close`. */
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

export interface RuntimeOutside {
  readonly kinds: ConnectorKinds;
  readonly readSecret: () => Promise<string | null>;
  /** undefined: stop levers use the credential that reads. */
  readonly readStopSecret?: (() => Promise<string | null>) | undefined;
  readonly spawn: NonNullable<ConnectorIo['spawn']>;
  /** what `spawn` hands over by name. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly clock: Clock;
}

/** SECURITY: a command runs only when exactly this text was agreed to; a target with another word in it is another command. */
export function isAgreed(target: RuntimeTarget, consent: string | null): boolean {
  return target.kind === 'mcp' && target.transport === 'stdio' && consent !== null && consent === commandLineOf(target);
}

export function waitsForConsent(target: RuntimeTarget, consent: string | null): boolean {
  return target.kind === 'mcp' && target.transport === 'stdio' && !isAgreed(target, consent);
}

/** A local command has no address of its own: what it wants fetched is abroad. */
const noAddress = new URL('stdio:local');
const mostSecrets = 8;
const endWithinMs = 3_000;

/** Null: this build has no connector of the kind. */
export function openRuntime(target: RuntimeTarget, consent: string | null, { kinds, readSecret, readStopSecret, spawn, environment, log, clock }: RuntimeOutside): OpenedRuntime | null {
  // One kind of a union of kinds: the registry ties each to its own targets.
  const kind = kinds[target.kind] as ConnectorKind | undefined;
  if (kind === undefined) return null;
  const life = new AbortController();
  const base = 'url' in target ? new URL(target.url) : noAddress;
  const secrets = new SeenSecrets(handedOver(target, environment));
  const io: ConnectorIo = {
    fetch: guardedFetch({ signal: life.signal, base }), clock, log, signal: life.signal,
    secret: async () => secrets.seen(await readSecret()),
    stopSecret: async () => secrets.seen(await (readStopSecret ?? readSecret)()),
    spawn: isAgreed(target, consent) ? spawn : null,
  };
  const connector = kind.open(target, io);
  return {
    connector, declaration: kind.declaration, mask: () => secrets.mask, signal: life.signal, longestMs: onThisMachine(base) ? localLongestMs : usualLongestMs,
    close: async () => {
      life.abort();
      let impatient: NodeJS.Timeout | undefined;
      const late = new Promise<void>((done) => { impatient = setTimeout(done, endWithinMs); });
      await Promise.race([connector.close().catch((error: unknown) => log.error('a connector did not close', error)), late]);
      clearTimeout(impatient);
    },
  };
}

const secretName = /key|token|secret|pass|pwd|auth|cred|dsn|cookie|session|private/i;

/** SECURITY: a program's credentials come by its environment, and programs print them when they fail. By their names: "production" is no secret. */
function handedOver(target: RuntimeTarget, environment: RuntimeOutside['environment']): string[] {
  const names = 'env' in target ? target.env.filter((name) => secretName.test(name)) : [];
  return names.flatMap((name) => environment[name] ?? []);
}

/** What was ever given to this connector: a runtime may echo a former credential too. */
class SeenSecrets {
  readonly #handedOver: readonly string[];
  #known: readonly string[] = [];
  mask: Mask;

  constructor(handedOver: readonly string[]) {
    this.#handedOver = handedOver;
    this.mask = maskOf(handedOver);
  }

  seen(secret: string | null): string | null {
    if (secret !== null && !this.#known.includes(secret)) {
      this.#known = [secret, ...this.#known].slice(0, mostSecrets);
      this.mask = maskOf([...this.#handedOver, ...this.#known]);
    }
    return secret;
  }
}
