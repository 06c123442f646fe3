import { useCallback } from 'react';
import { formatAge, formatCountdown, formatElapsed, formatOffset, formatTime, formatUtc } from './format.ts';
import { useClock } from './now.ts';
import classes from './time.module.css';

/** Offset of this machine at that moment, for the head of a time column: `UTC+1`. */
export function localOffset(at: Date = new Date()): string {
  return formatOffset(-at.getTimezoneOffset());
}

interface TimeProps {
  iso: string;
  /** with `.411`, where order matters. */
  millis?: boolean;
  short?: boolean;
  mono?: boolean;
}

/** Local time; UTC one hover or focus away. */
export function Time({ iso, millis = false, short = false, mono = false }: TimeProps) {
  const date = new Date(iso);
  const text = useClock(useCallback((now: number) => formatTime(new Date(iso), { now: new Date(now), millis, short }), [iso, millis, short]));
  return <time dateTime={iso} data-tip={formatUtc(date)} className={mono ? classes.mono : classes.time}>{text}</time>;
}

/** `2 s`, `4 min`: how old, with the exact time one hover or focus away. */
export function Age({ iso }: { iso: string }) {
  const text = useClock(useCallback((now: number) => formatAge(now - Date.parse(iso)), [iso]));
  return <time dateTime={iso} data-tip={`${formatTime(new Date(iso))}, ${formatUtc(new Date(iso))}`} className={classes.time}>{text}</time>;
}

/** A clock that runs since then: `3:31`. */
export function Running({ since, words = false }: { since: string; words?: boolean }) {
  const text = useClock(useCallback((now: number) => (words ? formatElapsed : formatCountdown)(now - Date.parse(since)), [since, words]));
  return <time dateTime={since} data-tip={`since ${formatTime(new Date(since))}, ${formatUtc(new Date(since))}`} className={classes.time}>{text}</time>;
}
