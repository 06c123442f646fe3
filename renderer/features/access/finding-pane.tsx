import { Button } from '@mantine/core';
import type { Finding } from '../../../shared/access.ts';
import { placeHash, setParams } from '../../app/navigation.ts';
import { Changes } from '../../ui/changes.tsx';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { ruleWords, severityLooks } from './access-words.ts';
import { NamedGrant } from './grant-part.tsx';
import { AgentLink, Fact, Part } from './pane-parts.tsx';
import type { useRestore } from './use-access-commands.ts';
import classes from './access.module.css';

function Dismissed({ finding }: { finding: Finding }) {
  if (finding.dismissed === null) return null;
  const { by, at, reason, until } = finding.dismissed;
  return (
    <div className={classes.ground}>
      <span className={classes.strong}>Dismissed by <InertName text={by} most={60} />, <Time iso={at} /></span>
      <span className={classes.prose}>“<InertName text={reason} most={2_000} />”</span>
      <span className={classes.muted}>{until === null ? 'It comes back when it is gone and found anew.' : <>It comes back <Time iso={until} />.</>}</span>
    </div>
  );
}

const least: ReadonlySet<Finding['rule']> = new Set(['wildcard', 'unused_power', 'not_understood', 'used_without_grant', 'widened']);

export function FindingPane({ finding, restore, onDismiss }: { finding: Finding; restore: ReturnType<typeof useRestore>; onDismiss: () => void }) {
  const look = severityLooks[finding.severity];
  const { agentId } = finding;
  return (
    <Panel fill flush title="Finding" aside={<CopyButton value={`${finding.tag} ${ruleWords[finding.rule]}: ${finding.text} ${finding.advice}`} label="Copy the finding" />}>
      <div className={classes.pane}>
        <div className={classes.badgeLine}><StateBadge header state={look.state} word={look.word} /><span>since <Age iso={finding.firstSeen} /></span></div>
        <div className={classes.titles}>
          <h3 className={classes.title}>{ruleWords[finding.rule]}</h3>
          <p className={classes.subtitle}>{agentId === null ? 'everybody with this credential' : <AgentLink id={agentId} name={finding.agentName ?? agentId} tab="access" />}</p>
        </div>
        <p className={classes.prose}><InertName text={finding.text} most={1_000} /></p>
        <dl className={classes.facts}>
          <Fact name="What to do"><InertName text={finding.advice} most={1_000} /></Fact>
          <Fact name="OWASP"><span className={classes.tag}>{finding.tag}</span> {finding.tagName}</Fact>
          <Fact name="First seen"><Time iso={finding.firstSeen} /></Fact>
        </dl>
        {finding.grantId !== null && <Part title="The grant"><NamedGrant key={finding.grantId} id={finding.grantId} /></Part>}
        <Dismissed finding={finding} />
        {restore.error !== null && <ErrorBlock error={restore.error} what="The finding was not restored." kept="It stays dismissed." />}
        <div className={classes.buttons}>
          {finding.dismissed === null
            ? <Changes><Button onClick={onDismiss} rightSection={<Kbd keys="z" />}>Dismiss…</Button></Changes>
            : <Changes><Button disabled={restore.isPending} onClick={() => restore.mutate({ id: finding.id })} rightSection={<Kbd keys="z" />}>Restore</Button></Changes>}
          {agentId !== null && least.has(finding.rule) && <Button onClick={() => setParams({ propose: agentId })}>Least that its work needs…</Button>}
          {agentId !== null && <a className={classes.link} href={placeHash({ screen: 'access', params: { agent: agentId, row: agentId } })}>its row in the matrix</a>}
        </div>
      </div>
    </Panel>
  );
}
