import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef } from 'react';
import type { Task } from '../../../shared/domain.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatCounter, formatDuration, formatUtc, plural } from '../../ui/format.ts';
import { Money } from '../../ui/money.tsx';
import { useClock } from '../../ui/now.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Running, localOffset } from '../../ui/time.tsx';
import { dayAndTime } from '../overview/chart-data.ts';
import { basisWords, outcomeLooks, shortTaskTitle, stuckLook, taskTitle } from './words.ts';
import classes from './agent.module.css';

interface TaskListProps {
  tasks: readonly Task[];
  chosen: string | null;
  onChoose: (id: string) => void;
  /** asked for when the end of what is here comes into sight. */
  onMore: (() => void) | null;
}

const rowHeight = 26;

function Lasted({ task }: { task: Task }) {
  if (task.outcome === 'running' || task.outcome === 'waiting') return <Running since={task.startedAt} />;
  const end = task.endedAt ?? task.lastActivityAt;
  return <span data-tip={task.endedAt === null ? 'To the last thing seen: its end was not.' : undefined}>{formatDuration(Math.max(0, Date.parse(end) - Date.parse(task.startedAt)))}</span>;
}

/** Short enough never to be cut, with UTC one focus away. */
function Began({ iso }: { iso: string }) {
  const date = new Date(iso);
  const words = useClock(useCallback((now: number) => dayAndTime(new Date(iso), new Date(now)), [iso]));
  return <time dateTime={iso} data-tip={formatUtc(date)}>{words}</time>;
}

const tokens = ({ usage }: Task): number => usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;

/** Newest first. Arrow keys walk in it, and what has the focus is chosen. */
export function TaskList({ tasks, chosen, onChoose, onMore }: TaskListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: tasks.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 6, scrollPaddingEnd: 24 });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => { if (onMore !== null && last >= tasks.length - 10) onMore(); }, [last, tasks.length, onMore]);
  const at = tasks.findIndex((task) => task.id === chosen);
  useEffect(() => { if (at >= 0) virtual.scrollToIndex(at); }, [at, virtual]);
  return (
    <div ref={scroller} className={classes.tasks}>
      <div role="grid" aria-label="Tasks, newest first" aria-rowcount={tasks.length + 1} className={classes.taskGrid}>
        <div role="row" className={classes.taskHead}>
          {['Task', 'Outcome'].map((head) => <div role="columnheader" key={head}>{head}</div>)}
          {[`Began, ${localOffset()}`, 'Lasted', 'Activities', 'Failures', 'Tokens', 'Cost'].map((head) => <div role="columnheader" key={head} className={classes.num}>{head}</div>)}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const task = tasks[item.index];
            if (task === undefined) return null;
            const isChosen = task.id === chosen;
            return (
              <div key={task.id} role="row" data-task={task.id} aria-rowindex={item.index + 2} aria-selected={isChosen} tabIndex={isChosen || (at < 0 && item.index === 0) ? 0 : -1} className={`${classes.task} ${isChosen ? classes.chosen : ''}`} style={{ transform: `translateY(${item.start}px)` }}
                aria-label={`Task ${item.index + 1}, ${inertString(taskTitle(task), 60)}, ${task.stuck === null ? outcomeLooks[task.outcome].word : `${outcomeLooks[task.outcome].word}, stuck`}, ${plural(task.failures, 'failure')}`} onClick={() => onChoose(task.id)}>
                <div role="gridcell" className={classes.taskName} data-tip={`${inertString(taskTitle(task), 200)}, ${task.keyKind} ${inertString(task.key, 100)}`}><InertName text={shortTaskTitle(task)} most={70} />{task.name.trim() !== '' && <code className={classes.second}><InertName text={task.key.slice(-6)} /></code>}</div>
                <div role="gridcell">{task.stuck === null ? <StateBadge {...outcomeLooks[task.outcome]} tip={basisWords[task.outcomeBasis]} /> : <StateBadge {...stuckLook} tip={inertString(task.stuck.text, 300)} />}</div>
                <div role="gridcell" className={classes.num}><Began iso={task.startedAt} /></div>
                <div role="gridcell" className={classes.num}><Lasted task={task} /></div>
                <div role="gridcell" className={classes.num}>{formatCounter(task.activities)}</div>
                <div role="gridcell" className={`${classes.num} ${task.failures === 0 ? classes.faint : classes.failed}`}>{formatCounter(task.failures)}</div>
                <div role="gridcell" className={classes.num}>{formatCounter(tokens(task))}</div>
                <div role="gridcell" className={classes.num}><Money cost={task.cost} /></div>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
