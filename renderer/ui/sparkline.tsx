import { useId } from 'react';
import { plural } from './format.ts';
import classes from './sparkline.module.css';

interface SparklineProps {
  /** oldest first; null: not seen. */
  bins: readonly (number | null)[];
  /** what is counted: "failure". */
  what: string;
  /** said instead of the sum, where a sum means nothing. */
  name?: string;
  /** failures in the tone of failures, everything else in a series colour. */
  tone?: 'stop' | 'd1';
  width?: number;
  height?: number;
}

/** Neighbouring bins that were not seen, as one hatched box each: [first, after the last). */
export function unseenRuns(bins: readonly (number | null)[]): [number, number][] {
  const runs: [number, number][] = [];
  bins.forEach((value, index) => {
    if (value !== null) return;
    const last = runs.at(-1);
    if (last !== undefined && last[1] === index) last[1] = index + 1;
    else runs.push([index, index + 1]);
  });
  return runs;
}

export function sparkName(bins: readonly (number | null)[], what: string): string {
  const unseen = bins.filter((value) => value === null).length;
  const sum = bins.reduce<number>((total, value) => total + (value ?? 0), 0);
  if (unseen === bins.length) return 'Not seen at any time';
  return `${plural(sum, what)}${unseen === 0 ? '' : `, not seen in ${unseen} of ${bins.length} parts of the period`}`;
}

/** Small bars over time. Nothing happened is a dotted ground line, not seen is hatched: the two never look alike. */
export function Sparkline({ bins, what, name: told, tone = 'stop', width = 72, height = 16 }: SparklineProps) {
  const pattern = useId();
  const most = Math.max(1, ...bins.map((value) => value ?? 0));
  const pitch = width / Math.max(1, bins.length);
  const bar = Math.max(1, Math.floor(pitch - (pitch > 2.2 ? 1 : 0)));
  const base = height - 1;
  const path = bins.map((value, index) => {
    if (value === null || value === 0) return '';
    const size = Math.max(2, (value / most) * (base - 1));
    return `M${(index * pitch).toFixed(2)} ${base}v${(-size).toFixed(2)}h${bar}v${size.toFixed(2)}z`;
  }).join('');
  const unseen = unseenRuns(bins);
  const name = told ?? sparkName(bins, what);
  return (
    <svg className={classes.spark} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={name} data-tip={name}>
      {unseen.length > 0 && (
        <pattern id={pattern} width="3.5" height="3.5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="3.5" height="3.5" className={classes.ground} /><rect width="1.1" height="3.5" className={classes.stroke} /></pattern>
      )}
      <path d={`M0 ${base + 0.5}H${width}`} className={classes.base} />
      {unseen.map(([from, to]) => <rect key={from} x={from * pitch + 0.5} y={3.5} width={Math.max(3, (to - from) * pitch - 1)} height={height - 4} fill={`url(#${pattern})`} className={classes.unseen} />)}
      <path d={path} className={tone === 'stop' ? classes.stop : classes.d1} />
    </svg>
  );
}
