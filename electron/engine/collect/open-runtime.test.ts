import { expect, it } from 'vitest';
import type { RuntimeTarget } from '../../../shared/contract.ts';
import type { Connector } from '../connectors/connector.ts';
import type { ConnectorKinds } from '../connectors/kinds.ts';
import { openRuntime } from './open-runtime.ts';
import type { OpenedRuntime } from './open-runtime.ts';

const kinds = { mcp: { declaration: {}, open: () => ({ close: () => Promise.resolve() } as unknown as Connector) } } as unknown as ConnectorKinds;
const environment = { GITHUB_TOKEN: 'ghp_0123456789', DB_PASSWORD: 'correct horse', NODE_ENV: 'production', OTHER_SECRET: 'not handed over' };

function opened(target: RuntimeTarget): OpenedRuntime {
  const runtime = openRuntime(target, null, {
    kinds, environment, readSecret: () => Promise.resolve(null), spawn: () => { throw new Error('never'); },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined }, clock: { now: () => 0 },
  });
  if (runtime === null) throw new Error('this kind is there');
  return runtime;
}

it('keeps the secrets that a command gets by its environment out of what it says', () => {
  const runtime = opened({ kind: 'mcp', transport: 'stdio', command: 'tools', args: [], env: ['GITHUB_TOKEN', 'DB_PASSWORD', 'NODE_ENV', 'NOT_SET'] });
  expect(runtime.mask()('It ended; its last words: "bad token ghp_0123456789 for correct horse in production".')).toBe('It ended; its last words: "bad token [credential] for [credential] in production".');
  expect(runtime.mask()('not handed over')).toBe('not handed over');
});

it('takes nothing of the environment for a secret where no command gets it', () => {
  expect(opened({ kind: 'mcp', transport: 'http', url: 'http://127.0.0.1:9/' }).mask()('ghp_0123456789')).toBe('ghp_0123456789');
});
