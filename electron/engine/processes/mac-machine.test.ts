/** With what `ps` and `lsof` print: recorded, not run on a Mac. */
import { expect, test } from 'vitest';
import { MacMachine } from './mac-machine.ts';

const ps = `    1     0     1 Ss   Mon Nov 23 05:11:26 2026     /sbin/launchd
  812   790   812 S+   Mon Nov 23 09:02:07 2026     /opt/homebrew/bin/node
  813   812   812 Z+   Mon Nov 23 09:02:08 2026     (sh)
  820   812   820 Ss   Mon Nov  3 09:02:09 2026     /Applications/My Agent.app/Contents/MacOS/My Agent
`;
const lsof = `p812
f21
n127.0.0.1:50000->127.0.0.1:4318
f22
n127.0.0.1:50000->127.0.0.1:9999
p820
f7
n127.0.0.2:50000->127.0.0.1:4318
p901
f3
n127.0.0.1:4318->127.0.0.1:50000
p902
f9
n*:8123
p903
f9
n[::1]:8124
`;

function recorded(kill: (pid: number, signal: string) => void = () => undefined): { machine: MacMachine; asked: string[] } {
  const asked: string[] = [];
  const machine = new MacMachine((program, args) => {
    const line = [program, ...args].join(' ');
    asked.push(line);
    if (program === 'lsof') return Promise.resolve(lsof);
    if (line.includes('uid=')) return Promise.resolve('  501 /opt/homebrew/bin/node\n');
    if (line.includes('command=')) return Promise.resolve('/opt/homebrew/bin/node /Users/jane/agent.js --prompt secret\n');
    const one = /-p (\d+)$/.exec(line)?.[1];
    return Promise.resolve(one === undefined ? ps : ps.split('\n').filter((row) => row.trim().startsWith(`${one} `)).join('\n'));
  }, kill);
  return { machine, asked };
}

test('reads who lives, with blanks in names, without the ones that ended', async () => {
  const { machine } = recorded();
  const found = [...(await machine.read()).values()];
  expect(found.map(({ pid, parent, group, start, name }) => [pid, parent, group, start, name])).toEqual([
    [1, 0, 1, 'Mon Nov 23 05:11:26 2026', 'launchd'], [812, 790, 812, 'Mon Nov 23 09:02:07 2026', 'node'], [820, 812, 820, 'Mon Nov 3 09:02:09 2026', 'My Agent'],
  ]);
  expect(found[1]?.startedMs).toBe(Date.parse('Mon Nov 23 09:02:07 2026'));
  expect(await machine.details(812)).toEqual({ program: '/opt/homebrew/bin/node', account: '501', title: 'node agent.js', script: '/Users/jane/agent.js', innerPid: null });
});

test('finds who holds the other end, and who listens', async () => {
  const { machine, asked } = recorded();
  expect((await machine.ownersOf({ localPort: 4318, localAddress: '127.0.0.1', remotePort: 50_000, remoteAddress: '127.0.0.1' })).pids).toEqual([812]);
  expect((await machine.ownersOf({ localPort: 4318, localAddress: '127.0.0.1', remotePort: 50_000, remoteAddress: '127.0.0.2' })).pids).toEqual([820]);
  expect(await machine.listenersAt('127.0.0.1', 8123)).toEqual([902]);
  expect(await machine.listenersAt('localhost', 8124)).toEqual([903]);
  expect(await machine.listenersAt('127.0.0.1', 8124)).toEqual([]);
  expect(asked[0]).toBe('lsof -nP -iTCP:50000 -Fpn');
});

test('signals the very process, and no other under its number', async () => {
  const signals: [number, string][] = [];
  const { machine } = recorded((pid, signal) => { signals.push([pid, signal]); });
  expect(await machine.signal({ pid: 812, start: 'Mon Nov 23 09:02:07 2026' }, 'ask')).toBe('sent');
  expect(await machine.signal({ pid: 812, start: 'Mon Nov 23 09:02:06 2026' }, 'kill')).toBe('gone');
  expect(await machine.signal({ pid: 4_711, start: 'Mon Nov 23 09:02:06 2026' }, 'kill')).toBe('gone');
  expect(signals).toEqual([[812, 'SIGTERM']]);
});
