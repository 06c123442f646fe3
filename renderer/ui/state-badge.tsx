import { KindShape, StateShape, kindWord, stateTone, stateWord, type Kind, type State } from './state-shapes.tsx';
import classes from './state-badge.module.css';

interface StateBadgeProps {
  state: State;
  /** Says more than the state's own word, e.g. "Not seen since 14:11". Never less. */
  word?: string | undefined;
  /** In a header: soft ground and a border. In a table: neither. */
  header?: boolean;
  /** Source and age, on hover and focus (ui/tip.tsx). */
  tip?: string | undefined;
}

export function StateBadge({ state, word, header = false, tip }: StateBadgeProps) {
  return (
    <span className={`${classes.badge} ${classes[stateTone(state)]} ${header ? classes.header : ''}`} data-tip={tip}>
      <StateShape state={state} />
      <span>{word ?? stateWord(state)}</span>
    </span>
  );
}

/** Kind of an activity: muted, its shape and its word. */
export function KindBadge({ kind }: { kind: Kind }) {
  return (
    <span className={classes.badge}>
      <KindShape kind={kind} />
      <span>{kindWord(kind)}</span>
    </span>
  );
}
