import { describe, expect, it } from 'vitest';
import type { ReportTemplate } from '../../../shared/reports.ts';
import { complaintOf, draftOf, firstDraft, isChanged, nowhere, presetDays, previewKey, previewSpec, specOf, startOf, templateOf, toggledIn, toggledSend, type Draft, type SendDraft } from './report-draft.ts';

const now = Date.parse('2026-11-17T14:32:07.411Z');
const draft = (changes: Partial<Draft> = {}): Draft => ({ ...firstDraft(now), ...changes });

describe('presets', () => {
  it.each([
    ['last_day', '2026-11-16', '2026-11-16'], ['last_week', '2026-11-09', '2026-11-15'], ['last_month', '2026-10-01', '2026-10-31'], ['last_quarter', '2026-07-01', '2026-09-30'], ['last_year', '2025-01-01', '2025-12-31'],
  ] as const)('%s is whole and before today', (preset, fromDay, toDay) => {
    expect(presetDays(preset, now)).toEqual({ fromDay, toDay });
  });

  it('reach over the turn of a year, and a Monday ends the week before', () => {
    const newYear = Date.parse('2027-01-04T00:00:00.000Z');
    expect(presetDays('last_month', newYear)).toEqual({ fromDay: '2026-12-01', toDay: '2026-12-31' });
    expect(presetDays('last_quarter', newYear)).toEqual({ fromDay: '2026-10-01', toDay: '2026-12-31' });
    expect(presetDays('last_week', newYear)).toEqual({ fromDay: '2026-12-28', toDay: '2027-01-03' });
  });
});

describe('a spec', () => {
  it('holds the last day whole once it is over', () => {
    expect(specOf(draft({ fromDay: '2026-08-01', toDay: '2026-10-31' }), now)).toMatchObject({ from: '2026-08-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' });
  });

  it('ends now while its last day runs, and is counted anew once a minute', () => {
    expect(specOf(draft(), now)?.to).toBe('2026-11-17T14:32:07.411Z');
    expect(previewSpec(draft(), now)).toEqual(previewSpec(draft({ name: 'Another' }), now));
    expect(previewKey(draft(), now)).toBe(previewKey(draft({ name: 'Another', templateId: 'tpl-1' }), now + 20_000));
    expect(new Set([previewKey(draft(), now), previewKey(draft(), now + 60_000), previewKey(draft({ people: 'removed' }), now), previewKey(draft({ name: ' ' }), now)]).size).toBe(4);
  });

  it('holds gaps whatever is ticked, and everything in the order of the screen', () => {
    const spec = specOf(draft({ contents: ['failures', 'console'], formats: ['pdf', 'csv'] }), now);
    expect(spec?.contents).toEqual(['console', 'failures', 'gaps']);
    expect(spec?.formats).toEqual(['csv', 'pdf']);
  });

  it.each([
    [{ fromDay: '2026-02-30' }, 'Give both days of the period.'], [{ toDay: '' }, 'Give both days of the period.'], [{ fromDay: '2026-11-02', toDay: '2026-11-01' }, 'The period ends before it begins.'],
    [{ fromDay: '2026-11-18', toDay: '2026-11-19' }, 'The period has not begun.'], [{ scope: 'agents' }, 'Choose at least one agent.'], [{ scope: 'stop' }, 'Choose a stop order.'], [{ formats: [] }, 'Choose at least one format.'],
    [{ name: '  ' }, 'Give the report a name.'], [{ formats: ['focus'], contents: ['console'] }, 'FOCUS holds cost only, and cost is not among the contents.'],
  ] as const)('is refused with %j', (changes, said) => {
    expect(complaintOf(draft(changes), now)).toBe(said);
    expect(specOf(draft(changes), now)).toBeNull();
  });

  it('names its scope', () => {
    expect(specOf(draft({ scope: 'agents', agents: ['agt-1', 'agt-2'] }), now)?.scope).toEqual({ kind: 'agents', ids: ['agt-1', 'agt-2'] });
    expect(specOf(draft({ scope: 'tag', tag: 'payments' }), now)?.scope).toEqual({ kind: 'tag', tag: 'payments' });
  });
});

