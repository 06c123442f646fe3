import type { AgentDetail } from '../../../shared/domain.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { plural } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { Facts } from './facts.tsx';
import { SourcesPanel } from './sources-panel.tsx';
import { identitySentences } from './words.ts';
import classes from './agent.module.css';

/** What the telemetry says about who it is; nothing here is concluded from a name. */
export function IdentityTab({ agent }: { agent: AgentDetail }) {
  const sentence = identitySentences[agent.identity];
  return (
    <div className={classes.pair}>
      <div className={classes.column}>
      <Panel title="Identity">
        <Facts facts={[
          ['Kind', <StateBadge key="kind" state={agent.identity} />],
          ['Means', sentence.says],
          ['Person', agent.identityOf === null ? <span key="person" className={classes.second}>{agent.identity === 'own' ? 'none' : 'unknown: no evidence names one'}</span> : <InertName key="person" text={agent.identityOf} />],
          ['Credential', <span key="credential" className={classes.second}>unknown: telemetry does not name it</span>],
          ['Agent', <span key="agent" className={classes.inline}><InertName text={agent.name} /> <Id id={agent.id} /></span>],
          ['Service', <InertName key="service" text={agent.service} />],
          ['Connection', <a key="connection" className={classes.link} href={placeHash({ screen: 'connections', id: agent.connectionId })}>{agent.connectionName}</a>],
          ['Sub-agents', agent.subAgents.length === 0 ? <span key="sub" className={classes.second}>none seen</span> : <span key="sub" className={classes.names}>{agent.subAgents.map((one) => <a key={one.id} className={classes.link} href={placeHash({ screen: 'agent', id: one.id })}><InertName text={one.name} most={40} /></a>)}</span>],
        ]} />
      </Panel>
      <SourcesPanel agent={agent} />
      </div>
      <div className={classes.column}>
        <Panel flush title="Evidence" aside={<span>{plural(agent.identityEvidence.length, 'attribute')}</span>} foot={<span>Attributes as received. Newest value of each.</span>}>
          {agent.identityEvidence.length === 0
            ? <p className={classes.nothing}>Nothing in its telemetry says who it acts for. Its identity stays unknown.</p>
            : (
              <div className={classes.scrollX}>
                <PlainTable
                  label="Evidence for its identity" rows={agent.identityEvidence} rowId={(one) => `${one.attribute} ${one.value}`}
                  columns={[
                    { id: 'attribute', head: 'Attribute', cell: (one) => <code><InertName text={one.attribute} most={80} /></code> },
                    { id: 'value', head: 'Value', wide: true, cell: (one) => <span className={classes.inline}><code><InertName text={one.value} most={160} /></code><CopyButton value={one.value} label="Copy value" /></span> },
                    { id: 'seen', head: 'Seen', end: true, cell: (one) => <Age iso={one.seenAt} /> },
                  ]}
                />
              </div>
            )}
        </Panel>
        <Panel flush title="Versions" aside={<span>{agent.versions.length === 0 ? 'none reported' : plural(agent.versions.length, 'version')}</span>}>
          {agent.versions.length === 0
            ? <p className={classes.nothing}>It does not report a version: a change of its code cannot be seen here.</p>
            : (
              <PlainTable
                label="Versions" rows={agent.versions} rowId={(one) => one.version}
                columns={[
                  { id: 'version', head: 'Version', cell: (one) => <InertName text={one.version} most={60} /> },
                  { id: 'first', head: 'First seen', end: true, cell: (one) => <Time iso={one.firstSeen} /> },
                  { id: 'last', head: 'Last seen', end: true, cell: (one) => <Time iso={one.lastSeen} /> },
                ]}
              />
            )}
        </Panel>
      </div>
    </div>
  );
}
