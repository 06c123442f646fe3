/** DESIGN section 6: how figures, times, money and identifiers are written. Pure; every number carries its unit. */

const thinSpace = '\u2009';
const trueMinus = '\u2212';
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const signed = (text: string, negative: boolean): string => (negative ? trueMinus + text : text);

/** `4,385,664` */
export function formatCount(count: number): string {
  return signed(grouped.format(Math.abs(count)), count < 0);
}

/** For axes and narrow counters: `3k`, `1.2M`. */
export function formatAxis(value: number): string {
  const size = Math.abs(value);
  const short = (unit: number, letter: string): string => `${(size / unit).toFixed(1).replace(/\.0$/, '')}${letter}`;
  const text = size >= 1e9 ? short(1e9, 'G') : size >= 1e6 ? short(1e6, 'M') : size >= 1e3 ? short(1e3, 'k') : String(Number(size.toPrecision(3)));
  return signed(text, value < 0);
}

/** Exact up to 99,999, then `123k`. */
export function formatCounter(count: number): string {
  return Math.abs(count) <= 99_999 ? formatCount(count) : formatAxis(count);
}

/** A share of 0 to 1 as `97.4 %`. Rounded down near the ends, so that 99.96 % never reads as all, nor 0.04 % as none. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  const rounded = percent > 0 && percent < 100 ? Math.min(99.9, Math.max(0.1, Math.round(percent * 10) / 10)) : Math.round(percent * 10) / 10;
  return signed(`${Number.isInteger(rounded) ? String(Math.abs(rounded)) : Math.abs(rounded).toFixed(1)}${thinSpace}%`, percent < 0);
}

/** Rounded down, one unit: `2 s`, `4 min`, `1 h`, `6 d`. A time to come (clock skew) is `0 s`. */
export function formatAge(ms: number): string {
  if (ms < minute) return `${Math.max(0, Math.floor(ms / second))} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < day) return `${Math.floor(ms / hour)} h`;
  return `${Math.floor(ms / day)} d`;
}

/** Exact two units, for running clocks in sentences: `4 min 5 s`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / second));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** A clock that runs: `54:05`, `1:02:03`. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / second));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${two(minutes)}:${two(seconds % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** `12 ms`, `0.4 s`, `9.0 s`, `48 s`, `3 min 52 s`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return signed(formatDuration(-ms), true);
  if (ms === 0) return '0 s';
  if (ms < 1) return '< 1 ms';
  if (ms < 95) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${(ms / second).toFixed(1)} s`;
  return formatElapsed(Math.round(ms / second) * second);
}

/** Micro-units as an amount without its currency: 2 decimals from 0.01, 4 below, or a fixed number. `0.00` is a real zero. */
export function formatMoney(amountMicros: number, decimals?: number): string {
  const amount = Math.abs(amountMicros) / 1e6;
  const places = decimals ?? (amount >= 0.01 || amount === 0 ? 2 : 4);
  const smallest = 10 ** -places;
  if (amount > 0 && amount < smallest / 2) return `${amountMicros < 0 ? trueMinus : ''}< ${smallest.toFixed(places)}`;
  const text = amount.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
  return signed(text, amountMicros < 0);
}

/** `1.2 MB`, decimal units as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, '')} ${units[unit] ?? 'TB'}`;
}

export interface ClockOptions {
  /** now, to decide whether the day must be said. */
  now?: Date | undefined;
  /** add `.411`, where order matters. */
  millis?: boolean | undefined;
  /** leave seconds out. */
  short?: boolean | undefined;
  /** IANA zone; the machine's own by default. Tests name it. */
  zone?: string | undefined;
}

interface Parts { year: string; month: string; day: string; hour: string; minute: string; second: string; fractionalSecond: string }

const formatters = new Map<string, Intl.DateTimeFormat>();
function formatterOf(zone: string | undefined): Intl.DateTimeFormat {
  const known = formatters.get(zone ?? '');
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3,
    hourCycle: 'h23', timeZone: zone,
  });
  formatters.set(zone ?? '', made);
  return made;
}

function partsOf(date: Date, zone: string | undefined): Parts {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const part of formatterOf(zone).formatToParts(date)) parts[part.type] = part.value;
  const of = (name: keyof Parts): string => parts[name] ?? '';
  return { year: of('year'), month: of('month').slice(0, 3), day: of('day'), hour: of('hour'), minute: of('minute'), second: of('second'), fractionalSecond: of('fractionalSecond') };
}

const dayOf = (parts: Parts): string => `${Number(parts.day)} ${parts.month} ${parts.year}`;

/** Local `14:32:07`. */
export function formatClock(date: Date, options: ClockOptions = {}): string {
  const parts = partsOf(date, options.zone);
  if (options.short === true) return `${parts.hour}:${parts.minute}`;
  const base = `${parts.hour}:${parts.minute}:${parts.second}`;
  return options.millis === true ? `${base}.${parts.fractionalSecond}` : base;
}

/** `17 Nov 2026` */
export function formatDay(date: Date, zone?: string): string {
  return dayOf(partsOf(date, zone));
}

/** Local time; with the day when that is not today. */
export function formatTime(date: Date, options: ClockOptions = {}): string {
  const parts = partsOf(date, options.zone);
  const today = partsOf(options.now ?? new Date(), options.zone);
  const clock = formatClock(date, options);
  return dayOf(parts) === dayOf(today) ? clock : `${dayOf(parts)} ${clock}`;
}

/** `2026-11-17 13:32:07.411 UTC`, shown beside the local time on hover and focus. */
export function formatUtc(date: Date): string {
  return `${date.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** `UTC+1`, `UTC+5:30`, `UTC`: the head of a time column says in which zone it speaks. */
export function formatOffset(minutesEast: number): string {
  if (minutesEast === 0) return 'UTC';
  const size = Math.abs(minutesEast);
  const rest = size % 60;
  return `UTC${minutesEast < 0 ? trueMinus : '+'}${Math.floor(size / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** `tsk-01JCW…8F2`: the middle is cut, the ends stay. Whole when the cut would save nothing. */
export function cutMiddle(id: string, head = 9, tail = 4): string {
  const first = Math.max(5, head);
  const last = Math.max(3, tail);
  return id.length <= first + last + 1 ? id : `${id.slice(0, first)}…${id.slice(-last)}`;
}

/** Cuts a set of identifiers so that no two look the same; those that would are left whole. */
export function cutApart(ids: readonly string[], head = 9, tail = 4): Map<string, string> {
  const seen = new Map<string, number>();
  const distinct = [...new Set(ids)];
  for (const id of distinct) seen.set(cutMiddle(id, head, tail), (seen.get(cutMiddle(id, head, tail)) ?? 0) + 1);
  return new Map(distinct.map((id) => [id, (seen.get(cutMiddle(id, head, tail)) ?? 0) > 1 ? id : cutMiddle(id, head, tail)]));
}

/** `1 agent`, `2 agents` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
