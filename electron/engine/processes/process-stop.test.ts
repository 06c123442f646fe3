import { expect, test } from 'vitest';
import type { StopTarget } from '../connectors/stopping.ts';
import { openProcesses } from './open-processes.ts';
import type { ProcessPorts } from './process-ports.ts';
import { fakeLog } from './test-log.ts';
import { TestMachine, type Pretended } from './test-machine.ts';

/** A machine whose processes end when they are asked to, unless they are deaf; nobody may signal those of others. */
class Mortal extends TestMachine {
  readonly deaf = new Set<number>();
  readonly foreign = new Set<number>();
  override signal(pin: { pid: number; start: string }, kind: 'ask' | 'freeze' | 'kill'): Promise<'sent' | 'gone' | 'not_allowed'> {
    if (this.foreign.has(pin.pid)) return Promise.resolve('not_allowed');
    return super.signal(pin, kind).then((sent) => {
      if (sent === 'sent' && (kind === 'kill' || (kind === 'ask' && !this.deaf.has(pin.pid)))) this.pretended.delete(pin.pid);
      return sent;
    });
  }
}

const target: StopTarget = { agents: ['desk/coder'], runs: null };
const signal = (): AbortSignal => AbortSignal.timeout(8_000);

async function begin(...more: readonly Pretended[]): Promise<{ machine: Mortal; processes: ProcessPorts; hear: (remotePort: number, agent: string) => Promise<void> }> {
  const machine = new Mortal({ pid: 1, parent: 0 }, { pid: 900, parent: 1 }, { pid: 50, parent: 1, program: '/usr/bin/bash' }, { pid: 100, parent: 50 }, { pid: 120, parent: 100, name: 'sh' }, ...more);
  const processes = openProcesses({ log: fakeLog(), addressOf: () => Promise.resolve(null), addresses: () => Promise.resolve([]), machine, ownPid: 900 });
  machine.owners.set(40_000, [100]);
  const hear = async (remotePort: number, agent: string): Promise<void> => {
    processes.senders.body({ localPort: 4318, remotePort }, 'x', 7, Date.now())?.told({ agents: [{ service: 'desk', key: agent }], services: ['desk'], unnamed: [], resources: [], more: false });
    await processes.portFor(7);
  };
  await hear(40_000, 'desk/coder');
  return { machine, processes, hear };
}

async function stop(processes: ProcessPorts) {
  const port = (await processes.portFor(7))?.port;
  if (port === undefined) throw new Error('there is no port');
  const saved = await port.save('process.end', target, signal());
  const told: string[] = [];
  const reply = await port.pull({ leverId: 'process.end', target, saved, attempt: 1 }, signal(), (done, of) => told.push(`${done}/${of}`));
  return { reply, told, look: () => port.look(target, 0, [{ leverId: 'process.end', saved }], signal()) };
}

test('asks from the top down, and kills only who takes no notice', async () => {
  const { machine, processes } = await begin();
  machine.deaf.add(120);
  const { reply, told } = await stop(processes);
  expect(machine.signals).toEqual([{ pid: 100, kind: 'ask' }, { pid: 120, kind: 'ask' }, { pid: 120, kind: 'freeze' }, { pid: 120, kind: 'kill' }]);
  expect(reply).toMatchObject({ reported: 'stopped', complete: true });
  expect(reply.runs.map(({ id, reported }) => [id, reported])).toEqual([['process:100:s100', 'stopped'], ['process:120:s120', 'stopped']]);
  expect([told[0], told.at(-1)]).toEqual(['0/2', '2/2']);
});

test('says who is left and who may not be signalled, and never that it stopped', async () => {
  const { machine, processes } = await begin();
  machine.foreign.add(120);
  const { reply, look } = await stop(processes);
  expect(reply).toMatchObject({ reported: 'accepted', complete: false, text: '1 of 2 processes are gone, looked at twice. process 120 (sh) may not be signalled by this account. Still alive: process 120 (sh).' });
  expect(await look()).toMatchObject({ open: [{ id: 'process:120:s120', what: 'process 120 (sh) is alive' }], readBack: [{ holds: false, text: '1 of 2 processes are gone; alive: process 120 (sh)' }] });
});

