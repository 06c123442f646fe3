import { describe, expect, it } from 'vitest';
import { maskOf } from './masking.ts';

const mask = maskOf(['sk-very"secret\\1']);

describe('maskOf', () => {
  it('finds the credential wherever it stands, also inside JSON text', () => {
    const raw = JSON.stringify({ headers: { 'x-api-key': 'sk-very"secret\\1' }, nested: JSON.stringify({ key: 'sk-very"secret\\1' }) });
    const out = mask({ raw, list: ['Bearer sk-very"secret\\1 refused'], ['k sk-very"secret\\1']: null });
    expect(JSON.stringify(out)).not.toMatch(/very/);
    expect(out.list).toEqual(['Bearer [credential] refused']);
    expect(JSON.parse(out.raw)).toMatchObject({ headers: { 'x-api-key': '[credential]' } });
  });

  it('finds the beginning of one that was cut off, and only there', () => {
    const cut = maskOf(['sk-0123456789abcdef']);
    expect(cut('It refuses the credential (HTTP 401: "bad key sk-0123456789a…").')).toBe('It refuses the credential (HTTP 401: "bad key [credential]…").');
    expect(cut('its last words: bad key sk-01234567')).toBe('its last words: bad key [credential]');
    expect(cut('sk-01234 sk-01234567 sk-0123456789abcdef sk-012345')).toBe('sk-01234 sk-01234567 [credential] [credential]');
    expect(cut('sk-0123…')).toBe('sk-0123…');
  });

  it('gives back the very same value when there is nothing to hide', () => {
    const value = { a: [{ b: 'text', c: 1 }], d: null };
    expect(mask(value)).toBe(value);
    const short = { a: 'abc' };
    expect(maskOf(['abc', ''])(short)).toBe(short);
  });

  it('does not touch what stands beside the find', () => {
    const kept = { x: 1 };
    const out = mask({ kept, found: 'sk-very"secret\\1' });
    expect(out.kept).toBe(kept);
    expect(out.found).toBe('[credential]');
  });
});
