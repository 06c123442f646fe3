/** Names the person who answers for an agent, or says that nobody does any more. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { IdentityCard } from '../../../shared/access.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import classes from './agent.module.css';

export type OwnerRole = 'owner' | 'sponsor';

const says: Record<OwnerRole, string> = {
  owner: 'Who answers for what it does, and is asked when it must be stopped or changed.',
  sponsor: 'Who wants it and pays for it.',
};

export function OwnerDialog({ agentId, agentName, role, now, onClose }: { agentId: string; agentName: string; role: OwnerRole; now: IdentityCard['owner']; onClose: () => void }) {
  const [name, setName] = useState(now?.name ?? '');
  const [gone, setGone] = useState(now?.gone ?? false);
  const save = useMutation({
    mutationFn: async (next: string | null) => call('agents.setOwner', { id: agentId, role, name: next, gone: next !== null && gone }),
    onSuccess: async () => { onClose(); await queryClient.invalidateQueries({ predicate: (query) => query.meta?.topics.includes('access') ?? false }); },
  });
  const changed = name.trim() !== (now?.name ?? '') || gone !== (now?.gone ?? false);
  const act = (): void => { if (changed && name.trim() !== '' && !save.isPending) save.mutate(name.trim()); };
  return (
    <Dialog
      title={role === 'owner' ? 'Owner' : 'Sponsor'} subject={`of ${inertString(agentName, 60)}`} onClose={onClose} onConfirm={act} unsaved={changed}
      foot={(leave) => (
        <>
          <Button onClick={leave}>Cancel</Button>
          {now !== null && now.source === 'person' && <Button disabled={save.isPending} onClick={() => save.mutate(null)}>Name nobody</Button>}
          <Button variant="filled" disabled={!changed || name.trim() === '' || save.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Save</Button>
        </>
      )}
    >
      <p>{says[role]}</p>
      <TextInput label="Name" description="A person or a team, as your directory calls them." value={name} maxLength={200} data-autofocus onChange={(event) => setName(event.currentTarget.value)} />
      <Checkbox label="They have left, or do not answer for it any more" checked={gone} onChange={(event) => setGone(event.currentTarget.checked)} />
      <p className={classes.second}>Kept on this machine with who said so; the audit log keeps every change.</p>
      {save.error !== null && <ErrorBlock error={save.error} what="It was not saved." kept="What was named before still stands." />}
    </Dialog>
  );
}
