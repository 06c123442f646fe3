import { describe, expect, test } from 'vitest';
import type { SampledResource } from './body-sample.ts';
import { prove, type Surroundings } from './prove.ts';
import { agentsOf, SenderBook, type Sender } from './sender-book.ts';
import { procOf, TestMachine, type Pretended } from './test-machine.ts';

/** A terminal (50) in which an agent (100) runs a tool (120); Gatehouse (900) apart. */
const usual: readonly Pretended[] = [
  { pid: 1, parent: 0, name: 'systemd', program: '/usr/lib/systemd/systemd' }, { pid: 50, parent: 1, name: 'bash', program: '/usr/bin/bash', script: '', title: 'bash' },
  { pid: 100, parent: 50 }, { pid: 120, parent: 100, name: 'sh', program: '/usr/bin/dash', script: 'tool.sh' }, { pid: 900, parent: 1, name: 'gatehouse' },
];

function proveWith(resources: readonly Partial<SampledResource>[], more: { all?: readonly Pretended[]; never?: readonly number[]; userAgent?: string; account?: string | null; change?: (sender: Sender) => void } = {}) {
  const machine = new TestMachine(...usual, ...(more.all ?? []));
  const book = new SenderBook();
  const proc = machine.now().get(100) ?? procOf({ pid: 100, parent: 50 });
  const sender = book.note(proc, 7, {
    agents: [{ service: 'coder', key: 'coder/one' }], services: ['coder'], unnamed: [], more: false, resources: resources.map((resource) => ({ pid: null, host: '', instance: '', ...resource })),
  }, more.userAgent ?? 'OTel-OTLP-Exporter-JavaScript/0.301.0', 1);
  const never = new Set(more.never ?? [0, 1, 900]);
  sender.tree.take(machine.now(), never);
  more.change?.(sender);
  const around: Surroundings = { processes: machine.now(), details: (pid) => machine.detailsOf(pid), never, hostName: machine.hostName, account: more.account === undefined ? '1000' : more.account };
  return prove(sender, around);
}

const roots = (proof: ReturnType<typeof prove>): number[] => (proof?.t === 'proven' ? proof.roots.map(({ pid }) => pid) : []);
const why = (proof: ReturnType<typeof prove>): string => (proof?.t === 'not_proven' ? proof.why : `proven: ${roots(proof).join(' ')}`);

describe('proven', () => {
  test.each<[string, Partial<SampledResource>[]]>([
    ['a process that says nothing of itself', [{}]],
    ['one that names its own number and machine', [{ pid: 100, host: 'desk-7', instance: 'a' }]],
    ['one that names its machine in full', [{ host: 'DESK-7.example.test' }]],
    ['one that sends for a process that it started', [{ pid: 120 }]],
  ])('%s', (_what, resources) => {
    expect(roots(proveWith(resources))).toEqual([100]);
  });

  test('one in a container, which knows itself by another number', () => {
    expect(roots(proveWith([{ pid: 7 }], { all: [{ pid: 100, parent: 50, innerPid: 7 }] }))).toEqual([100]);
  });

  test('an editor, in which a person has other things open', () => {
    const editor = { pid: 100, parent: 50, name: 'code', program: '/usr/share/code/code', title: 'code' };
    expect([proveWith([{}], { all: [editor] }), proveWith([{}])]).toMatchObject([{ t: 'proven', shared: true }, { t: 'proven', shared: false }]);
  });

  test('a launcher that only waits for the same program is ended with it', () => {
    expect(roots(proveWith([{ pid: 100 }], { all: [{ pid: 90, parent: 50 }, { pid: 100, parent: 90 }] }))).toEqual([90, 100]);
  });

  test.each<[string, Pretended[]]>([
    ['has other children', [{ pid: 90, parent: 50 }, { pid: 100, parent: 90 }, { pid: 101, parent: 90 }]],
    ['runs another script', [{ pid: 90, parent: 50, script: 'supervisor.js' }, { pid: 100, parent: 90 }]],
    ['is another program', [{ pid: 90, parent: 50, program: '/usr/bin/python3' }, { pid: 100, parent: 90 }]],
    ['is of another account', [{ pid: 90, parent: 50, account: '0' }, { pid: 100, parent: 90 }]],
  ])('but not a parent that %s', (_what, all) => {
    expect(roots(proveWith([{ pid: 100 }], { all }))).toEqual([100]);
  });

  test('a process above it that it says to be, when it runs the same program', () => {
    expect(roots(proveWith([{ pid: 90 }], { all: [{ pid: 90, parent: 50, script: 'main.js' }, { pid: 91, parent: 90 }, { pid: 100, parent: 90 }] }))).toEqual([90]);
  });
});

