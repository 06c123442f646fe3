import { Button } from '@mantine/core';
import type { Connection } from '../../../shared/domain.ts';
import { Changes } from '../../ui/changes.tsx';
import { formatBytes, formatCount, plural } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { healthLooks, recordWords, setAsideOf } from './connection-health.ts';
import { contentWords } from '../../ui/content-choice.tsx';
import { Fact, Refused, type Change } from './detail-parts.tsx';
import { RuntimeDetail } from './runtime-detail.tsx';
import { FirstDataBanner, FirstDataList, useFirstData } from './first-data.tsx';
import classes from './connections.module.css';

function SetAside({ connection }: { connection: Connection }) {
  const total = setAsideOf(connection);
  if (total === 0) return null;
  return (
    <section aria-label="Set aside">
      <h3 className={classes.part}>Set aside <span>{formatCount(total)}</span></h3>
      <p className={classes.muted}>Records that carry nothing an activity is made of: counted, not kept.</p>
      <ul className={classes.counts}>
        {connection.setAside.map((one) => <li key={one.reason}><span className={classes.reason}>{one.reason}</span><span className={classes.number}>{formatCount(one.count)}</span></li>)}
      </ul>
    </section>
  );
}

function Waiting({ connection }: { connection: Connection }) {
  const { connection: now, steps, nothing, arrived } = useFirstData(connection);
  return (
    <>
      <FirstDataBanner connection={now} arrived={arrived} />
      <FirstDataList steps={steps} />
      <p className={classes.muted}>{nothing}</p>
    </>
  );
}

interface ConnectionDetailProps { connection: Connection; onChange: (change: Change) => void; onClose: () => void }

function OtlpDetail({ connection, onChange }: Omit<ConnectionDetailProps, 'onClose'>) {
  const { received } = connection;
  return (
    <div className={classes.detail}>
      {connection.health === 'waiting' ? <Waiting connection={connection} /> : <p className={classes.sentence}>{connection.healthText}</p>}
      <dl className={classes.facts}>
        <Fact name="Address">{connection.endpoint === null ? <span className={classes.muted}>no receiver listens</span> : <Id id={connection.endpoint} whole />}</Fact>
        <Fact name="Token">{connection.tokenEnds === null ? 'none' : `ends …${connection.tokenEnds}, stored as a hash only`}</Fact>
        <Fact name="Content"><strong>{contentWords[connection.content].word}</strong>. {contentWords[connection.content].says}</Fact>
        <Fact name="Made"><Time iso={connection.createdAt} />{connection.demo ? ', by the demo fleet' : ''}</Fact>
        <Fact name="First data">{connection.firstDataAt === null ? 'none yet' : <Time iso={connection.firstDataAt} />}</Fact>
        <Fact name="Newest">{connection.lastDataAt === null ? 'none yet' : <><Age iso={connection.lastDataAt} /> ago</>}</Fact>
        <Fact name="Received">{plural(received.bodies, 'body', 'bodies')}, {formatBytes(received.bytes)}{recordWords(received)}</Fact>
        <Fact name="Became">{plural(connection.activities, 'activity', 'activities')} of {plural(connection.agents, 'agent')}</Fact>
        <Fact name="Identifier"><Id id={connection.id} whole /></Fact>
      </dl>
      <Refused connection={connection} />
      <SetAside connection={connection} />
      <div className={classes.acts}>
        <Changes>
          <Button onClick={() => onChange('rename')}>Rename…</Button>
          <Button onClick={() => onChange('content')}>Content…</Button>
          <Button onClick={() => onChange('rotate')}>New token…</Button>
          <Button onClick={() => onChange('enable')}>{connection.enabled ? 'Switch off…' : 'Switch on…'}</Button>
          <Button onClick={() => onChange('remove')}>Remove…</Button>
        </Changes>
      </div>
    </div>
  );
}

export function ConnectionDetail({ connection, onChange, onClose }: ConnectionDetailProps) {
  const look = healthLooks[connection.health];
  return (
    <Panel fill title={connection.name} aside={<><StateBadge header state={look.state} word={look.word} /><button type="button" className={classes.close} onClick={onClose}><span className="gh-visually-hidden">Close the detail</span><Kbd keys="escape" /></button></>}>
      {connection.runtime === null ? <OtlpDetail connection={connection} onChange={onChange} /> : <RuntimeDetail key={connection.id} connection={connection} runtime={connection.runtime} onChange={onChange} />}
    </Panel>
  );
}
