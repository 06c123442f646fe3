import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { StrangerFinder } from './stranger.ts';

const root = mkdtempSync(join(tmpdir(), 'gatehouse-proc-'));
afterAll(() => rmSync(root, { recursive: true }));

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
mkdirSync(join(root, 'net'));
// 4318 is 10DE, 50000 is C350, 50001 is C351.
writeFileSync(join(root, 'net/tcp'), `${head}   0: 0100007F:10DE 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 111 1\n   1: 0100007F:C350 0100007F:10DE 01 00000000:00000000 00:00000000 00000000  1000        0 222 1\n`);
writeFileSync(join(root, 'net/tcp6'), `${head}   0: 00000000000000000000000001000000:C351 00000000000000000000000001000000:10DE 01 00000000:00000000 00:00000000 00000000  1000        0 333 1\n`);

function addProcess(pid: number, cmdline: string, sockets: readonly string[]): void {
  mkdirSync(join(root, String(pid), 'fd'), { recursive: true });
  writeFileSync(join(root, String(pid), 'cmdline'), cmdline);
  sockets.forEach((socket, fd) => symlinkSync(socket, join(root, String(pid), 'fd', String(fd))));
}
addProcess(10, '/usr/sbin/daemon\0', ['socket:[111]']);
addProcess(20, '/usr/bin/node\0--import\0/srv/hook.mjs\0/srv/agent.js\0--prompt\0secret words\0', ['/dev/null', 'socket:[222]']);
addProcess(30, 'py\u001bthon\0-m\0thing\0', ['socket:[333]']);

test('finds the process behind the other end of a socket, over IPv4 and IPv6', async () => {
  const finder = new StrangerFinder('linux', root);
  expect(await finder.find({ localPort: 4318, remotePort: 50_000 })).toEqual({ pid: 20, name: 'node agent.js' });
  expect(await finder.find({ localPort: 4318, remotePort: 50_001 })).toEqual({ pid: 30, name: 'py?thon' });
});

test('says nothing when it cannot tell', async () => {
  expect(await new StrangerFinder('linux', root).find({ localPort: 4318, remotePort: 1 })).toBeNull();
  expect(await new StrangerFinder('linux', join(root, 'nowhere')).find({ localPort: 4318, remotePort: 50_000 })).toBeNull();
  expect(await new StrangerFinder('win32', root).find({ localPort: 4318, remotePort: 50_000 })).toBeNull();
});

test('tells apart who asks at the same time', async () => {
  const finder = new StrangerFinder('linux', root);
  const asked = [50_001, 50_000, 1, 50_001].map((remotePort) => finder.find({ localPort: 4318, remotePort }));
  expect((await Promise.all(asked)).map((found) => found?.pid)).toEqual([30, 20, undefined, 30]);
});

test('many questions at once do not pile up', async () => {
  const finder = new StrangerFinder('linux', root);
  const answers = await Promise.all(Array.from({ length: 20 }, () => finder.find({ localPort: 4318, remotePort: 50_000 })));
  expect(answers.filter((answer) => answer !== null)).toHaveLength(8);
});
