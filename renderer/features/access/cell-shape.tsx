/** The shapes of the matrix, 13 px in a box of 17 so that a slash may reach out: all in this file. The word beside or behind them is their name. */
import type { ReactNode } from 'react';
import type { CellState } from '../../../shared/access.ts';
import classes from './matrix.module.css';

const box = { x: 2.75, y: 2.75, width: 11.5, height: 11.5 } as const;
const slash = <path d="M1.5 15.5 15.5 1.5" className={classes.slash} />;
/** On a filled box the slash stands on a ground of its own, or it would be lost in it. */
const slashOnFill = <><path d="M1.5 15.5 15.5 1.5" className={classes.slashGround} />{slash}</>;
const hatch = <path d="M3 8 8 3M3 13 13 3M5 14l9-9M10 14l4-4" className={classes.hatchLines} />;

const shapes: Record<CellState | 'none', ReactNode> = {
  none: <circle cx="8.5" cy="8.5" r="1" className={classes.dot} />,
  granted: <rect {...box} className={classes.outlined} />,
  used: <rect x="2" y="2" width="13" height="13" className={classes.filled} />,
  granted_denied: <><rect {...box} className={classes.deniedBox} />{slash}</>,
  tried: <><rect {...box} className={classes.triedBox} />{slash}</>,
  used_denied: <><rect x="2" y="2" width="13" height="13" className={classes.filled} />{slashOnFill}</>,
  ungranted: <><circle cx="8.5" cy="8.5" r="6.5" className={classes.filled} /><path d="M8.5 4.8v4.4" className={classes.exclamation} /><circle cx="8.5" cy="11.7" r="1" className={classes.exclamationDot} /></>,
  cannot_tell: <><rect {...box} className={classes.unseenBox} />{hatch}</>,
};

export function CellShape({ state }: { state: CellState | 'none' }) {
  return <svg width="17" height="17" viewBox="0 0 17 17" aria-hidden="true" focusable="false" className={classes.shape}>{shapes[state]}</svg>;
}

/** Full: cannot be undone. Open: nothing says that it can. */
export function UndoMark({ mark }: { mark: 'full' | 'open' | null }) {
  if (mark === null) return null;
  return <svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true" focusable="false" className={classes.undo}><path d="M4.5.8 8.2 4.5 4.5 8.2.8 4.5Z" fill={mark === 'full' ? 'currentColor' : 'none'} stroke="currentColor" strokeWidth="1.1" /></svg>;
}

const legend: readonly { state: CellState; word: string }[] = [
  { state: 'granted', word: 'granted' }, { state: 'used', word: 'used' }, { state: 'granted_denied', word: 'granted, denied' }, { state: 'tried', word: 'tried, no grant' },
  { state: 'used_denied', word: 'used, denied' }, { state: 'ungranted', word: 'used, no grant' }, { state: 'cannot_tell', word: 'not seen' },
];

export function MatrixLegend() {
  return (
    <ul className={classes.legend} aria-label="Legend">
      {legend.map(({ state, word }) => <li key={state}><CellShape state={state} />{word}</li>)}
    </ul>
  );
}

export function UndoLegend() {
  return <span className={classes.legend}><span className={classes.legendOne}><UndoMark mark="full" />cannot be undone</span><span className={classes.legendOne}><UndoMark mark="open" />nothing says that it can</span></span>;
}
