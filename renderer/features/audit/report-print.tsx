/**
 * A report as it is printed: who made it of what and when, what could not be seen on its first sheet, then each content with its chart, its
 * sentences and its first rows. All times in UTC. It stands in a window of its own that nobody sees; its title says that it is drawn.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { reportTitle } from '../../../shared/page-channels.ts';
import type { ReportDocument, ReportPreview, ReportSpec } from '../../../shared/reports.ts';
import { useEngineState } from '../../api/client.ts';
import { reportQueries } from '../../api/queries.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatCount, formatPercent, formatUtc, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { barWords, blindOf, isLow, ticksOf } from './coverage-model.ts';
import { printedCell, unbroken } from './printed-cells.ts';
import { PrintedChart } from './printed-chart.tsx';
import { contentWords, formatWords, peopleWords, scopeSentence, spanWords, statementOf, textWords } from './report-words.ts';
import { groupedFingerprint } from './seal-words.ts';
import classes from './report-print.module.css';

/** Whatever was written is printed whole. */
const Whole = ({ text }: { text: string }) => <InertName text={text} most={Infinity} />;
const minute = (iso: string): string => `${formatUtc(new Date(iso)).slice(0, 16)} UTC`;

function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return <dl className={classes.facts}>{rows.flatMap(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}</dl>;
}

function About({ made }: { made: ReportDocument }) {
  const { spec, seal } = made;
  return (
    <Facts rows={[
      ['Period', `${spanWords(spec.from, spec.to)}, ${minute(spec.from)} to before ${minute(spec.to)}`],
      ['Scope', <Whole key="scope" text={scopeSentence(spec.scope)} />],
      ['Contents', spec.contents.map((one) => contentWords[one]).join('; ')],
      ['Agent text', textWords[spec.text].says], ['People', peopleWords[spec.people].says],
      ['Formats', `${spec.formats.map((one) => formatWords[one].word).join(', ')}${spec.pack ? '; auditor pack' : ''}`],
      ['Made', <>{minute(made.madeAt)} by <Whole text={made.by} />, Gatehouse {made.version}</>],
      ['Seal', seal === null ? 'none yet: what stands here is not sealed' : <>hour from {minute(seal.hour)}, over {plural(seal.size, 'entry', 'entries')} of the audit log</>],
      ['Key', seal === null ? 'none yet' : <code key="key">{groupedFingerprint(seal.fingerprint)}</code>],
    ]} />
  );
}

function Warnings({ warnings }: Pick<ReportPreview, 'warnings'>) {
  if (warnings.length === 0) return null;
  return <ul className={classes.warnings} aria-label="Warnings">{warnings.map((one) => <li key={one}><StateShape state="attention" /><Whole text={one} /></li>)}</ul>;
}

const share = (of: number): string => `${String(Math.round(of * 10_000) / 100)}%`;

