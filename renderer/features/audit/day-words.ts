/** Days as people write them. Pure. */
import { formatDay } from '../../ui/format.ts';
import { dayOf, startOf } from './report-draft.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const two = (number: number): string => String(number).padStart(2, '0');

/** `2026-08-01` of `2026-08-01`, `1 Aug 2026` and `1 August 2026`; null: no day. */
export function parseDay(text: string): string | null {
  const words = /^(\d{1,2})\.? +([a-z]{3,9})\.? +(\d{4})$/i.exec(text.trim());
  const month = words === null ? -1 : months.indexOf((words[2] ?? '').slice(0, 3).toLowerCase());
  const day = words === null ? text.trim() : `${words[3] ?? ''}-${two(month + 1)}-${two(Number(words[1]))}`;
  return startOf(day) === null ? null : day;
}

/** What is no day is shown as it stands. */
export function dayWords(day: string): string {
  const ms = startOf(day);
  return ms === null ? day : formatDay(new Date(ms), 'UTC');
}

export function movedDay(day: string, by: number): string | null {
  const ms = startOf(day);
  return ms === null ? null : dayOf(ms + by * 86_400_000);
}
