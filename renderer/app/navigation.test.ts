import { describe, expect, it } from 'vitest';
import { parsePlace, placeHash } from './navigation.ts';

describe('places', () => {
  it('come back as they were written', () => {
    const place = { screen: 'agent' as const, id: 'agt/1 ?#%', params: { task: 'tsk-1&x', tab: 'activity' } };
    expect(parsePlace(placeHash(place))).toEqual(place);
  });

  it('need no identifier and no parameters', () => {
    expect(placeHash({ screen: 'live' })).toBe('#/live');
    expect(parsePlace('#/live')).toEqual({ screen: 'live', id: null, params: {} });
  });

  it('fall back to the overview for what is no screen', () => {
    for (const hash of ['', '#', '#/', '#/nowhere', '#/__proto__', '#/constructor/x']) expect(parsePlace(hash).screen).toBe('overview');
  });

  it('survive a broken escape', () => {
    expect(parsePlace('#/agent/%E0%A4%A').id).toBe('%E0%A4%A');
  });
});
