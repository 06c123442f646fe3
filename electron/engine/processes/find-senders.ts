/** The processes of an OTLP connection's agents: those whose sockets brought their records. */
import type { StopTarget } from '../connectors/stopping.ts';
import { portOf } from './find-server.ts';
import { processText, type Finder, type Found, type Subject } from './found.ts';
import { endId, endSharedId } from './levers.ts';
import type { Machine, Proc, ProcDetails, Processes } from './machine.ts';
import { heardIn, plainServicesIn, prove } from './prove.ts';
import type { Proven, Surroundings } from './prove.ts';
import { agentsOf } from './sender-book.ts';
import type { Sender, SenderBook } from './sender-book.ts';
import type { Senders } from './sender-watch.ts';
import { ancestorsOf, Tree } from './tree.ts';

/** Look-ups may take seconds on a busy machine: a stop does not wait for all of them. */
const settleMs = 1_000;
const unsettled = 'Who sends is still being looked up on this busy machine: a process may be missing here that another look will show.';

interface Served { readonly where: string; readonly pids: readonly number[] }

export interface SenderParts {
  readonly connection: number;
  readonly machine: Machine;
  readonly book: SenderBook;
  readonly senders: Pick<Senders, 'settled' | 'follow'>;
  readonly never: (processes: Processes) => ReadonlySet<number>;
  /** Where connected runtimes of this machine are asked. */
  readonly servers: () => Promise<readonly URL[]>;
}

export class FindSenders implements Finder {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  async find(target: StopTarget): Promise<Found> {
    const { book, senders, connection } = this.#parts;
    const isSettled = await inTime(senders.settled(), settleMs);
    const processes = await senders.follow();
    const asked = book.of(connection).filter((sender) => this.#isAimedAt(sender, target));
    const around = await this.#around(asked, processes);
    const served = asked.length === 0 ? [] : await this.#served();
    const subjects: Subject[] = [];
    const notes: string[] = isSettled ? [] : [unsettled];
    const elsewhere = this.#elsewhere(target);
    let missing: string | null = null;
    for (const sender of asked) {
      const proof = prove(sender, around) ?? leftBehind(sender);
      if (proof === null) continue;
      if (proof.t === 'not_proven') {
        sender.proven = null;
        sender.forwards = proof.forwards;
        notes.push(proof.why);
        if (proof.forwards) elsewhere.push(proof.why);
        if (proof.right) missing = proof.why;
        continue;
      }
      sender.proven = { title: proof.title, shared: proof.shared };
      sender.forwards = false;
      subjects.push(this.#subject(sender, proof, target, around, served));
    }
    const others = [...new Set([...notes, ...elsewhere])];
    return { subjects: withoutInner(subjects), notes: others, others, elsewhere, missing };
  }

  /** Several agents may live side by side in one container: one that is proven to be another agent's is not in doubt. */
  async unclaimed(processes: readonly Proc[], target: StopTarget): Promise<readonly Proc[]> {
    const holding = this.#parts.book.all().filter((sender) => processes.some((proc) => sender.tree.has(proc)) && !this.#isAimedAt(sender, target));
    if (holding.length === 0) return processes;
    const around = await this.#around(holding, await this.#parts.machine.read());
    const others = holding.filter((sender) => prove(sender, around)?.t === 'proven');
    return processes.filter((proc) => !others.some((sender) => sender.tree.has(proc)));
  }

  #isAimedAt(sender: Sender, { agents }: StopTarget): boolean {
    return sender.said.has(this.#parts.connection) && (agents === null || this.#agents(sender).some((agent) => agents.includes(agent)));
  }

  #elsewhere({ agents }: StopTarget): string[] {
    const { book, connection } = this.#parts;
    const heard = book.elsewhere(connection, agents, Date.now());
    if (heard.length === 0) return [];
    const lastMs = Math.max(...heard.map((one) => one.lastMs));
    return [`Records came that no process of this machine is seen to have sent, last ${new Date(lastMs).toISOString()}: it may run elsewhere too.`];
  }

