/** The kind of a lever: a boxed word with its sign. Never the sign alone, unless the word stands in the same row's label. */
import type { ReactNode } from 'react';
import type { LeverKind } from '../../../shared/stop.ts';
import classes from './lever-kind.module.css';

const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.4 } as const;

const signs: Record<LeverKind, ReactNode> = {
  cut: <path d="M0 6h3M9 6h3M4.2 2v8M7.8 2v8" {...line} />,
  drain: <path d="M6 1v7M3 5.2 6 8.2 9 5.2M2 11h8" {...line} />,
  hold: <path d="M10.6 6A4.6 4.6 0 1 1 8.9 2.4M9.2.4v2.4H6.8" {...line} />,
  catalogue: <path d="M2.6.8h6.8v10.4H2.6ZM4.4 3.6h3.2M4.4 5.8h3.2M4.4 8h1.8" {...line} strokeWidth={1.1} />,
};

export const leverKindWords: Record<LeverKind, string> = {
  cut: 'cuts work in hand', drain: 'lets work in hand end, refuses what is new', hold: 'the console cancels what comes, while its engine runs', catalogue: 'changes a record only, stops nothing',
};

export function LeverKindMark({ kind, signOnly = false }: { kind: LeverKind; signOnly?: boolean }) {
  return (
    <span className={`${classes.kind} ${kind === 'catalogue' ? classes.catalogue : ''}`} data-tip={`${kind}: ${leverKindWords[kind]}`}>
      <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden="true" focusable="false">{signs[kind]}</svg>
      {signOnly ? <span className="gh-visually-hidden">{kind}</span> : kind}
    </span>
  );
}
