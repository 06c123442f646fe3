import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Result } from '../../../shared/contract.ts';
import type { Approval } from '../../../shared/domain.ts';
import { approvalQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go } from '../../app/navigation.ts';
import type { ScreenProps } from '../../app/routes.tsx';
import { ScreenHead } from '../../app/screen-head.tsx';
import { detailStored } from '../../app/sidebar-state.ts';
import { stopOfAgent, useStopChoice } from '../../app/stop-choice.ts';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, FromQuery, Loading } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { holdOrder, step } from '../../ui/data-table-order.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { useClock } from '../../ui/now.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { ApprovalPane } from './approval-pane.tsx';
import { contextOf, decidedAside, decidedFigures, worstFirst } from './approvals-model.ts';
import { DecidedList } from './decided-list.tsx';
import { WaitingList } from './waiting-list.tsx';
import classes from './approvals.module.css';

type Waiting = Result<'approvals.list'>;

function Context({ data }: { data: Waiting }) {
  const words = useClock(useCallback((now: number) => contextOf(data.rows, data.waiting, now), [data]));
  return <span>{words}</span>;
}

/**
 * While a pointer is in the list no row moves under it: what is new stands below, in sight, until the order is asked for
 * or the pointer leaves. To hide it meanwhile was rejected: it may be the worst of all, and it may expire.
 */
function useHeld(rows: readonly Approval[]) {
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const sorted = useMemo(() => worstFirst(rows), [rows]);
  const ids = sorted.map((row) => row.id);
  const holding = holdOrder(held, ids);
  const byId = new Map(sorted.map((row) => [row.id, row]));
  return {
    rows: [...holding.order, ...holding.waiting].flatMap((id) => byId.get(id) ?? []), below: holding.waiting.length,
    hold: () => setHeld((now) => now ?? ids), release: () => setHeld(null),
  };
}

function WaitingPanel({ data, held, chosenId, activeId, onChoose, onOpen }: { data: Waiting; held: ReturnType<typeof useHeld>; chosenId: string | null; activeId: string | null; onChoose: (id: string) => void; onOpen: (id: string) => void }) {
  const more = data.waiting - data.rows.length;
  return (
    <Panel
      flush className={classes.waitingPanel} title={`Waiting, ${formatCount(data.waiting)}`}
      aside={<>{held.below > 0 && <button type="button" className={classes.linkButton} onClick={held.release}>{formatCount(held.below)} new below, sort <Kbd keys="." /></button>}<span>worst effect first, then time left. <span aria-hidden="true">◆</span> cannot be undone</span></>}
      {...(more > 0 ? { foot: <span>{formatCount(data.rows.length)} of {formatCount(data.waiting)} shown: the rest comes up as these are decided.</span> } : {})}
    >
      {data.waiting === 0
        ? <Empty title="What agents ask of people will stand here" why="Nothing waits for a person where we could see. An approval appears as soon as a connected runtime (LangGraph, A2A) stops before a call or asks a question; it can then be answered from here." action={<Changes><Button onClick={() => go({ screen: 'connections', params: { add: '1' } })}>Add a connection</Button></Changes>} />
        : (
          <div className={classes.waitingScroll} onPointerEnter={held.hold} onPointerLeave={held.release}>
            <WaitingList rows={held.rows} chosenId={chosenId} activeId={activeId} onChoose={onChoose} onOpen={onOpen} />
          </div>
        )}
    </Panel>
  );
}

function DecidedPanel({ rows, more, onMore, chosenId, activeId, onChoose, onOpen }: { rows: readonly Approval[]; more: boolean; onMore: () => void; chosenId: string | null; activeId: string | null; onChoose: (id: string) => void; onOpen: (id: string) => void }) {
  const { fast, decidedHere } = decidedFigures(rows);
  return (
    <Panel
      flush fill className={classes.decidedPanel} title={rows.length === 0 ? 'Decided' : `Decided, ${formatCount(rows.length)}${more ? ' newest' : ''}`} aside={rows.length === 0 ? undefined : <span>{decidedAside(rows)}</span>}
      {...(fast > 0 ? { foot: <span className={classes.fastFoot}><StateShape state="attention" /> {formatCount(fast)} of {formatCount(decidedHere)} took under 5 s: too short to read a request</span> } : {})}
    >
      {rows.length === 0
        ? <p className={classes.nothing}>Nothing was decided yet. Who decided what, when and after how long will stand here.</p>
        : <><DecidedList rows={rows} chosenId={chosenId} activeId={activeId} onChoose={onChoose} onOpen={onOpen} />{more && <button type="button" className={classes.more} onClick={onMore}>Older decisions</button>}</>}
    </Panel>
  );
}

