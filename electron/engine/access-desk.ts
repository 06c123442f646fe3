/** What people ask of access and identity: one method for each command of the contract. */
import type { ParsedParams, Result } from '../../shared/contract.ts';
import type { HistoryPort } from './history-port.ts';
import type { CallContext } from './ports.ts';
import { CallFailure } from './call-failure.ts';

type AccessMethod = 'access.dismiss' | 'access.restore' | 'access.approve' | 'access.read' | 'access.import' | 'access.removeDocument' | 'access.setHolder' | 'agents.setOwner';

export type AccessDesk = { readonly [M in AccessMethod]: (params: ParsedParams<M>, context: CallContext) => Promise<Result<M>> };

export function accessDesk(_history: HistoryPort): AccessDesk {
  const notYet = (): Promise<never> => Promise.reject(new CallFailure('unavailable', 'This part of access is not in this version.'));
  return {
    'access.dismiss': notYet, 'access.restore': notYet, 'access.approve': notYet, 'access.read': notYet, 'access.import': notYet, 'access.removeDocument': notYet, 'access.setHolder': notYet, 'agents.setOwner': notYet,
  };
}
