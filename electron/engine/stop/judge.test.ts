import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { JudgedConnection, JudgedLever, JudgeInput } from './judge-input.ts';
import { noLooks } from './look-track.ts';
import { at, clearSight, commandUs, everySecond, judged, lever, looked, looksConnection, rhythm, row, run, second, sign, step, telemetryConnection } from './test-judged.ts';

const said = (input: JudgeInput): string => judge(input).grounds.join('\n');
const lookedUntil = (s: number, more: Partial<JudgedConnection> = {}): JudgedConnection => looksConnection(looked(everySecond(1, s)), more);

describe('a stop that holds', () => {
  it('is verified when nothing acted for a whole window in which it could be seen', () => {
    const verdict = judge(judged(91));
    expect(verdict).toMatchObject({ state: 'verified', containedUs: at(0.2), verifiedUs: at(91), lastActUs: null, reopened: false, denied: 0, nextUs: null });
    expect(verdict.grounds[0]).toContain('prod graph shows no open work since 13:30:00 UTC');
  });

  it('is not verified a second before', () => {
    const verdict = judge(judged(90));
    expect(verdict).toMatchObject({ state: 'stopping', containedUs: null, verifiedUs: null, quietSinceUs: at(0.2), windowOver: false });
    expect(verdict.nextUs).toBe(at(90.2));
  });

  it('counts the window from the last answer', () => {
    expect(judge(judged(91, { answeredUs: at(5) })).state).toBe('stopping');
    expect(judge(judged(96, { answeredUs: at(5) }))).toMatchObject({ state: 'verified', containedUs: at(5) });
    expect(judge(judged(400, { answeredUs: null })).state).toBe('stopping');
  });

  it('counts the window from what landed after the command, and says when that was', () => {
    const rows = [row(1, -3, 4)];
    expect(judge(judged(93, { rows }))).toMatchObject({ state: 'stopping', lastActUs: at(4) });
    expect(judge(judged(95, { rows }))).toMatchObject({ state: 'verified', containedUs: at(4), lastActUs: at(4), landed: [{ activity: 1, began: false }] });
  });

  it('says that nothing was running where nothing was, and waits for the window all the same', () => {
    expect(judge(judged(60, { openBefore: 0 })).state).toBe('stopping');
    expect(said(judged(91, { openBefore: 0 }))).toContain('Nothing of the scope was known to be running');
    expect(said(judged(91, { openBefore: 1 }))).not.toContain('Nothing of the scope');
  });

  it('counts a denied attempt for it', () => {
    const rows = [row(1, 50, 50, { status: 'denied' }), row(2, 60, 60, { kind: 'denial' })];
    const verdict = judge(judged(91, { rows, signs: [{ sign: sign(70, { denied: true }), connection: 1, seenUs: at(70) }] }));
    expect(verdict).toMatchObject({ state: 'verified', containedUs: at(0.2), denied: 3, lastActUs: null });
    expect(verdict.evidence.filter((one) => one.by === 'denial').map((one) => one.kind)).toEqual(['for', 'for', 'for']);
    expect(verdict.grounds.join(' ')).toContain('3 attempts after the command were denied.');
  });

  it('takes the life-cycle row of the cancelling itself for no act', () => {
    const rows = [row(1, -5, 1, { kind: 'lifecycle', status: 'cancelled', source: 'langgraph/run' }), row(2, 1, 1, { kind: 'lifecycle', name: 'canceled', source: 'a2a/task' })];
    expect(judge(judged(91, { rows }))).toMatchObject({ state: 'verified', lastActUs: null });
  });

  it('takes an agent that calls itself "canceled" for an agent', () => {
    expect(judge(judged(91, { rows: [row(1, 50, 55, { kind: 'lifecycle', name: 'canceled', source: 'genai/span' })] })).state).toBe('still_acting');
    expect(judge(judged(91, { rows: [row(1, 50, 50, { kind: 'lifecycle', name: 'canceled', source: 'genai/span' })] })).state).toBe('still_acting');
    expect(judge(judged(91, { rows: [row(1, 50, 55, { kind: 'lifecycle', name: 'canceled', source: 'a2a/task' })] })).state).toBe('still_acting');
  });
});

