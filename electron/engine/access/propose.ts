/**
 * The least that an agent needs, from what it was seen using, in the form that its runtime takes. What cannot be told stays as it is, and
 * is said: a proposal never takes away what nobody could have seen used.
 */
import type { GrantKind, Proposal } from '../../../shared/access.ts';
import { proposeAllowList } from './propose-allow-list.ts';
import { proposeCedar } from './propose-cedar.ts';
import { proposeIam } from './propose-iam.ts';
import type { ProposalDraft, ProposalInput } from './proposing.ts';

/** Nothing else is looked at. */
export const kindsOfForm: Readonly<Record<Proposal['form'], readonly GrantKind[]>> = { allow_list: ['tool'], iam: ['statement'], cedar: ['policy', 'tool'] };

export function propose(input: ProposalInput): ProposalDraft {
  const grants = input.grants.filter(({ reading }) => kindsOfForm[input.form].includes(reading.kind));
  const own = { ...input, grants };
  return input.form === 'iam' ? proposeIam(own) : input.form === 'cedar' ? proposeCedar(own) : proposeAllowList(own);
}
