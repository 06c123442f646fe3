/** What a person does to connections. Outcomes go to the screen: the list is read again, and failures are returned. */
import { useMutation } from '@tanstack/react-query';
import type { Params } from '../../../shared/contract.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { connectionQueries, systemQueries } from '../../api/queries.ts';

async function readAgain(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: connectionQueries.list().queryKey }),
    queryClient.invalidateQueries({ queryKey: systemQueries.status().queryKey }),
  ]);
}

export const useAddConnection = () => useMutation({ mutationFn: async (params: Params<'connections.addOtlp'>) => call('connections.addOtlp', params), onSuccess: readAgain });
export const useUpdateConnection = () => useMutation({ mutationFn: async (params: Params<'connections.update'>) => call('connections.update', params), onSuccess: readAgain });
export const useRotateToken = () => useMutation({ mutationFn: async (params: Params<'connections.rotateToken'>) => call('connections.rotateToken', params), onSuccess: readAgain });
export const useRemoveConnection = () => useMutation({
  mutationFn: async (params: Params<'connections.remove'>) => call('connections.remove', params),
  // Agents, figures and charts all lose rows: everything is asked again.
  onSuccess: async () => queryClient.invalidateQueries(),
});
