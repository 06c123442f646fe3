import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cutLever, fakeHouse, openOf, scopeOf, unreachable } from './fake-stop.ts';
import type { House } from './fake-stop.ts';
import { PlannerDesk } from './planner-desk.ts';
import type { KeptPlan } from './planner-desk.ts';
import type { OpenPort } from './stop-port.ts';

const end = { ...cutLever, id: 'process.end', title: 'End its processes', reach: 'agent', undo: 'none' } as const;
let house: House;
beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 2, 1, 12) });
  house = fakeHouse();
  house.history.facts = { ...scopeOf(), settings: { stopSilenceS: 90, stopWatchS: 900, twoPerson: 'off', drillStaleDays: 30 } as never };
});
afterEach(() => {
  house.end();
  vi.useRealTimers();
});

const deskWith = (open: () => Promise<OpenPort>): PlannerDesk => new PlannerDesk({ ...house.context, ports: { open } });
const usual = (): Promise<OpenPort> => Promise.resolve(openOf(house.runtime, house.context.life));
async function made(desk: PlannerDesk, survey = true): Promise<KeptPlan> {
  const asked = desk.make({ scope: { kind: 'agent', id: 'agt-1' }, level: 'cancel', survey, by: 'person' });
  await vi.advanceTimersByTimeAsync(5_000);
  return asked;
}

describe('plans', () => {
  it('are kept for half an hour and fired once', async () => {
    const desk = deskWith(usual);
    const kept = await made(desk);
    expect(desk.needed(kept.plan.id)).toBe(kept);
    desk.take(kept);
    expect(() => desk.needed(kept.plan.id)).toThrow(/fired already/);
    desk.giveBack(kept);
    expect(desk.needed(kept.plan.id)).toBe(kept);
    await vi.advanceTimersByTimeAsync(30 * 60_000);
    expect(() => desk.needed(kept.plan.id)).toThrow(/no longer kept/);
    expect(() => desk.needed('plan-of-nobody')).toThrow(/no longer kept/);
  });

  it('make an order of exactly what is ticked', async () => {
    const kept = await made(deskWith(usual));
    const all = kept.plan.levers.map((one) => one.id);
    expect(kept.order(new Set(all)).levers.map((one) => one.plan)).toEqual(kept.plan.levers);
    expect(kept.order(new Set())).toMatchObject({ levers: [], agents: [1], sources: [1], tasks: null, silenceS: 90 });
  });

  it('without a survey ask no runtime, but open the way for the order that may follow', async () => {
    house.runtime.port.survey = () => Promise.reject(new Error('it was asked'));
    const opened: number[] = [];
    const kept = await made(deskWith(() => { opened.push(1); return usual(); }), false);
    expect(kept.plan.survey).toBeNull();
    expect(opened).toEqual([1]);
  });

  it('say what a runtime that is slow or away kept back, and wait four seconds at most', async () => {
    house.runtime.port.survey = () => new Promise(() => undefined);
    const slow = deskWith(usual).make({ scope: { kind: 'agent', id: 'agt-1' }, level: 'cancel', survey: true, by: 'person' });
    await vi.advanceTimersByTimeAsync(4_001);
    expect((await slow).plan.survey?.failed).toHaveLength(1);
    house.runtime.port.survey = () => Promise.reject(unreachable('ECONNREFUSED'));
    expect((await made(deskWith(usual))).plan.survey?.failed).toEqual([{ connectionName: 'Fake', text: 'It could not be reached.' }]);
  });

  it('keep the levers of a connection that opens late, and say that it could not be asked', async () => {
    const known = house.history.facts.connections.map((one) => ({ ...one, levers: [cutLever] }));
    house.history.facts = { ...house.history.facts, connections: known };
    const late = await made(deskWith(() => new Promise(() => undefined)));
    expect(late.plan.levers.map((one) => [one.leverId, one.wanted, one.problem])).toEqual([[cutLever.id, true, null]]);
    expect(late.plan.survey?.failed).toEqual([{ connectionName: 'Fake', text: 'There was no answer within 4 s.' }]);
    const failed = await made(deskWith(() => Promise.reject(new Error('a mistake'))));
    expect(failed.plan.levers.map((one) => [one.wanted, one.problem])).toEqual([[false, 'It could not be opened.']]);
  });

  it('ask anew for a right that was missing: another credential may have been given since', async () => {
    const missing = [{ level: 'cancel' as const, result: 'missing' as const, text: 'It needs `update` on threads.', atUs: 1 }];
    house.history.facts = { ...house.history.facts, connections: house.history.facts.connections.map((one) => ({ ...one, levers: [cutLever], rights: missing })) };
    const problem = async (): Promise<unknown> => (await made(deskWith(usual))).plan.levers.map((one) => [one.wanted, one.problem]);
    expect(await problem()).toEqual([[true, null]]);
    expect(house.history.writes).toEqual(['rights.write']);
    house.runtime.port.rights = () => Promise.reject(unreachable('ECONNREFUSED'));
    expect(await problem()).toEqual([[false, 'Forbidden: It needs `update` on threads.']]);
  });

  it('do not say that no process is proven when the look-up was only late', async () => {
    const known = house.history.facts.connections.map((one) => ({ ...one, kind: 'otlp' as const, levers: [] }));
    house.history.facts = { ...house.history.facts, connections: known };
    const late = await made(deskWith(() => new Promise(() => undefined)));
    expect(late.plan.warnings).toEqual(expect.arrayContaining([expect.stringMatching(/on connection Fake: its processes on this machine could not be looked up: There was no answer within 4 s\. Make the plan again\.$/)]));
    expect(late.plan.checks.map((one) => one.text)).toContain('Whether the agent behind Fake still lives: its processes on this machine could not be looked up');
    const none = await made(deskWith(() => Promise.reject(new Error('there is no lever'))));
    expect(none.plan.warnings).toEqual(expect.arrayContaining([expect.stringMatching(/on connection Fake: it only tells what happened, and no process of this machine is proven to be the agent\.$/)]));
  });

  it('aim a lever of processes at the agents alone whose process is proven', async () => {
    const [source] = house.history.facts.agents[0]?.sources ?? [];
    if (source === undefined) throw new Error('there is no source');
    const [agent] = house.history.facts.agents;
    if (agent === undefined) throw new Error('there is no agent');
    house.history.facts = { ...house.history.facts, agents: [agent, { ...agent, id: 2, publicId: 'agt-2', name: 'far away', sources: [{ ...source, agent: 2, key: 'far-1' }] }] };
    const process = { ...house.runtime.port, survey: (target: { readonly agents: readonly string[] | null }) => Promise.resolve({ runs: [], complete: true, schedules: [], residual: [], alsoHits: [], notes: [], targets: target.agents === null || target.agents.includes('clerk-1') ? [{ leverId: 'process.end', text: 'python 4711' }] : [] }) };
    const kept = await made(deskWith(async () => ({ ...await usual(), levers: [cutLever, end], port: { ...house.runtime.port, survey: process.survey }, process })));
    const lever = kept.order(new Set(kept.plan.levers.map((one) => one.id))).levers.find((one) => one.plan.leverId === 'process.end');
    expect(lever?.target.agents).toEqual(['clerk-1']);
  });
});
