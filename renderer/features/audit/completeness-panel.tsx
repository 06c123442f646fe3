/** What could be seen of the period and what could not, connection by connection: the same that is printed on page 1. */
import { Button } from '@mantine/core';
import type { CSSProperties } from 'react';
import type { Completeness } from '../../../shared/reports.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, formatPercent, formatUtc, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { barWords, blindOf, isLow, ticksOf } from './coverage-model.ts';
import type { PreviewQuery } from './report-panel.tsx';
import { contentWords, longestUnseen, spanWords, statementOf } from './report-words.ts';
import classes from './audit.module.css';

const share = (of: number): string => `${String(Math.round(of * 10_000) / 100)}%`;

function Bar({ row, from, to }: { row: Completeness['connections'][number]; from: string; to: string }) {
  return (
    <span className={classes.track} role="img" aria-label={barWords(row)}>
      <span className={classes.seenBar} />
      {blindOf(row, from, to).map((blind) => <span key={`${String(blind.left)} ${String(blind.width)}`} className={classes.blind} style={{ left: share(blind.left), width: share(blind.width) } as CSSProperties}><Hatch name={blind.name} width="100%" /></span>)}
    </span>
  );
}

const nothing = 'Nothing was connected in this period: nothing can be said about any agent, not that nothing happened.';

function Statement({ made }: { made: Completeness }) {
  const said = statementOf(made);
  // Of nobody everything was seen: a figure would say the opposite of what is meant.
  if (made.connections.length === 0) return <p className={classes.statement}>{spanWords(made.from, made.to)}: {nothing.charAt(0).toLowerCase()}{nothing.slice(1)}</p>;
  return (
    <p className={classes.statement}>
      {spanWords(made.from, made.to)}: this machine could see <strong>{said.seen}</strong> of the time of {said.agents}.{' '}
      {said.periods === null ? 'No period is known that it could not see.' : <>It could not see <strong>{said.periods}</strong>, {said.agentHours}, all listed below. <strong>Nothing can be said about {made.notSeenPeriods === 1 ? 'that period' : 'those periods'}</strong>: not that nothing happened.</>}
      {said.refused !== null && ` ${said.refused}`}
    </p>
  );
}

