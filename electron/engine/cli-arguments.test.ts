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
    ['serve', { name: 'serve', otlp: null, readOnly: null }],
    ['serve --otlp 127.0.0.1:0', { name: 'serve', otlp: { host: '127.0.0.1', port: 0 }, readOnly: null }],
    ['serve --read-only', { name: 'serve', otlp: null, readOnly: 'redacted' }],
    ['serve --read-only=hashes', { name: 'serve', otlp: null, readOnly: 'hashes' }],
    ['connections', { name: 'connections list' }],
    ['connections add otlp --name Crew --content full', { name: 'connections add', connectionName: 'Crew', content: 'full' }],
    ['connections remove c-1', { name: 'connections remove', connection: 'c-1', history: 'keep' }],
    ['connections remove c-1 --delete-history', { name: 'connections remove', connection: 'c-1', history: 'delete' }],
    ['connections rename c-1 --name New', { name: 'connections rename', connection: 'c-1', connectionName: 'New' }],
    ['connections rotate c-1', { name: 'connections rotate', connection: 'c-1' }],
    ['activity --agent a --task t --since 24h --limit 5', { name: 'activity', agent: 'a', task: 't', since: '2026-11-21T12:00:00.000Z', limit: 5 }],
    ['connections add langgraph --name L --url http://127.0.0.1:2024 --key-env K', { name: 'connections add runtime', connectionName: 'L', target: { kind: 'langgraph', url: 'http://127.0.0.1:2024' }, cardKeys: null, key: { from: 'keyEnv', name: 'K', session: false }, content: null, consent: false }],
    ['connections add a2a --name A --url http://x --header X-Key --scheme plain --key-stdin --session', { name: 'connections add runtime', connectionName: 'A', target: { kind: 'a2a', url: 'http://x', header: 'X-Key', scheme: 'plain' }, cardKeys: null, key: { from: 'keyStdin', session: true }, content: null, consent: false }],
    ['connections add mcp --name M --command npx --args=-y --env TOKEN --cwd /srv --consent -- server --name x', {
      name: 'connections add runtime', connectionName: 'M', content: null, consent: true, cardKeys: null, key: { from: 'none' },
      target: { kind: 'mcp', transport: 'stdio', command: 'npx', args: ['-y', 'server', '--name', 'x'], env: ['TOKEN'], cwd: '/srv' },
    }],
    ['connections try mcp --url http://x/mcp --credential env:T', { name: 'connections try', target: { kind: 'mcp', transport: 'http', url: 'http://x/mcp' }, cardKeys: null, key: { from: 'env', name: 'T' } }],
    ['connections credential c-1 --credential file:/run/key', { name: 'connections credential', connection: 'c-1', key: { from: 'file', path: '/run/key' }, use: 'read' }],
    ['connections credential c-1 --stop --key-env STOP_KEY', { name: 'connections credential', connection: 'c-1', key: { from: 'keyEnv', name: 'STOP_KEY', session: false }, use: 'stop' }],
    ['connections credential c-1 --stop --credential none', { name: 'connections credential', connection: 'c-1', key: { from: 'none' }, use: 'stop' }],
    ['connections retarget c-1 --url http://y', { name: 'connections retarget', connection: 'c-1', change: { url: 'http://y', command: null, args: null, header: null, scheme: null } }],
    ['connections consent c-1', { name: 'connections consent', connection: 'c-1', consent: false }],
    ['connections test c-1', { name: 'connections test', connection: 'c-1' }],
    ['connections disable c-1', { name: 'connections enable', connection: 'c-1', enabled: false }],
    ['approvals', { name: 'approvals', all: false, agent: null, connection: null, limit: null }],
    ['approvals show apr-1', { name: 'approvals show', approval: 'apr-1' }],
    ['approvals approve apr-1 --fingerprint f', { name: 'approvals decide', approval: 'apr-1', decision: { answer: 'approve' }, fingerprint: 'f' }],
    ['approvals reject apr-1 --reason no', { name: 'approvals decide', approval: 'apr-1', decision: { answer: 'reject', reason: 'no' }, fingerprint: null }],
    ['approvals edit apr-1 --parameters {} --parameters -', { name: 'approvals decide', approval: 'apr-1', decision: { answer: 'edit', parameters: ['{}', null] }, fingerprint: null }],
    ['grants --connection c-1', { name: 'grants', agent: null, connection: 'c-1', limit: null }],
    ['audit --subject apr-1 --limit 3', { name: 'audit', filter: { subject: 'apr-1' }, limit: 3 }],
    ['gaps --since 1h', { name: 'gaps', since: '2026-11-22T11:00:00.000Z', limit: null }],
    ['agents link a b', { name: 'agents link', agent: 'a', to: 'b' }],
    ['agents unlink a', { name: 'agents unlink', agent: 'a' }],
    ['agents', { name: 'agents', agent: null, task: null, since: null, limit: null }],
  ])('%s', (line, command) => {
    expect(read(line).command).toEqual(command);
  });

  it('reads --data relative to the folder of the person, and --json', () => {
    expect(read('status --data here --json')).toMatchObject({ data: '/home/ada/here', json: true });
    expect(read('status').data).toBeNull();
  });

  it.each(['fly', 'connections add mqtt --name x', 'connections add otlp', 'connections add otlp --name x --content some', 'connections sell x', 'agents extra',
    'connections add langgraph --name x', 'connections add langgraph --name x --url http://y --command z', 'connections add mcp --name x', 'connections add mcp --name x --url http://y --command z',
    'connections add a2a --name x --url http://y --key-env A --key-stdin', 'connections add a2a --name x --url http://y --credential secret', 'connections add a2a --name x --url http://y --credential env:A=B',
    'connections add a2a --name x --url http://y --scheme digest', 'connections credential c-1 --session', 'connections retarget c-1', 'connections try langgraph --url http://x --card-keys f', 'connections test', 'approvals reject apr-1', 'approvals respond apr-1', 'approvals forget apr-1',
    'approvals approve', 'agents link a', 'agents unlink a b', 'status -- x', 'grants --since 1h',
    'agents --task t', 'status --limit 3', 'tasks --limit 0', 'tasks --limit many', 'tasks --since yesterday', 'serve --otlp 0.0.0.0:4318', 'serve --otlp 4318', 'serve --read-only=hash', 'serve --read-only --otlp 127.0.0.1:0', 'status --read-only', 'export --read-only --out x', 'serve --otlp evil.example:1', 'tasks --unknown'])('refuses: %s', (line) => {
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
