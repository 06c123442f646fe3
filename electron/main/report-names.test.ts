import { describe, expect, it } from 'vitest';
import { reportFoot, reportName } from './report-names.ts';

const asked = { name: 'Quarter, external', from: '2026-08-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z', contents: ['console', 'gaps'], formats: ['csv', 'pdf'], pack: false } satisfies Parameters<typeof reportName>[0];

describe('the proposed name of a report', () => {
  it('says what and of when, the last day included', () => {
    expect(reportName(asked)).toBe('gatehouse-quarter-external-2026-08-01-to-2026-10-31');
    expect(reportName({ ...asked, pack: true })).toBe('gatehouse-quarter-external-2026-08-01-to-2026-10-31.zip');
    expect(reportName({ ...asked, formats: ['pdf'] })).toBe('gatehouse-quarter-external-2026-08-01-to-2026-10-31.pdf');
    expect(reportName({ ...asked, contents: ['gaps'], formats: ['ocsf-1.9.0'] })).toMatch(/31\.jsonl$/);
  });

  it.each(['../../etc/passwd', '..', '.bashrc', 'a/b\\c:d', '\u0000', '\u202Egpj', 'CON|', '   '])('leaves no place and no sign of a file system in %j', (name) => {
    expect(reportName({ ...asked, name })).toMatch(/^gatehouse-[a-z0-9_-]+(?:\.[a-z0-9_-]+)*-2026-08-01-to-2026-10-31$/);
  });
});

describe('the line below every sheet', () => {
  const made = { spec: { ...asked, name: '<img src=x onerror=alert(1)>&"\'' } as never, madeAt: '2026-11-17T14:32:07.000Z', seal: { hour: '2026-11-17T13:00:00.000Z', size: 40_218, fingerprint: 'ab'.repeat(32) } };

  it('is inert', () => {
    const foot = reportFoot(made);
    expect(foot).not.toMatch(/[<>"']/);
    expect(foot).toContain('&lt;img src=x');
  });

  it('names the key and the seal', () => {
    expect(reportFoot(made)).toContain('seal of 2026-11-17 13:00 UTC over 40218 entries, key abab abab abab abab…');
    expect(reportFoot({ ...made, seal: null })).toContain('no seal yet');
  });
});
