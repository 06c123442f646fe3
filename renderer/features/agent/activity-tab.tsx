/** What an agent did: its tasks, the chosen one as a timeline, and the chosen activity beside it. */
import { IconHandStop } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Task, TaskOutcome } from '../../../shared/domain.ts';
import { taskQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { setParams, usePlace } from '../../app/navigation.ts';
import { openStopPlan, stopOfAgent, stopOfTask, useStopChoice } from '../../app/stop-choice.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ActivityPane } from './activity-detail.tsx';
import { TaskList } from './task-list.tsx';
import { Timeline } from './timeline.tsx';
import { outcomeLooks, taskTitle } from './words.ts';
import classes from './agent.module.css';

// Written out here: importing the contract's values would bring all its checks into the page.
const taskOutcomes: readonly TaskOutcome[] = ['completed', 'failed', 'cancelled', 'running', 'waiting', 'unknown'];

const isOpen = (task: Task): boolean => task.outcome === 'running' || task.outcome === 'waiting';

/** Tasks that came since the list was opened wait above it, counted; older ones join below as they are read. */
function useHeldTasks(agentId: string, outcome: TaskOutcome | null) {
  const query = useInfiniteQuery(taskQueries.list({ agentId, limit: 100, ...(outcome === null ? {} : { outcomes: [outcome] }) }));
  const all = useMemo(() => query.data?.pages.flatMap((page) => page.rows), [query.data]);
  const [top, setTop] = useState<{ scope: string; id: string } | null>(null);
  const scope = `${agentId} ${outcome ?? ''}`;
  const first = all?.[0]?.id;
  const at = top?.scope === scope && all !== undefined ? all.findIndex((task) => task.id === top.id) : -1;
  if (at < 0 && first !== undefined && (top?.scope !== scope || top.id !== first)) setTop({ scope, id: first });
  const waiting = Math.max(0, at);
  return {
    query, waiting, tasks: useMemo(() => all?.slice(waiting), [all, waiting]),
    release: () => { if (first !== undefined) setTop({ scope, id: first }); },
    more: query.hasNextPage && !query.isFetchingNextPage ? () => { void query.fetchNextPage(); } : null,
  };
}

/** `listedBy`: it is known from a runtime's own list, though nothing of it was seen to act. */
export function ActivityTab({ agentId, agentName, listedBy }: { agentId: string; agentName: string; listedBy: string | null }) {
  const { params } = usePlace();
  const [outcome, setOutcome] = useState<TaskOutcome | null>(null);
  const { query, waiting, tasks, release, more } = useHeldTasks(agentId, outcome);
  const listed = tasks?.find((task) => task.id === params['task']);
  const linked = useQuery({ ...taskQueries.get(params['task'] ?? ''), enabled: params['task'] !== undefined && listed === undefined });
  const task = listed ?? (params['task'] === undefined ? tasks?.[0] : linked.data);
  useStopChoice(() => {
    if (task === undefined) return null;
    // On a row of the task list it is the task that is chosen; anywhere else on this screen the agent, its open task one step away.
    const named = { id: task.id, name: taskTitle(task) };
    const agent = { id: agentId, name: agentName };
    if ((document.activeElement?.closest('[data-task]') ?? null) !== null) return { kind: 'one', ask: stopOfTask(named, { agent }) };
    return { kind: 'one', ask: stopOfAgent(agent, isOpen(task) ? { task: named } : {}) };
  }, { part: true });
  const choose = (id: string): void => setParams({ task: id, activity: null });
  const order = useMemo(() => tasks?.map((one) => one.id) ?? [], [tasks]);
  const walk = (by: number) => (): void => {
    const next = step(order, task?.id ?? null, by);
    if (next !== null) choose(next);
  };
  useKeys('Tasks', [{ keys: 'shift+j', does: 'next task', run: walk(1) }, { keys: 'shift+k', does: 'task before', run: walk(-1) }, { keys: '.', does: 'show new tasks', run: release }]);
  if (tasks === undefined) return query.error === null ? <Loading what="Reading tasks" rows={12} height={26} /> : <ErrorBlock error={query.error} what="The tasks could not be read." retry={() => { void query.refetch(); }} />;
  return (
    <div className={classes.activity}>
      <div className={classes.left}>
        <Panel
          flush title="Tasks" className={classes.tasksPanel}
          aside={(
            <>
              {waiting > 0 && <button type="button" className={classes.toggle} onClick={release}>{formatCount(waiting)} new, press <Kbd keys="." /></button>}
              <span>{formatCount(tasks.length)}{query.hasNextPage ? ' newest' : ''}</span>
              <Kbd keys="shift+j" /><Kbd keys="shift+k" />
              {task !== undefined && isOpen(task) && <Changes><button type="button" className={classes.stopTask} onClick={() => openStopPlan(stopOfTask({ id: task.id, name: taskTitle(task) }, { agent: { id: agentId, name: agentName } }))}><IconHandStop size={14} stroke={1.75} aria-hidden="true" />Stop this task…</button></Changes>}
              <ChoiceChip label="Outcome" value={outcome} options={taskOutcomes.map((value) => ({ value, label: outcomeLooks[value].word }))} onChange={setOutcome} />
            </>
          )}
        >
          {tasks.length === 0
            ? <Empty title={outcome === null ? 'Its tasks will stand here' : `No task of it is ${outcomeLooks[outcome].word.toLowerCase()}`} why={outcome !== null ? 'The outcome filter is on.' : listedBy === null ? 'None has been seen yet.' : `None has been seen yet. ${listedBy} lists this agent, so it exists; what it did before that runtime was connected is told only as far as the runtime keeps it.`} />
            : <TaskList tasks={tasks} chosen={task?.id ?? null} onChoose={choose} onMore={more} />}
        </Panel>
        {task !== undefined && <ChosenTask key={task.id} task={task} asked={params['activity'] ?? null} />}
        {task === undefined && linked.error !== null && <ErrorBlock error={linked.error} what="This task could not be read." kept="It may have left the history." />}
      </div>
    </div>
  );
}

function ChosenTask({ task, asked }: { task: Task; asked: string | null }) {
  const [own, setOwn] = useState<{ asked: string | null; id: string | null }>({ asked, id: asked });
  const [order, setOrder] = useState<readonly string[]>([]);
  // A link to another activity of the same task replaces what was stepped to.
  if (own.asked !== asked) setOwn({ asked, id: asked });
  const detail = detailStored.use();
  const focused = own.id ?? order[0] ?? null;
  const focus = (id: string): void => setOwn({ asked, id });
  const at = focused === null ? -1 : order.indexOf(focused);
  useKeys('Activity', [{ keys: 'c', does: 'copy identifier', run: () => { if (focused !== null) void copyText(focused).then((done) => announce(done ? 'Identifier copied' : 'Not copied: the system refused the clipboard')); } }]);
  return (
    <>
      <Timeline task={task} choice={{ focused, onFocus: focus, onRows: setOrder }} />
      {detail && (
        <aside className={classes.right} aria-label="Activity" data-region tabIndex={-1}>
          {focused === null
            ? <Panel title="Activity"><p className={classes.second}>Choose an activity in the timeline.</p></Panel>
            : <ActivityPane id={focused} position={at < 0 ? 'Activity' : `Activity ${formatCount(at + 1)} of ${formatCount(order.length)}`} onStep={(by) => { const next = step(order, focused, by); if (next !== null) focus(next); }} />}
        </aside>
      )}
    </>
  );
}
