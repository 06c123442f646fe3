/** Access in a terminal where a table does not do: one grant, a proposal, what an agent could reach, who it is. What agents and runtimes wrote is shown inert. */
import type { Baseline, DocumentReading, GrantDetail, GrantReading, IdentityCard, Proposal, Reach } from '../../shared/access.ts';
import { baselineColumns, baselineRows, usedText, words } from './cli-access-lists.ts';
import { count, formatTable, time, visible, visibleLines } from './cli-text.ts';
import type { Column } from './cli-text.ts';
import { plural } from './plural.ts';

const bullets = (head: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [head, ...lines.map((line) => `  ${visible(line)}`)]);

function facts(rows: readonly (readonly [string, string])[]): string[] {
  const wide = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(wide)}  ${visible(text)}`);
}

export function grantText({ grant, source, document, holders, changes }: GrantDetail): string {
  const { use } = grant;
  return [
    ...facts([
      ['Grant', `${grant.id}  ${grant.kind} ${grant.name}`], ['Holder', grant.agentName ?? `anybody with the credential of ${grant.connectionName ?? 'its connection'}`], ['Says', `${grant.effect}${grant.description === null ? '' : `: ${grant.description}`}`],
      ['Classes', grant.classes.map((one) => `${words(one.class)} (${words(one.reversibility)})`).join(', ') || 'none'], ['Actions', grant.actions.join(', ') || 'not said'], ['Resources', grant.resources.join(', ') || 'not said'], ['Conditions', grant.conditions.join('; ') || 'none'],
      ['Held to it', words(grant.enforcement)], ['Expires', time(grant.expiresAt) || 'not said'], ['Used', `${usedText(use)}${use.lastUsedAt === null ? '' : `, last ${time(use.lastUsedAt)}`}${use.why === null ? '' : `. ${use.why}`}`],
      ['Read from', `${grant.from}${document === null ? '' : `, imported by ${document.addedBy}`}`], ['Seen', `${time(grant.firstSeen)} to ${time(grant.lastSeen)}${grant.goneAt === null ? '' : `, gone since ${time(grant.goneAt)}`}`],
    ]),
    ...bullets(`Understood: ${grant.understood}`, grant.notUnderstood), ...bullets('Who else holds it', holders.map((one) => `${one.name}: ${one.why}${one.lastUsedAt === null ? '' : `, last used ${time(one.lastUsedAt)}`}`)),
    ...bullets('Changes', changes.map((one) => `${time(one.at)} ${one.what}: ${one.text}`)), ...(source === null ? ['Its source was not kept.'] : [`Source (${source.format}), verbatim`, visibleLines(source.text)]), '',
  ].join('\n');
}

const readingColumns: readonly Column<GrantReading>[] = [
  { head: 'KIND', cell: (row) => row.kind }, { head: 'NAME', cell: (row) => row.name, most: 44 }, { head: 'EFFECT', cell: (row) => row.effect }, { head: 'CLASSES', cell: (row) => row.classes.map((one) => words(one.class)).join(', '), most: 40 },
  { head: 'REVERSIBILITY', cell: (row) => words(row.reversibility) }, { head: 'RESOURCES', cell: (row) => row.resources.join(', '), most: 48 }, { head: 'CONDITIONS', cell: (row) => row.conditions.join('; '), most: 40 }, { head: 'UNDERSTOOD', cell: (row) => row.understood },
];

export function readingText({ readings, understood, problems }: DocumentReading): string {
  const parts = readings.flatMap((row) => row.notUnderstood.map((text) => `${row.name}: ${text}`));
  return [readings.length === 0 ? 'No grant was found in it.' : formatTable(readingColumns, readings).trimEnd(), `Understood: ${understood}. Nothing was kept.`, ...bullets('Problems', problems), ...bullets('Not understood', parts), ''].join('\n');
}

export function baselineText(baseline: Baseline | null): string {
  if (baseline === null) return 'No baseline was approved for it.\n';
  const rows = baselineRows(baseline);
  return `Approved ${time(baseline.approvedAt)} by ${visible(baseline.by)}: ${plural(baseline.grants, 'grant')}.${baseline.note === '' ? '' : ` ${visible(baseline.note)}`}\n${rows.length === 0 ? 'It holds exactly that now.\n' : formatTable(baselineColumns, rows)}`;
}

/** Beside the proposal itself, which alone goes to the standard output. */
export function proposalNotes({ keeps, drops, cannotTell, replay, warnings }: Proposal): string {
  const { from, actions, blocked, blockedNames, notSeenMs } = replay;
  return [
    `Replayed over ${plural(actions, 'past action')}${from === null ? '' : ` since ${time(from)}`}: would have blocked ${count(blocked)} of ${count(actions)}.${notSeenMs === 0 ? '' : ` ${(notSeenMs / 3_600_000).toFixed(1)} hours of that time were not seen.`}`,
    ...bullets('Would have blocked', blockedNames.map((one) => `${one.name} ${count(one.times)}x, last ${time(one.lastAt)}`)), ...bullets(`Keeps ${plural(keeps.length, 'name')}`, keeps.map((one) => `${one.name} ${count(one.times)}x`)),
    ...bullets(`Takes away ${plural(drops.length, 'grant')}`, drops.map((one) => `${one.kind} ${one.name}, ${one.lastUsedAt === null ? 'never used' : `last used ${time(one.lastUsedAt)}`}`)),
    ...bullets('Kept, since their use cannot be seen', cannotTell.map((one) => `${one.kind} ${one.name}`)), ...bullets('Attention', warnings), 'Gatehouse does not apply it.', '',
  ].join('\n');
}

const reachColumns: readonly Column<Reach['items'][number]>[] = [
  { head: 'RESOURCE', cell: (row) => row.resource, most: 44 }, { head: 'CLASS', cell: (row) => words(row.class) }, { head: 'REVERSIBILITY', cell: (row) => words(row.reversibility) },
  { head: 'USED', cell: (row) => (row.used === null ? 'cannot tell' : row.used ? 'yes' : 'no') }, { head: 'BY WAY OF', cell: (row) => row.path.join(' > '), most: 80 },
];

export function reachText({ items, more, counts, shared, cannotTell }: Reach): string {
  return [
    `Reaches ${counts.own} by its own grants, ${counts.bySubAgents} through agents that it calls, ${counts.byShared} through shared credentials; ${counts.irreversible} cannot be undone, ${counts.notUnderstood} are not understood.`,
    items.length === 0 ? 'Nothing that we found.' : formatTable(reachColumns, items).trimEnd(), ...(more > 0 ? [`${count(more)} more.`] : []),
    ...bullets('Shares a credential', shared.map((one) => `${one.kind} ${one.name} with ${one.agents.map((agent) => agent.name).join(', ')} (${one.evidence})`)), ...bullets('Cannot be told', cannotTell), '',
  ].join('\n');
}

export function identityText(card: IdentityCard): string {
  const person = (one: IdentityCard['owner']): string => (one === null ? 'nobody is named' : `${one.name}${one.gone ? ', gone' : ''} (${one.source === 'runtime' ? 'the runtime says so' : `named by ${one.by}`})`);
  return [
    ...facts([['Agent', `${card.agentId}  ${card.name}`], ['Identity', `${card.kind}${card.of === null ? '' : `: ${card.of}`}. ${card.says}`], ['Owner', person(card.owner)], ['Sponsor', person(card.sponsor)]]),
    ...bullets('Chain', card.chain.map((link) => `${words(link.role).padEnd(10)} ${link.name ?? 'unknown'}${link.more > 0 ? ` and ${link.more} more` : ''}. ${link.says}${link.evidence === null ? '' : ` (${link.evidence})`}`)),
    ...bullets('Evidence', card.evidence.map((one) => `${one.attribute} ${one.value}, ${one.connectionName}, ${time(one.seenAt)}`)),
    ...bullets('Credentials', card.credentials.map((one) => `${one.kind} ${one.name} (${one.evidence})${one.agents.length === 0 ? '' : `, shared with ${one.agents.map((agent) => agent.name).join(', ')}`}`)),
    ...bullets('Acted on behalf of', card.people.map((one) => `${one.name} (${one.kind}), ${plural(one.tasks, 'task')}, last ${time(one.lastAt)}`)), ...bullets('Changes', card.changes.map((one) => `${time(one.at)} ${one.was} to ${one.now}`)), '',
  ].join('\n');
}
