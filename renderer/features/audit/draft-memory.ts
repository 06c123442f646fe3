/** What was chosen for a report stays while the window is open: whoever looks something up on another screen finds it as it was. */
import { useSyncExternalStore } from 'react';
import { firstDraft, type Draft } from './report-draft.ts';

let draft: Draft | null = null;
const listeners = new Set<() => void>();

const draftNow = (): Draft => (draft ??= firstDraft(Date.now()));

export function setDraft(next: Draft): void {
  draft = next;
  for (const listener of listeners) listener();
}

export const changeDraft = (changes: Partial<Draft>): void => setDraft({ ...draftNow(), ...changes });

export const useDraft = (): Draft => useSyncExternalStore((listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
}, draftNow);