const hints = [{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'to the request' }, { keys: ['c'], does: 'copy identifier' }, { keys: ['mod+\\'], does: 'detail pane' }];

/** What was looked at stays in the pane, also when something worse comes in above it. */
function useChosen(id: string | null, first: string | null): string | null {
  const [held, setHeld] = useState<string | null>(null);
  const chosen = id ?? held ?? first;
  if (chosen !== held) setHeld(chosen);
  return chosen;
}

function Approvals({ data, id }: { data: Waiting; id: string | null }) {
  const decided = useInfiniteQuery(approvalQueries.decided());
  const decidedRows = useMemo(() => decided.data?.pages.flatMap((page) => page.rows) ?? [], [decided.data]);
  const held = useHeld(data.rows);
  const detailShown = detailStored.use();
  const left = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLElement>(null);
  const order = [...held.rows, ...decidedRows].map((row) => row.id);
  const chosenId = useChosen(id, order[0] ?? null);
  const activeId = chosenId !== null && order.includes(chosenId) ? chosenId : order[0] ?? null;
  useStopChoice(() => {
    const asks = [...held.rows, ...decidedRows].find((row) => row.id === chosenId);
    return asks === undefined || asks.agentId === null ? null : { kind: 'one', ask: stopOfAgent({ id: asks.agentId, name: asks.agentName }, { connection: { id: asks.connectionId, name: asks.connectionName } }) };
  });
  const choose = (next: string): void => go({ screen: 'approvals', id: next }, { replace: true });
  const open = (next: string): void => {
    choose(next);
    if (!detailStored.get()) detailStored.set(true);
    requestAnimationFrame(() => pane.current?.querySelector<HTMLElement>('[role="group"][tabindex="0"]')?.focus());
  };
  const move = (by: number) => (): void => {
    const next = step(order, chosenId, by);
    if (next !== null) choose(next);
  };
  useEffect(() => {
    // The focus walks along only when it stands in a list already.
    const row = left.current?.querySelector<HTMLElement>('[data-row][tabindex="0"]');
    if (left.current?.contains(document.activeElement) === true && document.activeElement?.matches('[data-row]') === true) row?.focus();
    else row?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);
  useKeys('Approvals', [
    { keys: 'j', does: 'next approval', run: move(1) }, { keys: 'k', does: 'approval before', run: move(-1) },
    { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'to the request', run: () => { if (activeId !== null) open(activeId); } },
    { keys: '.', does: 'sort new ones in', run: held.release },
    { keys: 'c', does: 'copy identifier', run: () => { if (chosenId !== null) void copyText(chosenId).then((done) => announce(done ? 'Identifier copied' : 'Not copied: the system refused the clipboard')); } },
  ]);
  return (
    <div className={classes.panes}>
      <div className={classes.leftPane} ref={left}>
        <WaitingPanel data={data} held={held} chosenId={chosenId} activeId={activeId} onChoose={choose} onOpen={open} />
        {decided.data === undefined
          ? decided.error === null ? <Loading what="Reading decisions" rows={6} /> : <ErrorBlock error={decided.error} what="The decisions could not be read." retry={() => { void decided.refetch(); }} />
          : <DecidedPanel rows={decidedRows} more={decided.hasNextPage} onMore={() => { void decided.fetchNextPage(); }} chosenId={chosenId} activeId={activeId} onChoose={choose} onOpen={open} />}
        {order.length > 0 && <div className={classes.under}><span>{plural(order.length, 'approval')} here.</span><KeyHints hints={hints} /></div>}
      </div>
      {chosenId !== null && detailShown && <aside ref={pane} className={classes.rightPane} aria-label="Approval" data-region tabIndex={-1}><ApprovalPane key={chosenId} id={chosenId} /></aside>}
    </div>
  );
}

/** What waits for a person's answer, and who answered what. */
export default function ApprovalsScreen({ id }: ScreenProps) {
  const waiting = useQuery(approvalQueries.waiting());
  return (
    <>
      <ScreenHead title="Approvals" context={waiting.data === undefined ? undefined : <Context data={waiting.data} />} />
      <FromQuery query={waiting} what="Reading approvals" failed="The approvals could not be read.">{(data) => <Approvals data={data} id={id} />}</FromQuery>
    </>
  );
}