describe('what speaks against a stop', () => {
  it('is an act that began after the command and its grace', () => {
    const verdict = judge(judged(20, { rows: [row(7, 0.6, 0.7)] }));
    expect(verdict).toMatchObject({ state: 'still_acting', lastActUs: at(0.7), landed: [{ activity: 7, began: true }] });
    expect(verdict.grounds[0]).toBe('Tool call "write_file" began 0.6 s after the command and was not denied.');
    expect(verdict.levers[0]).toMatchObject({ confirmed: 'no', actsUs: [at(0.6)] });
    expect(judge(judged(20, { rows: [row(7, 0.5, 0.7)] })).state).toBe('stopping');
  });

  it('no longer speaks against it after a whole window without another', () => {
    expect(judge(judged(99, { rows: [row(7, 10, 10)] })).state).toBe('still_acting');
    expect(judge(judged(101, { rows: [row(7, 10, 10)] }))).toMatchObject({ state: 'verified', containedUs: at(10) });
  });

  it.each(['ok', 'error', 'cancelled', 'interrupted', 'running'] as const)('is an act whatever became of it: %s', (status) => {
    expect(judge(judged(60, { rows: [row(7, 10, status === 'running' ? null : 11, { status })] })).state).toBe('still_acting');
  });

  it('is a sign that a look read', () => {
    const looks = looked(everySecond(1, 60), (s) => clearSight(s, { signs: s === 30 ? [sign(29.5)] : [] }));
    expect(judge(judged(60, { connections: [looksConnection(looks)] }))).toMatchObject({ state: 'still_acting', lastActUs: at(29.5) });
  });

  it('is no sign of a step that began before the command, where the runtime tells when: that landed', () => {
    const looks = looked(everySecond(1, 100), (s) => clearSight(s, { signs: s === 3 ? [sign(2.5, { beganUs: at(-4) })] : [] }));
    const verdict = judge(judged(60, { connections: [looksConnection(looked(everySecond(1, 60), (s) => clearSight(s, { signs: s === 3 ? [sign(2.5, { beganUs: at(-4) })] : [] })))] }));
    expect(verdict).toMatchObject({ state: 'stopping', lastActUs: at(2.5), landed: [{ began: false, atUs: at(-4), endUs: at(2.5) }] });
    expect(judge(judged(100, { connections: [looksConnection(looks)] }))).toMatchObject({ state: 'verified', containedUs: at(2.5) });
    expect(judge(judged(60, { connections: [looksConnection(looked(everySecond(1, 60), (s) => clearSight(s, { signs: s === 3 ? [sign(2.5, { beganUs: at(0.6) })] : [] })))] })).state).toBe('still_acting');
  });

  it('is work that is still shown five seconds after the levers answered', () => {
    const open = (s: number): JudgeInput => judged(s, { connections: [looksConnection(looked(everySecond(1, s), (now) => clearSight(now, { open: [run('run-1')] })))] });
    expect(judge(open(5)).state).toBe('stopping');
    expect(judge(open(6)).state).toBe('still_acting');
    expect(judge(open(6)).stillOpen).toMatchObject([{ title: 'Run run-1' }]);
    expect(judge(open(500)).state).toBe('still_acting');
  });

  it('is a run that began after the command, even when it is gone by the next look', () => {
    const looks = looked(everySecond(1, 60), (s) => clearSight(s, { open: s === 30 ? [run('run-9', 'running', 29.5)] : [] }));
    expect(judge(judged(60, { connections: [looksConnection(looks)] }))).toMatchObject({ state: 'still_acting', lastActUs: at(29.5) });
    expect(judge(judged(121, { connections: [looksConnection(looked(everySecond(61, 121), undefined, looks))] })).state).toBe('verified');
  });

  it('is not work that waits for a person: that is open, and acts only when it is answered', () => {
    const waits = looked(everySecond(1, 200), (s) => clearSight(s, { open: [run('run-1', 'waiting')] }));
    const verdict = judge(judged(200, { connections: [looksConnection(waits)] }));
    expect(verdict.state).toBe('unverified');
    expect(verdict.stillOpen).toHaveLength(1);
  });

  it('is a process that lives after it was to be ended', () => {
    const connections = [lookedUntil(91, { process: { state: 'alive', sinceUs: at(-100), covers: null } })];
    expect(judge(judged(91, { connections, levers: [lever(1), lever(2, { leverId: 'process.kill' })] })).state).toBe('still_acting');
    expect(judge(judged(5, { connections: [lookedUntil(5, { process: { state: 'alive', sinceUs: at(-100), covers: null } })], levers: [lever(2, { leverId: 'process.kill' })] })).state).toBe('stopping');
  });

  it('is not the process of a server that nobody signalled', () => {
    expect(judge(judged(91, { connections: [lookedUntil(91, { process: { state: 'alive', sinceUs: at(-100), covers: null } })] })).state).toBe('verified');
  });
});

