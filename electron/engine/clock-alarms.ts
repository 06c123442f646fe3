/** What people are told, and what is written down as not seen, when time went on without the engine. */
import type { Alarms } from './alarms.ts';
import type { ClockEvents } from './clock-watch.ts';
import type { GapKeeper } from './gap-keeper.ts';
import { systemClock } from './ports.ts';
import type { Clock } from './ports.ts';

const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

export function tellClock(gaps: Pick<GapKeeper, 'record'>, alarms: Pick<Alarms, 'tell'>, clock: Clock = systemClock): ClockEvents {
  return {
    slept: (fromMs, toMs) => {
      const text = `The machine slept, or the engine was stopped, from ${utc(fromMs)} to ${utc(toMs)}.`;
      gaps.record({ connection: null, fromUs: fromMs * 1_000, reason: 'machine_asleep', text }, toMs * 1_000);
      void alarms.tell(`slept-${fromMs}`, 'info', `${text} What agents did elsewhere in that time was not seen then; what they send later still comes in.`);
    },
    jumped: (byMs) => {
      const now = clock.now();
      void alarms.tell(`clock-${now}`, 'attention', `The clock of this machine was set back by ${Math.round(-byMs / 1_000)} s, to ${utc(now)}. Nothing was lost, but activities of that time may stand out of order. Check the machine's time service.`);
    },
  };
}
