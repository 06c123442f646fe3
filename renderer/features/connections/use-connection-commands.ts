/** What a person does to connections. Outcomes go to the screen: the list is read again, and failures are returned. */
import { useMutation } from '@tanstack/react-query';
import type { Params } from '../../../shared/contract.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { connectionQueries, settingsQueries, systemQueries } from '../../api/queries.ts';

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

export const useTryRuntime = () => useMutation({ mutationFn: async (params: Params<'connections.tryRuntime'>) => call('connections.tryRuntime', params) });
export const useAddRuntime = () => useMutation({ mutationFn: async (params: Params<'connections.addRuntime'>) => call('connections.addRuntime', params), onSuccess: readAgain });
export const useTestRuntime = () => useMutation({ mutationFn: async (params: Params<'connections.test'>) => call('connections.test', params), onSuccess: readAgain });
export const usePollNow = () => useMutation({ mutationFn: async (params: Params<'connections.pollNow'>) => call('connections.pollNow', params), onSuccess: readAgain });
export const useSetCredential = () => useMutation({ mutationFn: async (params: Params<'connections.setCredential'>) => call('connections.setCredential', params), onSuccess: readAgain });
export const useRetarget = () => useMutation({ mutationFn: async (params: Params<'connections.retarget'>) => call('connections.retarget', params), onSuccess: readAgain });
export const useConsent = () => useMutation({ mutationFn: async (params: Params<'connections.consent'>) => call('connections.consent', params), onSuccess: readAgain });

/** A person's remembered choice to keep credentials although nothing on this system guards them. */
export const useWeakVault = () => useMutation({
  mutationFn: async (weakVault: boolean) => call('settings.set', { weakVault }),
  onSuccess: (settings) => queryClient.setQueryData(settingsQueries.get().queryKey, settings),
});
