/**
 * Is this process the agent's? Pure. The socket that brought the agent's records is its, nothing that it says of itself speaks against it,
 * and it is nothing that sends on what others say. Where one of these fails it is not proven, in words, and nothing of it is ever signalled.
 */
import type { SampledResource } from './body-sample.ts';
import { isBareShell, isForwarder, isForwardersUserAgent, isHost, isSharedProgram } from './forwarders.ts';
import { isSame } from './machine.ts';
import type { Pin, Proc, ProcDetails, Processes } from './machine.ts';
import { agentsOf } from './sender-book.ts';
import type { Sender } from './sender-book.ts';
import { ancestorsOf } from './tree.ts';

export interface Surroundings {
  readonly processes: Processes;
  readonly details: (pid: number) => ProcDetails | null;
  readonly never: ReadonlySet<number>;
  readonly hostName: string;
  /** the account that we run as. */
  readonly account: string | null;
}

export interface Proven {
  readonly t: 'proven';
  /** where the tree begins: the process that sends, and above it who launched it and does nothing else. */
  readonly roots: readonly Pin[];
  readonly title: string;
  /** it is a program in which a person has other things open. */
  readonly shared: boolean;
}
export interface NotProven {
  readonly t: 'not_proven';
  readonly why: string;
  /** it would be proven, but a right is missing to end it. */
  readonly right: boolean;
  /** it passes on what others say, who live on without it, here or elsewhere. */
  readonly forwards: boolean;
}

const no = (why: string, right = false): NotProven => ({ t: 'not_proven', why, right, forwards: false });
const noneOfIts = (why: string): NotProven => ({ t: 'not_proven', why, right: false, forwards: true });

/** Null: the process is gone, there is nothing to prove. */
export function prove(sender: Sender, around: Surroundings): Proven | NotProven | null {
  const { processes, details } = around;
  const proc = processes.get(sender.pin.pid);
  if (proc === undefined || !isSame(proc, sender.pin)) return null;
  const known = details(proc.pid);
  if (known === null) return no(`Process ${proc.pid} (${proc.name}) cannot be read.`);
  const what = `Process ${proc.pid} (${known.title})`;
  const wrong = wrongInItself(proc, known, what, around);
  if (wrong !== null) return wrong;
  if (isForwardersUserAgent(sender.userAgent)) return noneOfIts(`${what} names itself a collector in its requests: it sends on what others say.`);
  if (sender.more) return noneOfIts(`${what} sends for more agents, services or instances than one program has.`);
  if (severalInstances(sender)) return noneOfIts(`${what} sends for several instances of one service: it sends on what others say.`);
  const foreign = [...sender.resources.values()].find(({ host }) => host !== '' && !isThisHost(host, around.hostName));
  if (foreign !== undefined) return noneOfIts(`${what} sends for the machine "${foreign.host.slice(0, 80)}", this one is "${around.hostName}".`);
  const root = rootOf(sender, proc, known, around);
  if (typeof root === 'string') return noneOfIts(`${what} ${root}`);
  const roots = [...launchersOf(root, around), root];
  const held = [...sender.tree.alive(), ...roots].find(({ pid }) => around.never.has(pid));
  if (held !== undefined) return no(`${what} belongs with Gatehouse itself.`);
  return { t: 'proven', roots, title: known.title, shared: isSharedProgram(proc.name, known.program) };
}

/** What may never be signalled, whoever sends by it or listens there; null: nothing speaks against it. */
export function wrongInItself(proc: Proc, known: ProcDetails, what: string, { never, account, processes }: Surroundings): NotProven | null {
  if (never.has(proc.pid)) return no(`${what} is part of Gatehouse, or Gatehouse was started by it.`);
  if (isForwarder(proc.name, known.program, known.title)) return noneOfIts(`${what} is a collector, proxy or tunnel: it stands before others.`);
  if (isHost(proc.name, known.program)) return no(`${what} runs more of this machine than one agent.`);
  if (isBareShell(proc.name, known.script)) return no(`${what} is a shell in which somebody works.`);
  if (processes.size === 0) return no(`${what} cannot be seen in its surroundings.`);
  if (account === null || known.account !== account) return no(`${what} belongs to another account (${known.account ?? 'not known'}); ending it needs the rights of that account.`, true);
  return null;
}