test('a process that was left out on purpose did not come back; one that was not known before did', async () => {
  const { machine, processes, hear } = await begin({ pid: 200, parent: 50, startedMs: 200 });
  machine.owners.set(40_001, [200]);
  await hear(40_001, 'desk/coder');
  await hear(40_001, 'desk/writer');
  const { look } = await stop(processes);
  expect((await look()).readBack).toEqual([{ leverId: 'process.end', holds: true, text: '2 of 2 processes are gone, checked twice' }]);
  machine.add({ pid: 300, parent: 50, startedMs: Date.now() + 1 });
  machine.owners.set(40_002, [300]);
  await hear(40_002, 'desk/coder');
  expect(await look()).toMatchObject({ open: [{ what: 'process 300 (node) was started again' }], signs: [{ run: 'process:300:s300', denied: false }], readBack: [{ holds: false }] });
});

test('a lever that was not pulled shows no open work', async () => {
  const { processes } = await begin();
  const port = (await processes.portFor(7))?.port;
  expect(await port?.look(target, 0, [], signal())).toMatchObject({ open: [], complete: true, signs: [], readBack: [] });
});

test('rights: ours, another account, nobody', async () => {
  const { machine, processes } = await begin();
  const rights = async (): Promise<unknown> => (await (await processes.portFor(7))?.port.rights(signal()))?.map(({ level, result }) => `${level} ${result}`);
  expect(await rights()).toEqual(['cancel ok']);
  machine.add({ pid: 100, parent: 50, account: '0' });
  expect(await rights()).toEqual(['cancel missing']);
  machine.pretended.delete(100);
  machine.pretended.delete(120);
  expect(await rights()).toEqual(['cancel unknown']);
});

test('a system whose processes cannot be read says so', async () => {
  const processes = openProcesses({ log: fakeLog(), addressOf: () => Promise.resolve(null), addresses: () => Promise.resolve([]), machine: new TestMachine(), ownPid: 900 });
  expect((await processes.portFor(7))?.levers).toEqual([]);
  await processes.close();
});

test('is not said to be seen whole while another process that is not proven sends for the same agent', async () => {
  const { machine, processes, hear } = await begin({ pid: 300, parent: 50, account: '0' });
  machine.owners.set(40_300, [300]);
  await hear(40_300, 'desk/coder');
  const { look } = await stop(processes);
  expect(machine.pretended.has(100)).toBe(false);
  const sight = await look();
  expect(sight).toMatchObject({ open: [], complete: false });
  expect(sight.notes.join(' ')).toContain('Process 300');
  machine.pretended.delete(300);
  expect(await look()).toMatchObject({ open: [], complete: true, readBack: [{ holds: true }] });
});

const unit = '0::/desk';
const home = { pid: 100, parent: 50, unit };

test('a daemon that left before it was first seen keeps the stop from being complete: in the plan, in the answer, in each look, also for an engine that began again', async () => {
  const { machine, processes } = await begin(home, { pid: 130, parent: 1, unit, name: 'writer' });
  const port = (await processes.portFor(7))?.port;
  expect((await port?.survey(target, signal()))?.notes).toEqual([expect.stringContaining('process 130 (writer)')]);
  const saved = await port?.save('process.end', target, signal()) ?? null;
  const reply = await port?.pull({ leverId: 'process.end', target, saved, attempt: 1 }, signal(), () => undefined);
  expect(reply).toMatchObject({ reported: 'stopped', complete: false });
  expect(machine.signals.map(({ pid }) => pid)).not.toContain(130);
  const look = (its: typeof port): Promise<unknown> | undefined => its?.look(target, 0, [{ leverId: 'process.end', saved }], signal());
  const doubted = { open: [], complete: false, doubt: expect.stringContaining('process 130 (writer)') as string };
  expect(await look(port)).toMatchObject(doubted);
  const again = openProcesses({ log: fakeLog(), addressOf: () => Promise.resolve(null), addresses: () => Promise.resolve([]), machine, ownPid: 900 });
  expect(await look((await again.portFor(7))?.port)).toMatchObject(doubted);
  machine.pretended.delete(130);
  expect(await look(port)).toMatchObject({ open: [], complete: true });
});

