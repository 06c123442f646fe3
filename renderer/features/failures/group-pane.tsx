import { useState, type ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { failureQueries } from '../../api/queries.ts';
import { CallFailed } from '../../api/client.ts';
import { useKeys } from '../../app/keys.ts';
import { spanMs, askedPeriod, usePeriod } from '../../app/period.ts';
import type { FailureDetail } from '../../../shared/failures.ts';
import { AgentText, InertName } from '../../ui/agent-text-view.tsx';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Id } from '../../ui/id.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Money } from '../../ui/money.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { FailureChart } from './failure-chart.tsx';
import { sameWords, saidOf, speakerOf, tasksWords } from './failure-words.ts';
import { GroupActions, StateLine } from './group-actions.tsx';
import { Before, History, Notes, Occurrences, Versions } from './group-parts.tsx';
import { Since } from './since.tsx';
import { useSetState } from './use-failure-commands.ts';
import classes from './failures.module.css';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div className={classes.fact}><dt>{name}</dt><dd>{children}</dd></div>;
}

function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return <section className={classes.part}><h4 className={classes.partTitle}>{title}{aside !== undefined && <span>{aside}</span>}</h4>{children}</section>;
}

function Facts({ group }: { group: FailureDetail }) {
  return (
    <dl className={classes.facts}>
      <Fact name="Alike by">{group.alike.map((one) => <span key={one.name} className={classes.alike}><span className={classes.muted}>{one.name}</span> <span className={classes.mono}><InertName text={one.value} most={160} /></span></span>)}</Fact>
      <Fact name="Agents"><Versions group={group} /></Fact>
      <Fact name="Tasks hit">{tasksWords(group.tasks)}</Fact>
      <Fact name="Cost of it"><Money cost={group.cost} withCurrency atLeast /> <span className={classes.muted}>calls that failed, and tasks lost with it</span></Fact>
    </dl>
  );
}

function Body({ group, readAt }: { group: FailureDetail; readAt: number }) {
  const period = usePeriod();
  const saying = useSetState();
  const [asTable, setAsTable] = useState(false);
  useKeys('Failure: chart', [{ keys: 't', does: 'chart as table', run: () => setAsTable((now) => !now) }]);
  const toMs = period.end === null ? readAt : Date.parse(period.end);
  const said = saidOf(group);
  return (
    <>
      <div className={classes.pane}>
        <div className={classes.badgeLine}>
          <StateBadge header state={group.count === 0 ? 'idle' : 'failed'} word={group.count === 0 ? 'None in this period' : plural(group.count, 'time')} />
          <span>since <Since iso={group.since} />, last <Age iso={group.lastSeen} /> ago</span>
          <Id id={group.id} />
        </div>
        <h3 className={classes.title}><InertName text={group.name} most={80} />{said !== null && <>: <span className={classes.titleSaid}><InertName text={said} most={140} /></span></>}</h3>
        <StateLine group={group} saying={saying} />
        <Facts group={group} />
        <div className={classes.chartBlock}>
          <button type="button" className={classes.tableButton} aria-pressed={asTable} onClick={() => setAsTable((now) => !now)}>{asTable ? 'as chart' : 'as table'} <Kbd keys="t" /></button>
          <FailureChart bins={group.spark} span={{ fromMs: toMs - spanMs[period.span], toMs }} untilNow={period.end === null} versions={group.perVersion} asTable={asTable} />
        </div>
        {group.error.message !== null && (
          <div className={classes.said}>
            <AgentText title="What it said" from={speakerOf(group.kind)} text={group.error.message} />
            {group.count > 0 && <p className={classes.saidFoot}>{sameWords(group)}</p>}
          </div>
        )}
        <Part title="Before it" aside="in the newest, oldest first"><Before group={group} /></Part>
        <Part title="Where it happened" aside={group.occurrences.length < group.count ? `the newest ${formatCount(group.occurrences.length)} of ${formatCount(group.count)}` : 'newest first'}>{group.occurrences.length === 0 ? <p className={classes.muted}>Nowhere in this period; a longer one may have it.</p> : <Occurrences group={group} />}</Part>
        <Part title="Notes" aside={group.notesList.length === 0 ? 'none yet' : formatCount(group.notesList.length)}><Notes key={group.id} group={group} /></Part>
        <Part title="History"><History group={group} /></Part>
      </div>
      <div className={classes.actionsFoot}>
        {saying.error !== null && <ErrorBlock error={saying.error} what="Its state was not changed." kept="It stands as before." />}
        <GroupActions group={group} saying={saying} />
      </div>
    </>
  );
}

export function GroupPane({ id, onOpen }: { id: string; onOpen: (group: Pick<FailureDetail, 'agentIds' | 'exampleTaskId' | 'exampleActivityId'>) => void }) {
  const period = usePeriod();
  const query = useQuery(failureQueries.get(askedPeriod(period), id));
  // The figures of the group before are not this one's: a deed on them would hit the wrong group.
  const group = query.data?.id === id ? query.data : undefined;
  const gone = query.error instanceof CallFailed && query.error.code === 'not_found';
  return (
    <Panel fill flush className={classes.groupPanel} title="Group" aside={<>{group !== undefined && <button type="button" className={classes.linkButton} onClick={() => onOpen(group)}>Open newest <Kbd keys="enter" /></button>}<Kbd keys="j k" /></>}>
      {group !== undefined
        ? <Body key={id} group={group} readAt={query.dataUpdatedAt} />
        : gone
          ? <Empty title="No group has this identifier now" why="What it grouped left the history, or the address names none." />
          : query.error === null ? <Loading what="Reading the group" rows={8} /> : <ErrorBlock error={query.error} what="The group could not be read." retry={() => { void query.refetch(); }} />}
    </Panel>
  );
}
