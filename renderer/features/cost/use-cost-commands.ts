/** What a person changes about money. Outcomes go to the screen: every figure that rests on it is read again, failures are returned. */
import { useMutation } from '@tanstack/react-query';
import type { Params } from '../../../shared/contract.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';

const readMoneyAgain = async (): Promise<void> => queryClient.invalidateQueries({ predicate: (query) => query.meta?.topics.some((topic) => topic === 'cost' || topic === 'tasks') ?? false });

export const useSavePrice = () => useMutation({ mutationFn: async (params: Params<'prices.save'>) => call('prices.save', params), onSuccess: readMoneyAgain });
export const useRemovePrice = () => useMutation({ mutationFn: async (params: Params<'prices.remove'>) => call('prices.remove', params), onSuccess: readMoneyAgain });
/** A dry run keeps nothing, so nothing is read again. */
export const useTryPrices = () => useMutation({ mutationFn: async (params: Omit<Params<'prices.import'>, 'dryRun'>) => call('prices.import', { ...params, dryRun: true }) });
export const useImportPrices = () => useMutation({ mutationFn: async (params: Omit<Params<'prices.import'>, 'dryRun'>) => call('prices.import', { ...params, dryRun: false }), onSuccess: readMoneyAgain });
export const useTryBill = () => useMutation({ mutationFn: async (params: Omit<Params<'cost.importBill'>, 'dryRun'>) => call('cost.importBill', { ...params, dryRun: true }) });
export const useImportBill = () => useMutation({ mutationFn: async (params: Omit<Params<'cost.importBill'>, 'dryRun'>) => call('cost.importBill', { ...params, dryRun: false }), onSuccess: readMoneyAgain });
export const useRemoveBill = () => useMutation({ mutationFn: async (params: Params<'cost.removeBill'>) => call('cost.removeBill', params), onSuccess: readMoneyAgain });
export const useMarkTask = () => useMutation({ mutationFn: async (params: Params<'tasks.mark'>) => call('tasks.mark', params), onSuccess: readMoneyAgain });

const readBudgetsAgain = async (): Promise<void> => queryClient.invalidateQueries({ predicate: (query) => query.meta?.topics.includes('budgets') ?? false });
export const useSaveBudget = () => useMutation({ mutationFn: async (params: Params<'budgets.save'>) => call('budgets.save', params), onSuccess: readBudgetsAgain });
export const useRemoveBudget = () => useMutation({ mutationFn: async (params: Params<'budgets.remove'>) => call('budgets.remove', params), onSuccess: readBudgetsAgain });