test('once nobody was left who may be of it, who comes later disturbs nothing; who was there and is left behind then does', async () => {
  const { machine, processes } = await begin(home, { pid: 60, parent: 1, start: 's60', unit, name: 'bash' }, { pid: 140, parent: 60, unit });
  const { look } = await stop(processes);
  expect(await look()).toMatchObject({ complete: true });
  machine.add({ pid: 1_500, parent: 1, unit });
  expect(await look()).toMatchObject({ complete: true, notes: [] });
  machine.add({ pid: 140, parent: 1, unit });
  expect(await look()).toMatchObject({ complete: false, doubt: expect.stringContaining('process 140') as string });
});

test('a text that an older engine has kept is read as it is', async () => {
  const { machine, processes } = await begin(home, { pid: 130, parent: 1, unit });
  const port = (await processes.portFor(7))?.port;
  const { nest, ...older } = JSON.parse(await port?.save('process.end', target, signal()) ?? '{}') as Record<string, unknown>;
  expect(nest).toEqual({ units: [unit], since: 100 });
  machine.pretended.delete(100);
  machine.pretended.delete(120);
  expect(await port?.look(target, 0, [{ leverId: 'process.end', saved: JSON.stringify(older) }], signal())).toMatchObject({ open: [], complete: true, readBack: [{ holds: true }] });
});

test('that its processes here are gone says nothing while it is heard from elsewhere too: through a tunnel, also when that was closed before the stop or is closed after it', async () => {
  const tunnel = { pid: 300, parent: 50, name: 'sshd', program: '/usr/sbin/sshd', title: 'sshd' };
  const { machine, processes, hear } = await begin(tunnel);
  machine.owners.set(40_300, [300]);
  await hear(40_300, 'desk/coder');
  const { reply, look } = await stop(processes);
  expect([reply.reported, machine.pretended.has(100), machine.pretended.has(300)]).toEqual(['stopped', false, true]);
  expect(await look()).toMatchObject({ open: [], complete: false, notes: [expect.any(String), expect.stringContaining('Process 300 (sshd) is a collector, proxy or tunnel')] });
  machine.pretended.delete(300);
  expect(await look()).toMatchObject({ open: [], complete: false });
  // It was closed, and forgotten as a process, before the next plan.
  machine.add({ pid: 100, parent: 50, start: 's400' });
  await hear(40_000, 'desk/coder');
  const next = await stop(processes);
  expect(machine.pretended.has(100)).toBe(false);
  expect(await next.look()).toMatchObject({ open: [], complete: false, notes: [expect.any(String), expect.stringContaining('it may run elsewhere too')] });
});

test('nor while records of it came over a socket that nobody is seen to hold; another agent is none of its', async () => {
  const { machine, processes, hear } = await begin();
  machine.owners.set(40_400, []);
  await hear(40_400, 'desk/writer');
  const { look } = await stop(processes);
  expect(await look()).toMatchObject({ open: [], complete: true });
  await hear(40_400, 'desk/coder');
  expect(await look()).toMatchObject({ open: [], complete: false, notes: [expect.any(String), expect.stringContaining('no process of this machine is seen to have sent')] });
});

test('an agent that lives beside it, left to the same first process, is not taken for its daemon, with whatever that one started; one that nobody is proven to be is', async () => {
  const beside: readonly Pretended[] = [{ pid: 200, parent: 1, unit }, { pid: 220, parent: 200, unit }, { pid: 230, parent: 1, unit, account: '0' }];
  const { machine, processes, hear } = await begin(home, ...beside);
  machine.owners.set(40_500, [200]);
  machine.owners.set(40_501, [230]);
  await hear(40_500, 'desk/writer');
  await hear(40_501, 'desk/clerk');
  const port = (await processes.portFor(7))?.port;
  // What it started, and is left behind later, is its too.
  machine.add({ pid: 220, parent: 1, unit });
  expect((await port?.survey(target, signal()))?.notes).toEqual([expect.stringContaining('by somebody who is gone: process 230 (node).')]);
  const { reply, look } = await stop(processes);
  expect(reply).toMatchObject({ reported: 'stopped', complete: false });
  machine.pretended.delete(230);
  expect(await look()).toMatchObject({ open: [], complete: true, notes: [] });
  expect([machine.pretended.has(200), machine.pretended.has(220)]).toEqual([true, true]);
});
