/** The levers of a plan in firing order. What a lever does not stop and whom else it hits always stands there, never folded. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import type { PlanLever } from '../../../../shared/stop.ts';
import { inertString } from '../../../ui/agent-text.ts';
import { InertName } from '../../../ui/agent-text-view.tsx';
import { formatCount, formatTime, plural } from '../../../ui/format.ts';
import { StateShape } from '../../../ui/state-shapes.tsx';
import { LeverKindMark } from '../lever-kind.tsx';
import { canTick, isTicked, undoWords, usualWords, type Ticks } from './plan-model.ts';
import classes from './plan.module.css';

const heads = ['Order', 'Kind', 'Lever', 'Reaches', 'Does not stop', 'Also hits', 'Usual time', 'Undo'] as const;
/** Long words of a runtime would push the rest out of sight. */
const mostText = 400;

/** `head` is seen only where a lever is a card of its own, since there is no table head then, and where the cell stands below its row. */
function Cell({ head, className = '', children }: { head: (typeof heads)[number]; className?: string | undefined; children: ReactNode }) {
  return <div role="cell" className={`${classes.cell} ${className}`}><span className={classes.cellHead} aria-hidden="true">{head}</span><div className={classes.cellBody}>{children}</div></div>;
}

/** Longer texts would make the row a tower in their narrow column: they stand in full below it, over the whole width. */
function WideCell({ head, long, short, at, children }: { head: (typeof heads)[number]; long: boolean; short: ReactNode; at: string | undefined; children: ReactNode }) {
  if (!long) return <Cell head={head}>{children}</Cell>;
  return (
    <>
      <div aria-hidden="true" className={`${classes.cell} ${classes.pointer} ${at ?? ''}`}>{short}</div>
      <Cell head={head} className={classes.spans}>{children}</Cell>
    </>
  );
}

const longList = 60;

function AlsoHits({ lever }: { lever: PlanLever }) {
  const hits = lever.alsoHits;
  if (hits.length === 0) return <Cell head="Also hits"><span className={classes.muted}>nobody found</span></Cell>;
  const why = [...new Set(hits.map((one) => inertString(one.why, 200)))].join(' ');
  const agents = hits.filter((one) => one.agentId !== null).length;
  const counted = agents > 0 ? plural(agents, 'agent') : '';
  const others = hits.length - agents;
  const all = [counted, ...(others > 0 ? [agents > 0 ? plural(others, 'other') : `${formatCount(others)} not known as ${others === 1 ? 'an agent' : 'agents'}`] : [])].filter((one) => one !== '').join(', ');
  const long = hits.reduce((sum, one) => sum + one.name.length, 0) > longList;
  return (
    <WideCell head="Also hits" long={long} at={classes.hitsAt} short={<span className={classes.hits}><StateShape state="attention" />{all}, below</span>}>
      <span className={classes.hits} data-tip={why}>
        <StateShape state="attention" />
        <span>{counted !== '' && `${counted}: `}{hits.map((one, index) => <span key={`${one.agentId ?? ''} ${one.name}`}>{index > 0 && ', '}<InertName text={one.name} most={60} /></span>)}<span className="gh-visually-hidden">. {why}</span></span>
      </span>
    </WideCell>
  );
}

const longText = 100;

function DoesNotStop({ lever }: { lever: PlanLever }) {
  const texts = lever.doesNotStop;
  if (texts.length === 0) return <Cell head="Does not stop"><span className={classes.muted}>nothing that we know of</span></Cell>;
  const long = texts.reduce((sum, text) => sum + text.length, 0) > longText;
  return (
    <WideCell head="Does not stop" long={long} at={classes.limitsAt} short={texts.length === 1 ? 'see below' : `${formatCount(texts.length)} limits, below`}>
      {texts.map((one) => <span key={one} className={classes.line}><InertName text={one} most={mostText} /></span>)}
    </WideCell>
  );
}

/** Why it is not pulled, or not yet: in words below the lever itself. */
function Remarks({ lever }: { lever: PlanLever }) {
  return (
    <>
      {lever.problem !== null && <span className={classes.problem}><StateShape state="no_stop_credential" /><span>Cannot be pulled now: <InertName text={lever.problem} most={mostText} /></span></span>}
      {lever.after !== null && <span className={classes.target}>Later than its step: <InertName text={lever.after} most={mostText} /></span>}
    </>
  );
}

interface RowProps { lever: PlanLever; index: number; ticked: boolean; tabbable: boolean; named: boolean; top: number | null; acts: RefObject<RowActs>; onFocus: (index: number) => void; measure?: ((element: HTMLElement | null) => void) | undefined }
interface RowActs { tick: (lever: PlanLever) => void; walk: (event: KeyboardEvent<HTMLInputElement>) => void }