describe('not proven', () => {
  test.each<[string, Partial<SampledResource>[], RegExp]>([
    ['it sends for a process elsewhere', [{ pid: 4_711 }], /process 4711, which is not of its tree/],
    ['it sends for two', [{ pid: 100 }, { pid: 120 }], /several process numbers/],
    ['it says to be the terminal that it was started in', [{ pid: 50 }], /runs another program/],
    ['it says to be the first process', [{ pid: 1 }], /runs another program/],
    ['its number is none', [{ pid: 0 }], /not of its tree/],
    ['it sends for another machine', [{ pid: 100, host: 'build-3' }], /for the machine "build-3"/],
    ['it sends for several instances', [{ instance: 'a' }, { instance: 'b' }], /several instances/],
  ])('%s', (_what, resources, words) => {
    expect(why(proveWith(resources))).toMatch(words);
  });

  test.each<[string, Pretended, RegExp]>([
    ['a collector', { pid: 100, parent: 50, name: 'otelcol-contrib', program: '/opt/otelcol-contrib', title: 'otelcol-contrib' }, /collector, proxy or tunnel/],
    ['a collector by its file alone', { pid: 100, parent: 50, name: 'x1', program: 'C:\\Tools\\Fluent-Bit.exe', title: 'x1' }, /collector, proxy or tunnel/],
    ['a tunnel', { pid: 100, parent: 50, name: 'sshd', program: '/usr/sbin/sshd', title: 'sshd: jane@pts/0' }, /collector, proxy or tunnel/],
    ['a door of containers', { pid: 100, parent: 50, name: 'docker-proxy', program: '/usr/bin/docker-proxy', title: 'docker-proxy' }, /collector, proxy or tunnel/],
    ['what runs everything of a person', { pid: 100, parent: 50, name: 'tmux: server', program: '/usr/bin/tmux', title: 'tmux' }, /more of this machine than one agent/],
    ['a shell in which a person works', { pid: 100, parent: 50, name: 'bash', program: '/usr/bin/bash', script: '', title: '-bash' }, /a shell in which somebody works/],
    ['a process of another account', { pid: 100, parent: 50, account: '0' }, /belongs to another account \(0\)/],
  ])('%s', (_what, pretended, words) => {
    expect(why(proveWith([{}], { all: [pretended] }))).toMatch(words);
  });

  test('a collector under another name, by what it calls itself in its requests', () => {
    expect(why(proveWith([{}], { userAgent: 'OpenTelemetry Collector Contrib/0.110.0 (linux/amd64)' }))).toMatch(/names itself a collector/);
  });

  test('one that sends for more than one program has', () => {
    expect(why(proveWith([{}], { change: (sender) => { sender.more = true; } }))).toMatch(/more agents, services or instances/);
  });

  test('Gatehouse, who started it, and one that Gatehouse was started by', () => {
    expect(why(proveWith([{}], { never: [0, 1, 100] }))).toMatch(/part of Gatehouse/);
    expect(roots(proveWith([{}], { never: [0, 1, 50] }))).toEqual([100]);
  });

  test('one whose right to end it is missing is told apart', () => {
    expect(proveWith([{}], { all: [{ pid: 100, parent: 50, account: '0' }] })).toMatchObject({ t: 'not_proven', right: true });
    expect(proveWith([{}], { account: null })).toMatchObject({ t: 'not_proven', right: true });
    expect(proveWith([{ pid: 4_711 }])).toMatchObject({ t: 'not_proven', right: false });
  });

  test('a number that belongs to another process by now is nobody', () => {
    expect(proveWith([{}], { change: (sender) => { (sender.pin as { start: string }).start = 'older'; } })).toBeNull();
  });
});

test('records that name no agent are the service only where no other record of it names one', () => {
  const said = { agents: new Map([['a/one', 'a']]), services: new Set(['a', 'b']), unnamed: new Set(['a', 'b']) };
  expect(agentsOf(said)).toEqual(['a/one', 'b']);
});

test('keeps a bounded number of what one process names', () => {
  const book = new SenderBook();
  const proc = procOf({ pid: 100, parent: 50 });
  for (let at = 0; at < 100; at++) book.note(proc, 7, { agents: [{ service: `s${at}`, key: `k${at}` }], services: [`s${at}`], unnamed: [`s${at}`], resources: [{ pid: at, host: '', instance: '' }], more: false }, '', at);
  const [sender] = book.all();
  expect([sender?.more, sender?.said.get(7)?.agents.size, sender?.said.get(7)?.services.size, sender?.resources.size]).toEqual([true, 64, 64, 32]);
  for (let pid = 1_000; pid < 1_400; pid++) book.note(procOf({ pid, parent: 50 }), 7, { agents: [], services: ['s'], unnamed: [], resources: [], more: false }, '', pid);
  expect(book.size).toBe(256);
});
