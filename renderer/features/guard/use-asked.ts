import { useState } from 'react';
import type { GuardAnswer } from '../../../shared/guard.ts';

/** One question to main at a time; what it refuses is said where it was asked, in a `role="status"` that is spoken, too. */
export function useAsked(): { ask: (question: () => Promise<GuardAnswer>, then: () => void) => void; busy: boolean; problem: string } {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const ask = (question: () => Promise<GuardAnswer>, then: () => void): void => {
    if (busy) return;
    setBusy(true);
    setProblem('');
    question().then((answer) => {
      if (answer.ok) return then();
      setProblem(answer.text);
    }, () => setProblem('Gatehouse did not answer. Nothing was changed.')).finally(() => setBusy(false));
  };
  return { ask, busy, problem };
}
