/** Approves what an agent holds now as its baseline. Everything that is approved stands in the dialog. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Baseline } from '../../../shared/access.ts';
import { grantQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { UndoMark } from './cell-shape.tsx';
import { classWords, undoWords } from './access-words.ts';
import { BaselineLists, differences } from './baseline-lists.tsx';
import { grantKinds } from './grant-words.ts';
import { Part } from './pane-parts.tsx';
import { useApprove } from './use-access-commands.ts';
import classes from './access.module.css';

const most = 300;

function Held({ agentId }: { agentId: string }) {
  const query = useQuery(grantQueries.list({ agentId, limit: most }));
  return (
    <FromQuery query={query} what="Reading what it holds" failed="What it holds could not be read." rows={5} height={26}>
      {({ rows, total }) => (
        <Part title={`What is approved, ${plural(total, 'grant')}`}>
          {rows.length === 0 && <p className={classes.muted}>It holds no grant that is known: every later one will reach further.</p>}
          <ul className={classes.list}>
            {rows.map((grant) => <li key={grant.id}><span><UndoMark mark={undoWords[grant.reversibility].mark} /> <InertName text={grant.name} most={80} /> <span className={classes.muted}>{grantKinds[grant.kind]}, {grant.effect === 'deny' ? 'denies' : grant.classes.map((one) => classWords[one.class]).join(', ')}</span></span><span>{grant.use.state === 'cannot_tell' ? 'use not seen' : grant.use.times === 0 ? 'never used' : `used ${formatCount(grant.use.times)}`}</span></li>)}
          </ul>
          {total > rows.length && <p className={classes.muted}>and {formatCount(total - rows.length)} more, which are approved with them.</p>}
        </Part>
      )}
    </FromQuery>
  );
}

export function ApproveDialog({ agentId, name, baseline, onClose }: { agentId: string; name: string; baseline: Baseline | null; onClose: () => void }) {
  const [note, setNote] = useState('');
  const approve = useApprove();
  const act = (): void => { if (!approve.isPending) approve.mutate({ agentId, note: note.trim() }, { onSuccess: onClose }); };
  return (
    <Dialog
      title="Approve as baseline" subject={inertString(name, 60)} width={640} onClose={onClose} onConfirm={act} unsaved={note.trim() !== ''}
      foot={(leave) => <><Button onClick={leave}>Cancel</Button><Button variant="filled" disabled={approve.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{approve.isPending ? 'Approving…' : 'Approve'}</Button></>}
    >
      <p>What it holds now becomes what it may hold. Later changes are told against it, and everything that reaches further becomes a finding. Nothing changes at the runtime.</p>
      {baseline !== null && differences(baseline) > 0 && <Part title={`Against the baseline before, ${plural(differences(baseline), 'difference')}`}><BaselineLists baseline={baseline} /></Part>}
      <Held agentId={agentId} />
      <label className={classes.label}>Note, kept with the baseline and in the audit log
        <textarea className={classes.area} data-autofocus value={note} maxLength={4_000} onChange={(event) => setNote(event.currentTarget.value)} placeholder="Why this is right" />
      </label>
      {approve.error !== null && <ErrorBlock error={approve.error} what="The baseline was not approved." kept="The one before stands; what you wrote is still here." />}
    </Dialog>
  );
}
