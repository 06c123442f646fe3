/** With what CIM, `netstat` and `taskkill` print: recorded, not run on Windows. */
import { expect, test } from 'vitest';
import { Tree } from './tree.ts';
import { WindowsMachine } from './windows-machine.ts';

const processes = JSON.stringify([
  { ProcessId: 4, ParentProcessId: 0, Name: 'System', Created: '2026-11-23T04:00:00.0000000Z' },
  { ProcessId: 812, ParentProcessId: 790, Name: 'node.exe', Created: '2026-11-23T09:02:07.1234567Z' },
  { ProcessId: 820, ParentProcessId: 812, Name: 'cmd.exe', Created: '2026-11-23T09:02:09.7654321Z' },
  { ProcessId: 830, ParentProcessId: 812, Name: 'older.exe', Created: '2026-11-23T08:00:00.0000000Z' },
  { ProcessId: 5, ParentProcessId: 4, Name: 'Registry', Created: null },
]);
// As a German system prints it: the words differ, the columns do not.
const netstat = `
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    0.0.0.0:8123           0.0.0.0:0              ABHÖREN          902
  TCP    127.0.0.1:8123         0.0.0.0:0              ABHÖREN          903
  TCP    127.0.0.1:4318         127.0.0.1:50000        HERGESTELLT      901
  TCP    127.0.0.1:50000        127.0.0.1:4318         HERGESTELLT      812
  TCP    127.0.0.1:50001        127.0.0.1:4318         WARTEND          0
`;
const netstat6 = '  TCP    [::1]:50002            [::1]:4318             HERGESTELLT      820\r\n  TCP    [::]:8124              [::]:0                 ABHÖREN          904\r\n';

function recorded(answer: (script: string) => string = () => ''): { machine: WindowsMachine; scripts: string[] } {
  const scripts: string[] = [];
  const machine = new WindowsMachine((program, args) => {
    const line = args.at(-1) ?? '';
    if (program === 'netstat') return Promise.resolve(line === 'TCP' ? netstat : netstat6);
    scripts.push(line);
    return Promise.resolve(answer(line));
  });
  return { machine, scripts };
}

test('reads who lives; a parent that is younger than its child is somebody else by now', async () => {
  const { machine } = recorded(() => processes);
  const found = await machine.read();
  expect([...found.keys()]).toEqual([4, 812, 820, 830]);
  expect(found.get(812)).toMatchObject({ parent: 790, start: '2026-11-23T09:02:07.1234567Z', name: 'node.exe', startedMs: Date.parse('2026-11-23T09:02:07.123Z') });
  const tree = Tree.of({ pid: 812, start: '2026-11-23T09:02:07.1234567Z' });
  tree.take(found, new Set());
  expect(tree.alive().map(({ pid }) => pid)).toEqual([812, 820]);
});

test('reads one process alone, whether or not it is told in a list', async () => {
  const { machine, scripts } = recorded(() => JSON.stringify({ ProcessId: 812, ParentProcessId: 790, Name: 'node.exe', Created: '2026-11-23T09:02:07.1234567Z' }));
  expect((await machine.one(812))?.name).toBe('node.exe');
  expect(scripts[0]).toContain('-Filter "ProcessId=812"');
  expect(await recorded().machine.one(812)).toBeNull();
});

test('says what it is, of whom, without its arguments', async () => {
  const { machine } = recorded((script) => (script.includes('GetCurrent') ? 'S-1-5-21-1-2-3-1001\r\n' : JSON.stringify({ ExecutablePath: 'C:\\Program Files\\nodejs\\node.exe', CommandLine: '"C:\\Program Files\\nodejs\\node.exe" C:\\agents\\agent.js --prompt secret', Name: 'node.exe', Sid: 'S-1-5-21-1-2-3-1001' })));
  expect(await machine.details(812)).toEqual({ program: 'C:\\Program Files\\nodejs\\node.exe', title: 'node.exe agent.js', script: 'C:\\agents\\agent.js', account: 'S-1-5-21-1-2-3-1001', innerPid: null });
  expect(await machine.account()).toBe('S-1-5-21-1-2-3-1001');
});

test('finds who holds the other end, and who listens, whatever the words', async () => {
  const { machine } = recorded();
  expect((await machine.ownersOf({ localPort: 4318, localAddress: '127.0.0.1', remotePort: 50_000, remoteAddress: '127.0.0.1' })).pids).toEqual([812]);
  expect((await machine.ownersOf({ localPort: 4318, localAddress: '::1', remotePort: 50_002, remoteAddress: '::1' })).pids).toEqual([820]);
  expect((await machine.ownersOf({ localPort: 4318, remotePort: 50_001 })).pids).toEqual([]);
  expect(await machine.listenersAt('127.0.0.1', 8123)).toEqual([903]);
  expect(await machine.listenersAt('127.0.0.7', 8123)).toEqual([902]);
  expect(await machine.listenersAt('localhost', 8124)).toEqual([904]);
});

test.each([['code 0', 'kill', 'sent'], ['code 1', 'kill', 'not_allowed'], ['code 128', 'kill', 'gone'], ['gone', 'kill', 'gone'], ['code 1', 'ask', 'sent']] as const)('%s to a %s means %s', async (said, kind, sent) => {
  const { machine, scripts } = recorded(() => `${said}\r\n`);
  expect(await machine.signal({ pid: 812, start: '2026-11-23T09:02:07.1234567Z' }, kind)).toBe(sent);
  expect(scripts[0]).toContain("-eq '2026-11-23T09:02:07.1234567Z'");
  expect(scripts[0]).toContain(kind === 'kill' ? 'taskkill /PID 812 /F' : 'taskkill /PID 812 /T');
});

test('nothing but numbers and dates gets into a script', async () => {
  const { machine, scripts } = recorded(() => 'gone');
  await machine.signal({ pid: 812, start: "'; Remove-Item C:\\ #" }, 'kill');
  expect(scripts[0]).toContain("-eq ''");
  await expect(machine.signal({ pid: Number.NaN, start: 'x' }, 'kill')).rejects.toThrow('no number of a process');
});
