import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { LinuxMachine, procOf } from './linux-machine.ts';
import { canonical } from './linux-sockets.ts';

const procRoot = mkdtempSync(join(tmpdir(), 'gatehouse-machine-'));
afterAll(() => rmSync(procRoot, { recursive: true }));

const stat = (pid: number, name: string, state: string, parent: number, start: number): string => `${pid} (${name}) ${state} ${parent} 77 66 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 ${start} 1000 1 184467\n`;

function addProcess(pid: number, line: string, more: { readonly sockets?: readonly string[]; readonly status?: string; readonly cmdline?: string } = {}): void {
  const folder = join(procRoot, String(pid));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'fd'), { recursive: true });
  writeFileSync(join(folder, 'stat'), line);
  writeFileSync(join(folder, 'status'), more.status ?? 'Name:\tnode\nUid:\t1000\t1001\t1000\t1000\nNSpid:\t20\n');
  writeFileSync(join(folder, 'cmdline'), more.cmdline ?? '/usr/bin/node\0/srv/agent.js\0--prompt\0secret words\0');
  (more.sockets ?? []).forEach((socket, fd) => symlinkSync(socket, join(folder, 'fd', String(fd))));
}

const signals: [number, string][] = [];
let kill: (pid: number, signal: string) => void;
const machine = new LinuxMachine({ procRoot, kill: (pid, signal) => { kill(pid, signal); } });

beforeEach(() => {
  signals.length = 0;
  kill = (pid, signal) => { signals.push([pid, signal]); };
  addProcess(20, stat(20, 'node', 'S', 10, 5_000));
});

describe('signals', () => {
  test('reach the very process that was meant', async () => {
    expect(await machine.signal({ pid: 20, start: '5000' }, 'ask')).toBe('sent');
    expect(await machine.signal({ pid: 20, start: '5000' }, 'freeze')).toBe('sent');
    expect(await machine.signal({ pid: 20, start: '5000' }, 'kill')).toBe('sent');
    expect(signals).toEqual([[20, 'SIGTERM'], [20, 'SIGSTOP'], [20, 'SIGKILL']]);
  });

  test('never reach another process under the same number', async () => {
    expect(await machine.signal({ pid: 20, start: '4999' }, 'kill')).toBe('gone');
    addProcess(20, stat(20, 'somebody else', 'S', 1, 9_000));
    expect(await machine.signal({ pid: 20, start: '5000' }, 'kill')).toBe('gone');
    expect(await machine.signal({ pid: 21, start: '5000' }, 'kill')).toBe('gone');
    expect(signals).toEqual([]);
  });

  test('to one that ended and was not noticed yet are none', async () => {
    addProcess(20, stat(20, 'node', 'Z', 10, 5_000));
    expect(await machine.signal({ pid: 20, start: '5000' }, 'kill')).toBe('gone');
    expect(signals).toEqual([]);
  });

  test.each([['ESRCH', 'gone'], ['EPERM', 'not_allowed']])('that the system refuses with %s: %s', async (code, sent) => {
    kill = () => { throw Object.assign(new Error(code), { code }); };
    expect(await machine.signal({ pid: 20, start: '5000' }, 'kill')).toBe(sent);
  });
});

