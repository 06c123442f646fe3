/** For gateways that decide by Cedar: one permit for the actions that were used. Cedar denies what no policy permits. */
import { fileNameOf, matchOf, sorted } from './proposing.ts';
import type { ProposalDraft, ProposalInput } from './proposing.ts';

export function proposeCedar({ agentName, grants, observed }: ProposalInput): ProposalDraft {
  const { used, unused, untold } = sorted({ grants, observed });
  const matchers = used.map(matchOf);
  const names = observed.filter(({ name }) => matchers.some((matches) => matches(name)));
  const permit = names.length === 0 ? '// Nothing of it was seen in use: no permit.' : `permit (\n  principal,\n  action in [${names.map(({ name }) => `Action::${JSON.stringify(name)}`).join(', ')}],\n  resource\n);`;
  const kept = [...untold, ...grants.filter(({ reading }) => reading.effect === 'deny')].filter(({ reading }) => reading.kind === 'policy').map(({ reading }) => reading.source.trim());
  const allowed = new Set(names.map(({ name }) => name));
  return {
    form: 'cedar', text: `${[permit, ...kept].join('\n\n')}\n`, mediaType: 'text/plain', fileName: fileNameOf(agentName, 'policies.cedar'), keeps: names,
    drops: unused.map(({ id }) => id), cannotTell: untold.map(({ id }) => id), warnings: [],
    concerns: (name) => grants.some((grant) => matchOf(grant)(name)), permits: (name) => allowed.has(name),
  };
}
