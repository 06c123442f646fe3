/** What a grant claims about itself, and what holds where it claims nothing. Pure. */
import type { Grant } from '../../../shared/access.ts';
import type { State } from '../../ui/state-shapes.tsx';

export const grantKinds: Record<Grant['kind'], string> = { tool: 'Tool', resource: 'Resource', prompt: 'Prompt', skill: 'Skill', gate: 'Approval gate', statement: 'IAM statement', policy: 'Cedar policy', scope: 'OAuth scope', role: 'App role', network: 'Network', data_store: 'Data store', budget: 'Budget' };

export interface Effect { state: State; word: string; says: string; /** worst first. */ rank: number }

/**
 * MCP's own rule: what is not claimed holds at its worst. A tool that says nothing may change, destroy and reach outside;
 * a tool that says that it changes things and not whether it destroys them may destroy them.
 */
export function effectOf(grant: Pick<Grant, 'kind' | 'readOnly' | 'destructive' | 'openWorld' | 'idempotent'>): Effect {
  if (grant.kind === 'gate') return { state: 'waiting', word: 'asks a person', says: 'The run stops here until a person answers.', rank: 4 };
  if (grant.kind === 'resource' || grant.kind === 'prompt') return { state: 'completed', word: 'is read', says: 'Something to read; what it holds is the server’s.', rank: 5 };
  const outside = grant.openWorld === false ? ' It claims to stay inside.' : grant.openWorld === true ? ' It claims to reach outside.' : ' Whether it reaches outside is not claimed: it may.';
  if (grant.destructive === true && grant.readOnly !== true) return { state: 'attention', word: 'can destroy', says: `It claims that it can destroy.${outside}`, rank: 0 };
  if (grant.readOnly === true) return { state: 'completed', word: 'only reads', says: `It claims only to read.${grant.destructive === true ? ' It also claims to destroy: the two do not fit.' : ''}${outside}`, rank: 3 };
  if (grant.destructive === false) return { state: 'running', word: 'changes things', says: `It claims to change things without destroying any.${grant.idempotent === true ? ' Called again it claims to change nothing more.' : ''}${outside}`, rank: 2 };
  if (grant.readOnly === false) return { state: 'attention', word: 'may destroy', says: `It claims to change things and not whether it destroys any: the worst holds.${outside}`, rank: 0 };
  return { state: 'unknown', word: 'not declared', says: `It claims nothing about itself: the worst holds, it may change and destroy.${outside}`, rank: 1 };
}

export const worstFirst = (grants: readonly Grant[]): Grant[] => grants.toSorted((a, b) => effectOf(a).rank - effectOf(b).rank || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));

/** `2 can destroy, 1 not declared`: what of them a person should look at. */
export function grantSummary(grants: readonly Grant[]): string {
  const counts = new Map<string, number>();
  for (const grant of worstFirst(grants)) {
    const { word, rank } = effectOf(grant);
    if (rank <= 1) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
