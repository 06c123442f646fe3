import { QueryClient } from '@tanstack/react-query';
import type { HintTopic } from '../../shared/contract.ts';
import { CallFailed } from './client.ts';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Error;
    /** `topics`: the hints after which the answer may differ. */
    queryMeta: { topics: readonly HintTopic[] };
  }
}

/** A refusal of the engine stays a refusal; only its absence is worth a second try. */
const worthRetrying = (error: Error): boolean => error instanceof CallFailed && (error.code === 'unavailable' || error.code === 'too_busy');

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Hints say when something changed; age alone does not make an answer wrong.
      staleTime: Infinity,
      gcTime: 5 * 60_000,
      networkMode: 'always',
      refetchOnWindowFocus: false,
      retry: (count, error) => worthRetrying(error) && count < 3,
      retryDelay: (count) => Math.min(4000, 500 * 2 ** count),
    },
    mutations: { networkMode: 'always', retry: false },
  },
});
