/** When this console was looked at before: asked once while the window is open, for asking marks the present visit. */
import { useEffect, useState } from 'react';
import { call } from '../../api/client.ts';

export interface Visit {
  /** null: never before, so "since" is the day before now. */
  previous: string | null;
  since: string;
}

const day = 86_400_000;
let asked: Promise<Visit> | null = null;
let known: Visit | null = null;

async function ask(): Promise<Visit> {
  const { previous } = await call('visits.mark', {});
  known = { previous, since: previous ?? new Date(Date.now() - day).toISOString() };
  return known;
}

export function useVisit(): Visit | null {
  const [visit, setVisit] = useState(known);
  useEffect(() => {
    if (visit !== null) return undefined;
    let mounted = true;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const begin = (): void => {
      asked ??= ask();
      asked.then((answer) => { if (mounted) setVisit(answer); }).catch(() => {
        // The engine was away: the visit is still to be marked, so it is asked again until it answers.
        asked = null;
        if (mounted) retry = setTimeout(begin, 1000);
      });
    };
    begin();
    return () => { mounted = false; clearTimeout(retry); };
  }, [visit]);
  return visit;
}
