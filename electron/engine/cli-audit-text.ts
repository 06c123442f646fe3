/** The audit log in a terminal. Texts of runtimes may stand in it: shown inert. */
import type { AuditCheck, AuditEntryDetail, AuditKey, AuditSeal, AuditStatus } from '../../shared/audit.ts';
import type { AuditEntry } from '../../shared/domain.ts';
import { time, visible, visibleLines } from './cli-text.ts';
import type { Column } from './cli-text.ts';
import { plural } from './plural.ts';

const textOf = (row: AuditEntry): string => (row.actor === '' && row.text === '' ? '(erased)' : row.text);

export const auditColumns: readonly Column<AuditEntry>[] = [
  { head: 'TIME', cell: (row) => time(row.at) }, { head: 'ID', cell: (row) => row.id }, { head: 'ACTOR', cell: (row) => row.actor, most: 24 }, { head: 'FROM', cell: (row) => row.actorKind.replace('_', ' ') }, { head: 'ACTION', cell: (row) => row.action },
  { head: 'SUBJECT', cell: (row) => row.subject ?? '' }, { head: 'OUTCOME', cell: (row) => row.outcome }, { head: 'TEXT', cell: textOf, most: 100 },
];

export const sealColumns: readonly Column<AuditSeal>[] = [
  { head: 'SEAL', cell: (row) => String(row.number), right: true }, { head: 'HOUR', cell: (row) => time(row.hour) }, { head: 'WRITTEN', cell: (row) => time(row.writtenAt) }, { head: 'ENTRIES', cell: (row) => String(row.size), right: true },
  { head: 'WHY', cell: (row) => /^reason ([a-z]+)$/m.exec(row.note)?.[1] ?? 'hour over' }, { head: 'ROOT', cell: (row) => row.root },
];

const facts = (rows: readonly (readonly [string, string])[]): string => {
  const wide = Math.max(...rows.map(([name]) => name.length));
  return `${rows.map(([name, text]) => `${name.padEnd(wide)}  ${visible(text)}`).join('\n')}\n`;
};

export function entryText(entry: AuditEntryDetail): string {
  const erased = entry.erasedAt === null ? [] : [['Erased', `${time(entry.erasedAt)}: who, words and details are gone, their hash stays`] as const];
  const told = facts([
    ['Entry', `${entry.seq} (${entry.id})`], ['Time', entry.at], ['Actor', `${entry.actor} (${entry.actorKind.replace('_', ' ')})`], ['Action', entry.action], ['Subject', entry.subject ?? ''], ['Outcome', entry.outcome], ...erased,
    ['Sealed', entry.sealedAt === null ? 'not yet' : time(entry.sealedAt)], ['Hash', entry.hash], ['Before it', entry.previous], ['Body', entry.body],
  ]);
  return `${told}\n${visibleLines(entry.text)}\n\n${visibleLines(entry.details)}\n\nAs it was hashed:\n${visibleLines(entry.line)}\n`;
}

export function checkText(check: AuditCheck, { key, remembered, seal, tombstones }: AuditStatus): string {
  const compared = check.activity === null || check.activity === undefined ? '' : `; ${plural(check.activity.records, 'record')} of activity in ${plural(check.activity.digests, 'digest')} were compared`;
  const range = `${plural(check.entries, 'entry', 'entries')} and ${plural(check.seals, 'seal')} were read${compared}${tombstones.length === 0 ? '' : `; entries up to ${tombstones.at(-1)?.upTo ?? 0} were removed behind a seal`}.`;
  const basis = `${key === null ? 'There is no key yet: nothing is sealed.' : `Signed by ${key.name}, fingerprint ${key.fingerprint}.`} ${remembered ? 'The newest seal is also remembered outside of the history\'s file.' : 'Nothing outside of the history\'s file is known here: compare the fingerprint and the newest seal with what you hold.'}`;
  const newest = seal === null ? '' : ` The newest seal counts ${plural(seal.size, 'entry', 'entries')}, written ${time(seal.writtenAt)}.`;
  if (check.state === 'whole') return `Everything is as it was written. ${range}${newest}\n${basis}\n`;
  const list = check.damage.map(({ kind, where, at, text }) => `  ${kind} at ${where} ${at}: ${visible(text)}`).join('\n');
  return `DAMAGED. ${range}${newest}\n${list}\n${check.more ? '  ... and more.\n' : ''}${basis}\nNothing was repaired.\n`;
}

const places: Readonly<Record<AuditKey['place'], string>> = { keyring: 'the keyring of this desktop', file: 'a file beside the history: whoever can change the one can use the other', memory: 'memory, until this engine ends' };

export const keyText = (key: AuditKey): string => `${facts([
  ['Log', key.name], ['Fingerprint', key.fingerprint], ['Verifier', key.verifier], ['Made', time(key.madeAt)], ...(key.retiredAt === null ? [] : [['Retired', time(key.retiredAt)] as const]), ['Private half', `in ${places[key.place]}`],
])}\n${key.pem}`;
