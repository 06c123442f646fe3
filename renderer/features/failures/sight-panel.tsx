/** Where "no failure" can be said: a connection that was not seen says nothing by its silence. */
import type { Result } from '../../../shared/contract.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatPercent, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { Panel } from '../../ui/panel.tsx';
import { unseenRuns } from '../../ui/sparkline.tsx';
import { quietWords, seenBins } from './failure-words.ts';
import classes from './failures.module.css';

type Groups = Result<'failures.groups'>;

function SeenBar({ seen, name }: { seen: readonly number[]; name: string }) {
  const bins = seenBins(seen);
  return (
    <div className={classes.seenBar}>
      {unseenRuns(bins).map(([from, to]) => (
        <span key={from} className={classes.seenGap} style={{ left: `${(from / bins.length) * 100}%`, width: `${((to - from) / bins.length) * 100}%` }}>
          <Hatch width="100%" height="100%" name={`${name}: not seen in parts ${from + 1} to ${to} of ${bins.length} of the period`} />
        </span>
      ))}
    </div>
  );
}

export function SightPanel({ seen, quiet, period }: { seen: Groups['seen']; quiet: Groups['quiet']; period: string }) {
  return (
    <Panel flush className={classes.sight} title="Where “no failure” can be said" aside={<span>connection time seen, {period.toLowerCase()}</span>} foot={<span>{quietWords(quiet, seen.some((row) => row.groups > 0))}</span>}>
      {seen.length === 0
        ? <p className={classes.nothing}>Nothing is connected, so nothing can be said.</p>
        : (
          <ul className={classes.sightRows}>
            {seen.map((row) => (
              <li key={row.connectionId} className={classes.sightRow}>
                <a className={classes.sightName} href={placeHash({ screen: 'connections', id: row.connectionId })}><InertName text={row.name} most={60} /></a>
                <SeenBar seen={row.seen} name={row.name} />
                <span className={classes.sightShare}>{row.share === null ? 'not seen' : formatPercent(row.share)}</span>
                <span className={classes.muted}>{row.groups === 0 ? (row.share === null || row.share === 0 ? 'nothing can be said' : 'none, where seen') : plural(row.groups, 'group')}</span>
              </li>
            ))}
          </ul>
        )}
    </Panel>
  );
}
