import { describe, expect, it } from 'vitest';
import type { Completeness } from '../../../shared/reports.ts';
import { doneShare, edgeWords, estimateWords, jobLook, longestUnseen, progressWords, sentWords, spanWords, statementOf, targetName } from './report-words.ts';

const made: Completeness = {
  from: '2026-08-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z', agents: 41, seenPercent: 96.3, notSeenPeriods: 17, notSeenAgentHours: 3_318.4, refused: 212, contents: [], retention: [], sentences: [],
  connections: [
    { connectionId: 'con-1', connectionName: 'AWS prod', kind: 'otlp', records: 5, seenPercent: 99.1, firstAt: null, lastAt: null, refused: 0, notSeen: [{ from: '2026-08-09T00:00:00.000Z', to: '2026-08-10T00:00:00.000Z', reason: 'throttled', text: 'throttled' }], moreNotSeen: 0 },
    { connectionId: 'con-2', connectionName: 'GCP data', kind: 'langgraph', records: 5, seenPercent: 85.2, firstAt: null, lastAt: null, refused: 0, notSeen: [{ from: '2026-08-01T00:00:00.000Z', to: '2026-08-12T00:00:00.000Z', reason: 'connection_off', text: 'not connected yet' }], moreNotSeen: 0 },
  ],
};

describe('the statement', () => {
  it('says how much was seen, and what was not', () => {
    expect(statementOf(made)).toEqual({ seen: '96.3\u2009%', agents: '41 agents', periods: '17 periods', agentHours: '3,318 agent hours', refused: '212 records were refused as unreadable and are counted, not included.' });
    expect(statementOf({ ...made, seenPercent: 99.999, notSeenPeriods: 0, refused: 1 })).toMatchObject({ seen: '99.9\u2009%', periods: null, refused: '1 record was refused as unreadable and is counted, not included.' });
  });

  it('names the longest period of all connections', () => {
    expect(longestUnseen(made)).toMatchObject({ connectionName: 'GCP data', text: 'not connected yet' });
    expect(longestUnseen({ ...made, connections: [] })).toBeNull();
  });
});

it('names a span by its days, the last one included', () => {
  expect(spanWords(made.from, made.to)).toBe('1 Aug 2026 to 31 Oct 2026');
  expect(spanWords('2026-08-01T00:00:00.000Z', '2026-08-01T14:00:00.000Z')).toBe('1 Aug 2026');
});

it('says that a day is not over', () => {
  const now = Date.parse('2026-11-17T14:00:00.000Z');
  expect(edgeWords('2026-11-17', now)).toContain('not over');
  expect(edgeWords('2026-11-16', now)).toBe('00:00 UTC to 24:00 UTC, last day included');
});

it('estimates only what was estimated', () => {
  expect(estimateWords({ bytes: 1_900_000_000, seconds: 49.2 })).toBe('about 1.9 GB, 50 s');
  expect(estimateWords({ bytes: 300, seconds: 0.2 })).toBe('about 300 B, under 1 s');
  expect(estimateWords({ bytes: null, seconds: null })).toBe('size not known yet');
});

it('tells how far a job is', () => {
  expect(progressWords({ step: 'activity as CSV', rows: 1_000, of: 4_000, bytes: 2_000_000, sent: null })).toBe('activity as CSV, 1,000 of 4,000 rows, 2 MB');
  expect(doneShare({ rows: 5, of: 0 })).toBeNull();
  expect(doneShare({ rows: 9, of: 4 })).toBe(1);
});

it('names a target without where it is', () => {
  expect(targetName('/home/anna/reports/q3.zip')).toBe('q3.zip');
  expect(targetName('C:\\reports\\q3\\')).toBe('q3');
});

it('says of what was sent what is known, and no more', () => {
  const sent = { to: 'tls://h:6514', messages: 1_200, of: 3_000, shortened: 0, error: null } as const;
  expect(sentWords({ ...sent, state: 'failed', ending: null })).toBe('1,200 of 3,000 messages were handed to TCP; the last of them may not have arrived.');
  expect(sentWords({ ...sent, state: 'sending', ending: null, shortened: 1 })).toBe('1,200 of 3,000 messages were handed to TCP. In 1 of them a long value is told by length and SHA-256; the files have them whole.');
  expect(sentWords({ ...sent, messages: 3_000, state: 'done', ending: 'closed' })).toMatch(/^3,000 messages\. The receiver closed the connection in order.*Syslog answers nothing/);
  expect(sentWords({ ...sent, messages: 0, state: 'failed', ending: null })).toBe('None of 3,000 messages went out.');
  expect(sentWords({ ...sent, state: 'unknown', ending: null })).toMatch(/not known\.$/);
  expect(jobLook({ state: 'done', sent: { ...sent, state: 'failed', ending: null } })).toEqual({ state: 'failed', word: 'Not sent whole' });
  expect(jobLook({ state: 'done', sent: null }).word).toBe('Written');
  expect(progressWords({ step: 'Sending to tls://h:6514', rows: 1_200, of: 3_000, bytes: 5, sent: { ...sent, state: 'sending', ending: null } })).toBe('Sending to tls://h:6514, 1,200 of 3,000 messages');
});
