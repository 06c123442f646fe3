import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { stopLevels } from '../../../shared/domain.ts';
import type { Lever } from '../../../shared/domain.ts';
import { stopPlan, stopSteps } from '../../../shared/stop.ts';
import type { PlanLever, StopPlan, StopScope } from '../../../shared/stop.ts';
import type { NewLever } from '../store/stop-commands.ts';
import { planStop } from './plan.ts';
import type { PlanInput } from './plan.ts';
import { connection, emptySurvey, facts, levers, nowUs, planInput, scopes, settings, someLever } from './test-plan.ts';

// Thousands of plans, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 60_000 });

const kinds = ['task', 'agent', 'connection', 'tag', 'everything'] as const satisfies readonly StopScope['kind'][];
const all = Object.values(levers);
const planned = (scope: StopScope['kind'], declared: readonly Lever[], more: Partial<PlanInput> = {}): { plan: StopPlan; levers: readonly NewLever[] } => planStop(planInput(facts(scope, [connection(1, { levers: declared })]), more));
const named = (plan: StopPlan): string[] => plan.levers.map((lever) => lever.leverId);
const find = (plan: StopPlan, id: string): PlanLever => {
  const lever = plan.levers.find((one) => one.leverId === id);
  if (lever === undefined) throw new Error(`the plan has no lever ${id}`);
  return lever;
};

describe('which levers', () => {
  it.each([
    ['cancel', ['x.cut', 'process.kill']],
    ['suspend', ['x.disarm', 'x.refuse', 'console.hold', 'x.cut', 'process.kill', 'x.idle', 'x.sessions']],
    ['revoke', ['x.disarm', 'x.refuse', 'console.hold', 'x.cut', 'process.kill', 'x.idle', 'x.sessions', 'x.revoke', 'x.told']],
  ] as const)('%s includes what is below it', (level, expected) => {
    for (const scope of kinds) expect(named(planned(scope, all, { level }).plan).toSorted()).toEqual(expected.filter((id) => scope !== 'task' || id !== 'console.hold').toSorted());
  });

  it('come in their order: disarm, refuse, cut, what needs an idle target, end sessions, revoke', () => {
    const { plan } = planned('agent', all, { level: 'revoke' });
    expect(named(plan)).toEqual(['x.disarm', 'console.hold', 'x.refuse', 'process.kill', 'x.cut', 'x.idle', 'x.sessions', 'x.revoke', 'x.told']);
    expect(find(plan, 'x.idle').after).toContain('Only when nothing of it runs any more');
    expect(plan.levers.filter((lever) => lever.after !== null).map((lever) => lever.leverId)).toEqual(['x.idle']);
  });

  /** Every scope, every level, every subset of the levers. */
  const subsets = Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_lever, index) => (bits & (2 ** index)) > 0));
  it.each(kinds.flatMap((scope) => stopLevels.map((level) => [scope, level] as const)))('keep every promise for scope %s at level %s, whatever is declared', (scope, level) => {
    for (const declared of subsets) {
      const { plan, levers: made } = planned(scope, declared, { level });
      stopPlan.parse(plan);
      expect(made.map((one) => one.plan)).toEqual(plan.levers);
      expect(new Set(plan.levers.map((one) => one.id)).size).toBe(plan.levers.length);
      expect(named(plan)).toEqual(expect.arrayContaining(declared.filter((lever) => stopLevels.indexOf(lever.level) <= stopLevels.indexOf(level)).map((lever) => lever.id)));
      const holds = level !== 'cancel' && scope !== 'task' && declared.includes(levers.cut);
      expect(named(plan).filter((id) => id === 'console.hold')).toEqual(holds ? ['console.hold'] : []);
      const ranks = plan.levers.map((one) => (one.after === null ? stopSteps.indexOf(one.step) : stopSteps.indexOf('cut') + 0.5));
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      expect(plan.levers.filter((one) => one.wanted && (one.problem !== null || one.kind === 'catalogue'))).toEqual([]);
      expect(plan.levers.filter((one) => one.wanted && one.alsoHits.length > 0 && one.leverId !== 'x.cut')).toEqual([]);
      // Never silence about what is not reached.
      const able = plan.levers.some((one) => one.problem === null && one.kind !== 'catalogue');
      expect(plan.warnings.some((text) => text.startsWith('No lever reaches'))).toBe(!able);
      expect(plan.warnings.some((text) => text.startsWith('No lever is ticked'))).toBe(plan.levers.length > 0 && !plan.levers.some((one) => one.wanted));
      expect(plan.needs.typed === null).toBe(scope === 'task' || scope === 'agent');
    }
  });

  it('that only a person elsewhere can pull are told, as a record, with who must do it where', () => {
    const { plan } = planned('agent', all, { level: 'revoke' });
    expect(find(plan, 'x.told')).toMatchObject({ kind: 'catalogue', wanted: false, problem: 'Gatehouse cannot pull it: whoever administers Server 1 (http://127.0.0.1:2001) must do it there.' });
  });

  it('are those that the server declares now, where it was asked', () => {
    const ports = new Map([[1, { levers: [levers.refuse], survey: emptySurvey, fault: null }]]);
    expect(named(planned('agent', [levers.cut], { level: 'suspend', ports, surveyedUs: nowUs }).plan)).toEqual(['x.refuse']);
  });

  it('are each named once, though a composite port declares one twice', () => {
    const ports = new Map([[1, { levers: [levers.cut, levers.cut], survey: null, fault: null }]]);
    expect(named(planned('agent', [], { ports }).plan)).toEqual(['x.cut']);
  });
});

