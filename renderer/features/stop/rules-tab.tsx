/** Auto-stop rules, and what they did or would have done. */
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RuleFiring, StopRule } from '../../../shared/stop.ts';
import { stopQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { placeHash } from '../../app/navigation.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { Empty, ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { PlainTable, type PlainColumn } from '../../ui/data-table-plain.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import type { State } from '../../ui/state-shapes.tsx';
import { Age, Time, localOffset } from '../../ui/time.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import { triggerWords } from './stop-words.ts';
import { useRemoveRule } from './use-stop-commands.ts';
import classes from './stop.module.css';

const modeLooks: Record<StopRule['mode'], { state: State; word: string }> = { off: { state: 'idle', word: 'Off' }, would: { state: 'waiting', word: 'Would have fired' }, fire: { state: 'running', word: 'Fires' } };

function RuleRow({ rule, onEdit, onRemove }: { rule: StopRule; onEdit: () => void; onRemove: () => void }) {
  return (
    <li className={classes.ruleRow}>
      <StateBadge {...modeLooks[rule.mode]} />
      <span className={classes.two}>
        <span><strong className={classes.strong}>{inertString(rule.name, 80)}</strong> <span className={classes.second}>{triggerWords(rule.trigger)}</span></span>
        <span className={`${classes.second} ${classes.small}`}>Watches {rule.watches.kind === 'everything' ? 'every agent' : <InertName text={rule.watchesName} most={60} />}; {rule.level}s the {rule.stops}. Fired {formatCount(rule.fired)}, would have {formatCount(rule.would)}{rule.lastAt !== null && <>, last <Age iso={rule.lastAt} /> ago</>}. By <InertName text={rule.changedBy} most={40} />.</span>
      </span>
      <span className={classes.cellButtons}>
        <Changes>
          <Button onClick={onEdit}>Change…<span className="gh-visually-hidden"> {inertString(rule.name, 60)}</span></Button>
          <Button onClick={onRemove}>Remove…<span className="gh-visually-hidden"> {inertString(rule.name, 60)}</span></Button>
        </Changes>
      </span>
    </li>
  );
}

function RemoveDialog({ rule, onClose }: { rule: StopRule; onClose: () => void }) {
  const remove = useRemoveRule();
  const act = (): void => { if (!remove.isPending) remove.mutate({ id: rule.id }, { onSuccess: onClose }); };
  return (
    <Dialog title="Remove auto-stop rule" subject={inertString(rule.name, 80)} onClose={onClose} onConfirm={act}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" data-autofocus disabled={remove.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Remove rule</Button></>}>
      <p>It watches nothing any more. What it did stays in the audit log; orders that it fired go on.</p>
      {remove.error !== null && <ErrorBlock error={remove.error} what="The rule was not removed." kept="It stands as before." />}
    </Dialog>
  );
}

/** What it did or would have done, as the rule is now; a rule that is gone no longer says. */
function didWords(firing: RuleFiring, rules: readonly StopRule[]): string {
  const rule = rules.find((one) => one.id === firing.ruleId);
  if (firing.fired) return rule === undefined ? 'Fired' : `Fired: ${rule.level} the ${rule.stops}`;
  return rule === undefined ? 'Would have fired' : `Would ${rule.level} the ${rule.stops}`;
}

const firingColumns = (rules: readonly StopRule[]): PlainColumn<RuleFiring>[] => [
  { id: 'at', head: `Time, ${localOffset()}`, cell: (firing) => <Time iso={firing.at} millis mono /> },
  { id: 'did', head: 'Did', cell: (firing) => <StateBadge state={firing.fired ? 'running' : 'waiting'} word={didWords(firing, rules)} /> },
  { id: 'rule', head: 'Rule', cell: (firing) => <InertName text={firing.ruleName} most={60} /> },
  { id: 'agent', head: 'Agent', cell: (firing) => <a className={classes.link} href={placeHash({ screen: 'agent', id: firing.agentId })}><InertName text={firing.agentName} most={60} /></a> },
  { id: 'text', head: 'Because', wide: true, cell: (firing) => <InertName text={firing.text} most={400} /> },
  { id: 'order', head: 'Order', cell: (firing) => (firing.orderId === null ? <span className={classes.zero}>none</span> : <a className={classes.link} href={placeHash({ screen: 'stop', id: firing.orderId })}>Open</a>) },
];

function Firings() {
  const { data: rules } = useQuery(stopQueries.rules());
  const query = useInfiniteQuery(stopQueries.firings());
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <Panel flush title={`What rules did, ${formatCount(rows.length)}${query.hasNextPage ? ' newest' : ''}`} aside="newest first">
      {query.error !== null && <ErrorBlock error={query.error} what="What rules did could not be read." retry={() => { void query.refetch(); }} />}
      {rows.length === 0 ? <p className={classes.nothing}>No rule fired, and none would have.</p> : <PlainTable label="What rules did" rows={rows} rowId={(firing) => firing.id} columns={firingColumns(rules?.rows ?? [])} />}
      {query.hasNextPage && <button type="button" className={classes.linkButton} onClick={() => { void query.fetchNextPage(); }}>Older</button>}
    </Panel>
  );
}

export function RulesTab() {
  const query = useQuery(stopQueries.rules());
  const [editing, setEditing] = useState<StopRule | 'new' | null>(null);
  const [removing, setRemoving] = useState<StopRule | null>(null);
  useKeys('Auto-stop rules', [{ keys: 'n', does: 'add a rule', changes: true, run: () => setEditing('new') }]);
  return (
    <div className={classes.columnPanes}>
      <FromQuery query={query} what="Reading auto-stop rules" failed="The rules could not be read." height={46}>
        {({ rows }) => (
          <Panel flush title={`Auto-stop rules, ${formatCount(rows.length)}`} aside={<><span>evaluated as activity comes in</span><Changes><Button onClick={() => setEditing('new')} rightSection={<Kbd keys="n" />}>Add rule…</Button></Changes></>}>
            {rows.length === 0
              ? <Empty title="Rules that stop by themselves will stand here" why="There is none. A rule watches spending, failures, denied acts or a tool; it starts by only writing down that it would have fired." action={<Changes><Button onClick={() => setEditing('new')}>Add a rule…</Button></Changes>} />
              : <ul className={classes.rules}>{rows.map((rule) => <RuleRow key={rule.id} rule={rule} onEdit={() => setEditing(rule)} onRemove={() => setRemoving(rule)} />)}</ul>}
          </Panel>
        )}
      </FromQuery>
      <Firings />
      <div className={classes.under}><KeyHints hints={[{ keys: ['n'], does: 'add a rule', changes: true }]} /></div>
      {editing !== null && <RuleDialog rule={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {removing !== null && <RemoveDialog rule={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}
