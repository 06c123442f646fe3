/** What a person does on the screens of stop orders. Outcomes go to the screen: everything about stops is read again, failures are returned. */
import { useMutation } from '@tanstack/react-query';
import type { Params } from '../../../shared/contract.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { stopQueries } from '../../api/queries.ts';

export const readStopsAgain = async (): Promise<void> => queryClient.invalidateQueries({ predicate: (query) => query.meta?.topics.includes('stop') ?? false });

export const useSecond = () => useMutation({ mutationFn: async (params: Params<'stop.second'>) => call('stop.second', params), onSuccess: readStopsAgain });
export const useWithdraw = () => useMutation({ mutationFn: async (params: Params<'stop.withdraw'>) => call('stop.withdraw', params), onSuccess: readStopsAgain });
export const useRetry = () => useMutation({ mutationFn: async (params: Params<'stop.retry'>) => call('stop.retry', params), onSettled: readStopsAgain });
export const useRelease = () => useMutation({
  mutationFn: async (params: Params<'stop.release'>) => call('stop.release', params),
  onSuccess: (detail) => queryClient.setQueryData(stopQueries.get(detail.id).queryKey, detail),
  onSettled: readStopsAgain,
});
export const useCheckRights = () => useMutation({ mutationFn: async () => call('stop.checkRights', {}), onSettled: readStopsAgain });
export const useDrill = () => useMutation({ mutationFn: async (params: Params<'stop.drill'>) => call('stop.drill', params), onSettled: readStopsAgain });
export const useSetCanary = () => useMutation({ mutationFn: async (params: Params<'stop.setCanary'>) => call('stop.setCanary', params), onSuccess: readStopsAgain });
export const useSaveRule = () => useMutation({ mutationFn: async (params: Params<'stop.saveRule'>) => call('stop.saveRule', params), onSuccess: readStopsAgain });
export const useRemoveRule = () => useMutation({ mutationFn: async (params: Params<'stop.removeRule'>) => call('stop.removeRule', params), onSuccess: readStopsAgain });