function Coverage({ made }: { made: ReportDocument['completeness'] }) {
  return (
    <table className={classes.coverage}>
      <thead><tr><th scope="col">Connection</th><th scope="col" className={classes.end}>Records</th><th scope="col" className={classes.axis}><span className={classes.ticks}>{ticksOf(made.from, made.to).map((tick) => <span key={tick.label} style={{ left: share(tick.left) }}>{tick.label}</span>)}</span></th><th scope="col" className={classes.end}>Seen %</th></tr></thead>
      <tbody>
        {made.connections.map((row) => (
          <tr key={row.connectionId}>
            <th scope="row"><Whole text={row.connectionName} /></th><td className={classes.end}>{formatCount(row.records)}</td>
            <td className={classes.axis}><span className={classes.track} role="img" aria-label={barWords(row)}><span className={classes.seen} />{blindOf(row, made.from, made.to).map((blind) => <span key={`${String(blind.left)} ${String(blind.width)}`} className={classes.blind} style={{ left: share(blind.left), width: share(blind.width) }}><Hatch name={blind.name} width="100%" height={9} fine /></span>)}</span></td>
            <td className={`${classes.end} ${isLow(row.seenPercent) ? classes.low : ''}`}>{formatPercent(row.seenPercent / 100).replace(/\s*%$/, '')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Statement({ made, warnings }: { made: ReportDocument['completeness']; warnings: readonly string[] }) {
  const said = statementOf(made);
  return (
    <section className={classes.section}>
      <h2>Completeness statement</h2>
      <Warnings warnings={[...warnings]} />
      {made.connections.length === 0 ? <p>Nothing was connected in this period: nothing can be said about any agent, not that nothing happened.</p> : <p>This machine could see <strong>{said.seen}</strong> of the time of {said.agents}. {said.periods === null ? 'No period is known that it could not see.' : <>It could not see <strong>{said.periods}</strong>, {said.agentHours}. <strong>Nothing can be said about {made.notSeenPeriods === 1 ? 'that period' : 'those periods'}</strong>: not that nothing happened.</>}{said.refused !== null && ` ${said.refused}`}</p>}
      {made.connections.length > 0 && <Coverage made={made} />}
      <p className={classes.legend}><Hatch name="hatched" height={9} fine /> not seen</p>
    </section>
  );
}

/** Behind the first sheet: the same in whole sentences, and every period with its reason. */
function Unseen({ made }: { made: ReportDocument['completeness'] }) {
  const rows = made.connections.flatMap((row) => row.notSeen.map((one) => ({ ...one, connectionName: row.connectionName }))).toSorted((a, b) => a.from.localeCompare(b.from));
  const more = made.connections.reduce((sum, row) => sum + row.moreNotSeen, 0);
  return (
    <section className={classes.section}>
      <h2>What could not be seen, and what is not in this report</h2>
      <ul className={classes.list}>{made.sentences.map((one) => <li key={one}><Whole text={one} /></li>)}</ul>
      {rows.length > 0 && (
        <table>
          <thead><tr><th scope="col">Connection</th><th scope="col" className={classes.when}>From, UTC</th><th scope="col" className={classes.when}>To, UTC</th><th scope="col">Why</th></tr></thead>
          <tbody>{rows.map((row) => <tr key={`${row.connectionName} ${row.from} ${row.to}`}><th scope="row"><Whole text={row.connectionName} /></th><td>{formatUtc(new Date(row.from)).slice(0, 19)}</td><td>{formatUtc(new Date(row.to)).slice(0, 19)}</td><td><Whole text={row.text} /></td></tr>)}</tbody>
        </table>
      )}
      {more > 0 && <p className={classes.note}>{plural(more, 'more period')} stand in the data files.</p>}
    </section>
  );
}

function Rows({ section }: { section: ReportDocument['sections'][number] }) {
  if (section.rows.length === 0) return null;
  const whole = unbroken(section);
  const look = (at: number): string => `${section.columns[at]?.align === 'end' ? classes.end : ''} ${whole.has(at) ? classes.whole : ''}`;
  return (
    <>
      <table>
        <thead><tr>{section.columns.map((column, at) => <th key={column.name} scope="col" className={look(at)}>{column.name}</th>)}</tr></thead>
        <tbody>{section.rows.map((row, at) => <tr key={at}>{row.map((cell, index) => <td key={section.columns[index]?.name ?? index} className={look(index)}><Whole text={printedCell(cell)} /></td>)}</tr>)}</tbody>
      </table>
      {section.more > 0 && <p className={classes.note}>{formatCount(section.rows.length)} of {formatCount(section.rows.length + section.more)} rows are printed; {plural(section.more, 'row is', 'rows are')} only in the data files.</p>}
    </>
  );
}

function Section({ section }: { section: ReportDocument['sections'][number] }) {
  return (
    <section className={classes.section}>
      <h2><Whole text={section.title} /> <span className={classes.counted}>{formatCount(section.count)}</span></h2>
      {section.sentences.map((one) => <p key={one}><Whole text={one} /></p>)}
      {section.chart !== null && section.chart.points.length > 0 && <PrintedChart chart={section.chart} title={section.title} />}
      <Rows section={section} />
    </section>
  );
}

export function ReportSheet({ made, warnings }: { made: ReportDocument; warnings: readonly string[] }) {
  return (
    <main className={classes.sheet}>
      <header className={classes.head}>
        <p className={classes.brand}><span>Gatehouse, report</span><span>made {minute(made.madeAt)}</span></p>
        <h1><Whole text={made.spec.name} /></h1>
        <p className={classes.period}>{spanWords(made.spec.from, made.spec.to)}</p>
      </header>
      <About made={made} />
      <Statement made={made.completeness} warnings={warnings} />
      {made.sections.filter((section) => section.content !== 'gaps' || section.count > 0).map((section) => <Section key={`${section.content} ${section.title}`} section={section} />)}
      <Unseen made={made.completeness} />
      <section className={classes.section}>
        <h2>About this document</h2>
        <p>Made from the same rows as the data files that were written with it. Every sheet names the seal and the key that its audit log must agree with: compare the fingerprint with one that you were given on another way. {made.spec.pack ? 'The auditor pack that it belongs to verifies without Gatehouse; how stands in its README.' : 'A sheet of paper proves nothing by itself: an auditor pack does.'}</p>
      </section>
    </main>
  );
}

/** Long enough for styles, charts and the last text to be laid out; frames do not come in a window that is never shown. */
const settleMs = 250;

export default function ReportPrint({ asked }: { asked: string }) {
  const spec = JSON.parse(asked) as ReportSpec;
  const ready = useEngineState().state === 'ready';
  const made = useQuery({ ...reportQueries.document(spec), enabled: ready }).data;
  const preview = useQuery({ ...reportQueries.preview(spec), enabled: ready }).data;
  const drawn = made !== undefined && preview !== undefined;
  useEffect(() => {
    if (!drawn) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    void document.fonts.ready.then(() => { timer = setTimeout(() => { document.title = reportTitle; }, settleMs); });
    return () => clearTimeout(timer);
  }, [drawn]);
  return drawn ? <ReportSheet made={made} warnings={preview.warnings} /> : null;
}
