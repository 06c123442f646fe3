/** What stands where rows or figures would: nothing yet, still coming, or gone wrong. */
import { Button } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { inertString } from './agent-text.ts';
import { CopyButton } from './copy-button.tsx';
import { formatTime } from './format.ts';
import { StateShape } from './state-shapes.tsx';
import classes from './blocks.module.css';

interface EmptyProps {
  /** what will appear here. */
  title: ReactNode;
  /** why it is not here. */
  why: ReactNode;
  /** one way to make it appear. */
  action?: ReactNode;
}

export function Empty({ title, why, action }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <h2 className={classes.emptyTitle}>{title}</h2>
      <p className={classes.why}>{why}</p>
      {action}
    </div>
  );
}

/** What the api room throws, seen without importing it: code, a sentence, an id that the log knows. */
interface Told { message?: unknown; id?: unknown; code?: unknown }

interface ErrorBlockProps {
  error: unknown;
  /** what happened, in one sentence without the cause: "The agents could not be read." */
  what: string;
  /** what was kept. */
  kept?: string;
  retry?: (() => void) | undefined;
  /** when the figures on screen are from; they stay, not greyed out. */
  staleSince?: number | undefined;
}

export function ErrorBlock({ error, what, kept, retry, staleSince }: ErrorBlockProps) {
  const told: Told = typeof error === 'object' && error !== null ? error : {};
  const id = typeof told.id === 'string' ? told.id : null;
  const cause = typeof told.message === 'string' ? inertString(told.message, 400) : '';
  return (
    <div className={classes.error} role="alert">
      <StateShape state="failed" className={classes.errorShape} />
      <div className={classes.errorText}>
        <strong>{what}</strong>
        {cause !== '' && <p>{cause}</p>}
        <p className={classes.muted}>
          {kept ?? 'Nothing was lost: the history is with the engine.'}
          {staleSince !== undefined && staleSince > 0 ? ` Shown from ${formatTime(new Date(staleSince))}.` : ''}
        </p>
        {id !== null && <p className={classes.muted}>Error <code>{id}</code> <CopyButton value={id} label="Copy error id" /></p>}
      </div>
      {retry !== undefined && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

interface LoadingProps {
  /** what is being read: "Reading agents". */
  what: string;
  /** how many bars, at the height of the rows that will come. */
  rows?: number;
  height?: number;
  cancel?: (() => void) | undefined;
}

/** Nothing for 150 ms, then flat bars at final height, after 2 s a sentence and Cancel. */
export function Loading({ what, rows = 6, height = 32, cancel }: LoadingProps) {
  const [phase, setPhase] = useState<'nothing' | 'bars' | 'sentence'>('nothing');
  useEffect(() => {
    const bars = setTimeout(() => setPhase('bars'), 150);
    const sentence = setTimeout(() => setPhase('sentence'), 2000);
    return () => { clearTimeout(bars); clearTimeout(sentence); };
  }, []);
  return (
    <div className={classes.loading} style={{ minHeight: rows * height }} aria-busy="true">
      {phase === 'sentence' && (
        <p className={classes.sentence}>{what}…{cancel !== undefined && <Button onClick={cancel}>Cancel</Button>}</p>
      )}
      {phase !== 'nothing' && Array.from({ length: rows }, (_unused, index) => <div key={index} className={classes.bar} style={{ height }} aria-hidden="true"><span /></div>)}
    </div>
  );
}

/** Draws loading, error and data of one query in the order that the rules ask: stale data stays while an error stands above it. */
interface QueryLike<T> { data: T | undefined; error: unknown; dataUpdatedAt: number; refetch: () => unknown }
interface FromQueryProps<T> { query: QueryLike<T>; what: string; failed: string; rows?: number; height?: number; children: (data: T) => ReactNode }

export function FromQuery<T>({ query, what, failed, rows, height, children }: FromQueryProps<T>) {
  const retry = (): void => { void query.refetch(); };
  if (query.data === undefined) {
    if (query.error !== null) return <ErrorBlock error={query.error} what={failed} retry={retry} />;
    return <Loading what={what} {...(rows === undefined ? {} : { rows })} {...(height === undefined ? {} : { height })} />;
  }
  return (
    <>
      {query.error !== null && <ErrorBlock error={query.error} what={failed} retry={retry} staleSince={query.dataUpdatedAt} />}
      {children(query.data)}
    </>
  );
}
