import { describe, expect, it } from 'vitest';
import { readAddress, readInvocation, readSince } from './cli-arguments.ts';
import { UsageError } from './cli-options.ts';

const now = Date.parse('2026-11-22T12:00:00.000Z');
const read = (line: string): ReturnType<typeof readInvocation> => readInvocation(line.split(' ').filter((word) => word !== ''), '/home/ada', now);

describe('readInvocation', () => {
  it.each([
    ['', { name: 'help' }],
    ['--version', { name: 'version' }],
    ['agents --help', { name: 'help' }],
    ['serve', { name: 'serve', otlp: null }],
    ['serve --otlp 127.0.0.1:0', { name: 'serve', otlp: { host: '127.0.0.1', port: 0 } }],
    ['connections', { name: 'connections list' }],
    ['connections add otlp --name Crew --content full', { name: 'connections add', connectionName: 'Crew', content: 'full' }],
    ['connections remove c-1', { name: 'connections remove', connection: 'c-1', history: 'keep' }],
    ['connections remove c-1 --delete-history', { name: 'connections remove', connection: 'c-1', history: 'delete' }],
    ['connections rename c-1 --name New', { name: 'connections rename', connection: 'c-1', connectionName: 'New' }],
    ['connections rotate c-1', { name: 'connections rotate', connection: 'c-1' }],
    ['activity --agent a --task t --since 24h --limit 5', { name: 'activity', agent: 'a', task: 't', since: '2026-11-21T12:00:00.000Z', limit: 5 }],
    ['agents', { name: 'agents', agent: null, task: null, since: null, limit: null }],
  ])('%s', (line, command) => {
    expect(read(line).command).toEqual(command);
  });

  it('reads --data relative to the folder of the person, and --json', () => {
    expect(read('status --data here --json')).toMatchObject({ data: '/home/ada/here', json: true });
    expect(read('status').data).toBeNull();
  });

  it.each(['fly', 'connections add mqtt --name x', 'connections add otlp', 'connections add otlp --name x --content some', 'connections sell x', 'agents extra',
    'agents --task t', 'status --limit 3', 'tasks --limit 0', 'tasks --limit many', 'tasks --since yesterday', 'serve --otlp 0.0.0.0:4318', 'serve --otlp 4318', 'serve --otlp evil.example:1', 'tasks --unknown'])('refuses: %s', (line) => {
    expect(() => read(line)).toThrow(UsageError);
  });
});

describe('readSince', () => {
  it.each([['90s', '2026-11-22T11:58:30.000Z'], ['7d', '2026-11-15T12:00:00.000Z'], ['1.5h', '2026-11-22T10:30:00.000Z'], ['2026-11-01', '2026-11-01T00:00:00.000Z']])('%s', (text, at) => {
    expect(readSince(text, now)).toBe(at);
  });
});

describe('readAddress', () => {
  it.each([['[::1]:4318', '::1', 4318], ['localhost:1', 'localhost', 1], ['127.9.9.9:65535', '127.9.9.9', 65_535]])('%s', (text, host, port) => {
    expect(readAddress(text)).toEqual({ host, port });
  });
});