describe('the hold', () => {
  it('stands wherever a run can be cut, whether or not something refuses new work', () => {
    const hold = find(planned('agent', [levers.cut, levers.refuse], { level: 'suspend' }).plan, 'console.hold');
    expect(hold).toMatchObject({ kind: 'hold', step: 'refuse', level: 'suspend', undo: 'exact', wanted: true, problem: null, alsoHits: [] });
    expect(hold.doesNotStop[0]).toContain('while this engine does not run');
  });

  it('cannot hold where the cut cannot be pulled', () => {
    expect(named(planned('agent', [someLever('x.cut', { pulled: false })], { level: 'suspend' }).plan)).toEqual(['x.cut']);
    expect(named(planned('agent', [someLever('x.cut', { reach: 'connection' })], { level: 'suspend' }).plan)).toEqual(['x.cut']);
    const off = planStop(planInput(facts('agent', [connection(1, { enabled: false })]), { level: 'suspend' })).plan;
    expect(find(off, 'console.hold')).toMatchObject({ wanted: false, problem: 'Server 1 is switched off.' });
  });
});

describe('what a lever is aimed at', () => {
  const target = (scope: StopScope['kind'], lever: Lever): NewLever['target'] | undefined => planned(scope, [lever], { level: 'revoke' }).levers.find((one) => one.plan.leverId === lever.id)?.target;
  it.each([
    ['task', 'cut', { agents: ['key-11'], runs: ['4f1c1000-run'] }],
    ['task', 'refuse', { agents: ['key-11'], runs: null }],
    ['task', 'process', { agents: null, runs: null }],
    ['agent', 'cut', { agents: ['key-11'], runs: null }],
    ['agent', 'refuse', { agents: ['key-11'], runs: null }],
    ['agent', 'process', { agents: null, runs: null }],
    ['tag', 'cut', { agents: ['key-11'], runs: null }],
    ['connection', 'cut', { agents: null, runs: null }],
    ['everything', 'refuse', { agents: null, runs: null }],
  ] as const)('scope %s, lever %s', (scope, lever, expected) => {
    expect(target(scope, levers[lever])).toEqual(expected);
  });

  it('is the agents that are meant, on a connection that tells of them too', () => {
    const made = planStop(planInput(facts('connection', [connection(1), connection(2)])));
    expect(made.levers.map((one) => [one.connection, one.target.agents])).toEqual([[1, null], [2, ['key-21']]]);
  });

  it('is said: from the runtime, else from what it listed, else from the history', () => {
    const text = (more: Partial<PlanInput>): string => find(planned('agent', [levers.cut], more).plan, 'x.cut').target;
    const runs = ['4f1c-a', '9ab0-b'].map((id) => ({ id, agent: 'key-11', state: 'running' as const, sinceUs: nowUs, what: '' }));
    expect(text({})).toBe('1 known task: 4f1c…');
    expect(text({ ports: new Map([[1, { levers: [levers.cut], survey: { ...emptySurvey, runs }, fault: null }]]), surveyedUs: nowUs })).toBe('2 known runs: 4f1c…, 9ab0…');
    expect(text({ ports: new Map([[1, { levers: [levers.cut], survey: { ...emptySurvey, targets: [{ leverId: 'x.cut', text: 'three runs' }] }, fault: null }]]), surveyedUs: nowUs })).toBe('three runs');
    expect(text({ ports: new Map([[1, { levers: [levers.cut], survey: emptySurvey, fault: null }]]), surveyedUs: nowUs })).toBe('no open run known, and what is found when it is pulled');
  });

  it('is nothing where the runtime does not know the task by an id', () => {
    const of = facts('task', [connection(1)]);
    const { plan } = planStop(planInput({ ...of, tasks: of.tasks.map((task) => ({ ...task, runKey: null })) }));
    expect(find(plan, 'x.cut')).toMatchObject({ wanted: false, problem: 'The runtime\'s own id of this task is not known, so nothing can be named to it.' });
    expect(plan.warnings[0]).toMatch(/^No lever reaches clerk-1 on connection Server 1: /);
  });
});

