import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { settingsQueries } from '../../api/queries.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatDay, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { isShorter, readRetention, retentionOptions, retentionValue } from './retention-choice.ts';
import { Setting } from './setting.tsx';
import type { SectionProps } from './use-settings.ts';
import classes from './settings.module.css';

/** What would go, counted by the engine before anything goes. */
function Preview({ days }: { days: number }) {
  const { data, error } = useQuery(settingsQueries.retentionPreview(days));
  if (error !== null) return <span>The engine could not count what would go: {error.message}</span>;
  if (data === undefined) return <span>Counting…</span>;
  if (data.activities === 0) return <span>Nothing is older than that now.</span>;
  return <span>{plural(data.activities, 'activity', 'activities')} would be deleted{data.oldest === null ? '' : `, the oldest from ${formatDay(new Date(data.oldest))}`}. They cannot be brought back.</span>;
}

function ShortenDialog({ days, onClose, change }: { days: number; onClose: () => void; change: SectionProps['change'] }) {
  const run = useMutation({
    mutationFn: async () => {
      await change.mutateAsync({ retentionDays: days });
      return call('retention.run', {});
    },
    onSuccess: async () => { await queryClient.invalidateQueries(); onClose(); },
  });
  const act = (): void => { if (!run.isPending) run.mutate(); };
  return (
    <Dialog title="Keep less" subject={`${plural(days, 'day')} of activity`} onClose={onClose} onConfirm={act}
      foot={<><Button onClick={onClose} data-autofocus>Cancel</Button><Button variant="filled" disabled={run.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Keep {plural(days, 'day')}</Button></>}>
      <p><Preview days={days} /></p>
      <p className={classes.says}>What is older is deleted from this machine, now and from then on. Nothing can be said about that time afterwards.</p>
      {run.error !== null && <ErrorBlock error={run.error} what="The history was not shortened." kept="What was not deleted is still there." retry={act} />}
    </Dialog>
  );
}

export function RetentionPanel({ settings, change }: SectionProps) {
  const id = useId();
  const [shorter, setShorter] = useState<number | null>(null);
  const choose = (value: string): void => {
    const next = readRetention(value);
    if (isShorter(settings.retentionDays, next)) setShorter(next);
    else change.mutate({ retentionDays: next });
  };
  return (
    <Panel title="History">
      <Setting name="Keep activity for" says={settings.retentionDays === null ? 'Nothing is deleted by age.' : <Preview days={settings.retentionDays} />}>
        <label htmlFor={id} className="gh-visually-hidden">Keep activity for</label>
        <select id={id} className={classes.select} value={retentionValue(settings.retentionDays)} onChange={(event) => choose(event.currentTarget.value)}>
          {retentionOptions(settings.retentionDays).map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
        </select>
      </Setting>
      {shorter !== null && <ShortenDialog days={shorter} change={change} onClose={() => setShorter(null)} />}
    </Panel>
  );
}