describe('what cannot be seen', () => {
  const blind: readonly (readonly [string, Partial<JudgedConnection>, RegExp])[] = [
    ['own work only', { visibility: 'own' }, /its own work only/],
    ['visibility not known', { visibility: 'unknown' }, /is not known: some may run unseen/],
    ['switched off', { enabled: false }, /switched off/],
    ['never looked at', { looks: noLooks }, /was not looked at yet/],
    ['no looks at all', { looks: null }, /was not looked at yet/],
    ['frozen', { looks: looked(everySecond(1, 300), (s) => (s < 20 ? clearSight(s) : { failed: 'no answer within 4 s' })) }, /cannot be looked at since 13:30:20 UTC: no answer within 4 s/],
    ['incomplete', { looks: looked(everySecond(1, 300), (s) => clearSight(s, { complete: false, notes: ['3 threads could not be read'] })) }, /Not everything could be read at prod graph. 3 threads/],
    ['an open gap', { gaps: [{ fromUs: at(40), toUs: null, text: 'credential refused' }] }, /not seen since 13:30:40 UTC: credential refused/],
    ['shows nothing', { shows: 'nothing', looks: null }, /shows no work of agents/],
  ];
  it.each(blind)('is never verified: %s', (_name, more, text) => {
    const input = judged(300, { connections: [lookedUntil(300, more)] });
    const verdict = judge(input);
    expect(verdict).toMatchObject({ state: 'unverified', containedUs: null, verifiedUs: null, notSeen: ['prod graph'] });
    expect(verdict.grounds.join('\n')).toMatch(text);
  });

  it('is unverified as a whole, by name, when one of several connections is', () => {
    const verdict = judge(judged(300, { connections: [lookedUntil(300), lookedUntil(300, { connection: 3, name: 'dark side', visibility: 'own', agents: [12] })], levers: [lever(1), lever(2, { connection: 3 })] }));
    expect(verdict).toMatchObject({ state: 'unverified', notSeen: ['dark side'] });
    expect(verdict.levers.map((one) => one.confirmed)).toEqual(['yes', 'cannot']);
  });

  it('does not matter where the task itself was named', () => {
    expect(judge(judged(91, { scopeIsTask: true, connections: [lookedUntil(91, { visibility: 'own' })] })).state).toBe('verified');
  });

  it('begins the window anew where a gap ended', () => {
    const connections = (s: number): JudgedConnection[] => [lookedUntil(s, { gaps: [{ fromUs: at(40), toUs: at(48), text: 'receiver restarted' }] })];
    expect(judge(judged(100, { connections: connections(100) })).state).toBe('unverified');
    expect(judge(judged(138, { connections: connections(138) }))).toMatchObject({ state: 'verified', containedUs: at(48) });
    expect(judge(judged(137, { connections: connections(137) })).evidence).toContainEqual(expect.objectContaining({ kind: 'not_seen' }));
  });

  it('begins the window anew after a look that failed', () => {
    const looks = (s: number) => looked(everySecond(1, s), (now) => (now === 50 ? { failed: 'reset' } : clearSight(now)));
    expect(judge(judged(100, { connections: [looksConnection(looks(100))] })).state).toBe('unverified');
    expect(judge(judged(141, { connections: [looksConnection(looks(141))] }))).toMatchObject({ state: 'verified', containedUs: at(51) });
  });

  it('begins the window anew after looks were interrupted: a machine that slept saw nothing', () => {
    const looks = (s: number) => looked([...everySecond(1, 40), ...everySecond(70, s)]);
    expect(judge(judged(120, { connections: [looksConnection(looks(120))] })).state).toBe('unverified');
    expect(judge(judged(160, { connections: [looksConnection(looks(160))] }))).toMatchObject({ state: 'verified', containedUs: at(70) });
  });

  it('is contained when the first look shows it, where one before showed work, or none was taken', () => {
    const after = looked(everySecond(1, 92), (s) => clearSight(s, { open: s === 1 ? [run('run-1')] : [] }));
    expect(judge(judged(91, { connections: [looksConnection(looked(everySecond(2, 91), undefined, looked([1], (s) => clearSight(s, { open: [run('run-1')] }))))] })).state).toBe('stopping');
    expect(judge(judged(92, { connections: [looksConnection(after)] }))).toMatchObject({ state: 'verified', containedUs: at(2) });
    expect(judge(judged(149, { connections: [looksConnection(looked(everySecond(60, 149)))] })).state).toBe('unverified');
    expect(judge(judged(150, { connections: [looksConnection(looked(everySecond(60, 150)))] }))).toMatchObject({ state: 'verified', containedUs: at(60) });
  });

  it('does not verify on looks that ended a while ago', () => {
    expect(judge(judged(120, { connections: [lookedUntil(100)] })).state).toBe('unverified');
  });

  it('is nothing to judge from when the scope has no connection, or activity was not all read', () => {
    expect(judge(judged(300, { connections: [] })).state).toBe('unverified');
    expect(judge(judged(300, { rowsComplete: false })).state).toBe('unverified');
  });

  it('takes a changed thing that does not stand for no stop', () => {
    const looks = looked(everySecond(1, 91), (s) => clearSight(s, { readBack: [{ leverId: 'langgraph.delete-assistant', holds: false, text: 'the assistant is there again' }] }));
    const verdict = judge(judged(91, { connections: [looksConnection(looks)], levers: [lever(1), lever(2, { leverId: 'langgraph.delete-assistant', title: 'Delete the assistant', step: 'refuse' })] }));
    expect(verdict.state).not.toBe('verified');
    expect(verdict.levers[1]).toEqual({ lever: 2, confirmed: 'no', text: 'Read back: the assistant is there again', actsUs: [] });
  });
});

