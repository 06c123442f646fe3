/** Where the rows behind a figure stand. */
import type { CostGroup, CostRow } from '../../../shared/cost.ts';
import { go, placeHash, type Target } from '../../app/navigation.ts';

/** Null: nothing of that group can be listed, so nothing is offered. */
export function behind(row: Pick<CostRow, 'id' | 'name' | 'agentId'>, by: CostGroup): { target: Target; words: string } | null {
  if (row.agentId !== null) return { target: { screen: 'agent', id: row.agentId, params: { tab: 'usage' } }, words: 'its usage, by model and by tool' };
  if (by === 'connection') return { target: { screen: 'live', params: { connection: row.id } }, words: 'its activities' };
  // What stands for "none named" is a name of ours: looking for it would find nothing.
  if (row.name.trim() === '' || row.id === (by === 'owner' ? '-' : '0')) return null;
  if (by === 'model') return { target: { screen: 'live', params: { text: row.name, kind: 'model_call' } }, words: 'its model calls' };
  if (by === 'kind') return { target: { screen: 'live', params: { text: row.name } }, words: 'activities that are named so' };
  return { target: { screen: 'agents', params: { q: row.name } }, words: by === 'owner' ? 'agents of this owner' : 'agents of this version' };
}

export const behindHash = (row: Pick<CostRow, 'id' | 'name' | 'agentId'>, by: CostGroup): string | null => {
  const found = behind(row, by);
  return found === null ? null : placeHash(found.target);
};

export function openBehind(row: Pick<CostRow, 'id' | 'name' | 'agentId'>, by: CostGroup): void {
  const found = behind(row, by);
  if (found !== null) go(found.target);
}
