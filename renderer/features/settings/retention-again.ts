/** After a deed: everything that rests on periods, holds and jobs is read anew. */
import { queryClient } from '../../api/query-client.ts';

export const readRetentionAgain = async (): Promise<void> => queryClient.invalidateQueries({ predicate: ({ meta }) => meta?.topics.includes('retention') ?? false });