describe('telemetry alone', () => {
  const only = (s: number, more: Partial<JudgeInput> = {}, connection: Partial<JudgedConnection> = {}): JudgeInput => judged(s, { connections: [telemetryConnection(connection)], levers: [lever(1, { connection: 2 })], ...more });

  it('proves by silence only what was not silent before', () => {
    expect(judge(only(300)).state).toBe('unverified');
    expect(judge(only(91, { rhythms: [rhythm()] }))).toMatchObject({ state: 'verified', containedUs: at(0.2) });
    expect(judge(only(300, { rhythms: [rhythm({ signs: 2 })] })).state).toBe('unverified');
    expect(judge(only(300, { rhythms: [rhythm({ lastUs: at(-7) })] })).state).toBe('unverified');
    expect(judge(only(300, { rhythms: [rhythm({ longestUs: 0, lastUs: at(0) })] })).state).toBe('unverified');
    expect(judge(only(300, { rhythms: [rhythm({ agent: 12 })] })).state).toBe('unverified');
  });

  it('needs three times the longest interval', () => {
    const rhythms = [rhythm({ longestUs: 60 * second, lastUs: at(-30) })];
    expect(judge(only(170, { rhythms })).state).toBe('unverified');
    expect(judge(only(181, { rhythms })).state).toBe('verified');
  });

  it('does not prove while a call of which no end was told may run', () => {
    expect(judge(only(300, { rhythms: [rhythm()], rows: [row(5, -10, null, { connection: 2 })] })).state).toBe('unverified');
  });

  it('is an extra witness where the runtime itself can be asked', () => {
    expect(judge(judged(91, { connections: [lookedUntil(91), telemetryConnection()] })).state).toBe('verified');
    expect(judge(judged(300, { connections: [lookedUntil(300), telemetryConnection({ gaps: [{ fromUs: at(5), toUs: null, text: 'receiver down' }] })] }))).toMatchObject({ state: 'unverified', notSeen: ['otlp'] });
    expect(judge(judged(91, { connections: [lookedUntil(91), telemetryConnection()], rows: [row(5, 60, 61, { connection: 2 })] })).state).toBe('still_acting');
  });
});

