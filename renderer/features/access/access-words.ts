/** What the short codes of access mean, in words. Pure. */
import type { AccessCell, AccessClass, AccessColumn, CellState, DocumentRole, Enforcement, Finding, FindingRule, GrantChange, ImportFormat, Reversibility, Understanding } from '../../../shared/access.ts';
import type { State } from '../../ui/state-shapes.tsx';
import { formatCount } from '../../ui/format.ts';

export const classWords: Record<AccessClass, string> = { read: 'read', write: 'write', delete: 'delete', administer: 'administer', execute: 'execute', network: 'network', spend: 'spend', not_understood: 'not understood' };
export const classSays: Record<AccessClass, string> = {
  read: 'Look at something without changing it.', write: 'Make or change something.', delete: 'Remove something.', administer: 'Change who may do what, or how it is set up.',
  execute: 'Run something: code, a job, another agent.', network: 'Reach addresses outside.', spend: 'Use up money or a budget.', not_understood: 'It permits something; what that is could not be read.',
};

export interface UndoWord { word: string; says: string; /** the diamond: full where it cannot be undone, open where nothing says that it can. */ mark: 'full' | 'open' | null }
export const undoWords: Record<Reversibility, UndoWord> = {
  read_only: { word: 'nothing to undo', says: 'It only reads.', mark: null },
  reversible: { word: 'can be undone', says: 'What it does can be put back here.', mark: null },
  externally_reversible: { word: 'undone only with others', says: 'Putting it back takes somebody outside: a bank, a recipient, a supplier.', mark: null },
  irreversible: { word: 'cannot be undone', says: 'What it does stays done.', mark: 'full' },
  unknown: { word: 'undo not known', says: 'Nothing says that it can be undone: it counts as what cannot.', mark: 'open' },
};

export const enforcementWords: Record<Enforcement, { word: string; says: string }> = {
  enforced: { word: 'enforced', says: 'A policy engine was said to hold it to this.' },
  declared: { word: 'declared', says: 'The source says so of itself; nothing here shows that anybody holds it to that.' },
  log_only: { word: 'only logged', says: 'It is written down and not stopped.' },
  unknown: { word: 'not known', says: 'Nothing says who holds it to this.' },
};

export const understandingWords: Record<Understanding, { state: State; word: string }> = {
  whole: { state: 'completed', word: 'Understood whole' },
  partly: { state: 'attention', word: 'Partly understood' },
  not: { state: 'unknown', word: 'Not understood' },
};

export interface CellLook { word: string; tone: 'text' | 'accent' | 'deny' | 'wait' | 'quiet'; says: string }
/** Each state of a cell has a word of its own; its shape stands in cell-shape.tsx. */
export const cellLooks: Record<CellState, CellLook> = {
  granted: { word: 'Granted, not used', tone: 'text', says: 'Permitted, and not used in the days that were asked.' },
  used: { word: 'Granted and used', tone: 'accent', says: 'Permitted, and used in the days that were asked.' },
  granted_denied: { word: 'Granted, attempted, denied', tone: 'deny', says: 'A grant permits it; every try was denied by something else.' },
  tried: { word: 'Tried without a grant, denied', tone: 'deny', says: 'No grant that was found permits it; it tried, and was denied.' },
  used_denied: { word: 'Used, and denied', tone: 'deny', says: 'It was used, and other tries were denied.' },
  ungranted: { word: 'Used without a grant', tone: 'wait', says: 'It was used, and no grant that was found permits it.' },
  cannot_tell: { word: 'Granted, use not seen', tone: 'quiet', says: 'Permitted; whether it was used leaves no trace in what reaches this machine.' },
};
export const noCellWord = 'No grant, no try';

export const identityStates: Record<string, State> = { own: 'own', delegated: 'delegated', borrowed: 'borrowed', shared: 'shared', unknown: 'unknown' };

/** `Mail: send` in the matrix by resource, `Delete` in the one by class. */
export function columnTitle(column: Pick<AccessColumn, 'resource' | 'class'>): string {
  const word = classWords[column.class];
  return column.resource === null ? word.charAt(0).toUpperCase() + word.slice(1) : `${column.resource}: ${word}`;
}

/** In the head of a column, where room is short and the whole name is one key away. */
export const headWord = (of: AccessClass): string => (of === 'not_understood' ? '?' : classWords[of]);

/** What a screen reader says of a cell, after row and column. */
export function cellName(cell: AccessCell | undefined): string {
  if (cell === undefined) return noCellWord.toLowerCase();
  const parts = [cellLooks[cell.state].word.toLowerCase()];
  if (cell.times > 0) parts.push(`used ${formatCount(cell.times)} times`);
  if (cell.denied > 0) parts.push(`denied ${formatCount(cell.denied)} times`);
  if (cell.irreversible) parts.push('cannot be undone');
  if (cell.shared) parts.push('by a shared credential');
  if (cell.expiring) parts.push('ends soon');
  if (cell.fresh) parts.push('new');
  return parts.join(', ');
}

export const severityLooks: Record<Finding['severity'], { state: State; word: string; rank: number }> = {
  serious: { state: 'serious', word: 'Serious', rank: 0 },
  attention: { state: 'attention', word: 'Attention', rank: 1 },
  info: { state: 'idle', word: 'For information', rank: 2 },
};

export const ruleWords: Record<FindingRule, string> = {
  wildcard: 'Wildcard', unused_power: 'Unused power', borrowed_account: 'Borrowed account', shared_credential: 'Shared credential', no_owner: 'No owner', owner_gone: 'Owner is gone',
  public_entry: 'Public entry', not_enforced: 'Not enforced', used_without_grant: 'Used without a grant', not_understood: 'Not understood', expiring: 'Ends soon', widened: 'Reaches further',
};

export const changeLooks: Record<GrantChange['what'], { state: State; word: string }> = {
  added: { state: 'stop_requested', word: 'Added' }, removed: { state: 'cancelled', word: 'Removed' }, changed: { state: 'changed', word: 'Changed' }, back: { state: 'running', word: 'Came back' },
};
export const wideningLook: { state: State; word: string } = { state: 'attention', word: 'Reaches further' };

export const formatWords: Record<ImportFormat, { word: string; says: string; roles: boolean }> = {
  iam: { word: 'IAM policy', says: 'A policy document as AWS writes it: JSON with a Statement.', roles: true },
  cedar: { word: 'Cedar policies', says: 'permit and forbid, as AgentCore Gateway and Verified Permissions take them.', roles: false },
  oauth_scopes: { word: 'OAuth scopes', says: 'One scope a line, or parted by spaces.', roles: false },
  app_roles: { word: 'App roles', says: 'One role a line, as the application or directory names them.', roles: false },
  tools: { word: 'Tool list', says: 'A JSON list of tools with name, description and annotations, as MCP has them.', roles: false },
  declared: { word: 'Own declaration', says: 'JSON of Gatehouse: {"grants": [...]} for network reach, data stores, budgets and what else has no form of its own.', roles: false },
};

export const documentRoleWords: Record<DocumentRole, { word: string; says: string }> = {
  identity: { word: 'Permits', says: 'Attached to the agent’s role or key: what it allows is held.' },
  boundary: { word: 'Boundary', says: 'A permissions boundary: it permits nothing, it limits what the others permit.' },
  scp: { word: 'Organisation limit', says: 'A service control policy: it permits nothing, it limits the whole account.' },
  resource: { word: 'At the resource', says: 'Attached to a bucket, queue or key: it says who may reach that one thing.' },
};

export const findingRuleIds = Object.keys(ruleWords) as FindingRule[];