describe('reads', () => {
  test('names with brackets, blanks and control characters', () => {
    expect(procOf(stat(20, 'a) S 1 (b \u001b', 'R', 10, 5_000), 0)).toEqual({ pid: 20, parent: 10, start: '5000', startedMs: 50_000, session: 66, group: 77, name: 'a) S 1 (b ?' });
    for (const bad of ['', '20', '20 (node', 'x (node) S 1', '20 (node) S 1 2 3']) expect([bad, procOf(bad, 0)]).toEqual([bad, null]);
  });

  test('what a process is, without its arguments', async () => {
    addProcess(20, stat(20, 'node', 'S', 10, 5_000), { status: 'Name:\tnode\nUid:\t1000\t1001\t1000\t1000\nNSpid:\t20\t7\t3\n' });
    expect(await machine.details(20)).toEqual({ program: null, title: 'node agent.js', script: '/srv/agent.js', account: '1001', innerPid: 3 });
    expect(await machine.details(404)).toBeNull();
  });

  test('a program that calls itself by its main thread, by what it runs', async () => {
    addProcess(20, stat(20, 'MainThread', 'S', 10, 5_000));
    expect([(await machine.one(20))?.name, (await machine.read()).get(20)?.name]).toEqual(['node agent.js', 'node agent.js']);
    addProcess(20, stat(20, 'MainThread', 'S', 10, 5_001), { cmdline: '/usr/bin/node\0/srv/other.mjs\0' });
    expect((await machine.read()).get(20)?.name).toBe('node other.mjs');
  });

  test('only what can act', async () => {
    addProcess(21, stat(21, 'old', 'Z', 20, 5_001));
    expect([...(await machine.read()).keys()]).toEqual([20]);
    rmSync(join(procRoot, '21'), { recursive: true });
  });
});

