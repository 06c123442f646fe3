import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { Connection } from '../../../shared/domain.ts';
import { formatCount, formatCounter } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { healthLooks, refusedOf } from './connection-health.ts';
import { wayIn } from './kind-words.ts';
import { contentWords } from '../../ui/content-choice.tsx';
import classes from './connections.module.css';

interface ConnectionsTableProps {
  rows: readonly Connection[];
  chosenId: string | null;
  /** row with the tab stop. */
  activeId: string | null;
  onChoose: (id: string) => void;
}

/** A grid with one tab stop: arrows and J K walk, Enter or a click opens the detail pane. */
export function ConnectionsTable({ rows, chosenId, activeId, onChoose }: ConnectionsTableProps) {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The focus walks along only when it stands in the grid already.
    if (body.current?.contains(document.activeElement) === true) body.current.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus();
  }, [activeId]);
  const keyDown = (event: KeyboardEvent, id: string): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onChoose(id);
  };
  return (
    <div className={classes.scroller}>
      <div ref={body} className={classes.table} role="grid" aria-label="Connections" aria-rowcount={rows.length + 1}>
        <div role="rowgroup" className={classes.group}>
          <div role="row" className={classes.line}>
            <span role="columnheader">Connection</span><span role="columnheader">Health</span><span role="columnheader" className={classes.right}>Newest</span><span role="columnheader" className={`${classes.right} ${classes.spareLast}`}>Agents</span>
            <span role="columnheader" className={classes.right}>Activities</span><span role="columnheader" className={`${classes.right} ${classes.spareNext}`}>Refused</span><span role="columnheader" className={classes.spare}>Content</span><span role="columnheader">Way in</span>
          </div>
        </div>
        <div role="rowgroup" className={classes.group}>
          {rows.map((row, index) => (
            <div key={row.id} role="row" data-row tabIndex={row.id === activeId ? 0 : -1} aria-rowindex={index + 2} aria-selected={row.id === chosenId} className={`${classes.line} ${classes.row} ${row.id === chosenId ? classes.selected : ''}`}
              data-region-start={row.id === activeId ? true : undefined} onClick={() => onChoose(row.id)} onKeyDown={(event) => keyDown(event, row.id)}>
              <span role="gridcell" className={classes.name}>{row.name}{row.demo && !row.name.includes('(demo)') && <span className={classes.demo}>demo</span>}</span>
              <span role="gridcell"><StateBadge state={healthLooks[row.health].state} word={healthLooks[row.health].word} tip={row.healthText} /></span>
              <span role="gridcell" className={classes.right}>{row.lastDataAt === null ? <span className={classes.muted}>none</span> : <Age iso={row.lastDataAt} />}</span>
              <span role="gridcell" className={`${classes.right} ${classes.spareLast} ${row.agents === 0 ? classes.zero : ''}`}>{formatCount(row.agents)}</span>
              <span role="gridcell" className={`${classes.right} ${row.activities === 0 ? classes.zero : ''}`}>{formatCounter(row.activities)}</span>
              <span role="gridcell" className={`${classes.right} ${classes.spareNext} ${refusedOf(row) === 0 ? classes.zero : ''}`}>{formatCount(refusedOf(row))}</span>
              <span role="gridcell" className={classes.spare}>{contentWords[row.content].word}</span>
              <span role="gridcell" className={classes.muted}>{wayIn(row)}</span>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
