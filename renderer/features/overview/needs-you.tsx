import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { NeedsYou } from '../../../shared/contract.ts';
import { useKeys, type KeyBinding } from '../../app/keys.ts';
import { go, type Target } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatPercent, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import type { State } from '../../ui/state-shapes.tsx';
import { Age } from '../../ui/time.tsx';
import classes from './overview.module.css';

const looks = {
  failure: { state: 'failed', word: 'Failure' },
  gap: { state: 'not_seen', word: 'Not seen' },
  connection: { state: 'refused', word: 'Connection' },
  open_too_long: { state: 'waiting', word: 'Open long' },
  interrupted: { state: 'interrupted', word: 'Interrupted' },
  borrowed: { state: 'borrowed', word: 'Borrowed' },
  alarm: { state: 'attention', word: 'Alarm' },
  denied: { state: 'denied', word: 'Denied' },
  approval: { state: 'waiting', word: 'Approval' },
  stuck: { state: 'attention', word: 'Stuck' },
  stop: { state: 'still_acting', word: 'Stop order' },
  access: { state: 'attention', word: 'Access' },
  alert: { state: 'serious', word: 'Alert' },
} satisfies Record<NeedsYou['kind'], { state: State; word: string }>;

/** To where it is explained: a failure to its group, among the others of its agent where the line stands for several. */
export function targetOf(item: NeedsYou & { more?: number }): Target {
  const { screen, id } = item.target;
  if (item.kind === 'failure') return { screen: 'failures', id: item.id, params: { show: 'open', ...(item.agentId !== null && (item.more ?? 0) > 0 ? { agent: item.agentId } : {}) } };
  if (screen === 'agent' && item.kind === 'borrowed') return { screen, id, params: { tab: 'identity' } };
  if (screen === 'live' && item.agentId !== null) return { screen, params: { agent: item.agentId } };
  if (screen === 'access') return { screen, params: { tab: 'findings', ...(id === null ? {} : { agent: id }) } };
  return { screen, id };
}

export interface NeedsLine extends NeedsYou { /** groups of the same agent that this line stands for as well. */ more: number }

/** One line an agent for its failures, the worst group first: ten lines of one agent would hide everybody else. */
export function grouped(items: readonly NeedsYou[]): NeedsLine[] {
  const lines: NeedsLine[] = [];
  const first = new Map<string, NeedsLine>();
  for (const item of items) {
    const key = item.kind === 'failure' && item.agentId !== null ? item.agentId : null;
    const known = key === null ? undefined : first.get(key);
    if (known !== undefined) {
      known.more += 1;
      continue;
    }
    const line: NeedsLine = { ...item, more: 0 };
    if (key !== null) first.set(key, line);
    lines.push(line);
  }
  return lines;
}

const wordsOf = (item: NeedsLine): string => (item.more === 0 ? item.text : `${item.text}; ${plural(item.more, 'more group')}`);

const most = 7;
const keyed = 9;

/** Worst first, as the engine ranks them. 1 to 9 open that item. */
export function NeedsYouPanel({ needs, seenShare }: { needs: readonly NeedsYou[]; seenShare: number | null }) {
  const [all, setAll] = useState(false);
  const readOnly = useReadOnly();
  const items = useMemo(() => grouped(needs), [needs]);
  const shown = all ? items : items.slice(0, items.length === most + 1 ? most + 1 : most);
  const bindings: KeyBinding[] = shown.slice(0, keyed).map((item, index) => ({ keys: String(index + 1), does: index === 0 ? 'open that item (1 to 9)' : '', run: () => go(targetOf(item)) }));
  useKeys('Overview: needs you', bindings);
  return (
    <Panel flush title="Needs you" aside={items.length === 0 ? undefined : <span>{items.length === 1 ? '1 item' : `${items.length} items`}, worst first</span>}>
      {items.length === 0
        ? <p className={classes.nothing}>{seenShare === null ? 'Nothing was seen yet, so nothing can be said.' : `Nothing that needs you where we could see: ${formatPercent(seenShare)} of connection time.`}</p>
        : (
          <ol className={classes.needs}>
            {shown.map((item, index) => (
              <li key={item.id} className={classes.need}>
                <StateBadge {...looks[item.kind]} />
                <strong className={classes.needName}>{item.agentName === null ? <span className={classes.second}>this console</span> : <InertName text={item.agentName} most={40} />}</strong>
                <span className={classes.needText} data-tip={inertString(wordsOf(item), 400)}>{item.more > 0 && <span className={classes.moreGroups}>{plural(item.more + 1, 'group')}. </span>}<InertName text={item.text} most={160} /></span>
                <span className={classes.needAge}><Age iso={item.since} /></span>
                <Button className={classes.needButton} onClick={() => go(targetOf(item))} rightSection={index < keyed ? <Kbd keys={String(index + 1)} /> : undefined}>{item.kind === 'approval' && !readOnly ? 'Decide' : 'Open'}<span className="gh-visually-hidden">{`: ${looks[item.kind].word}, ${inertString(item.agentName ?? '', 60)} ${inertString(wordsOf(item), 200)}`}</span></Button>
              </li>
            ))}
          </ol>
        )}
      {items.length > shown.length && <button type="button" className={classes.more} onClick={() => setAll(true)}>{items.length - shown.length} more</button>}
    </Panel>
  );
}
