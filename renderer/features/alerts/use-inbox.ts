/** What is chosen in the inbox, and what a person does to it, with the way back. */
import { useState } from 'react';
import type { Alert } from '../../../shared/alerts.ts';
import { inertString } from '../../ui/agent-text.ts';
import { plural } from '../../ui/format.ts';
import type { Done } from './undo-notice.tsx';
import { useAcknowledge, useReopen, useResolve } from './use-alert-commands.ts';

const doneWords = { acknowledge: 'acknowledged', resolve: 'resolved', reopen: 'opened again' } as const;
export type Deed = keyof typeof doneWords;

/** Those that the deed would change. */
export function fits(deed: Deed, alert: Alert): boolean {
  if (deed === 'acknowledge') return alert.state === 'open';
  // What went over by itself is no word of a person's to take back.
  return deed === 'resolve' ? alert.state !== 'resolved' : alert.state === 'acknowledged' || (alert.state === 'resolved' && alert.resolvedBy !== null);
}

export function useDeeds(onDone: (deed: Deed, ids: readonly string[]) => void) {
  const acknowledge = useAcknowledge();
  const resolve = useResolve();
  const reopen = useReopen();
  const [done, setDone] = useState<Done | null>(null);
  const busy = acknowledge.isPending || resolve.isPending || reopen.isPending;
  const run = (deed: Deed, alerts: readonly Alert[], note = ''): void => {
    const hit = alerts.filter((alert) => fits(deed, alert));
    const [first] = hit;
    if (first === undefined || busy) return;
    const ids = hit.map((alert) => alert.id).slice(0, 1_000);
    const told = (changed: number): void => {
      const what = hit.length === 1 ? `“${inertString(first.title, 80)}”` : plural(changed, 'alert');
      // Only what was open is opened again: an acknowledged one that was resolved has no way back to being acknowledged, and says so.
      setDone(deed === 'reopen' ? null : { text: `${what} ${hit.length === 1 || changed === 1 ? 'is' : 'are'} ${doneWords[deed]}.`, undo: () => reopen.mutate({ ids }, { onSuccess: () => setDone(null) }) });
      onDone(deed, ids);
    };
    if (deed === 'reopen') reopen.mutate({ ids }, { onSuccess: ({ changed }) => told(changed) });
    else (deed === 'acknowledge' ? acknowledge : resolve).mutate({ ids, note: note.trim() }, { onSuccess: ({ changed }) => told(changed) });
  };
  return { run, busy, done, dismiss: () => setDone(null), failed: acknowledge.error ?? resolve.error, reopenFailed: reopen.error };
}

export type Deeds = ReturnType<typeof useDeeds>;