describe('whom a lever also hits', () => {
  const hits = (scope: StopScope['kind'], lever: Lever, more: Partial<PlanInput> = {}): readonly [string | null, boolean] | null => {
    const one = find(planned(scope, [lever], { level: 'revoke', ...more }).plan, lever.id);
    return one.alsoHits.length === 0 ? null : [one.alsoHits.map((hit) => hit.agentId).join(' '), one.wanted];
  };
  const wide = someLever('x.wide', { reach: 'connection' });

  it('is everybody else behind the connection, and then it is not ticked', () => {
    expect(hits('agent', wide)).toEqual(['agt-12', false]);
    expect(hits('tag', wide)).toEqual(['agt-12', false]);
    expect(hits('connection', wide)).toBeNull();
    expect(hits('everything', wide)).toBeNull();
    expect(hits('task', wide)).toEqual(['agt-11 agt-12', false]);
  });

  it('is the agent\'s other tasks, where one is named', () => {
    expect(hits('task', levers.refuse)).toEqual(['agt-11', false]);
    expect(hits('task', levers.cut)).toBeNull();
    expect(hits('agent', levers.refuse)).toBeNull();
  });

  it('is whoever the runtime names, without those who are meant', () => {
    const survey = { ...emptySurvey, alsoHits: [{ leverId: 'x.refuse', agent: 'key-12', name: 'other', why: 'same graph' }, { leverId: 'x.refuse', agent: 'key-11', name: 'clerk', why: 'itself' }, { leverId: 'x.refuse', agent: null, name: 'somebody', why: 'same key' }, { leverId: 'x.cut', agent: 'key-12', name: 'other', why: 'not this lever' }] };
    const { plan } = planned('agent', [levers.refuse], { level: 'suspend', ports: new Map([[1, { levers: [levers.refuse], survey, fault: null }]]), surveyedUs: nowUs });
    expect(find(plan, 'x.refuse')).toMatchObject({ wanted: false, alsoHits: [{ agentId: 'agt-12', name: 'other-1', why: 'same graph' }, { agentId: null, name: 'somebody', why: 'same key' }] });
    expect(plan.warnings).toContain('"Title of x.refuse" at Server 1 also hits other-1, somebody, so it is not ticked.');
  });

  it('is whoever acts with the same account, when it is taken away', () => {
    const of = facts('agent', [connection(1, { levers: [levers.revoke, levers.cut] })], { sharing: [{ id: 'agt-99', name: 'ledger', identityOf: 'fin@example.org' }] });
    const { plan } = planStop(planInput(of, { level: 'revoke' }));
    expect(find(plan, 'x.revoke')).toMatchObject({ wanted: false, alsoHits: [{ agentId: 'agt-99', name: 'ledger', why: 'It acts with the same account, fin@example.org.' }] });
    expect(find(plan, 'x.cut')).toMatchObject({ wanted: true, alsoHits: [] });
  });
});

