/** For tools: the list of those that it may call, as MCP clients and agent frameworks take one. */
import { fileNameOf, matchOf, sorted } from './proposing.ts';
import type { ProposalDraft, ProposalInput } from './proposing.ts';

export function proposeAllowList({ agentName, grants, observed }: ProposalInput): ProposalDraft {
  const { used, unused, untold } = sorted({ grants, observed });
  const kept = [...used, ...untold];
  const allow = [...new Set(kept.map(({ reading }) => reading.name))].sort();
  const permitting = kept.map(matchOf);
  const all = grants.map(matchOf);
  const permits = (name: string): boolean => permitting.some((matches) => matches(name));
  return {
    form: 'allow_list', text: `${JSON.stringify({ tools: allow.map((name) => ({ name })) }, null, 2)}\n`, mediaType: 'application/json', fileName: fileNameOf(agentName, 'tools.json'),
    keeps: observed.filter(({ name }) => permits(name)), drops: unused.map(({ id }) => id), cannotTell: untold.map(({ id }) => id),
    warnings: untold.length > 0 ? ['The use of some tools cannot be seen; they are kept.'] : [],
    concerns: (name) => all.some((matches) => matches(name)) || !name.includes(':'),
    permits,
  };
}
