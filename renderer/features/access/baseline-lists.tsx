import type { Baseline } from '../../../shared/access.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { grantKinds } from './grant-words.ts';
import classes from './access.module.css';

export function differences(baseline: Baseline): number {
  return baseline.added.length + baseline.removed.length + baseline.changed.length;
}

/** What an agent holds now against what was approved. */
export function BaselineLists({ baseline }: { baseline: Baseline }) {
  const rows = [
    ...baseline.added.map((one) => ({ key: `a ${one.grantId}`, wide: true, word: 'added', name: one.name, kind: one.kind, says: one.times === null ? 'use not seen' : one.times === 0 ? 'not used yet' : `used ${plural(one.times, 'time')}` })),
    ...baseline.changed.map((one) => ({ key: `c ${one.grantId}`, wide: one.widening, word: 'changed', name: one.name, kind: one.kind, says: one.text })),
    ...baseline.removed.map((one) => ({ key: `r ${one.kind} ${one.name}`, wide: false, word: 'gone', name: one.name, kind: one.kind, says: '' })),
  ];
  return (
    <ul className={classes.readings}>
      {rows.slice(0, 200).map((row) => (
        <li key={row.key} className={classes.reading}>
          <span className={classes.readingHead}>{row.wide ? <StateBadge state="attention" word={`${row.word}, reaches further`} /> : <StateBadge state="cancelled" word={row.word} />}<strong className={classes.strong}><InertName text={row.name} most={80} /></strong><span className={classes.muted}>{grantKinds[row.kind]}</span></span>
          {row.says !== '' && <span className={`${classes.muted} ${classes.small}`}><InertName text={row.says} most={300} /></span>}
        </li>
      ))}
      {rows.length > 200 && <li className={classes.muted}>and {formatCount(rows.length - 200)} more</li>}
    </ul>
  );
}