const Row = memo(({ lever, index, ticked, tabbable, named, top, acts, onFocus, measure }: RowProps) => {
  const { usual } = lever;
  const open = canTick(lever);
  const title = inertString(lever.title, 120);
  return (
    <div ref={measure} data-index={index} role="row" aria-rowindex={index + 2} className={`${classes.row} ${ticked ? '' : classes.off} ${top === null ? '' : classes.placed}`} style={top === null ? undefined : { transform: `translateY(${top}px)` }}>
      <Cell head="Order" className={classes.order}>
        <label className={classes.tick}>
          <input type="checkbox" data-lever={index} checked={ticked} aria-disabled={!open} tabIndex={tabbable ? 0 : -1} aria-label={`Pull lever ${index + 1}, ${title}, ${lever.kind}${open ? '' : ', cannot be pulled now'}`}
            onChange={() => acts.current.tick(lever)} onFocus={() => onFocus(index)} onKeyDown={(event) => acts.current.walk(event)} />
          <span aria-hidden="true">{formatCount(index + 1)}</span>
        </label>
      </Cell>
      <Cell head="Kind"><LeverKindMark kind={lever.kind} /></Cell>
      <Cell head="Lever">
        <strong className={classes.lever}><InertName text={lever.title} most={mostText} /></strong>
        <span className={classes.target}><InertName text={lever.target} most={mostText} />{named && <>, <InertName text={lever.connectionName} most={60} /></>}</span>
        <Remarks lever={lever} />
      </Cell>
      <Cell head="Reaches"><InertName text={lever.reaches} most={mostText} /></Cell>
      <DoesNotStop lever={lever} />
      <AlsoHits lever={lever} />
      <Cell head="Usual time" className={classes.end}><span className={usual === null ? classes.muted : undefined} data-tip={usual === null ? 'No order or drill of ours has pulled it here.' : `From ${plural(usual.times, 'time')} of our own, the newest ${formatTime(new Date(usual.newestAt))}`}>{usualWords(usual)}</span></Cell>
      <Cell head="Undo"><span data-tip={inertString(lever.undoText, 300)} className={lever.undo === 'lossy' ? classes.wait : undefined}>{undoWords[lever.undo]}<span className="gh-visually-hidden">: {inertString(lever.undoText, 300)}</span></span></Cell>
    </div>
  );
});
Row.displayName = 'LeverRow';

interface LeversTableProps { levers: readonly PlanLever[]; ticks: Ticks; onTick: (lever: PlanLever) => void; busy: boolean }

/** From here on only the rows in sight are drawn. */
const virtualFrom = 100;

export function LeversTable({ levers, ticks, onTick, busy }: LeversTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const virtual = useVirtualizer({ count: levers.length, enabled: levers.length > virtualFrom, getScrollElement: () => scroller.current, estimateSize: () => 43, overscan: 10, scrollPaddingEnd: 28 });
  const drawn = levers.length > virtualFrom ? virtual.getVirtualItems().map((item) => ({ index: item.index, top: item.start })) : levers.map((_lever, index) => ({ index, top: null }));
  const stop = Math.min(active, levers.length - 1);
  const named = new Set(levers.map((lever) => lever.connectionId)).size > 1;
  const walk = (event: KeyboardEvent<HTMLInputElement>): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -levers.length, End: levers.length };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(levers.length - 1, stop + by));
    setActive(next);
    if (levers.length > virtualFrom) virtual.scrollToIndex(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-lever="${next}"]`)?.focus());
  };
  const acts = useRef<RowActs>({ tick: onTick, walk });
  useLayoutEffect(() => { acts.current = { tick: onTick, walk }; });
  return (
    <div ref={scroller} className={`${classes.levers} ${levers.length > virtualFrom ? classes.bounded : ''}`} aria-busy={busy}>
      <div role="table" aria-label="Levers in firing order" aria-rowcount={levers.length + 1}>
        <div role="row" aria-rowindex={1} className={classes.head}>{heads.map((head) => <div role="columnheader" key={head} className={`${classes.cell} ${head === 'Usual time' ? classes.end : ''}`}>{head}</div>)}</div>
        <div role="rowgroup" className={classes.rows} style={levers.length > virtualFrom ? { height: virtual.getTotalSize() } : undefined}>
          {drawn.map(({ index, top }) => {
            const lever = levers[index];
            return lever === undefined ? null : <Row key={lever.id} lever={lever} index={index} ticked={isTicked(lever, ticks)} tabbable={index === stop} named={named} top={top} acts={acts} onFocus={setActive} {...(top === null ? {} : { measure: virtual.measureElement })} />;
          })}
        </div>
      </div>
    </div>
  );
}
