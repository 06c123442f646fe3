import { expect, it } from 'vitest';
import type { Sight } from '../connectors/stopping.ts';
import type { LeverFact } from '../store/stop-commands.ts';
import { noProcess } from './judge-input.ts';
import { processAfter } from './process-fact.ts';
import type { WatchedConnection } from './watched.ts';

const lever = { saved: '{}', plan: { leverId: 'process.end' }, target: { agents: ['a'], runs: null } } as unknown as LeverFact;
const watched = { agents: [{ head: 1, keys: ['a'] }] } as unknown as WatchedConnection;
const gone: Sight = { atUs: 900, open: [], complete: true, signs: [], opaque: [], readBack: [{ leverId: 'process.end', holds: true, text: '' }], notes: [] };

it('is gone since whoever ended it saw it gone, never later than the look that says so', () => {
  expect(processAfter(noProcess, { ...gone, goneUs: 400 }, [lever], watched, 900)).toEqual({ state: 'gone', sinceUs: 400, covers: [1] });
  expect(processAfter(noProcess, { ...gone, goneUs: 1_400 }, [lever], watched, 900)).toMatchObject({ sinceUs: 900 });
  expect(processAfter(noProcess, gone, [lever], watched, 900)).toMatchObject({ sinceUs: 900 });
});

it('takes that time for nothing where a process lives', () => {
  const alive: Sight = { ...gone, goneUs: 400, readBack: [{ leverId: 'process.end', holds: false, text: '' }] };
  expect(processAfter(noProcess, alive, [lever], watched, 900)).toMatchObject({ state: 'alive', sinceUs: 900 });
  expect(processAfter({ state: 'gone', sinceUs: 400, covers: [1] }, alive, [lever], watched, 900)).toMatchObject({ state: 'came_back', sinceUs: 900 });
});

it('is alive where somebody of it survived, also while another sender is not proven: that only keeps it from being gone', () => {
  const survivor: Sight = { ...gone, complete: false, notes: ['another one sends'], open: [{ id: 'process:9:1', agent: null, state: 'running', sinceUs: 1, what: 'process 9 (sh) is alive' }], readBack: [{ leverId: 'process.end', holds: false, text: '' }] };
  expect(processAfter(noProcess, survivor, [lever], watched, 900)).toEqual({ state: 'alive', sinceUs: 900, covers: [1] });
  expect(processAfter(noProcess, { ...gone, complete: false }, [lever], watched, 900)).toEqual(noProcess);
});

it('keeps in mind who may be of it', () => {
  expect(processAfter(noProcess, { ...gone, complete: false, doubt: 'Left behind.' }, [lever], watched, 900)).toEqual({ ...noProcess, doubt: 'Left behind.' });
});
