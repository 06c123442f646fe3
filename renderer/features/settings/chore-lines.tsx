/** Work of the engine that takes long: how far it is, and a way to end it. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Chore } from '../../../shared/retention.ts';
import { call } from '../../api/client.ts';
import { retentionQueries } from '../../api/queries.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { formatBytes, formatCount, formatPercent, plural } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { readRetentionAgain } from './retention-again.ts';
import classes from './settings.module.css';

const kinds: Record<Chore['kind'], string> = { retention: 'Letting go what is past its period', free: 'Freeing room', erasure: 'Erasing a person' };
const badges: Record<Chore['state'], { state: 'healthy' | 'attention' | 'broken' | 'running'; word: string }> = {
  waiting: { state: 'running', word: 'Waiting' }, running: { state: 'running', word: 'Running' }, done: { state: 'healthy', word: 'Done' }, failed: { state: 'broken', word: 'Failed' }, cancelled: { state: 'attention', word: 'Ended early' }, interrupted: { state: 'attention', word: 'Interrupted' },
};

function saysOf({ state, step, done, of, activities, freedBytes, error }: Chore): string {
  if (state === 'running' || state === 'waiting') return `${step}${of === null ? done > 0 ? `, ${formatCount(done)} so far` : '' : `, ${formatPercent(of === 0 ? 1 : done / of)}`}.`;
  const what = [activities > 0 ? `${plural(activities, 'activity', 'activities')} removed` : null, freedBytes > 0 ? `${formatBytes(freedBytes)} freed` : null].filter((one) => one !== null);
  return `${error ?? (state === 'done' ? '' : `${step}. `)}${what.join(', ')}`;
}

function Line({ chore }: { chore: Chore }) {
  const cancel = useMutation({ mutationFn: async () => call('retention.cancel', { id: chore.id }), onSuccess: readRetentionAgain });
  const open = chore.state === 'running' || chore.state === 'waiting';
  const { state, word } = badges[chore.state];
  return (
    <li>
      <div className={classes.words}>
        <div>{kinds[chore.kind]} <StateBadge state={state} word={word} /></div>
        <p className={classes.says}><Time iso={chore.startedAt} />, {chore.by}. {saysOf(chore)}</p>
        {chore.state === 'running' && <progress className={classes.progress} aria-label={chore.step} {...(chore.of === null ? {} : { max: Math.max(1, chore.of), value: chore.done })} />}
        {cancel.error !== null && <ErrorBlock error={cancel.error} what="It was not ended." kept="It goes on." />}
      </div>
      {open && <Button disabled={cancel.isPending} onClick={() => cancel.mutate()}>End it</Button>}
    </li>
  );
}

/** What runs, else only the newest. */
export function ChoreLines() {
  const { data } = useQuery(retentionQueries.chores());
  const rows = data?.rows ?? [];
  const open = rows.filter((one) => one.state === 'running' || one.state === 'waiting');
  const shown = open.length > 0 ? open : rows.slice(0, 1);
  if (shown.length === 0) return null;
  return <ul className={classes.operators} aria-label="Jobs" aria-live="polite">{shown.map((chore) => <Line key={chore.id} chore={chore} />)}</ul>;
}