describe('sockets', () => {
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const rest = '00000000:00000000 00:00000000 00000000  1000        0';
  mkdirSync(join(procRoot, 'net'));
  // 4318 is 10DE, 50000 is C350, 8123 is 1FBB, 8124 is 1FBC.
  writeFileSync(join(procRoot, 'net/tcp'), `${head}   0: 0100007F:C350 0100007F:10DE 01 ${rest} 222 1\n   1: 0200007F:C350 0100007F:10DE 01 ${rest} 333 1\n   2: 00000000:1FBB 00000000:0000 0A ${rest} 444 1\n   3: 0100007F:1FBB 00000000:0000 0A ${rest} 445 1\n`);
  writeFileSync(join(procRoot, 'net/tcp6'), `${head}   0: 0000000000000000FFFF00000100007F:C351 0000000000000000FFFF00000100007F:10DE 01 ${rest} 555 1\n   1: 00000000000000000000000000000000:1FBC 00000000000000000000000000000000:0000 0A ${rest} 446 1\n`);

  beforeEach(() => {
    addProcess(20, stat(20, 'node', 'S', 10, 5_000), { sockets: ['/dev/null', 'socket:[222]', 'socket:[445]'] });
    addProcess(30, stat(30, 'node', 'S', 20, 5_000), { sockets: ['socket:[222]'] });
    addProcess(40, stat(40, 'node', 'S', 10, 5_000), { sockets: ['socket:[333]', 'socket:[444]'] });
    addProcess(50, stat(50, 'node', 'S', 10, 5_000), { sockets: ['socket:[555]', 'socket:[446]'] });
  });

  test.each<[string, { remotePort: number; remoteAddress?: string }, number[]]>([
    ['everybody who holds it', { remotePort: 50_000, remoteAddress: '127.0.0.1' }, [30, 20]],
    ['nobody else at another address of loopback with the same ports', { remotePort: 50_000, remoteAddress: '127.0.0.2' }, [40]],
    ['one that came over IPv6 with an address of IPv4', { remotePort: 50_001, remoteAddress: '127.0.0.1' }, [50]],
    ['nobody at an address that has no such socket', { remotePort: 50_000, remoteAddress: '127.0.0.3' }, []],
  ])('of a connection: %s', async (_what, ends, pids) => {
    expect((await machine.ownersOf({ localPort: 4318, localAddress: '127.0.0.1', ...ends }, [])).pids).toEqual(pids);
  });

  test('those who were known before are asked first', async () => {
    expect((await machine.ownersOf({ localPort: 4318, remotePort: 50_000, remoteAddress: '127.0.0.1' }, [40, 20])).pids).toEqual([20]);
    expect((await machine.ownersOf({ localPort: 4318, remotePort: 50_000, remoteAddress: '127.0.0.1' }, [40])).pids).toEqual([30, 20]);
  });

  test('for several connections at once, each its own, also where their ports are the same', async () => {
    const asked = ['127.0.0.2', '127.0.0.1', '127.0.0.3', '127.0.0.1'].map((remoteAddress) => machine.ownersOf({ localPort: 4318, localAddress: '127.0.0.1', remotePort: 50_000, remoteAddress }, []));
    const over6 = machine.ownersOf({ localPort: 4318, localAddress: '127.0.0.1', remotePort: 50_001, remoteAddress: '127.0.0.1' }, []);
    expect((await Promise.all([...asked, over6])).map(({ pids }) => pids)).toEqual([[40], [30, 20], [], [30, 20], [50]]);
  });

  test('a socket that is not in the tables yet is found by whoever asks after it came', async () => {
    const file = join(procRoot, 'net/tcp');
    const before = readFileSync(file, 'utf8');
    const ends = { localPort: 4318, localAddress: '127.0.0.1', remotePort: 50_002, remoteAddress: '127.0.0.1' };
    expect((await machine.ownersOf(ends, [])).pids).toEqual([]);
    const under = machine.ownersOf({ ...ends, remotePort: 50_000 }, []);
    writeFileSync(file, `${before}   4: 0100007F:C352 0100007F:10DE 01 ${rest} 333 1\n`);
    expect([(await machine.ownersOf(ends, [])).pids, (await under).pids]).toEqual([[40], [30, 20]]);
    writeFileSync(file, before);
  });

  test.each<[string, string]>([
    ['closed, waiting for its time to pass', '06 00000000:00000000 03:00000F2B 00000000     0        0 0 3'],
    ['cut off in the middle of its line', '01 00000000:0000'],
  ])('nobody, of one that is %s', async (_what, end) => {
    const file = join(procRoot, 'net/tcp');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, `${before}   4: 0100007F:C352 0100007F:10DE ${end}`);
    expect((await machine.ownersOf({ localPort: 4318, remotePort: 50_002 }, [])).pids).toEqual([]);
    writeFileSync(file, before);
  });

  test('those far down in a table of many', async () => {
    const file = join(procRoot, 'net/tcp');
    const before = readFileSync(file, 'utf8');
    const over = Array.from({ length: 2_000 }, (_, at) => `${String(at + 4).padStart(4)}: 0100007F:${(at + 1_000).toString(16).toUpperCase().padStart(4, '0')} 0100007F:10DE 06 00000000:00000000 03:00000F2B 00000000     0        0 0 3\n`).join('');
    writeFileSync(file, `${before}${over}2004: 0100007F:C352 0100007F:10DE 01 ${rest} 333 1`);
    const asked = [50_002, 50_000, 1_500, 50_001].map((remotePort) => machine.ownersOf({ localPort: 4318, localAddress: '127.0.0.1', remotePort, remoteAddress: '127.0.0.1' }, []));
    expect((await Promise.all(asked)).map(({ pids }) => pids)).toEqual([[40], [30, 20], [], [50]]);
    writeFileSync(file, before);
  });

  test('whether it is still held, by whom', async () => {
    const { holds } = await machine.ownersOf({ localPort: 4318, localAddress: '127.0.0.1', remotePort: 50_000, remoteAddress: '127.0.0.1' }, []);
    expect(await Promise.all([20, 30, 40, 404].map(holds))).toEqual([true, true, false, false]);
    addProcess(20, stat(20, 'somebody else', 'S', 1, 9_000), { sockets: ['socket:[2222]'] });
    expect(await Promise.all([20, 30].map(holds))).toEqual([false, true]);
  });

  test.each<[string, number, number[]]>([['127.0.0.1', 8123, [20]], ['localhost', 8123, [20]], ['127.0.0.5', 8123, [40]], ['[::1]', 8124, [50]], ['127.0.0.1', 8124, [50]], ['127.0.0.1', 8125, []]])('who answers at %s:%d', async (host, port, pids) => {
    expect(await machine.listenersAt(host, port)).toEqual(pids);
  });

  test.each([['::ffff:127.0.0.1', '127.0.0.1'], ['[::1]', '::1'], ['0:0:0:0:0:0:0:1', '::1'], ['127.0.0.1', '127.0.0.1']])('one spelling of %s', (from, to) => {
    expect(canonical(from)).toBe(to);
  });
});