function Coverage({ made }: { made: Completeness }) {
  return (
    <div className={classes.coverage} tabIndex={0} role="group" aria-label="Coverage by connection">
      <table>
        <thead>
          <tr>
            <th scope="col">Connection</th><th scope="col" className={classes.end}>Records</th>
            <th scope="col" className={classes.axis}><span className="gh-visually-hidden">Seen over time</span><span aria-hidden="true" className={classes.ticks}>{ticksOf(made.from, made.to).map((tick) => <span key={tick.label} style={{ left: share(tick.left) }}>{tick.label}</span>)}</span></th>
            <th scope="col" className={classes.end}>Seen %</th>
          </tr>
        </thead>
        <tbody>
          {made.connections.map((row) => (
            <tr key={row.connectionId}>
              <th scope="row"><a className={classes.plainLink} href={placeHash({ screen: 'connections', id: row.connectionId })}><InertName text={row.connectionName} most={60} /></a></th>
              <td className={classes.end}>{formatCount(row.records)}</td>
              <td className={classes.axis}><Bar row={row} from={made.from} to={made.to} /></td>
              <td className={`${classes.end} ${isLow(row.seenPercent) ? classes.low : ''}`}>{formatPercent(row.seenPercent / 100).replace(/\s*%$/, '')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Unseen { connectionId: string; connectionName: string; from: string; to: string; reason: string; text: string }

/** Every period with its reason, and what else is not in the report and why: nothing is left to be guessed. */
function UnseenDialog({ made, onClose }: { made: Completeness; onClose: () => void }) {
  const rows = made.connections.flatMap((row) => row.notSeen.map((one): Unseen => ({ connectionId: row.connectionId, connectionName: row.connectionName, ...one }))).toSorted((a, b) => a.from.localeCompare(b.from));
  const unlisted = made.connections.reduce((sum, row) => sum + row.moreNotSeen, 0);
  const left = made.contents.flatMap((content) => content.unexamined.map((one) => ({ key: `${content.content} ${one.disposition} ${one.text}`, content: content.content, eligible: content.eligible, ...one })));
  return (
    <Dialog title="What was not seen" subject={`${spanWords(made.from, made.to)}, times in UTC`} onClose={onClose} width={820} height={620} foot={<><span className={classes.says}>{plural(made.notSeenPeriods, 'period')} in all. The same stands in every report.</span><Button onClick={onClose} data-autofocus>Close</Button></>}>
      <div className={classes.unseen}>
        {rows.length === 0 ? <p>No period is known in which nothing could be seen.</p> : (
          <PlainTable
            label="Periods that were not seen" rows={rows} rowId={(row) => `${row.connectionId} ${row.from} ${row.to}`}
            columns={[
              { id: 'connection', head: 'Connection', cell: (row) => <InertName text={row.connectionName} most={60} /> },
              { id: 'from', head: 'From', cell: (row) => formatUtc(new Date(row.from)).slice(0, 19) },
              { id: 'to', head: 'To', cell: (row) => formatUtc(new Date(row.to)).slice(0, 19) },
              { id: 'why', head: 'Why', wide: true, cell: (row) => <InertName text={row.text} most={300} /> },
            ]}
          />
        )}
        {unlisted > 0 && <p className={classes.says}>{plural(unlisted, 'more period')} stand in the report&rsquo;s own statement.</p>}
        {left.length > 0 && <section className={classes.part}><h3>Not in the report, and why</h3><PlainTable label="Not in the report" rows={left} rowId={(row) => row.key} columns={[{ id: 'content', head: 'Content', cell: (row) => contentWords[row.content] }, { id: 'count', head: 'Records', end: true, cell: (row) => (row.count === null ? 'nobody can know' : formatCount(row.count)) }, { id: 'why', head: 'Why', wide: true, cell: (row) => <InertName text={row.text} most={300} /> }]} /></section>}
        {made.retention.length > 0 && <section className={classes.part}><h3>Retention</h3><ul className={classes.lines}>{made.retention.map((one) => <li key={`${one.connectionName ?? ''} ${one.text}`}>{one.connectionName !== null && <><InertName text={one.connectionName} most={60} />: </>}<InertName text={one.text} most={300} /></li>)}</ul></section>}
        <section className={classes.part}><h3>As it is printed</h3><ul className={classes.lines}>{made.sentences.map((sentence) => <li key={sentence}><InertName text={sentence} most={600} /></li>)}</ul></section>
      </div>
    </Dialog>
  );
}

function Foot({ made, open }: { made: Completeness; open: () => void }) {
  const longest = longestUnseen(made);
  return (
    <>
      {longest !== null && <span>Longest: {inertString(longest.connectionName, 40)}, {spanWords(longest.from, longest.to)}, {inertString(longest.text.replace(/\.$/, ''), 120)}</span>}
      <button type="button" className={classes.footLink} onClick={open}>{made.notSeenPeriods === 0 ? 'All that is said about completeness' : `${plural(made.notSeenPeriods, 'gap')} with reasons`} <Kbd keys="t" /></button>
    </>
  );
}

interface CompletenessPanelProps { preview: PreviewQuery; /** why nothing is asked; null: it is. */ complaint: string | null; open: boolean; onOpen: (open: boolean) => void }

export function CompletenessPanel({ preview, complaint, open, onOpen }: CompletenessPanelProps) {
  const made = preview.data?.completeness;
  return (
    <Panel flush title="Completeness statement" className={classes.completeness} aside={<><StateShape state="not_seen" className={classes.quietShape} /> not seen</>} foot={made === undefined ? undefined : <Foot made={made} open={() => onOpen(true)} />}>
      {made === undefined
        ? complaint !== null ? <Empty title="What this report could not see will stand here" why={complaint} /> : preview.error === null ? <Loading what="Reading what was seen" rows={5} height={28} /> : <ErrorBlock error={preview.error} what="What was seen could not be read." retry={() => { void preview.refetch(); }} />
        : (
          <>
            <Statement made={made} />
            {made.connections.length > 0 && <Coverage made={made} />}
          </>
        )}
      {open && made !== undefined && <UnseenDialog made={made} onClose={() => onOpen(false)} />}
    </Panel>
  );
}
