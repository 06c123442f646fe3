import { useMutation, useQuery } from '@tanstack/react-query';
import type { Settings } from '../../../shared/domain.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { settingsQueries, systemQueries } from '../../api/queries.ts';

/** The settings and the one way to change them; what the engine answers is what is shown. */
export function useSettings() {
  const query = useQuery(settingsQueries.get());
  const change = useMutation({
    mutationFn: async (changes: Partial<Settings>) => call('settings.set', changes),
    onSuccess: async (settings) => {
      queryClient.setQueryData(settingsQueries.get().queryKey, settings);
      await queryClient.invalidateQueries({ queryKey: systemQueries.status().queryKey });
    },
  });
  return { query, change };
}

export type ChangeSettings = ReturnType<typeof useSettings>['change'];
export interface SectionProps { settings: Settings; change: ChangeSettings }
