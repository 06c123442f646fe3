import { describe, expect, test } from 'vitest';
import type { GrantKind } from '../../../shared/access.ts';
import { readOffer } from './read-offer.ts';
import type { Offer } from './read-offer.ts';

const tool = (change: Partial<Offer> = {}) => readOffer({ kind: 'tool', name: 'frobnicate', description: null, readOnly: null, destructive: null, openWorld: null, idempotent: null, ...change });
const classes = (change: Partial<Offer>) => tool(change).classes.map((one) => `${one.class} ${one.reversibility}`);

describe('a tool', () => {
  test('that claims nothing is assumed to be the worst, and it is said', () => {
    expect(tool()).toMatchObject({ effect: 'allow', understood: 'partly', reversibility: 'irreversible', actions: ['frobnicate'], notUnderstood: ['It claims nothing about itself; the worst is assumed.'] });
    expect(classes({})).toEqual(['write irreversible', 'delete irreversible', 'network irreversible']);
  });
  test.each<[Partial<Offer>, string[], 'whole' | 'partly']>([
    [{ readOnly: true, openWorld: false }, ['read read_only'], 'whole'], [{ readOnly: true, openWorld: true }, ['read read_only', 'network read_only'], 'whole'], [{ readOnly: true }, ['read read_only', 'network read_only'], 'partly'],
    [{ readOnly: false, destructive: false, openWorld: false }, ['write reversible'], 'whole'], [{ readOnly: false, destructive: false, openWorld: true }, ['write externally_reversible', 'network externally_reversible'], 'whole'], [{ readOnly: false, destructive: true, openWorld: false }, ['write irreversible', 'delete irreversible'], 'whole'],
    [{ readOnly: false, openWorld: false }, ['write irreversible', 'delete irreversible'], 'partly'], [{ destructive: false, openWorld: false }, ['write reversible'], 'partly'],
  ])('that claims %j', (claims, expected, understood) => {
    expect(classes(claims)).toEqual(expected);
    expect(tool(claims).understood).toBe(understood);
  });
  test('that claims both to read only and to destroy is held to the worse, and it is said', () => {
    expect(classes({ readOnly: true, destructive: true, openWorld: false })).toEqual(['write irreversible', 'delete irreversible']);
    expect(tool({ readOnly: true, destructive: true, openWorld: false })).toMatchObject({ understood: 'partly', notUnderstood: ['It claims to read only and to destroy; both cannot be, and the worse is held.'] });
  });
  test('whose name speaks of more gets it added, and keeps what it claims', () => {
    expect(classes({ name: 'delete_user', readOnly: true, openWorld: false })).toEqual(['read read_only', 'delete irreversible']);
    expect(classes({ name: 'runShellCommand', readOnly: false, destructive: false, openWorld: false })).toEqual(['write reversible', 'execute unknown']);
    expect(classes({ name: 'send_email', readOnly: false, destructive: false, openWorld: false })).toEqual(['write irreversible']);
    expect(classes({ name: 'list_orders', readOnly: true, openWorld: false })).toEqual(['read read_only']);
  });
});

test.each<[GrantKind, string[]]>([['resource', ['read']], ['prompt', ['read']], ['gate', []], ['skill', ['execute']], ['network', ['network']], ['budget', ['spend']], ['scope', ['not_understood']]])('a %s is %j', (kind, expected) => {
  const { classes: found, effect } = readOffer({ kind, name: 'thing', description: null, readOnly: null, destructive: null, openWorld: null, idempotent: null });
  expect({ found: found.map((one) => one.class), effect }).toEqual({ found: expected, effect: 'allow' });
});
