/** Which form of a proposal fits what an agent holds. Pure. */
import type { GrantKind, Proposal } from '../../../shared/access.ts';

const formOfKind: Partial<Record<GrantKind, Proposal['form']>> = { tool: 'allow_list', statement: 'iam', policy: 'cedar' };

/** The form of most of its grants; tools where nothing speaks for another. */
export function usualForm(kinds: readonly GrantKind[]): Proposal['form'] {
  const counts = { allow_list: 0, iam: 0, cedar: 0 };
  for (const kind of kinds) {
    const form = formOfKind[kind];
    if (form !== undefined) counts[form] += 1;
  }
  if (counts.iam > counts.allow_list && counts.iam >= counts.cedar) return 'iam';
  return counts.cedar > counts.allow_list ? 'cedar' : 'allow_list';
}
