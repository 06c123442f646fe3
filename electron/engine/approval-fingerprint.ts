/** What an answer is bound to: any changed byte of the request makes another fingerprint. */
import { createHash } from 'node:crypto';
import type { FoundApproval } from './connectors/connector.ts';

/** SHA-256, 64 hex digits, over everything of the request that a person decides on. */
export function approvalFingerprint(found: Pick<FoundApproval, 'key' | 'kind' | 'actions' | 'question' | 'answers' | 'raw'>): string {
  const actions = found.actions.map(({ name, parameters, description, answers }) => [name, parameters, description, answers]);
  return createHash('sha256').update(JSON.stringify([found.key, found.kind, actions, found.question, found.answers, found.raw])).digest('hex');
}
