/** What a person asked the matrix for: read from the address, so that it outlives a reload and can be sent to somebody. Pure. */
import type { Params, Result } from '../../../shared/contract.ts';
import { formatAge, formatCount, plural } from '../../ui/format.ts';

export type AccessSummary = Result<'access.summary'>;

export const dayChoices = [7, 30, 90, 365] as const;
export const columnsAPage = 80;
const endsWithinDays = 30;
const newWithinDays = 7;

export const flags = ['unused', 'attempted', 'irreversible', 'shared', 'expiring', 'fresh'] as const;
export type Flag = (typeof flags)[number];
export const flagWords: Record<Flag, { label: string; says: string }> = {
  unused: { label: 'Unused only', says: 'Granted and not used in the days that were asked' },
  attempted: { label: 'Attempted only', says: 'Tried and denied' },
  irreversible: { label: 'Cannot be undone', says: 'What it does cannot be undone, or nothing says that it can' },
  shared: { label: 'Shared', says: 'Held by a credential that others hold too' },
  expiring: { label: 'Ends soon', says: `A grant that ends within ${endsWithinDays} days` },
  fresh: { label: 'New', says: `A grant first seen within ${newWithinDays} days` },
};

/** `resource`: a column is a resource and a class, as the eye looks for "who can send mail". `class`: seven classes and what was not understood. */
export const matrixViews = ['resource', 'class'] as const;
export type MatrixBy = (typeof matrixViews)[number];

export interface MatrixView {
  by: MatrixBy;
  days: number;
  text: string;
  flags: ReadonlySet<Flag>;
  agentId: string | null;
  /** columns that are skipped. */
  after: number;
  row: string | null;
  column: string | null;
}

type AddressParams = Readonly<Record<string, string>>;

function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : 0;
}

export function readView(params: AddressParams): MatrixView {
  return {
    by: params['by'] === 'class' ? 'class' : 'resource',
    days: dayChoices.find((days) => String(days) === params['days']) ?? 90,
    text: (params['q'] ?? '').slice(0, 200),
    flags: new Set(flags.filter((flag) => params[flag] === '1')),
    agentId: params['agent'] ?? null,
    after: wholeNumber(params['after']),
    row: params['row'] ?? null,
    column: params['column'] ?? null,
  };
}

export function askedOf(view: MatrixView): Omit<Params<'access.matrix'>, 'before'> {
  const text = view.text.trim();
  const has = (flag: Flag): boolean => view.flags.has(flag);
  return {
    by: view.by, unusedDays: view.days, columnsAfter: view.after, columns: columnsAPage, limit: 100,
    filter: {
      unused: has('unused'), attempted: has('attempted'), irreversible: has('irreversible'), shared: has('shared'),
      ...(text === '' ? {} : { text }), ...(view.agentId === null ? {} : { agentId: view.agentId }),
      ...(has('expiring') ? { expiringDays: endsWithinDays } : {}), ...(has('fresh') ? { newDays: newWithinDays } : {}),
    },
  };
}

/** The filters in words, for a matrix without rows. */
export function viewFilters(view: MatrixView): string[] {
  return [
    ...(view.text.trim() === '' ? [] : [`text “${view.text.trim()}”`]),
    ...(view.agentId === null ? [] : ['only one agent']),
    ...flags.filter((flag) => view.flags.has(flag)).map((flag) => flagWords[flag].label.toLowerCase()),
  ];
}

/** Takes every filter away and leaves the days, which filter nothing, and the choice of columns. */
export const clearedFilters: Readonly<Record<string, null>> = { q: null, agent: null, after: null, ...Object.fromEntries(flags.map((flag) => [flag, null])) };

/** `41 agents, 312 grants: 118 used, 194 never, 31 attempts denied`. */
export function summaryLine(summary: AccessSummary): string {
  if (summary.agents === 0 && summary.grants === 0) return 'no grant is known yet';
  const parts = [`${formatCount(summary.used)} used`, `${formatCount(summary.never)} never`];
  if (summary.cannotTell > 0) parts.push(`${formatCount(summary.cannotTell)} use not seen`);
  if (summary.denied > 0) parts.push(`${plural(summary.denied, 'attempt')} denied`);
  return `${plural(summary.agents, 'agent')}, ${plural(summary.grants, 'grant')}: ${parts.join(', ')}`;
}

/** `Grants read 48 s to 4 min ago`: over every connection that lists any. */
export function readAtLine(readAt: AccessSummary['readAt'], now: number): string {
  if (readAt === null) return 'No connection lists grants';
  const newest = formatAge(now - Date.parse(readAt.newest));
  const oldest = formatAge(now - Date.parse(readAt.oldest));
  return newest === oldest ? `Grants read ${newest} ago` : `Grants read ${newest} to ${oldest} ago`;
}
