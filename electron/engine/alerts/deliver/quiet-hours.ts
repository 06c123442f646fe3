/**
 * When quiet hours end, by this machine's local time. Pure. A local time that comes twice (clocks go back) begins quiet hours at its first coming and ends
 * them at its second; one that does not come at all (clocks go forward) stands for the moment at which it is skipped. So no hour of a night is told by mistake.
 */
import type { AlertSeverity, QuietHours } from '../../../../shared/alerts.ts';

const msPerMinute = 60_000;
const msPerDay = 86_400_000;
/** Windows that follow each other without a break are one; somebody who is always quiet is asked again after a week of them. */
const mostWindows = 8;

/** Until when a message that would go now is held; null: it goes. What is urgent always goes. */
export function heldUntilUs(quiet: QuietHours | null, severity: AlertSeverity, nowUs: number): number | null {
  if (quiet === null || severity === 'urgent') return null;
  let endMs: number | null = null;
  let atMs = Math.floor(nowUs / 1_000);
  for (let window = 0; window < mostWindows; window += 1) {
    const next = endOfWindowAt(quiet, atMs);
    if (next === null) break;
    endMs = next;
    atMs = next;
  }
  return endMs === null ? null : endMs * 1_000;
}

function endOfWindowAt(quiet: QuietHours, atMs: number): number | null {
  const today = new Date(atMs);
  let latest: number | null = null;
  // A window is a day long at most (`to` equal to `from`), an hour more where clocks go back: one that began two days ago may still last.
  for (let back = 2; back >= 0; back -= 1) {
    const day = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate() - back);
    if (!quiet.days.includes(new Date(day).getUTCDay())) continue;
    const beginMs = instantOf(day + minutesOf(quiet.from) * msPerMinute, 'first');
    const lastsTillNextDay = minutesOf(quiet.to) <= minutesOf(quiet.from);
    const endMs = instantOf(day + (lastsTillNextDay ? msPerDay : 0) + minutesOf(quiet.to) * msPerMinute, 'last');
    if (beginMs <= atMs && atMs < endMs) latest = Math.max(latest ?? endMs, endMs);
  }
  return latest;
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':');
  return Number(hours) * 60 + Number(minutes);
}

const offsetAt = (ms: number): number => new Date(ms).getTimezoneOffset() * msPerMinute;

/** `wall`: a local date and time, written as if it were UTC. */
function instantOf(wall: number, which: 'first' | 'last'): number {
  const guesses = [wall + offsetAt(wall - msPerDay), wall + offsetAt(wall + msPerDay)].toSorted((a, b) => a - b);
  const real = guesses.filter((ms) => ms - offsetAt(ms) === wall);
  const [first] = real;
  const last = real.at(-1);
  if (first !== undefined && last !== undefined) return which === 'first' ? first : last;
  return jumpBetween(guesses[0] ?? wall, guesses[1] ?? wall);
}

/** The moment between the two at which the clocks are moved. */
function jumpBetween(fromMs: number, toMs: number): number {
  const before = offsetAt(fromMs);
  let [low, high] = [fromMs, toMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
