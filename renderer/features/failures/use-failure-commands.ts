/** What a person says of a group. Nothing is shown before the engine has it: everything about failures is read again. */
import { useMutation } from '@tanstack/react-query';
import type { Params } from '../../../shared/contract.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';

const readFailuresAgain = async (): Promise<void> => queryClient.invalidateQueries({ predicate: (query) => query.meta?.topics.includes('failures') ?? false });

export const useSetState = () => useMutation({ mutationFn: async (params: Params<'failures.setState'>) => call('failures.setState', params), onSuccess: readFailuresAgain });
export const useNote = () => useMutation({ mutationFn: async (params: Params<'failures.note'>) => call('failures.note', params), onSuccess: readFailuresAgain });