describe('what keeps a lever from being pulled', () => {
  it('is a missing right of its level, as it was read last', () => {
    const rights = [{ level: 'cancel' as const, result: 'ok' as const, text: '', atUs: 1 }, { level: 'cancel' as const, result: 'missing' as const, text: 'threads:update is missing', atUs: 2 }];
    const { plan } = planStop(planInput(facts('agent', [connection(1, { rights })])));
    expect(find(plan, 'x.cut')).toMatchObject({ wanted: false, problem: 'Forbidden: threads:update is missing' });
    expect(planStop(planInput(facts('agent', [connection(1, { rights: rights.toReversed().map((right, index) => ({ ...right, atUs: index })) })]))).plan.levers[0]?.problem).toBeNull();
  });

  it('is no right at a runtime for what this machine does to a process', () => {
    const rights = [{ level: 'cancel' as const, result: 'missing' as const, text: 'threads:update is missing', atUs: 2 }];
    const end = { ...levers.cut, id: 'process.end' };
    const { plan } = planStop(planInput(facts('agent', [connection(1, { rights, levers: [levers.cut, end] })])));
    expect([find(plan, 'x.cut').problem, find(plan, 'process.end').problem]).toEqual(['Forbidden: threads:update is missing', null]);
  });

  it('is a port that could not be opened, not one that did not answer in time', () => {
    const shut = planned('agent', [levers.cut], { ports: new Map([[1, { levers: [], survey: null, fault: 'The credential is missing.' }]]), surveyedUs: nowUs }).plan;
    expect(find(shut, 'x.cut')).toMatchObject({ wanted: false, problem: 'The credential is missing.' });
    const slow = planned('agent', [levers.cut], { ports: new Map([[1, { levers: [levers.cut], survey: null, fault: 'No answer within 4 s.' }]]), surveyedUs: nowUs }).plan;
    expect(find(slow, 'x.cut')).toMatchObject({ wanted: true, problem: null });
    expect(slow.warnings).toContain('Server 1 could not be asked now: No answer within 4 s. The levers act on what is found when they are pulled.');
    expect(slow.survey).toEqual({ at: '2026-11-17T13:30:00.000Z', asked: 1, failed: [{ connectionName: 'Server 1', text: 'No answer within 4 s.' }] });
  });
});

describe('warnings', () => {
  it.each([
    ['otlp', 'it only tells what happened, and no process of this machine is proven to be the agent.'],
    ['mcp', 'an MCP server knows neither the agents that call it nor how to stop them.'],
    ['a2a', 'it declares none of this level.'],
  ] as const)('name what no lever reaches, and why: %s', (kind, why) => {
    const { plan } = planStop(planInput(facts('agent', [connection(1, { kind, levers: [] }), connection(2)])));
    expect(plan.warnings).toContain(`No lever reaches clerk-1 on connection Server 1: ${why}`);
    expect(plan.warnings.some((text) => text.includes('on connection Server 2'))).toBe(false);
  });

  it('say what a level cannot do at a connection', () => {
    expect(planned('agent', [levers.cut], { level: 'suspend' }).plan.warnings).toContain('Nothing at Server 1 suspends by itself: the console\'s own hold does, while this engine runs.');
    expect(planned('agent', [levers.cut], { level: 'revoke' }).plan.warnings).toContain('No lever revokes anything at Server 1: its credentials and permissions stay as they are.');
    expect(planned('agent', [levers.refuse], { level: 'suspend' }).plan.warnings).toContain('No lever cuts work in hand of clerk-1 on connection Server 1.');
    expect(planned('task', [levers.cut], { level: 'suspend' }).plan.warnings).toContain('A single task can be cancelled, not suspended: choose its agent to keep it from starting anew.');
  });

  it('name who may start it anew, what was not listed, and a scope without agents', () => {
    const of = facts('agent', [connection(1)], { callers: [{ id: 'agt-5', name: 'planner', calls: 'clerk-1' }], tasksOpen: 1_500 });
    expect(planStop(planInput(of)).plan.warnings).toEqual(expect.arrayContaining(['1 agent outside of the scope calls what is stopped and may start it anew: planner.', '1500 tasks are open; the newest 1 of them are named here.']));
    expect(planStop(planInput(facts('tag', []))).plan.warnings).toEqual(['No agent is in this scope: nothing would be stopped.']);
    const survey = { ...emptySurvey, complete: false, notes: ['2 threads hidden'] };
    expect(planned('agent', [levers.cut], { ports: new Map([[1, { levers: [levers.cut], survey, fault: null }]]), surveyedUs: nowUs }).plan.warnings).toEqual(['Not everything at Server 1 could be listed: there may be more than this plan names.', 'Server 1: 2 threads hidden']);
  });
});