describe('a process', () => {
  const gone = { state: 'gone', sinceUs: at(2), covers: null } as const;
  it('that is gone is its own proof after ten seconds', () => {
    const input = (s: number): JudgeInput => judged(s, { connections: [telemetryConnection({ process: gone })], levers: [lever(1, { connection: 2, leverId: 'process.kill' })] });
    expect(judge(input(11)).state).toBe('stopping');
    expect(judge(input(12))).toMatchObject({ state: 'verified', containedUs: at(2), levers: [{ confirmed: 'yes' }] });
  });

  it('makes up for a server that answers no more, and for its steps', () => {
    const looks = looked(everySecond(1, 20), (s) => (s < 2 ? clearSight(s, { open: [run('run-1')], opaque: [step()] }) : { failed: 'connection refused' }));
    expect(judge(judged(20, { connections: [looksConnection(looks, { process: gone })] }))).toMatchObject({ state: 'verified', stillOpen: [] });
  });

  it('proves nothing when its server answers again, when something acts, or when it is not all of it', () => {
    expect(judge(judged(20, { connections: [lookedUntil(20, { process: gone })] })).state).toBe('stopping');
    expect(judge(judged(20, { connections: [telemetryConnection({ process: gone })], rows: [row(3, 8, 8, { connection: 2 })] })).state).toBe('still_acting');
    expect(judge(judged(120, { connections: [telemetryConnection({ process: gone })], rows: [row(3, 8, 8, { connection: 2 })] })).state).toBe('unverified');
    expect(judge(judged(120, { connections: [telemetryConnection({ agents: [11, 12], process: { ...gone, covers: [11] } })] })).state).toBe('unverified');
  });

  it('that is gone is waited for by every other proof: a denied act after its end verifies no sooner than none', () => {
    const gone53 = { state: 'gone', sinceUs: at(53), covers: null } as const;
    const denied = row(1, 54, 54, { kind: 'model_call', status: 'denied', connection: 2 });
    const byLooks = (s: number, more: Partial<JudgeInput> = {}): JudgeInput => judged(s, { silenceUs: 30 * second, connections: [lookedUntil(53, { process: gone53 })], ...more });
    const byRhythm = (s: number, more: Partial<JudgeInput> = {}): JudgeInput => judged(s, { silenceUs: 30 * second, connections: [telemetryConnection({ process: gone53 })], rhythms: [rhythm()], ...more });
    for (const input of [byLooks, byRhythm]) {
      for (const s of [58, 62.9]) {
        expect([judge(input(s)).state, judge(input(s, { rows: [denied, { ...denied, row: { ...denied.row, id: 2, connection: 1 } }] })).state]).not.toContain('verified');
      }
      expect(judge(input(63)).state).toBe('verified');
    }
    expect(judge(byLooks(60, { connections: [lookedUntil(60, { process: gone53 })] })).state).toBe('verified');
    expect(judge(byRhythm(58, { rows: [denied] })).grounds).toContain('otlp: a process of it ended 13:30:53 UTC; 10 s are needed in which nothing comes back.');
    expect(judge(byRhythm(58, { rows: [denied] })).nextUs).toBe(at(63));
  });

  it('that is gone and was only some of it is waited for beside the silence of the rest, and contained no sooner', () => {
    const some = (s: number): JudgeInput => judged(s, { silenceUs: 30 * second, connections: [telemetryConnection({ agents: [11, 12], process: { state: 'gone', sinceUs: at(53), covers: [12] } })], rhythms: [rhythm()] });
    expect(judge(some(58)).state).not.toBe('verified');
    expect(judge(some(63))).toMatchObject({ state: 'verified', containedUs: at(53) });
  });

  it('that came back speaks against the stop', () => {
    const back = { state: 'came_back', sinceUs: at(30), covers: null } as const;
    expect(judge(judged(40, { connections: [telemetryConnection({ process: back })] })).state).toBe('still_acting');
    expect(judge(judged(40, { connections: [telemetryConnection({ process: back })], verifiedUs: at(12), containedUs: at(2) }))).toMatchObject({ state: 'still_acting', reopened: true });
  });

  it('that may have left somebody behind verifies nothing, however silent it is: not by its rhythm, not by looks', () => {
    const doubtful = { state: 'none', sinceUs: null, covers: null, doubt: 'Left behind where it lives: process 12 (x).' } as const;
    const told = judge(judged(200, { connections: [telemetryConnection({ process: doubtful })], levers: [lever(1, { connection: 2, leverId: 'process.end' })], rhythms: [rhythm()] }));
    expect(told).toMatchObject({ state: 'unverified', levers: [{ confirmed: 'cannot', text: doubtful.doubt }] });
    expect(told.grounds.join(' ')).toContain('process 12 (x)');
    expect(judge(judged(200, { connections: [telemetryConnection()], levers: [lever(1, { connection: 2, leverId: 'process.end' })], rhythms: [rhythm()] })).state).toBe('verified');
    expect(judge(judged(200, { connections: [lookedUntil(200, { process: doubtful })] })).state).toBe('unverified');
  });
});

describe('the time without an act that is told', () => {
  const told = (s: number, lookAt: Parameters<typeof looked>[1]): readonly string[] => judge(judged(s, { connections: [looksConnection(looked(everySecond(1, s), lookAt))] })).grounds.filter((ground) => ground.startsWith('No act since'));

  it('begins anew after work that was still shown, and after a time without sight', () => {
    expect(told(20, undefined)).toEqual(['No act since 13:30:00 UTC, as far as was seen: 20 s.']);
    expect(told(20, (s) => clearSight(s, { open: s < 8 ? [run('run-1')] : [] }))).toEqual(['No act since 13:30:08 UTC, as far as was seen: 12 s.']);
    expect(told(40, (s) => (s > 20 && s < 30 ? { failed: 'connection refused' } : clearSight(s)))).toEqual(['No act since 13:30:30 UTC, as far as was seen: 10 s.']);
  });

  it('is not told while work is shown, or nothing is seen', () => {
    expect(told(4, (s) => clearSight(s, { open: [run('run-1')] }))).toEqual([]);
    expect(told(40, (s) => (s > 20 ? { failed: 'connection refused' } : clearSight(s)))).toEqual([]);
  });
});

