import { expect, it } from 'vitest';
import type { Batch, FoundAgent } from '../connectors/connector.ts';
import { Newcomers } from './newcomers.ts';

const agent = (id: string): FoundAgent => ({ claim: { id, name: id }, aliases: [], grants: [], atUs: 0 });
const work = (...ids: (string | undefined)[]): Batch['records'] => ids.map((id) => ({ raw: '{}', draft: { agent: id === undefined ? {} : { id, name: id } } })) as unknown as Batch['records'];

it('wants a list for whoever works and was not in the last one', () => {
  const newcomers = new Newcomers();
  newcomers.asked(0);
  newcomers.listed([agent('clerk')]);
  newcomers.saw(work('clerk', undefined));
  expect(newcomers.due(60_000)).toBe(false);
  newcomers.saw(work('runaway'));
  expect([newcomers.due(4_999), newcomers.due(5_000)]).toEqual([false, true]);
  newcomers.asked(5_000);
  expect(newcomers.due(60_000)).toBe(false);
  newcomers.listed([agent('clerk'), agent('runaway')]);
  newcomers.saw(work('runaway'));
  expect(newcomers.due(60_000)).toBe(false);
});

it('asks once for one that is in no list, and for nobody before the first list', () => {
  const newcomers = new Newcomers();
  newcomers.asked(0);
  newcomers.saw(work('ghost'));
  expect(newcomers.due(60_000)).toBe(false);
  newcomers.listed([]);
  newcomers.saw(work('ghost'));
  newcomers.asked(60_000);
  newcomers.listed([]);
  newcomers.saw(work('ghost'));
  expect(newcomers.due(120_000)).toBe(false);
});

it('is not kept busy by a runtime that makes agents up, and listens to a clock that was set back', () => {
  const newcomers = new Newcomers();
  newcomers.asked(100_000);
  newcomers.listed([]);
  newcomers.saw(work('a'));
  expect(newcomers.due(50_000)).toBe(true);
  newcomers.asked(100_000);
  newcomers.saw(work(...Array.from({ length: 10_001 }, (_, n) => `made up ${n}`)));
  newcomers.asked(200_000);
  newcomers.saw(work('one more'));
  expect(newcomers.due(300_000)).toBe(false);
});