describe('what stays alive', () => {
  const ids = (plan: StopPlan): string[] => plan.residual.map((one) => one.id);
  it('is what the runtime names, with its clock', () => {
    const survey = { ...emptySurvey, residual: [{ id: 'token', title: 'OAuth token', detail: 'payments.write', startedUs: nowUs - 60_000_000, endsUs: nowUs + 3_600_000_000, close: 'revoke the session' }, { id: 'key', title: 'API key', detail: 'in the container', startedUs: null, endsUs: null, close: null }] };
    const { plan } = planned('agent', [levers.cut], { ports: new Map([[1, { levers: [levers.cut], survey, fault: null }]]), surveyedUs: nowUs });
    expect(plan.residual[0]).toEqual({ id: 'con-1/token', title: 'OAuth token', detail: 'payments.write', startedAt: '2026-11-17T13:29:00.000Z', endsAt: '2026-11-17T14:30:00.000Z', close: 'revoke the session' });
    expect(plan.residual[1]).toMatchObject({ id: 'con-1/key', endsAt: null });
  });

  it('is work in hand that nothing ticked cuts', () => {
    expect(ids(planned('agent', [levers.refuse], { level: 'suspend' }).plan)).toContain('con-1/work');
    expect(ids(planned('agent', [levers.refuse, levers.cut], { level: 'suspend' }).plan)).not.toContain('con-1/work');
  });

  it('is a schedule that nothing ticked disarms, and the keys of whoever may start work', () => {
    const survey = { ...emptySurvey, schedules: [{ id: 's1', title: 'every 15 min', agent: null, enabled: true }, { id: 's2', title: 'off', agent: null, enabled: false }] };
    const of = (declared: readonly Lever[]): string[] => ids(planned('agent', declared, { level: 'revoke', ports: new Map([[1, { levers: declared, survey, fault: null }]]), surveyedUs: nowUs }).plan);
    expect(of([levers.cut])).toEqual(['con-1/schedule/s1', 'con-1/keys']);
    expect(of([levers.cut, levers.disarm, levers.revoke])).toEqual([]);
  });
});

describe('what counts as confirmed', () => {
  const checks = (more: Parameters<typeof connection>[1], scope: StopScope['kind'] = 'agent'): string => planStop(planInput(facts(scope, [connection(1, more)]), { level: 'suspend' })).plan.checks.map(({ text, can }) => `${can ? 'can' : 'cannot'}: ${text}`).join('\n');
  it('is silence where everything is seen, and is not where only our own work is', () => {
    expect(checks({})).toContain('can: Server 1 shows no open work, and nothing acts for 90 s in which it could be seen');
    expect(checks({ visibility: 'own' })).toContain('cannot: Work at Server 1 that this credential did not start: it is not shown');
    expect(checks({ visibility: 'unknown' })).toContain('cannot: Work at Server 1 that this credential did not start: whether it is shown is not known');
    expect(checks({ visibility: 'own' }, 'task')).toContain('can: Server 1 shows no open work');
    expect(checks({})).toContain('cannot: The inside of a step at Server 1');
  });

  it('is a process where one is proven, what is read back, and what is denied', () => {
    expect(checks({ kind: 'otlp', levers: [levers.process] })).toContain('can: If that is ticked: its process behind Server 1');
    expect(checks({ kind: 'otlp', levers: [] })).toContain('cannot: Whether the agent behind Server 1 still lives');
    expect(checks({ levers: [levers.refuse] })).toContain('can: What is changed at Server 1 is read back as it was written');
    expect(checks({ levers: [levers.refuse] })).toContain('can: A new attempt that is denied counts for it');
    expect(checks({ enabled: false })).toBe('cannot: Anything at Server 1: it is switched off');
  });
});

