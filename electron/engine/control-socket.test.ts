import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectCaller } from './control-client.ts';
import { connectTo } from './control-address.ts';
import { FolderHeld, openControlSocket } from './control-socket.ts';
import type { ControlSocket } from './control-socket.ts';
import { longestAsk } from './line-port.ts';
import type { ClientPort } from './ports.ts';

let folder: string;
const open: ControlSocket[] = [];
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'gatehouse-socket-')); });
afterEach(async () => {
  for (const socket of open.splice(0)) await socket.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Answers every call with the time zero. */
const echo = (port: ClientPort): void => port.onMessage((message) => {
  const n = typeof message === 'object' && message !== null && 'n' in message ? Number(message.n) : -1;
  port.post({ t: 'ok', n, json: JSON.stringify({ at: '1970-01-01T00:00:00.000Z' }) });
});
async function serve(at = folder): Promise<ControlSocket> {
  const socket = await openControlSocket(at, echo);
  open.push(socket);
  return socket;
}

describe('control socket', () => {
  it('is readable by its owner alone, also in a folder that was open to others', async () => {
    const shared = join(folder, 'open-to-others');
    mkdirSync(shared, { mode: 0o755 });
    await serve(shared);
    expect(statSync(shared).mode & 0o777).toBe(0o700);
    expect(statSync(join(shared, 'engine.sock')).mode & 0o777).toBe(0o600);
  });

  it('refuses a folder that everybody shares', async () => {
    await expect(serve(tmpdir())).rejects.toThrow('shared by everybody');
  });

  it('answers a caller', async () => {
    await serve();
    const caller = await connectCaller(folder);
    expect(await caller?.call('system.ping', {})).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    await caller?.close();
  });

  it('lets one engine have the folder and says who has it', async () => {
    const first = await serve();
    const refused = await serve().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FolderHeld);
    expect(String(refused)).toContain(`process ${process.pid}`);
    await first.close();
    await serve();
  });

  it('lets exactly one of five that start together have it', async () => {
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(() => serve()));
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });

  it('replaces the socket that a killed engine left behind', async () => {
    const child = spawn(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(join(folder, 'engine.sock'))}, () => console.log('up'))`], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(folder, 'engine.sock'))).toBe(true);
    expect(await connectTo(folder)).toBeNull();
    await serve();
    expect(await connectCaller(folder)).not.toBeNull();
  });

  it('works where the path is longer than the system allows for sockets', async () => {
    const deep = join(folder, 'd'.repeat(120));
    await serve(deep);
    const caller = await connectCaller(deep);
    expect(await caller?.call('system.ping', {})).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    await caller?.close();
  });

  it('says that nobody is there', async () => {
    expect(await connectCaller(folder)).toBeNull();
    writeFileSync(join(folder, 'engine.sock'), '');
    expect(await connectCaller(folder)).toBeNull();
  });

  it('hangs up on a line without an end', async () => {
    await serve();
    const socket = await connectTo(folder);
    if (!socket) throw new Error('no socket');
    const closed = once(socket, 'close');
    socket.on('error', () => socket.destroy());
    socket.write('x'.repeat(longestAsk + 2));
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  it('tells a caller when the engine hangs up before the answer', async () => {
    const silent = createServer((socket) => { socket.once('data', () => socket.destroy()); });
    await new Promise<void>((resolve) => { silent.listen(join(folder, 'engine.sock'), resolve); });
    const caller = await connectCaller(folder);
    await expect(caller?.call('system.ping', {})).rejects.toThrow('hung up');
    silent.close();
  });
});
