/** What is watched, for whom, and who is told. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { AlertRule, AlertTarget } from '../../../shared/alerts.ts';
import { alertQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, placeNow, setParams, usePlace } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { Empty, ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { ruleSentence, severityLooks, stepsWords, tellsWords, watchesWords } from './alert-words.ts';
import { RuleDialog } from './rule-dialog.tsx';
import { draftOf } from './rule-form.ts';
import { UndoNotice, type Done } from './undo-notice.tsx';
import { useRemoveRule, useSaveRule } from './use-alert-commands.ts';
import classes from './alerts.module.css';

interface RowActs { onSwitch: (rule: AlertRule) => void; onEdit: (rule: AlertRule) => void; onRemove: (rule: AlertRule) => void; busy: boolean }

function Tells({ rule, targets }: { rule: AlertRule; targets: readonly AlertTarget[] }) {
  const said = tellsWords(rule, targets);
  const steps = stepsWords(rule, targets);
  return <span className={classes.two}><span className={rule.targetIds.length === 0 ? classes.zero : classes.cut} data-tip={said}>{said}</span>{steps !== null && <span className={classes.where} data-tip={steps}>{steps}</span>}</span>;
}

function columnsOf(targets: readonly AlertTarget[], { onSwitch, onEdit, onRemove, busy }: RowActs): readonly DataColumn<AlertRule>[] {
  const name = (rule: AlertRule) => <span className="gh-visually-hidden"> {inertString(rule.name, 60)}</span>;
  return [
    { id: 'on', head: 'On', name: 'On', min: 74, grow: 0, sortBy: (rule) => (rule.enabled ? 0 : 1), cell: (rule) => <Changes><label className={classes.switch}><input type="checkbox" role="switch" aria-checked={rule.enabled} checked={rule.enabled} disabled={busy} onChange={() => onSwitch(rule)} /><span>{rule.enabled ? 'On' : 'Off'}{name(rule)}</span></label></Changes> },
    { id: 'rule', head: 'Rule, what it watches for', name: 'Rule', min: 260, grow: 4, fixed: true, sortBy: (rule) => rule.name, cell: (rule) => <span className={classes.two}><strong className={classes.titleOpen}><InertName text={rule.name} most={80} />{rule.builtIn && <span className={classes.builtIn}> built in</span>}</strong><span className={classes.where} data-tip={ruleSentence(rule)}>{ruleSentence(rule)}</span></span> },
    { id: 'severity', head: 'Severity', name: 'Severity', min: 92, grow: 0, sortBy: (rule) => severityLooks[rule.severity].rank, cell: (rule) => <StateBadge state={severityLooks[rule.severity].state} word={severityLooks[rule.severity].word} /> },
    { id: 'whose', head: 'Of', name: 'Whose', min: 116, grow: 1, sortBy: watchesWords, cell: (rule) => <span className={classes.cut} data-tip={watchesWords(rule)}>{watchesWords(rule)}</span> },
    { id: 'tells', head: 'Tells', name: 'Tells', min: 130, grow: 2, cell: (rule) => <Tells rule={rule} targets={targets} /> },
    { id: 'raised', head: 'Raised', name: 'Raised', min: 60, grow: 0, end: true, first: 'down', sortBy: (rule) => rule.raised, cell: (rule) => (rule.raised === 0 ? <span className={classes.zero}>0</span> : <button type="button" className={classes.cellLink} onClick={() => go({ screen: 'alerts', params: { rule: rule.id, show: 'all' } })}>{formatCount(rule.raised)}<span className="gh-visually-hidden"> alerts of {inertString(rule.name, 60)}</span></button>) },
    { id: 'last', head: 'Last', name: 'Last', min: 56, grow: 0, end: true, first: 'down', sortBy: (rule) => (rule.lastAt === null ? null : Date.parse(rule.lastAt)), cell: (rule) => (rule.lastAt === null ? <span className={classes.zero}>never</span> : <Age iso={rule.lastAt} />) },
    { id: 'acts', head: <span className="gh-visually-hidden">What can be done</span>, name: 'What can be done', min: 164, grow: 0, end: true, cell: (rule) => <span className={classes.cellButtons}><Changes><Button onClick={() => onEdit(rule)}>Change…{name(rule)}</Button></Changes><Changes><Button disabled={busy} onClick={() => onRemove(rule)}>Remove{name(rule)}</Button></Changes></span> },
  ];
}

function Rules({ rows, targets, onEdit }: { rows: readonly AlertRule[]; targets: readonly AlertTarget[]; onEdit: (rule: AlertRule) => void }) {
  const [sort, setSort] = useState<TableSort>({ id: 'rule', down: false });
  const [focused, setFocused] = useState<string | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  const save = useSaveRule();
  const remove = useRemoveRule();
  const busy = save.isPending || remove.isPending;
  const { mutate: saveRule } = save;
  const { mutate: removeRule } = remove;
  const columns = useMemo(() => columnsOf(targets, {
    busy, onEdit,
    onSwitch: (rule) => saveRule({ id: rule.id, draft: { ...draftOf(rule), enabled: !rule.enabled } }),
    onRemove: (rule) => removeRule({ id: rule.id }, { onSuccess: () => setDone({ text: `“${inertString(rule.name, 80)}” watches nothing any more. Its alerts stay.`, undo: () => saveRule({ draft: draftOf(rule) }, { onSuccess: () => setDone(null) }) }) }),
  }), [targets, busy, onEdit, saveRule, removeRule]);
  const model = useDataTable({ rows, rowId: (rule) => rule.id, columns, hidden: [], sort, scope: String(rows.length) });
  const open = (id: string | null): void => { const rule = rows.find((one) => one.id === id); if (rule !== undefined) onEdit(rule); };
  const move = (by: number) => (): void => setFocused(step(model.order, focused, by));
  useKeys('Alert rules: table', [
    { keys: 'j', does: 'next rule', run: move(1) }, { keys: 'k', does: 'rule before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: '.', does: 'sort new ones in', run: model.release },
    { keys: 'enter', does: 'change the rule', changes: true, run: () => open(focused) },
  ]);
  return (
    <>
      {done !== null && <UndoNotice done={done} busy={busy} error={save.error} onDismiss={() => setDone(null)} />}
      {done === null && save.error !== null && <ErrorBlock error={save.error} what="The rule was not changed." kept="It stands as before." />}
      {remove.error !== null && <ErrorBlock error={remove.error} what="The rule was not removed." kept="It stands as before." />}
      <div className={classes.table}>
        <DataTable label="Alert rules" model={model} sort={sort} onSort={setSort} selectable={false} focused={focused} onFocus={setFocused} onOpen={open} rowHeight={42} rowName={(rule) => `${inertString(rule.name, 80)}, ${rule.enabled ? 'on' : 'off'}, ${severityLooks[rule.severity].word}`}
          empty={<Empty title="Rules that tell when something needs you will stand here" why="There is none, so nothing is watched: an empty inbox then says nothing." />} />
      </div>
    </>
  );
}

export function RulesTab() {
  const { params } = usePlace();
  const query = useQuery(alertQueries.rules());
  const { data: targets } = useQuery(alertQueries.targets());
  const [editing, setEditing] = useState<AlertRule | 'new' | null>(params['add'] === undefined ? null : 'new');
  useKeys('Alert rules', [{ keys: 'n', does: 'add a rule', changes: true, run: () => setEditing('new') }]);
  const close = (): void => {
    setEditing(null);
    if (placeNow().params['add'] !== undefined) setParams({ add: null });
  };
  return (
    <FromQuery query={query} what="Reading alert rules" failed="The rules could not be read." height={42}>
      {({ rows }) => (
        <>
          <div className={classes.bar}><span className={classes.muted}>{plural(rows.filter((rule) => rule.enabled).length, 'rule')} of {formatCount(rows.length)} watch. A new rule tells nothing of what was before it, only what holds now.</span><span className={classes.barEnd}><Changes><Button onClick={() => setEditing('new')} rightSection={<Kbd keys="n" />}>Add rule…</Button></Changes></span></div>
          <Rules rows={rows} targets={targets?.rows ?? []} onEdit={setEditing} />
          <div className={classes.under}><KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'change', changes: true }, { keys: ['n'], does: 'add a rule', changes: true }]} /></div>
          {editing !== null && <RuleDialog rule={editing === 'new' ? null : editing} onClose={close} />}
        </>
      )}
    </FromQuery>
  );
}
