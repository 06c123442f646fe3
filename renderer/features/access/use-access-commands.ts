/** What a person changes on the Access screen. Outcomes go to the screen: everything about access is read again, failures are returned. */
import { useMutation } from '@tanstack/react-query';
import type { Params } from '../../../shared/contract.ts';
import { call, favours } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { announce } from '../../ui/announce.ts';

const readAccessAgain = async (): Promise<void> => queryClient.invalidateQueries({ predicate: (query) => query.meta?.topics.includes('access') ?? false });

export const useDismiss = () => useMutation({ mutationFn: async (params: Params<'access.dismiss'>) => call('access.dismiss', params), onSuccess: readAccessAgain });
export const useRestore = () => useMutation({ mutationFn: async (params: Params<'access.restore'>) => call('access.restore', params), onSuccess: readAccessAgain });
export const useApprove = () => useMutation({ mutationFn: async (params: Params<'access.approve'>) => call('access.approve', params), onSuccess: readAccessAgain });
/** Keeps nothing, so nothing is read again. */
export const useReadDocument = () => useMutation({ mutationFn: async (params: Params<'access.read'>) => call('access.read', params) });
export const useImport = () => useMutation({ mutationFn: async (params: Params<'access.import'>) => call('access.import', params), onSuccess: readAccessAgain });
export const useRemoveDocument = () => useMutation({ mutationFn: async (params: Params<'access.removeDocument'>) => call('access.removeDocument', params), onSuccess: readAccessAgain });
export const useSetHolder = () => useMutation({ mutationFn: async (params: Params<'access.setHolder'>) => call('access.setHolder', params), onSuccess: readAccessAgain });
export const useSaveText = () => useMutation({
  mutationFn: async (wish: { name: string; text: string }) => favours.saveText(wish),
  onSuccess: (file) => { if (file !== null) announce(`Saved as ${file}`); },
});
