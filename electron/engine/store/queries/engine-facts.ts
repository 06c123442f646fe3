/** What the engine itself must know of the history: who may send, what was left open, what people must be told. */
import { contentLevel } from '../../../../shared/domain.ts';
import type { ContentLevel } from '../../../../shared/domain.ts';
import type { Alarm } from '../open.ts';
import type { Reading } from './reading.ts';

export interface EngineFacts {
  readonly connections: readonly { readonly id: number; readonly content: ContentLevel; readonly enabled: boolean; readonly tokenHash: Uint8Array }[];
  /** when the receiver last said that it listened; null: never. */
  readonly lastSeenUs: number | null;
  readonly openGaps: readonly { readonly id: number; readonly connection: number | null; readonly reason: string }[];
  readonly alarms: readonly Alarm[];
}

export function engineFacts(reading: Reading): EngineFacts {
  const connections = reading.sql<[], { id: number; content: string; enabled: number; tokenHash: Uint8Array }>(
    'SELECT id, content, enabled, token_hash AS tokenHash FROM connection WHERE token_hash IS NOT NULL AND removed_us IS NULL',
  ).all();
  return {
    connections: connections.map((row) => ({ id: row.id, content: contentLevel.parse(row.content), enabled: row.enabled === 1, tokenHash: new Uint8Array(row.tokenHash) })),
    lastSeenUs: reading.sql<[], { us: number | null }>('SELECT max(to_us) AS us FROM seen').get()?.us ?? null,
    openGaps: reading.sql<[], EngineFacts['openGaps'][number]>('SELECT id, connection, reason FROM gap WHERE to_us IS NULL').all(),
    alarms: reading.sql<[], Alarm>('SELECT id, severity, text, since_us AS sinceUs FROM alarm ORDER BY since_us DESC').all(),
  };
}
