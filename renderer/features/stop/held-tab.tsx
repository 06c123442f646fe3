/** What the console holds back, and what it changed that still stands: each can be put back. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StandingChange, StopHold } from '../../../shared/stop.ts';
import { stopQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { Empty, FromQuery } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { PlainTable, type PlainColumn } from '../../ui/data-table-plain.tsx';
import { formatCount } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { ReleaseDialog, type ReleaseItem } from './release-dialog.tsx';
import classes from './stop.module.css';

interface Asked { orderId: string; leverId: string; subject: string; item: ReleaseItem }

const orderLink = (orderId: string, number: number) => <a className={classes.link} href={placeHash({ screen: 'stop', id: orderId })}>order {number}</a>;
const subjectOf = (number: number, name: string): string => `stop order ${number}, ${inertString(name, 60)}`;

const holdItem = (hold: StopHold): Asked => ({ orderId: hold.orderId, leverId: hold.leverId, subject: subjectOf(hold.orderNumber, hold.scopeName), item: { leverId: hold.leverId, title: 'Hold: cancel what comes', connectionName: hold.connectionName, undo: 'exact', undoText: `The console stops cancelling new work of ${hold.scopeName}; what it cancelled so far (${formatCount(hold.cancelled)}) stays cancelled.`, failedBefore: false } });
const changeItem = (change: StandingChange): Asked => ({ orderId: change.orderId, leverId: change.leverId, subject: subjectOf(change.orderNumber, change.scopeName), item: { leverId: change.leverId, title: change.title, connectionName: change.connectionName, undo: change.undo, undoText: change.undoText, failedBefore: change.problem !== null } });

function Holds({ holds, onRelease }: { holds: readonly StopHold[]; onRelease: (asked: Asked) => void }) {
  const columns: PlainColumn<StopHold>[] = [
    { id: 'scope', head: 'Held', wide: true, cell: (hold) => <><strong className={classes.strong}><InertName text={hold.scopeName} most={80} /></strong> <span className={classes.second}><InertName text={hold.connectionName} most={60} /></span></> },
    { id: 'state', head: 'State', cell: (hold) => (hold.problem === null ? <StateBadge state="suspended" word="Held" /> : <StateBadge state="attention" word="Does not hold now" tip={inertString(hold.problem, 300)} />) },
    { id: 'cancelled', head: 'Cancelled', end: true, cell: (hold) => <span data-tip={hold.lastCancelledAt === null ? 'nothing came yet' : undefined}>{formatCount(hold.cancelled)}{hold.lastCancelledAt !== null && <span className={classes.second}>, newest <Age iso={hold.lastCancelledAt} /> ago</span>}</span> },
    { id: 'look', head: 'Last look', end: true, cell: (hold) => (hold.lastLookAt === null ? 'none yet' : <><Age iso={hold.lastLookAt} /> ago</>) },
    { id: 'since', head: 'Since', cell: (hold) => <Time iso={hold.since} /> },
    { id: 'order', head: 'By', cell: (hold) => orderLink(hold.orderId, hold.orderNumber) },
    { id: 'act', head: <span className="gh-visually-hidden">Act</span>, end: true, cell: (hold) => <Changes><Button className={classes.rowButton ?? ''} onClick={() => onRelease(holdItem(hold))}>Release…<span className="gh-visually-hidden"> the hold of {inertString(hold.scopeName, 60)}</span></Button></Changes> },
  ];
  const broken = holds.filter((hold) => hold.problem !== null);
  return (
    <Panel flush title={`Held, ${formatCount(holds.length)}`} aside="the console cancels every new run of the scope" foot={<span>A hold works only while the engine runs. When this machine closes it ends, and it resumes at the next start.</span>}>
      {holds.length === 0
        ? <Empty title="Held agents will stand here" why="Nothing is held. A stop at the level suspend holds an agent whose runtime has no suspend of its own." />
        : <PlainTable label="Holds" rows={holds} rowId={(hold) => hold.id} columns={columns} />}
      {broken.map((hold) => <p key={hold.id} className={classes.warning} style={{ margin: 8 }}><StateShape state="attention" /><span><InertName text={hold.scopeName} most={60} />: <InertName text={hold.problem ?? ''} most={300} /></span></p>)}
    </Panel>
  );
}

function StandingChanges({ changes, onRelease }: { changes: readonly StandingChange[]; onRelease: (asked: Asked) => void }) {
  const columns: PlainColumn<StandingChange>[] = [
    { id: 'title', head: 'Changed', wide: true, cell: (change) => <><strong className={classes.strong}><InertName text={change.title} most={100} /></strong> <span className={classes.second}><InertName text={change.scopeName} most={60} />, <InertName text={change.connectionName} most={60} /></span></> },
    { id: 'undo', head: 'What is put back', wide: true, cell: (change) => <><InertName text={change.undoText} most={300} />{change.undo === 'lossy' && <span className={classes.wait}> (not whole)</span>}{change.problem !== null && <><br /><span className={classes.wait}><StateShape state="attention" /> <InertName text={change.problem} most={300} /></span></>}</> },
    { id: 'since', head: 'Since', cell: (change) => <Time iso={change.since} /> },
    { id: 'order', head: 'By', cell: (change) => orderLink(change.orderId, change.orderNumber) },
    { id: 'act', head: <span className="gh-visually-hidden">Act</span>, end: true, cell: (change) => <Changes><Button className={classes.rowButton ?? ''} onClick={() => onRelease(changeItem(change))}>Put back…<span className="gh-visually-hidden"> {inertString(change.title, 60)}</span></Button></Changes> },
  ];
  return (
    <Panel flush title={`Changes that stand, ${formatCount(changes.length)}`} aside="made by stop orders, not yet put back">
      {changes.length === 0
        ? <Empty title="What stop orders changed will stand here" why="Nothing that the console changed stands now." />
        : <PlainTable label="Changes that stand" rows={changes} rowId={(change) => `${change.orderId} ${change.leverId}`} columns={columns} />}
    </Panel>
  );
}

export function HeldTab() {
  const query = useQuery(stopQueries.standing());
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <>
      <FromQuery query={query} what="Reading what is held" failed="What is held could not be read.">
        {({ holds, changes }) => (
          <div className={classes.columnPanes}>
            <Holds holds={holds} onRelease={setAsked} />
            <StandingChanges changes={changes} onRelease={setAsked} />
          </div>
        )}
      </FromQuery>
      {asked !== null && <ReleaseDialog orderId={asked.orderId} leverId={asked.leverId} subject={asked.subject} items={[asked.item]} onClose={() => setAsked(null)} />}
    </>
  );
}
