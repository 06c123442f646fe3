/** The process behind a runtime on this machine: who listens at the address where it is asked. */
import { onThisMachine } from '../connectors/this-machine.ts';
import { processText, type Finder, type Found } from './found.ts';
import { endServerId } from './levers.ts';
import type { Machine, Processes } from './machine.ts';
import { wrongInItself } from './prove.ts';
import { topOf } from './sender-watch.ts';
import { Tree } from './tree.ts';

export interface ServerParts {
  readonly address: URL;
  readonly machine: Machine;
  readonly never: (processes: Processes) => ReadonlySet<number>;
}

/** Null: it is not on this machine, or has no address. */
export function addressHere(address: string | null): URL | null {
  if (address === null || !URL.canParse(address)) return null;
  const url = new URL(address);
  return (url.protocol === 'http:' || url.protocol === 'https:') && (onThisMachine(url) || /^127(?:\.\d{1,3}){3}$/.test(url.hostname)) ? url : null;
}

export const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));

export class FindServer implements Finder {
  readonly #parts: ServerParts;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  async find(): Promise<Found> {
    const { address, machine } = this.#parts;
    const port = portOf(address);
    const where = `${address.hostname}:${port}`;
    const listeners = await machine.listenersAt(address.hostname, port);
    const processes = await machine.read();
    const never = this.#parts.never(processes);
    const root = topOf(listeners, processes);
    if (root === null) return none(listeners.length > 1 ? `Several processes that did not start each other listen at ${where}: which of them is the server cannot be told.` : `No process that this account may read listens at ${where}.`);
    const known = await machine.details(root.pid);
    if (known === null) return none(`Process ${root.pid} (${root.name}), which listens at ${where}, cannot be read.`);
    const what = `Process ${root.pid} (${known.title}), which listens at ${where},`;
    const wrong = wrongInItself(root, known, what, { processes, details: () => known, never, hostName: machine.hostName, account: await machine.account() });
    if (wrong !== null) return { subjects: [], notes: [wrong.why], missing: wrong.right ? wrong.why : null };
    const tree = Tree.of({ pid: root.pid, start: root.start });
    tree.take(processes, new Set());
    if (tree.alive().some(({ pid }) => never.has(pid))) return none(`${what} belongs with Gatehouse itself.`);
    const alsoHits = [{ agent: null, name: `everybody who uses ${where}`, why: 'the server ends for all of them' }];
    return { subjects: [{ leverId: endServerId, tree, text: `${processText(tree, known.title)}, listening at ${where}`, agent: null, alsoHits }], notes: [], missing: null };
  }
}

const none = (note: string): Found => ({ subjects: [], notes: [note], missing: null });