describe('a step whose inside nobody shows', () => {
  const opaque = (s: number, more: Partial<JudgeInput> = {}, lookAt = (now: number) => clearSight(now, { opaque: [step()] })): JudgeInput => judged(s, { connections: [looksConnection(looked(everySecond(1, s), lookAt))], ...more });

  it('keeps a stop unverified while nothing accounts for it', () => {
    const verdict = judge(opaque(300));
    expect(verdict).toMatchObject({ state: 'unverified', notSeen: ['prod graph'], stillOpen: [{ title: 'Step write may run on' }] });
    expect(verdict.grounds[0]).toContain('Step "write" of run run-1 was under way when prod graph said that the run ended.');
  });

  it('is said once for each of a few, and counted beyond', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => step({ run: `run-${index}` }));
    const verdict = judge(opaque(300, {}, (s) => clearSight(s, { opaque: s === 1 ? many : [] })));
    expect(verdict.stillOpen).toHaveLength(1_000);
    expect(verdict.grounds).toHaveLength(7);
    expect(verdict.grounds[5]).toBe('995 more steps like these.');
  });

  it('is not forgotten because a later look leaves it out', () => {
    expect(judge(opaque(300, {}, (s) => clearSight(s, { opaque: s < 3 ? [step()] : [] }))).state).toBe('unverified');
  });

  it('is over when the runtime went on from it', () => {
    expect(judge(opaque(95, {}, (s) => clearSight(s, { opaque: s < 3 ? [step()] : [], signs: s === 3 ? [sign(0.4)] : [] }))).state).toBe('verified');
  });

  it('is not over when it is named again after that, however shortly', () => {
    expect(judge(opaque(300, {}, (s) => clearSight(s, { opaque: s < 3 || s === 9 ? [step()] : [], signs: s === 3 ? [sign(0.4)] : [] }))).state).toBe('unverified');
  });

  it('is over when it gave signs from inside and has been silent for long', () => {
    const own = rhythm({ connection: 1, run: 'run-1', agent: null, longestUs: second, lastUs: at(-0.5) });
    expect(judge(opaque(91, { rhythms: [own] })).state).toBe('verified');
    expect(said(opaque(91, { rhythms: [own] }))).toContain('gave signs until the command, at most 1 s apart');
    expect(judge(opaque(300, { rhythms: [{ ...own, lastUs: at(-2.5) }] })).state).toBe('unverified');
    expect(judge(opaque(300, { rhythms: [{ ...own, run: 'run-2' }] })).state).toBe('unverified');
    expect(judge(opaque(300, { rhythms: [{ ...own, signs: 2 }] })).state).toBe('unverified');
  });

  it('is over when it is silent for longer than any such step took', () => {
    const times = [{ connection: 1, step: 'write', times: 5, mostUs: 100 * second }];
    expect(judge(opaque(149, { stepTimes: times })).state).toBe('unverified');
    expect(judge(opaque(151, { stepTimes: times })).state).toBe('verified');
    expect(judge(opaque(300, { stepTimes: [{ connection: 1, step: 'write', times: 4, mostUs: 5 * second }] })).state).toBe('unverified');
    expect(judge(opaque(300, { stepTimes: [{ connection: 3, step: 'write', times: 50, mostUs: 5 * second }] })).state).toBe('unverified');
    expect(judge(opaque(300, { stepTimes: times }, (s) => clearSight(s, { opaque: [step({ step: null })] }))).state).toBe('unverified');
  });

  it('has no usual end when it was out of the ordinary already', () => {
    const short = [{ connection: 1, step: 'write', times: 86, mostUs: 0.6 * second }];
    expect(judge(opaque(3_000, { stepTimes: short }, (s) => clearSight(s, { opaque: [step({ sinceUs: at(-5) })] }))).state).toBe('unverified');
    expect(judge(opaque(91, { stepTimes: short }, (s) => clearSight(s, { opaque: [step({ sinceUs: at(-0.5) })] }))).state).toBe('verified');
    // Broken off by somebody else a while before the command: how long it had worked by then counts.
    expect(judge(opaque(91, { stepTimes: short }, (s) => clearSight(s, { opaque: [step({ sinceUs: at(-300), endedUs: at(-299.5) })] }))).state).toBe('verified');
    expect(judge(opaque(300, { stepTimes: short }, (s) => clearSight(s, { opaque: [step({ sinceUs: at(-300), endedUs: at(-290) })] }))).state).toBe('unverified');
  });

  it('is not called contained before such a step is surely over', () => {
    const times = [{ connection: 1, step: 'write', times: 5, mostUs: 30 * second }];
    expect(judge(opaque(91, { stepTimes: times }, (s) => clearSight(s, { opaque: [step({ sinceUs: at(-5) })] }))).containedUs).toBe(at(40));
  });
});

