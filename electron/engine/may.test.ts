import { describe, expect, it } from 'vitest';
import { contract } from '../../shared/contract.ts';
import type { Method } from '../../shared/contract.ts';
import { readOnlyMay, refusalOf } from './may.ts';
import type { Actor } from './ports.ts';

const of = (place: Actor['place'], readOnly: boolean): Actor => ({ kind: place === 'socket' ? 'command_line' : 'desktop', name: 'ada', place, readOnly });
const methods = Object.keys(contract) as Method[];
const commands = methods.filter((name) => contract[name].type === 'command');
const mainOnly: readonly Method[] = ['console.record', 'reports.start'];

describe('who only reads', () => {
  it.each(['page', 'main', 'socket'] as const)('may ask every question and no command but those that stand in the table: %s', (place) => {
    const refused = methods.filter((name) => refusalOf(name, of(place, true)) !== null);
    const exempt = commands.filter((name) => Object.hasOwn(readOnlyMay, name) && (place !== 'page' || !mainOnly.includes(name)) && (place !== 'socket' || name !== 'console.record'));
    expect(refused).toEqual(commands.filter((name) => !exempt.includes(name)));
    expect(refused).toEqual(expect.arrayContaining(['stop.order', 'approvals.decide', 'settings.set', 'retention.run', 'connections.test', 'audit.prune', 'reports.removeTemplate']));
  });

  it('has exceptions for commands of the contract only, each with why', () => {
    for (const [name, why] of Object.entries(readOnlyMay)) {
      expect(commands).toContain(name);
      expect(why.length).toBeGreaterThan(20);
    }
  });
});

describe('a page', () => {
  it('may ask for every command but those that only the desktop\'s own process may', () => {
    expect(methods.filter((name) => refusalOf(name, of('page', false)) !== null).toSorted()).toEqual([...mainOnly].toSorted());
    expect(methods.filter((name) => refusalOf(name, of('main', false)) !== null)).toEqual([]);
    expect(methods.filter((name) => refusalOf(name, of('socket', false)) !== null)).toEqual(['console.record']);
  });
});
