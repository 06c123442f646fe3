/** The least that an agent's work needs, in the form of its runtime, replayed over what it did. The console proposes; it applies nothing. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Proposal } from '../../../shared/access.ts';
import { accessQueries, agentQueries, grantQueries } from '../../api/queries.ts';
import { useAskedPeriod } from '../../app/period.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatAge, formatCount, plural } from '../../ui/format.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { dayChoices } from './access-view.ts';
import { grantKinds } from './grant-words.ts';
import { Acts, Part } from './pane-parts.tsx';
import { usualForm } from './proposal-form.ts';
import { useSaveText } from './use-access-commands.ts';
import classes from './access.module.css';

type Form = Proposal['form'];
const forms: readonly { value: Form; label: string }[] = [{ value: 'allow_list', label: 'Tool allow-list' }, { value: 'iam', label: 'IAM policy' }, { value: 'cedar', label: 'Cedar' }];
const days = dayChoices.map((value) => ({ value: String(value), label: `${value} d` }));

const fewExamples = 6;

function Examples({ rows }: { rows: Proposal['replay']['examples'] }) {
  const [all, setAll] = useState(false);
  return (
    <>
      <p className={`${classes.muted} ${classes.small}`}>The newest of them</p>
      <Acts label="Newest actions that would have been blocked" rows={all ? rows : rows.slice(0, fewExamples)} />
      {!all && rows.length > fewExamples && <button type="button" className={classes.linkButton} onClick={() => setAll(true)}>{formatCount(rows.length - fewExamples)} more</button>}
    </>
  );
}

function Replay({ proposal }: { proposal: Proposal }) {
  const { replay } = proposal;
  return (
    <Part title="Replayed over what it did" aside={replay.from === null ? undefined : <>since <Time iso={replay.from} short /></>}>
      <p className={classes.figureLine}><span className={classes.figure}>{formatCount(replay.blocked)}</span><span>of {plural(replay.actions, 'past action')} would have been blocked</span></p>
      {replay.notSeenMs > 0 && <p className={classes.note}><StateShape state="not_seen" />In that time it was not seen for {formatAge(replay.notSeenMs)}: nothing can be said about what it did then.</p>}
      {replay.actions === 0 && <p className={classes.muted}>No action that this form speaks of was seen in these days, so the replay shows nothing.</p>}
      {replay.blockedNames.length > 0 && <ul className={classes.list}>{replay.blockedNames.map((one) => <li key={one.name}><span><InertName text={one.name} most={100} /></span><span>{plural(one.times, 'time')}, last <Age iso={one.lastAt} /> ago</span></li>)}</ul>}
      {replay.examples.length > 0 && <Examples rows={replay.examples} />}
    </Part>
  );
}

function Lists({ proposal }: { proposal: Proposal }) {
  return (
    <>
      <Part title={`Takes away, ${formatCount(proposal.drops.length)}`}>
        {proposal.drops.length === 0 ? <p className={classes.muted}>Nothing that this form speaks of: what it holds was used or cannot be told.</p> : <ul className={classes.list}>{proposal.drops.map((one) => <li key={one.grantId}><span><InertName text={one.name} most={100} /> <span className={classes.muted}>{grantKinds[one.kind]}</span></span><span>{one.lastUsedAt === null ? 'never used' : <>last <Age iso={one.lastUsedAt} /> ago</>}</span></li>)}</ul>}
      </Part>
      {proposal.cannotTell.length > 0 && (
        <Part title={`Kept because its use cannot be seen, ${formatCount(proposal.cannotTell.length)}`}>
          <ul className={classes.list}>{proposal.cannotTell.map((one) => <li key={one.grantId}><span><InertName text={one.name} most={100} /></span><span>{grantKinds[one.kind]}</span></li>)}</ul>
        </Part>
      )}
      <Part title={`Keeps, ${formatCount(proposal.keeps.length)}`}>
        {proposal.keeps.length === 0 ? <p className={classes.muted}>Nothing that this form speaks of was used in these days.</p> : <ul className={classes.list}>{proposal.keeps.map((one) => <li key={one.name}><span><InertName text={one.name} most={100} /></span><span>{plural(one.times, 'time')}, last <Age iso={one.lastAt} /> ago</span></li>)}</ul>}
      </Part>
    </>
  );
}

function Text({ proposal }: { proposal: Proposal }) {
  const save = useSaveText();
  return (
    <>
      <div className={classes.buttons}>
        <CopyButton value={proposal.text} label="Copy the proposal" text="Copy" />
        <Button disabled={save.isPending} onClick={() => save.mutate({ name: proposal.fileName, text: proposal.text })}>{save.isPending ? 'Saving…' : 'Save…'}</Button>
        {typeof save.data === 'string' && <span className={classes.muted}>Saved as <code>{inertString(save.data, 80)}</code></span>}
      </div>
      {save.error !== null && <ErrorBlock error={save.error} what="The proposal was not saved." kept="It still stands here." />}
      <pre className={classes.code} tabIndex={0} aria-label="Proposal" dir="ltr"><InertBlock text={proposal.text} /></pre>
    </>
  );
}

/** Ours in form, but names in it are the runtime's: shown like them. */
function InertBlock({ text }: { text: string }) {
  return text.split('\n').map((line, index) => <span key={index}>{index > 0 && '\n'}{inertString(line, 2_000)}</span>);
}

export function ProposalDialog({ agentId, onClose }: { agentId: string; onClose: () => void }) {
  const [picked, setForm] = useState<Form | null>(null);
  const [span, setSpan] = useState('90');
  const agent = useQuery(agentQueries.get(useAskedPeriod(), agentId));
  const grants = useQuery(grantQueries.list({ agentId, limit: 1_000 }));
  const form = picked ?? usualForm(grants.data?.rows.map((grant) => grant.kind) ?? []);
  const query = useQuery({ ...accessQueries.proposal({ agentId, form, days: Number(span) }), enabled: picked !== null || !grants.isPending });
  return (
    <Dialog
      title="Least that its work needs" subject={agent.data === undefined ? undefined : inertString(agent.data.name, 80)} width={1040} height={680} flush onClose={onClose}
      foot={<><Button onClick={onClose}>Close</Button><span className={classes.hint}>The console applies nothing: put it in place where the grant is given.</span></>}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          <div className={classes.buttons}>
            <Segmented label="Form" name="proposal-form" value={form} options={forms} onChange={setForm} />
            <Segmented label="From the use of" name="proposal-days" value={span} options={days} onChange={setSpan} />
          </div>
          <FromQuery query={query} what="Reading what it used" failed="No proposal could be made." rows={8}>
            {(proposal) => (
              <>
                {proposal.warnings.map((warning) => <p key={warning} className={classes.caution}><StateShape state="attention" /><InertName text={warning} most={400} /></p>)}
                <Text key={`${form} ${span}`} proposal={proposal} />
              </>
            )}
          </FromQuery>
        </div>
        <div className={classes.column} role="group" aria-label="What it would change" tabIndex={0}>
          {query.data !== undefined && <><Replay proposal={query.data} /><Lists proposal={query.data} /></>}
        </div>
      </div>
    </Dialog>
  );
}
