/** What a person does to alerts, rules and targets. Nothing is shown before the engine has it: everything about alerts is read again. */
import { useMutation } from '@tanstack/react-query';
import type { Params } from '../../../shared/contract.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';

const readAlertsAgain = async (): Promise<void> => queryClient.invalidateQueries({ predicate: (query) => query.meta?.topics.includes('alerts') ?? false });

export const useAcknowledge = () => useMutation({ mutationFn: async (params: Params<'alerts.acknowledge'>) => call('alerts.acknowledge', params), onSuccess: readAlertsAgain });
export const useResolve = () => useMutation({ mutationFn: async (params: Params<'alerts.resolve'>) => call('alerts.resolve', params), onSuccess: readAlertsAgain });
export const useReopen = () => useMutation({ mutationFn: async (params: Params<'alerts.reopen'>) => call('alerts.reopen', params), onSuccess: readAlertsAgain });
export const useSaveRule = () => useMutation({ mutationFn: async (params: Params<'alerts.saveRule'>) => call('alerts.saveRule', params), onSuccess: readAlertsAgain });
export const useRemoveRule = () => useMutation({ mutationFn: async (params: Params<'alerts.removeRule'>) => call('alerts.removeRule', params), onSuccess: readAlertsAgain });
export const useSaveTarget = () => useMutation({ mutationFn: async (params: Params<'targets.save'>) => call('targets.save', params), onSuccess: readAlertsAgain });
export const useRemoveTarget = () => useMutation({ mutationFn: async (params: Params<'targets.remove'>) => call('targets.remove', params), onSuccess: readAlertsAgain });
export const useTestTarget = () => useMutation({ mutationFn: async (params: Params<'targets.test'>) => call('targets.test', params), onSettled: readAlertsAgain });
export const useRetryTarget = () => useMutation({ mutationFn: async (params: Params<'targets.retry'>) => call('targets.retry', params), onSettled: readAlertsAgain });
