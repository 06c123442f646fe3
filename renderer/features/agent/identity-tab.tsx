import type { AgentDetail } from '../../../shared/domain.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { IdentityCardPanels } from './identity-card.tsx';
import { SourcesPanel } from './sources-panel.tsx';
import classes from './agent.module.css';

/** What the telemetry says about who it is; nothing here is concluded from a name. */
export function IdentityTab({ agent }: { agent: AgentDetail }) {
  return (
    <div className={classes.pair}>
      <div className={classes.column}>
      <IdentityCardPanels agentId={agent.id} />
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
