/**
 * Every activity of one task, page by page. A task may hold 100,000 of them and still run, so a refresh reads again only
 * the pages that can have changed: those with something open, and the last.
 */
import { queryOptions, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Activity } from '../../../shared/domain.ts';
import type { Result } from '../../../shared/contract.ts';
import { call } from '../../api/client.ts';

export interface ActivityPage { after: string | null; rows: readonly Activity[]; next: string | null }

export const mostRows = 100_000;
const pageRows = 5000;

/** A page is settled when it is full and nothing in it can still change by itself. */
export const settled = (page: ActivityPage): boolean => page.next !== null && page.rows.every((row) => row.status !== 'running');

type Fetch = (after: string | null) => Promise<Result<'tasks.activities'>>;

export async function readPages(before: readonly ActivityPage[], fetch: Fetch, partly: (pages: readonly ActivityPage[]) => void): Promise<ActivityPage[]> {
  const pages: ActivityPage[] = [];
  let after: string | null = null;
  let rows = 0;
  let shown = 0;
  for (;;) {
    const known = before[pages.length];
    if (known !== undefined && known.after === after && settled(known)) pages.push(known);
    else {
      const answer = await fetch(after);
      pages.push({ after, rows: answer.rows, next: answer.next });
      // The first reading of a long task shows what is there already, each time that it has doubled: laying out every
      // page anew would cost more than reading it. A refresh replaces all at once, so no row vanishes.
      if (before.length === 0 && answer.next !== null && pages.length >= shown * 2) {
        shown = pages.length;
        partly([...pages]);
      }
    }
    const last = pages.at(-1);
    rows += last?.rows.length ?? 0;
    after = last?.next ?? null;
    if (after === null || rows >= mostRows) return pages;
  }
}

const optionsOf = (client: QueryClient, id: string) => {
  const queryKey = ['tasks.activities', 'whole', id] as const;
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }): Promise<ActivityPage[]> => readPages(
      client.getQueryData<ActivityPage[]>(queryKey) ?? [],
      async (after) => call('tasks.activities', { id, limit: pageRows, ...(after === null ? {} : { after }) }, { signal }),
      (pages) => client.setQueryData(queryKey, [...pages]),
    ),
    // Comparing 100,000 rows field by field costs more than drawing the thirty that are in sight.
    structuralSharing: false,
    gcTime: 60_000,
    meta: { topics: ['activity'] },
  });
};

export function useTaskActivities(id: string) {
  const client = useQueryClient();
  const query = useQuery(optionsOf(client, id));
  const rows = useMemo(() => query.data?.flatMap((page) => [...page.rows]), [query.data]);
  const more = query.data?.at(-1)?.next !== null && query.data !== undefined;
  return { rows, more, error: query.error, refetch: query.refetch, updatedAt: query.dataUpdatedAt };
}
