/** What a pack says in plain words to whoever opens it. */
import type { Completeness, ReportScope } from '../../../shared/reports.ts';
import type { PackOrder } from './pack.ts';

const contentWords: Readonly<Record<string, string>> = { console: 'acts of people and of the console (the audit log)', stops: 'stop orders and drills', access: 'who could touch what', approvals: 'approvals', activity: 'activities of agents', cost: 'cost', failures: 'failures', gaps: 'gaps: when something could not be seen' };
const textWords = { hashes: 'What agents, tools and runtimes wrote is not in it: only the SHA-256 and the length of each text.', redacted: 'What agents, tools and runtimes wrote is in it with secrets and personal data masked.', full: 'What agents, tools and runtimes wrote is in it as it is kept.' };
const peopleWords = { names: 'People are named.', pseudonyms: 'People have pseudonyms: the same person has the same one within this pack.', removed: 'People are not named.' };

/** One line of whatever text: it comes from agents and people. */
const inert = (text: string): string => text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');

function scopeWords(scope: ReportScope): string {
  switch (scope.kind) {
    case 'everything': return 'everything';
    case 'agents': return `${scope.ids.length === 1 ? 'one agent' : `${scope.ids.length} agents`} (${scope.ids.slice(0, 10).map(inert).join(', ')}${scope.ids.length > 10 ? ', ...' : ''})`;
    case 'tag': return `agents with the tag ${inert(scope.tag)}`;
    case 'connection': return `the connection ${inert(scope.id)}`;
    case 'stop': return `the stop order ${inert(scope.id)}`;
  }
}

export function readmeText({ spec, by, version, madeAt, log, completeness, files, activity }: Pick<PackOrder, 'spec' | 'by' | 'version' | 'madeAt' | 'log' | 'completeness' | 'files' | 'activity'>): string {
  return [
    `AUDITOR PACK: ${inert(spec.name)}`, '',
    `Made by ${inert(by)} on ${madeAt.toISOString()} with Gatehouse ${version}, a console for people who answer for AI agents.`,
    `It covers ${spec.from} up to ${spec.to} (all times are UTC), and ${scopeWords(spec.scope)}.`,
    `It holds: ${spec.contents.map((content) => contentWords[content] ?? content).join('; ')}.`,
    `${textWords[spec.text]} ${peopleWords[spec.people]}`, '',
    'WHAT COULD NOT BE SEEN', '', ...(completeness.sentences.length === 0 ? ['Nothing is known that could not be seen.'] : completeness.sentences.map(inert)), 'completeness.txt tells it by connection and by content.', '',
    'CHECK IT FIRST', '',
    'Open verify.html in a browser and drop this zip onto it. It works without a network and sends nothing anywhere.',
    'Or, in a terminal with openssl, jq, unzip and sha256sum:  sh verify.sh PACK.zip --key FINGERPRINT',
    'Compare the fingerprint of the key with what you were told by another way than this pack: by telephone, on paper, or in an earlier pack.',
    'Whoever changed this pack could have changed the verifiers in it too. Use a verifier that you took from somewhere else, where that matters.',
    'Keep log/newest-seal.txt: with it, your next pack shows whether the log was put back to an earlier one. VERIFY.md explains every check.', '',
    `Key          ${log.key.fingerprint.match(/.{1,4}/g)?.join(' ') ?? ''}`, `Log          ${log.key.name}, entries ${log.firstSeq} to ${log.size}${log.newestSealHour === null ? '' : `, sealed in the hour ${log.newestSealHour}`}`, '',
    ...(log.unsealed === 0 ? [] : [`${log.unsealed} entries of the log are newer than its newest seal, and so are not in this pack.`, '']),
    'WHAT IS IN IT', '',
    ...files.map((file) => `report/${file.path}  ${file.format}${file.rows === null ? '' : `, ${file.rows} rows`}`),
    'completeness.json, completeness.txt  what was there, what of it was examined, what was not seen and why',
    'log/entries.jsonl  the audit log, whole: what kind of act, when, on what, with which outcome; each line names the hash of the one before',
    'log/bodies.jsonl  who, in which words and with which details; of each entry, or the word that it was withheld from this pack or erased',
    'log/seals.jsonl, log/newest-seal.txt  signed seals: one for every hour, and one for this pack; each counts the entries',
    'log/tombstones.jsonl  what stands for entries that were pruned',
    ...(activity === null ? [] : ['activity/  where each record of an exported activity stands among all that came from its connection in that hour; the log holds their digests. Records of the hour in which this pack was made have no proof yet; manifest.json counts them (proofs.notSealed)']),
    'key/  the public key of the log, and those that it had before', 'manifest.json, manifest.note  every file with its hash, signed', 'SHA256SUMS  the same for sha256sum -c', '',
  ].join('\n');
}

export function completenessText({ from, to, contents, connections, retention, sentences }: Completeness): string {
  return [
    `From ${from} up to ${to}, UTC.`, '', ...sentences.map(inert), '',
    'CONTENTS', ...contents.flatMap(({ content, eligible, examined, unexamined }) => [`${contentWords[content] ?? content}: ${examined} of ${eligible} examined.`, ...unexamined.map(({ disposition, count, text }) => `  not examined (${disposition}): ${count ?? 'nobody can know how many'}. ${inert(text)}`)]), '',
    'CONNECTIONS', ...connections.flatMap((row) => [
      `${inert(row.connectionName)} (${row.kind}): ${row.records} records, ${row.seenPercent.toFixed(2)} % of the time seen${row.refused > 0 ? `, ${row.refused} records refused` : ''}.`,
      ...row.notSeen.map((gap) => `  not seen from ${gap.from} to ${gap.to}: ${inert(gap.text)}`), ...(row.moreNotSeen > 0 ? [`  and ${row.moreNotSeen} more periods, which the report of gaps lists.`] : []),
    ]), '',
    'RETENTION', ...(retention.length === 0 ? ['Nothing of the period was let go.'] : retention.map((one) => inert(one.text))), '',
  ].join('\n');
}