describe('clocks', () => {
  it('a runtime ahead of us moves nothing into the future', () => {
    const ahead = row(1, 300, 301, {}, { knownUs: at(20), changedUs: at(21) });
    expect(judge(judged(30, { rows: [ahead] }))).toMatchObject({ state: 'still_acting', lastActUs: at(21) });
    expect(judge(judged(112, { rows: [ahead] }))).toMatchObject({ state: 'verified', containedUs: at(21) });
  });

  it('what was known before the command did not begin after it, whatever its clock says', () => {
    const ahead = row(1, 300, null, {}, { knownUs: at(-1), changedUs: at(-1) });
    expect(judge(judged(60, { rows: [ahead] })).state).toBe('stopping');
  });

  it('a runtime behind us cannot hide its acts: what comes in begins the silence anew', () => {
    const rows = everySecond(1, 30).map((n) => row(n, -300 + n * 10, -299 + n * 10, {}, { knownUs: at(n * 10), changedUs: at(n * 10) }));
    for (const s of [91, 150, 200, 299]) expect(judge(judged(s, { rows: rows.filter((one) => (one.knownUs ?? 0) <= at(s)) })).state).not.toBe('verified');
    expect(judge(judged(391, { rows })).state).toBe('verified');
  });

  it('a runtime that is measured to be behind is set right', () => {
    const rows = [row(1, -280, -279, {}, { knownUs: at(21), changedUs: at(21) })];
    expect(judge(judged(30, { rows, connections: [lookedUntil(30, { clockBehindUs: 300 * second })] })).state).toBe('still_acting');
  });

  it('an act that is reported late speaks against it from then on', () => {
    const late = [row(1, 5, 6, {}, { knownUs: at(80), changedUs: at(80) })];
    expect(judge(judged(79)).state).toBe('stopping');
    expect(judge(judged(120, { rows: late })).state).toBe('still_acting');
    expect(judge(judged(171, { rows: late }))).toMatchObject({ state: 'verified', containedUs: at(6), lastActUs: at(6) });
  });

  it('after a restart, when nobody knows when rows came in, their own times count', () => {
    expect(judge(judged(91, { rows: [row(1, -5, 4, {}, { knownUs: null, changedUs: null })] })).state).toBe('stopping');
    expect(judge(judged(95, { rows: [row(1, -5, 4, {}, { knownUs: null, changedUs: null })] })).state).toBe('verified');
  });
});

describe('after it was verified', () => {
  const held = { verifiedUs: at(91), containedUs: at(4) };
  it('stays so while nothing comes, seen or not', () => {
    expect(judge(judged(300, held))).toMatchObject({ state: 'verified', verifiedUs: at(91), containedUs: at(4), reopened: false });
    expect(judge(judged(300, { ...held, connections: [lookedUntil(100)] })).state).toBe('verified');
  });

  it('is taken back by an act that returns, and by one that had happened and is reported now', () => {
    expect(judge(judged(200, { ...held, rows: [row(1, 199, 199)] }))).toMatchObject({ state: 'still_acting', reopened: true, containedUs: null, verifiedUs: null });
    expect(judge(judged(200, { ...held, rows: [row(1, 40, 41, {}, { knownUs: at(199), changedUs: at(199) })] })).reopened).toBe(true);
    expect(judge(judged(200, { ...held, rows: [row(1, 2, 3, {}, { knownUs: at(199), changedUs: at(199) })] })).state).toBe('verified');
  });

  it('is taken back by what was under way all the time and ends now', () => {
    const rows = [row(1, -3, 150)];
    const verdict = judge(judged(151, { ...held, rows }));
    expect(verdict).toMatchObject({ state: 'still_acting', reopened: true, lastActUs: at(150) });
    expect(verdict.grounds[0]).toBe('Tool call "write_file" was under way all the time and ended 2 min 30 s after the command, after the stop was verified.');
    expect(judge(judged(152, { rows: [row(1, -3, 150)] })).state).toBe('unverified');
    expect(judge(judged(241, { rows }))).toMatchObject({ state: 'verified', containedUs: at(150) });
  });

  it('is taken back by work that is shown again, at once', () => {
    const looks = looked(everySecond(1, 200), (s) => clearSight(s, { open: s === 200 ? [run('run-1')] : [] }));
    expect(judge(judged(200, { ...held, connections: [looksConnection(looks)] }))).toMatchObject({ state: 'still_acting', reopened: true });
  });

  it('is not taken back by a denied attempt', () => {
    expect(judge(judged(200, { ...held, rows: [row(1, 199, 199, { status: 'denied' })] })).state).toBe('verified');
  });

  it('can be verified again after a whole window', () => {
    expect(judge(judged(291, { rows: [row(1, 200, 200)] }))).toMatchObject({ state: 'verified', containedUs: at(200) });
  });
});

