import type { TextLevel } from '../../../shared/reports.ts';

/** What is shown of what agents, tools and runtimes wrote. Names stay: no screen could be read without them. */
export const shownWords: Readonly<Record<TextLevel, { readonly name: string; readonly says: string; readonly short: string }>> = {
  hashes: { name: 'Only its hash and length', says: 'Prompts, parameters, answers and error messages are not shown. A hash can be compared with a text that somebody else holds.', short: 'Of what agents wrote only hashes are shown.' },
  redacted: { name: 'With secrets and personal data masked', says: 'As connections with redacted content keep it: keys, tokens, e-mail addresses and the like are masked again before they are shown.', short: 'What agents wrote is shown with secrets and personal data masked.' },
  full: { name: 'As it is kept', says: 'Everything that this history holds.', short: 'What agents wrote is shown as it is kept.' },
};
