/** What a person does on the audit screen. Nothing is shown before the engine has it. */
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { HintTopic, Params } from '../../../shared/contract.ts';
import type { ReportSpec } from '../../../shared/reports.ts';
import { call, favours } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';

const readAgain = (topic: HintTopic) => async (): Promise<void> => queryClient.invalidateQueries({ predicate: (query) => query.meta?.topics.includes(topic) ?? false });

export const useWriteReport = () => useMutation({ mutationFn: async (spec: ReportSpec) => favours.writeReport(spec), onSettled: readAgain('reports') });
export const useCancelReport = () => useMutation({ mutationFn: async (id: string) => call('reports.cancel', { id }), onSettled: readAgain('reports') });
export const useOpenReport = () => useMutation({ mutationFn: async (id: string) => favours.openReport(id) });
export const useSaveTemplate = () => useMutation({ mutationFn: async (params: Params<'reports.saveTemplate'>) => call('reports.saveTemplate', params), onSuccess: readAgain('reports') });
export const useRemoveTemplate = () => useMutation({ mutationFn: async (id: string) => call('reports.removeTemplate', { id }), onSuccess: readAgain('reports') });
/** The answer comes when everything was read; how far it is stands in the status meanwhile, which is therefore asked at once. */
export const useCheckLog = () => useMutation({ mutationFn: async () => {
  const checked = call('audit.check', {});
  void readAgain('audit')();
  return checked;
}, onSettled: readAgain('audit') });
export const useSaveKey = () => useMutation({ mutationFn: async (wish: { name: string; text: string }) => favours.saveText(wish) });
export const useSaveVerifier = () => useMutation({ mutationFn: async () => favours.saveVerifier() });

/** A value made once its key has stood still for a while: whoever types or ticks asks once, not at each step. */
export function useSettled<T>(make: () => T, key: string, ms: number): T {
  const [settled, setSettled] = useState(() => ({ key, value: make() }));
  const latest = useRef(make);
  useEffect(() => { latest.current = make; });
  useEffect(() => {
    if (settled.key === key) return undefined;
    const timer = setTimeout(() => setSettled({ key, value: latest.current() }), ms);
    return () => clearTimeout(timer);
  }, [key, ms, settled.key]);
  return settled.value;
}
