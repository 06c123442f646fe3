/** One answer, sent once, bound to the request that was shown. */
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Decision } from '../../../shared/contract.ts';
import type { ApprovalDetail } from '../../../shared/domain.ts';
import { call, CallFailed } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { approvalQueries, systemQueries } from '../../api/queries.ts';
import { announce } from '../../ui/announce.ts';
import { dropDraft } from './answer-draft.ts';
import { stateLooks } from './approvals-model.ts';

async function readAgain(id: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: approvalQueries.get(id).queryKey }),
    queryClient.invalidateQueries({ queryKey: ['approvals.list'] }),
    queryClient.invalidateQueries({ queryKey: systemQueries.status().queryKey }),
  ]);
}

const isConflict = (error: unknown): error is CallFailed => error instanceof CallFailed && error.code === 'conflict';

export function useDecide(detail: ApprovalDetail) {
  /** Two keys may come before the first has drawn anything: the lock is not a state. */
  const sending = useRef(false);
  const mutation = useMutation({
    mutationFn: async (decision: Decision) => call('approvals.decide', { id: detail.id, fingerprint: detail.fingerprint, decision }),
    onSuccess: (answered) => {
      dropDraft(answered.id);
      queryClient.setQueryData(approvalQueries.get(answered.id).queryKey, answered);
      announce(`${stateLooks[answered.state].word}: the runtime took the answer`);
    },
    onError: (error) => announce(isConflict(error) ? 'Not sent: the request is not the one that was shown' : 'The answer failed', { urgent: true }),
    onSettled: async () => {
      sending.current = false;
      await readAgain(detail.id);
    },
  });
  const send = (decision: Decision): void => {
    if (sending.current) return;
    sending.current = true;
    mutation.mutate(decision);
  };
  return { send, busy: mutation.isPending, error: mutation.error, forget: mutation.reset };
}

export type Decide = ReturnType<typeof useDecide>;