describe('what an order must bring', () => {
  const needs = (scope: StopScope['kind'], more: Partial<PlanInput> = {}, twoPerson: 'off' | 'wide' | 'all' = 'off'): StopPlan['needs'] => planStop(planInput(facts(scope, [connection(1)], { settings: { ...settings, twoPerson } }), more)).plan.needs;
  it.each([
    ['task', 'cancel', null, false, [false, false, true]], ['agent', 'suspend', null, false, [false, false, true]], ['agent', 'revoke', null, true, [false, false, true]],
    ['tag', 'cancel', '1', true, [false, true, true]], ['connection', 'cancel', '2', true, [false, true, true]], ['everything', 'cancel', '2', true, [false, true, true]],
  ] as const)('%s, %s', (scope, level, typed, reason, second) => {
    expect((['off', 'wide', 'all'] as const).map((twoPerson) => needs(scope, { level }, twoPerson))).toEqual(second.map((asked) => ({ typed, reason, second: asked })));
  });

  it('is nothing of a rule or a drill: nobody is there who could type', () => {
    for (const by of ['rule', 'drill'] as const) expect(needs('everything', { by, level: 'revoke' }, 'all')).toEqual({ typed: null, reason: false, second: false });
  });
});

describe('what was tried', () => {
  it('is the newest of this level, with its age against the limit', () => {
    const day = 86_400_000_000;
    const of = facts('agent', [connection(1)], { tried: [{ level: 'cancel', atUs: nowUs - 34 * day }, { level: 'suspend', atUs: nowUs - day }] });
    expect(planStop(planInput(of)).plan.lastTried).toEqual({ at: '2026-10-14T13:30:00.000Z', days: 34, stale: true, limitDays: 30 });
    expect(planStop(planInput(of, { level: 'suspend' })).plan.lastTried).toMatchObject({ days: 1, stale: false });
    expect(planStop(planInput(of, { level: 'revoke' })).plan.lastTried).toBeNull();
  });

  it('gives usual times of this very lever on this very connection', () => {
    const of = facts('agent', [connection(1), connection(2)], { usual: [{ connection: 1, leverId: 'x.cut', p50Ms: 120, mostMs: 900, times: 7, newestUs: nowUs }] });
    expect(planStop(planInput(of)).plan.levers.map((lever) => lever.usual)).toEqual([{ p50Ms: 120, mostMs: 900, times: 7, newestAt: '2026-11-17T13:30:00.000Z' }, null]);
  });
});

it('is the same plan whatever the order of its facts', () => {
  const connections = [connection(1, { levers: all }), connection(2, { levers: [levers.cut, levers.refuse], visibility: 'own' }), connection(3, { kind: 'otlp', levers: [] })];
  const survey = { ...emptySurvey, residual: [{ id: 'token', title: 'Token', detail: '', startedUs: null, endsUs: null, close: null }], schedules: [{ id: 's', title: 's', agent: null, enabled: true }] };
  const plan = (order: readonly number[]) => planStop(planInput(facts('tag', order.map((index) => connections[index] ?? connection(9))), { level: 'revoke', ports: new Map(order.map((index) => [index + 1, { levers: [], survey, fault: null }])), surveyedUs: nowUs }));
  const first = plan([0, 1, 2]);
  fc.assert(fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
    const { plan: { agents, ...rest }, levers: made } = plan(order);
    const { agents: firstAgents, ...firstRest } = first.plan;
    expect({ rest, made }).toEqual({ rest: firstRest, made: first.levers });
    expect(agents.map((agent) => agent.id).toSorted()).toEqual(firstAgents.map((agent) => agent.id).toSorted());
  }), { numRuns: 20 });
});

it('shows names that others wrote without what could turn or break the sentence', () => {
  const hostile = 'evil\u202Ename\n\u0000end';
  const { plan } = planStop(planInput(facts('agent', [connection(1, { name: hostile, levers: [someLever('x.cut', { title: hostile })], agents: [{ id: 11, publicId: 'agt-11', name: hostile, key: 'k', inScope: true }] }), connection(2, { kind: 'otlp', levers: [], name: hostile })])));
  const texts = JSON.stringify({ ...plan, scopeName: '' });
  expect(texts).not.toMatch(/\u202e|\\n|\\u0000/i);
  expect(plan.levers[0]?.title).toBe('evil name end');
  expect(scopes.agent.kind).toBe('agent');
});
