import { useEffect, useRef, useState } from 'react';
import type { LiveView } from '../../api/live.ts';
import { formatCount } from '../../ui/format.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import classes from './live.module.css';

const seconds = 60;

function rateName(bins: readonly (number | null)[]): string {
  const seen = bins.filter((value) => value !== null);
  const unseen = bins.length - seen.length;
  return `Activities a second over the last minute: at most ${formatCount(Math.round(Math.max(0, ...seen)))}${unseen === 0 ? '' : `, not watched for ${unseen} s of it`}`;
}

/** Activities a second over the last minute. A second without a stream is not seen, not zero. */
export function Rate({ perSecond, state }: { perSecond: number; state: LiveView['state'] }) {
  const [bins, setBins] = useState<(number | null)[]>([]);
  const latest = useRef<number | null>(null);
  useEffect(() => { latest.current = state === 'open' ? perSecond : null; }, [perSecond, state]);
  useEffect(() => {
    const timer = setInterval(() => setBins((now) => [...now.slice(1 - seconds), latest.current]), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className={classes.rate}>
      <span>{state === 'open' ? `${perSecond > 0 && perSecond < 1 ? perSecond.toFixed(1) : formatCount(Math.round(perSecond))}/s` : 'not seen'}</span>
      <span className={classes.spark}><Sparkline bins={bins} what="activity" name={rateName(bins)} tone="d1" width={bins.length * 2} height={20} /></span>
    </span>
  );
}
