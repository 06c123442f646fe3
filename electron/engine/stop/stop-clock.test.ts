import { expect, it } from 'vitest';
import type { DrillFact } from '../store/stop-commands.ts';
import { StopClock } from './stop-clock.ts';

const hourMs = 3_600_000;
function house(due: DrillFact[], fails = false): { clock: StopClock; told: string[]; at: { now: number; passed: number } } {
  const told: string[] = [];
  const at = { now: 1_000 * hourMs, passed: 0 };
  const clock = new StopClock({
    due: (nowUs) => Promise.resolve(due.filter((one) => (one.nextUs ?? Number.POSITIVE_INFINITY) <= nowUs)),
    drill: (one) => { told.push(`drill ${one.publicId} ${one.level}`); return fails ? Promise.reject(new Error('busy')) : Promise.resolve(); },
    setNext: (agent, nextUs) => {
      told.push(`next ${agent} in ${(nextUs / 1_000 - at.now) / hourMs} h`);
      due.splice(0, due.length, ...due.map((one) => (one.agent === agent ? { ...one, nextUs } : one)));
      return Promise.resolve();
    },
    checkRights: () => { told.push('rights'); return Promise.resolve(); },
    log: { info: () => undefined, warn: (text) => told.push(`warned: ${text}`), error: (text) => told.push(`failed: ${text}`) }, now: () => at.now, passedMs: () => at.passed,
  });
  return { clock, told, at };
}
const due = (more: Partial<DrillFact> = {}): DrillFact => ({ agent: 3, publicId: 'agt-3', level: 'cancel', everyHours: 24, nextUs: 0, ...more });

it('fires what is due once, also when many times went by without an engine', async () => {
  const { clock, told, at } = house([due()]);
  await clock.tick();
  await clock.tick();
  expect(told).toEqual(['next 3 in 24 h', 'drill agt-3 cancel']);
  at.now += 25 * hourMs;
  await clock.tick();
  expect(told.filter((line) => line.startsWith('drill'))).toHaveLength(2);
});

it('leaves canaries without a schedule, and does not try a drill that failed every half minute', async () => {
  const { clock, told } = house([due({ everyHours: null }), due({ agent: 4, publicId: 'agt-4' })], true);
  await clock.tick();
  await clock.tick();
  expect(told).toEqual(['next 4 in 24 h', 'drill agt-4 cancel', 'warned: a drill could not be fired']);
});

it('asks about rights after the start and every six hours', async () => {
  const { clock, told, at } = house([]);
  await clock.tick();
  at.passed += 31_000;
  // Set back: what really passed counts.
  at.now -= hourMs;
  await clock.tick();
  await clock.tick();
  at.passed += 6 * hourMs + 1;
  await clock.tick();
  expect(told).toEqual(['rights', 'rights']);
});