/** `process.pid` must be of the same tree. Where it is a process above the one that sends, that one is the agent, if it runs the same program. */
function rootOf(sender: Sender, proc: Proc, known: ProcDetails, around: Surroundings): Proc | string {
  const told = new Set([...sender.resources.values()].flatMap(({ pid }) => (pid === null ? [] : [pid])));
  if (told.size > 1) return 'sends for several process numbers: it sends on what others say.';
  const [pid] = told;
  if (pid === undefined || pid === proc.pid || pid === known.innerPid) return proc;
  if (sender.tree.alive().some((member) => member.pid === pid || around.details(member.pid)?.innerPid === pid)) return proc;
  const above = ancestorsOf(proc.pid, around.processes);
  const at = above.findIndex((ancestor) => ancestor.pid === pid);
  const root = above[at];
  if (root === undefined) return `sends for process ${pid}, which is not of its tree: it sends on what others say.`;
  // SECURITY: an agent could name its terminal or its editor: only processes of the very same program are believed to be it.
  for (const ancestor of above.slice(0, at + 1)) {
    const its = around.details(ancestor.pid);
    if (its === null || its.program === null || its.program !== known.program || wrongInItself(ancestor, its, '', around) !== null) return `says that it is process ${pid}, which started it and runs another program: it cannot be proven to be the same.`;
  }
  return root;
}

/**
 * A program that started itself once more and waits for that (Gemini CLI does): the same program and script, nothing else below it.
 * It would start the agent again or stay behind.
 */
function launchersOf(root: Proc, around: Surroundings): Proc[] {
  const launchers: Proc[] = [];
  let below = root;
  let its = around.details(root.pid);
  for (const above of ancestorsOf(root.pid, around.processes)) {
    const launcher = around.details(above.pid);
    const children = [...around.processes.values()].filter((proc) => proc.parent === above.pid);
    const isLauncher = launcher !== null && its !== null && launcher.program !== null && launcher.program === its.program && launcher.script !== '' && launcher.script === its.script
      && children.length === 1 && children[0]?.pid === below.pid && wrongInItself(above, launcher, '', around) === null;
    if (!isLauncher) break;
    launchers.unshift(above);
    below = above;
    its = launcher;
  }
  return launchers;
}

/** What of that can be told of a process that is gone. */
export function forwarded(sender: Sender, hostName: string): boolean {
  const told = [...sender.resources.values()];
  const pids = new Set(told.flatMap(({ pid }) => pid ?? []));
  return isForwarder(sender.name) || isForwardersUserAgent(sender.userAgent) || sender.more || severalInstances(sender) || pids.size > 1 || told.some(({ host }) => host !== '' && !isThisHost(host, hostName));
}

function severalInstances(sender: Sender): boolean {
  return new Set([...sender.resources.values()].flatMap(({ instance }: SampledResource) => (instance === '' ? [] : [instance]))).size > 1;
}

function isThisHost(told: string, own: string): boolean {
  const [one, other] = [told.toLowerCase(), own.toLowerCase()];
  return one === other || (one.split('.', 1)[0] === other.split('.', 1)[0] && (!one.includes('.') || !other.includes('.')));
}

/** One agent that a tree speaks for. */
export interface Heard { readonly connection: number; readonly agent: string }

/** All agents that processes of one tree sent records of, on whatever connection: who ends it ends them all. */
export function heardIn(holds: (pin: Pin) => boolean, senders: readonly Sender[]): Heard[] {
  return senders.filter(({ pin }) => holds(pin)).flatMap((sender) => [...sender.said].flatMap(([connection, said]) => agentsOf(said).map((agent) => ({ connection, agent }))));
}

/** Services in it that no agent's record came from: other work of the same processes. */
export function plainServicesIn(holds: (pin: Pin) => boolean, senders: readonly Sender[]): string[] {
  const plain = senders.filter(({ pin }) => holds(pin)).flatMap(({ said }) => [...said.values()].flatMap((one) => {
    const named = new Set([...one.agents.values(), ...one.unnamed]);
    return [...one.services].filter((service) => !named.has(service));
  }));
  return [...new Set(plain)];
}