  /** SECURITY: a runtime's server may export for one of its agents; ended as that agent's, it would end for everybody. */
  #served(): Promise<readonly Served[]> {
    return this.#parts.servers().then((urls) => Promise.all(urls.map(async (url) => ({ where: url.host, pids: await this.#parts.machine.listenersAt(url.hostname, portOf(url)) }))));
  }

  #agents(sender: Sender): string[] {
    const said = sender.said.get(this.#parts.connection);
    return said === undefined ? [] : agentsOf(said);
  }

  async #around(senders: readonly Sender[], processes: Processes): Promise<Surroundings> {
    const { machine, never } = this.#parts;
    const pids = new Set(senders.flatMap(({ pin, tree }) => [pin.pid, ...tree.alive().map(({ pid }) => pid), ...ancestorsOf(pin.pid, processes).map(({ pid }) => pid)]));
    const details = new Map<number, ProcDetails | null>(await Promise.all([...pids].map(async (pid) => [pid, await machine.details(pid)] as const)));
    return { processes, details: (pid) => details.get(pid) ?? null, never: never(processes), hostName: machine.hostName, account: await machine.account() };
  }

  #subject(sender: Sender, proof: Proven, target: StopTarget, { processes, never }: Surroundings, served: readonly Served[]): Subject {
    const { connection, book } = this.#parts;
    const tree = new Tree({ ...sender.tree.saved(), roots: proof.roots });
    tree.take(processes, never);
    const heard = heardIn((pin) => tree.has(pin), book.all());
    const inTarget = ({ connection: its, agent }: { connection: number; agent: string }): boolean => its === connection && (target.agents === null || target.agents.includes(agent));
    const others = new Map(heard.filter((one) => !inTarget(one)).map((one) => [`${one.connection} ${one.agent}`, one]));
    const said = `process ${sender.pin.pid} (${proof.title}) sends its records too`;
    const plain = [
      ...plainServicesIn((pin) => tree.has(pin), book.all()).map((service) => ({ agent: null, name: `service ${service}`, why: said })),
      ...served.filter(({ pids }) => tree.alive().some(({ pid }) => pids.includes(pid))).map(({ where }) => ({ agent: null, name: `everybody who uses ${where}`, why: `process ${sender.pin.pid} (${proof.title}) serves it, or started what does` })),
      ...(proof.shared ? [{ agent: null, name: `what else is open in ${proof.title}`, why: `it runs in process ${sender.pin.pid} too` }] : []),
    ];
    const [first, ...more] = new Set(heard.filter(inTarget).map(({ agent }) => agent));
    return {
      leverId: others.size + plain.length > 0 ? endSharedId : endId, tree, text: processText(tree, proof.title), agent: more.length > 0 ? null : first ?? null,
      alsoHits: [...[...others.values()].map(({ connection: its, agent }) => ({ agent: its === connection ? agent : null, name: agent, why: said })), ...plain],
    };
  }
}

function inTime(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => { timer = setTimeout(() => { resolve(false); }, ms); });
  return Promise.race([work.then(() => true), late]).finally(() => { clearTimeout(timer); });
}

/** It has ended, but not all that it started: that was proven to be its while it lived. */
function leftBehind({ proven, pin, tree }: Sender): Proven | null {
  return proven === null || tree.alive().length === 0 ? null : { t: 'proven', roots: [pin], ...proven };
}

/** What lies within another one that would be ended is ended with it. */
function withoutInner(subjects: readonly Subject[]): Subject[] {
  return subjects.filter((one, at) => !subjects.some((other, its) => other.leverId === one.leverId && one.tree.roots.every((root) => other.tree.has(root)) && (!other.tree.roots.every((root) => one.tree.has(root)) || its < at)));
}
