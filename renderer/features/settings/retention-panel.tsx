/** How long activity is kept, what must not go, and whose data went: nothing goes before it was counted. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Params } from '../../../shared/contract.ts';
import type { RetentionPolicy } from '../../../shared/retention.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { retentionQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatDay, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ChoreLines } from './chore-lines.tsx';
import { Erasures } from './erasure-parts.tsx';
import { Holds } from './hold-parts.tsx';
import { daysOf, isShorter, periodOptions, readPeriod, readRetention, retentionOptions, retentionValue } from './retention-choice.ts';
import { readRetentionAgain } from './retention-again.ts';
import { Setting } from './setting.tsx';
import type { SectionProps } from './use-settings.ts';
import classes from './settings.module.css';

const activities = (count: number): string => plural(count, 'activity', 'activities');

/** What would go, counted by the engine before anything goes. */
function WouldGo({ what }: { what: Params<'retention.preview'> }) {
  const { data, error } = useQuery(retentionQueries.preview(what));
  if (error !== null) return <span>The engine could not count what would go: {error.message}</span>;
  if (data === undefined) return <span>Counting…</span>;
  const held = data.held === 0 ? '' : ` ${activities(data.held)} past the period ${data.held === 1 ? 'is' : 'are'} kept by a legal hold.`;
  if (data.activities === 0) return <span>{data.held === 0 ? 'Nothing is older than that now.' : 'Nothing would be deleted now.'}{held}</span>;
  return <span>{activities(data.activities)} would be deleted{data.oldest === null ? '' : `, the oldest from ${formatDay(new Date(data.oldest))}`}. They cannot be brought back.{held}</span>;
}

interface ShortenProps { readonly subject: string; readonly what: Params<'retention.preview'>; readonly keep: string; readonly save: () => Promise<unknown>; readonly onClose: () => void }

function ShortenDialog({ subject, what, keep, save, onClose }: ShortenProps) {
  const run = useMutation({
    mutationFn: async () => {
      await save();
      return call('retention.run', { wait: false });
    },
    onSuccess: async () => { await queryClient.invalidateQueries(); onClose(); },
  });
  const act = (): void => { if (!run.isPending) run.mutate(); };
  return (
    <Dialog title="Keep less" subject={subject} onClose={onClose} onConfirm={act}
      foot={<><Button onClick={onClose} data-autofocus>Cancel</Button><Button variant="filled" disabled={run.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{keep}</Button></>}>
      <p><WouldGo what={what} /></p>
      <p className={classes.says}>What is past its period is deleted from this machine, now and from then on. Sums (activities, cost and failures by day) and the audit log stay; nothing else can be said about that time afterwards.</p>
      {run.error !== null && <ErrorBlock error={run.error} what="The history was not shortened." kept="What was not deleted is still there." retry={act} />}
    </Dialog>
  );
}

function policySays({ activities: count, oldestAt, due, held, goneBefore }: RetentionPolicy): string {
  const parts = [count === 0 ? 'No activity' : `${activities(count)}${oldestAt === null ? '' : ` since ${formatDay(new Date(oldestAt))}`}`];
  if (due > 0) parts.push(`${activities(due)} past the period, gone with the next run`);
  if (held > 0) parts.push(`${activities(held)} past the period, kept by a hold`);
  if (goneBefore !== null) parts.push(`let go before ${formatDay(new Date(goneBefore))}`);
  return `${parts.join('; ')}.`;
}

function Policy({ policy, generalDays }: { policy: RetentionPolicy; generalDays: number | null }) {
  const [shorter, setShorter] = useState<Params<'retention.setPolicy'> | null>(null);
  const save = useMutation({ mutationFn: async (asked: Params<'retention.setPolicy'>) => call('retention.setPolicy', asked), onSuccess: readRetentionAgain });
  const name = inertString(policy.connectionName, 60);
  const choose = (value: string): void => {
    const asked = { connectionId: policy.connectionId, period: readPeriod(value) };
    if (isShorter(policy.days, daysOf(asked.period, generalDays))) setShorter(asked);
    else save.mutate(asked);
  };
  return (
    <li className={classes.policy}>
      <div className={classes.words}><div>{name}{policy.removed && <span className={classes.says}> removed, its history was kept</span>}</div><p className={classes.says}>{policySays(policy)}</p></div>
      <select className={classes.select} aria-label={`Keep activity of ${name} for`} value={String(policy.period)} onChange={(event) => choose(event.currentTarget.value)}>
        {periodOptions(policy.period, generalDays).map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
      </select>
      {save.error !== null && <ErrorBlock error={save.error} what="The period was not changed." kept="The old one stands." />}
      {shorter !== null && <ShortenDialog subject={name} what={{ change: shorter }} keep="Keep less" save={async () => save.mutateAsync(shorter)} onClose={() => setShorter(null)} />}
    </li>
  );
}

function Policies() {
  const query = useQuery(retentionQueries.policies());
  return (
    <FromQuery query={query} what="Reading periods" failed="The periods could not be read." rows={1}>
      {({ rows, generalDays }) => (rows.length === 0 ? <p className={classes.says}>Nothing is connected yet.</p> : <ul className={classes.policies} aria-label="Periods by connection">{rows.map((policy) => <Policy key={policy.connectionId} policy={policy} generalDays={generalDays} />)}</ul>)}
    </FromQuery>
  );
}

export function RetentionPanel({ settings, change }: SectionProps) {
  const id = useId();
  const [shorter, setShorter] = useState<number | null>(null);
  const choose = (value: string): void => {
    const next = readRetention(value);
    if (isShorter(settings.retentionDays, next)) setShorter(next);
    else change.mutate({ retentionDays: next }, { onSuccess: () => { void readRetentionAgain(); } });
  };
  return (
    <Panel title="Retention and erasure">
      <Setting name="Keep activity for" says={settings.retentionDays === null ? 'Nothing is deleted by age, but where a connection says otherwise.' : <WouldGo what={{ days: settings.retentionDays }} />}>
        <label htmlFor={id} className="gh-visually-hidden">Keep activity for</label>
        <select id={id} className={classes.select} value={retentionValue(settings.retentionDays)} onChange={(event) => choose(event.currentTarget.value)}>
          {retentionOptions(settings.retentionDays).map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
        </select>
      </Setting>
      <Policies />
      <Holds />
      <Erasures />
      <ChoreLines />
      {shorter !== null && <ShortenDialog subject={`${plural(shorter, 'day')} of activity`} what={{ days: shorter }} keep={`Keep ${plural(shorter, 'day')}`} save={async () => change.mutateAsync({ retentionDays: shorter })} onClose={() => setShorter(null)} />}
    </Panel>
  );
}