describe('templates', () => {
  const template = (one: Draft): ReportTemplate => ({ id: 'tpl-1', changedAt: '2026-11-01T00:00:00.000Z', changedBy: 'anna', ...(templateOf(one, 'Quarter, external', now) ?? (() => { throw new Error('not kept'); })()) });

  it('come back as they were kept', () => {
    const kept = template(draft({ scope: 'connection', connectionId: 'con-1', people: 'pseudonyms', contents: ['console', 'gaps'] }));
    expect(draftOf(kept)).toMatchObject({ templateId: 'tpl-1', name: 'Quarter, external', scope: 'connection', connectionId: 'con-1', people: 'pseudonyms', fromDay: '2026-10-19', toDay: '2026-11-17' });
    expect(isChanged(draftOf(kept), kept)).toBe(false);
  });

  it('notice each change, and no change of days that a preset does not use', () => {
    const kept = template(draft({ period: 'last_quarter' }));
    const same = draftOf(kept);
    expect(isChanged({ ...same, fromDay: '2026-01-01' }, kept)).toBe(false);
    const changes: Partial<Draft>[] = [{ people: 'removed' }, { pack: !same.pack }, { formats: ['csv'] }, { contents: ['gaps'] }, { name: 'Other' }, { period: 'last_year' }, { text: 'full' }];
    expect(changes.filter((change) => !isChanged({ ...same, ...change }, kept))).toEqual([]);
  });
});

it('reads only days that exist', () => {
  expect(startOf('2026-02-28')).toBe(Date.UTC(2026, 1, 28));
  for (const text of ['2026-02-29', '2026-13-01', '26-01-01', '', 'yesterday']) expect(startOf(text)).toBeNull();
});

it('ticks and unticks in order', () => {
  expect(toggledIn(['a', 'b', 'c'], ['c'], 'a')).toEqual(['a', 'c']);
  expect(toggledIn(['a', 'b', 'c'], ['a', 'c'], 'a')).toEqual(['c']);
});

describe('sending', () => {
  const sending = (more: Partial<SendDraft> = {}): Draft => draft({ formats: ['cef'], pack: false, send: { ...nowhere, on: true, host: ' log.example ', ...more } });

  it('begins with CEF and without a pack, and leaves what was chosen when it ends', () => {
    const begun = draft({ ...toggledSend(draft({ formats: ['csv'], pack: true })) });
    expect(begun).toMatchObject({ formats: ['csv', 'cef'], pack: false, send: { on: true } });
    expect(toggledSend(begun)).toMatchObject({ formats: ['csv', 'cef'], pack: false, send: { on: false } });
  });

  it('is in the spec once it can go somewhere, and in no preview', () => {
    expect(specOf(sending(), now)?.send).toEqual({ host: 'log.example', port: 6_514, transport: 'tls', targetId: null });
    expect(specOf(sending({ on: false }), now)).not.toHaveProperty('send');
    expect(previewSpec(sending({ host: '' }), now)).not.toHaveProperty('send');
    expect(previewKey(sending(), now)).toBe(previewKey(sending({ host: 'other.example' }), now));
  });

  it.each([
    [sending({ host: '' }), 'name or the address'], [sending({ host: 'tls://log.example' }), 'without a scheme'], [sending({ port: '0' }), '1 to 65535'], [sending({ port: '70000' }), '1 to 65535'], [sending({ port: '6e3' }), '1 to 65535'],
    [{ ...sending(), pack: true }, 'pack is not sent'], [{ ...sending(), formats: ['csv'] as const }, 'choose CEF'],
  ])('is complained about: %#', (one, words) => {
    expect(complaintOf(one, now)).toContain(words);
    expect(specOf(one, now)).toBeNull();
  });

  it('is kept in a template, and is a change of it', () => {
    const kept = templateOf(sending({ targetId: 'tgt-1' }), 'Weekly', now);
    const template = { ...(kept as NonNullable<typeof kept>), id: 'rpt-1' };
    const again = draftOf(template);
    expect(again.send).toEqual({ on: true, targetId: 'tgt-1', host: 'log.example', port: '6514', transport: 'tls' });
    expect(isChanged(again, template)).toBe(false);
    expect(isChanged({ ...again, send: { ...again.send, transport: 'tcp' } }, template)).toBe(true);
    expect(isChanged({ ...again, send: { ...again.send, on: false } }, template)).toBe(true);
  });
});