describe('what is confirmed of single levers', () => {
  const refuse = lever(2, { leverId: 'x.refuse', title: 'Refuse', step: 'refuse', kind: 'drain' });
  const readBack = (holds: boolean | null) => looksConnection(looked(everySecond(1, 20), (s) => clearSight(s, { readBack: [{ leverId: 'x.refuse', holds, text: 'assistant gone' }] })));
  const word = (input: JudgeInput, id = 2): string | undefined => judge(input).levers.find((one) => one.lever === id)?.confirmed;

  it('is what is read back of it, before the window is over', () => {
    expect(word(judged(20, { levers: [lever(1), refuse], connections: [readBack(true)] }))).toBe('yes');
    expect(word(judged(20, { levers: [lever(1), refuse], connections: [readBack(null)] }))).toBe('cannot');
    expect(word(judged(20, { levers: [lever(1), refuse] }))).toBe('not_yet');
    expect(word(judged(20, { levers: [lever(1), refuse], connections: [readBack(true)] }), 1)).toBe('not_yet');
  });

  it('is nothing that was read back before it was pulled and had answered', () => {
    const before = (more: Partial<JudgedLever>): JudgeInput => judged(20, { levers: [lever(1), { ...refuse, ...more }], connections: [readBack(false)] });
    for (const input of [before({ state: 'waiting', answeredUs: null }), before({ state: 'sending', answeredUs: null }), before({ state: 'skipped', answeredUs: null }), before({ state: 'failed' }), before({ answeredUs: at(20.5) })]) {
      const { evidence, grounds } = judge(input);
      expect([word(input) === 'no', evidence.filter((one) => one.by === 'read back'), grounds.filter((one) => one.includes('assistant gone'))]).toEqual([false, [], []]);
    }
    expect(word(before({ answeredUs: at(19) }))).toBe('no');
    expect(judge(before({ answeredUs: at(19) })).evidence).toContainEqual(expect.objectContaining({ by: 'read back', kind: 'against', lever: 2 }));
  });

  it('is none where it reads back as not standing, whatever was denied or is quiet', () => {
    expect(word(judged(20, { levers: [lever(1), refuse], connections: [readBack(false)], rows: [row(1, 9, 9, { status: 'denied' })] }))).toBe('no');
    const cut = lever(2, { leverId: 'x.refuse', title: 'Cancel' });
    expect(word(judged(20, { levers: [cut], connections: [readBack(false)] }))).toBe('no');
  });

  it('is a denial, where nothing can be read back', () => {
    expect(word(judged(20, { levers: [refuse], rows: [row(1, 9, 9, { status: 'denied' })] }))).toBe('yes');
  });

  it('is none of a lever that was left out, failed, or is still to be pulled', () => {
    const words = (['skipped', 'failed', 'waiting', 'sending', 'unknown', 'reported'] as const).map((state) => word(judged(91, { levers: [lever(2, { state })] })));
    expect(words).toEqual(['cannot', 'cannot', 'not_yet', 'not_yet', 'yes', 'yes']);
    expect(word(judged(91, { levers: [lever(2, { undone: true })] }))).toBe('cannot');
  });

  it('is none of new work that came through a refusal', () => {
    const looks = looked(everySecond(1, 20), (s) => clearSight(s, { open: s === 10 ? [run('run-9', 'running', 9)] : [], readBack: [{ leverId: 'x.refuse', holds: true, text: 'gone' }] }));
    const verdict = judge(judged(20, { levers: [refuse], connections: [looksConnection(looks)] }));
    expect(verdict.levers[0]).toMatchObject({ confirmed: 'no', actsUs: [at(9)] });
  });
});

it('writes each fact down under a key that stays the same', () => {
  const input = (s: number): JudgeInput => judged(s, { rows: [row(1, -3, 2), row(2, 5, 6), row(3, 7, 7, { status: 'denied' })] });
  const keys = (s: number): string[] => judge(input(s)).evidence.map((one) => one.key);
  expect(keys(10)).toEqual(['row:1', 'row:2', 'row:3']);
  expect(keys(50)).toEqual(keys(10));
  expect(new Set(keys(98)).size).toBe(keys(98).length);
  expect(commandUs).toBe(at(0));
});
