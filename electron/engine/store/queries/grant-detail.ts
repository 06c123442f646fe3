/** One grant with its source, who else holds the same, and how it changed. */
import type { GrantDetail } from '../../../../shared/access.ts';
import type { ParsedParams } from '../../../../shared/contract.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { documentWith } from './access-documents.ts';
import { grantsOf } from './grants.ts';
import { iso, rowId, type Reading } from './reading.ts';

const mostHolders = 200;
const mostChanges = 200;

interface Same { readonly holder: number; readonly lastUsedUs: number | null; readonly credential: number | null; readonly offered: number }

/** By the same offer (told to be held by several agents), the same document, or the same credential. */
function holdersOf(reading: Reading, id: number): GrantDetail['holders'] {
  const own = reading.sql<[number], { connection: number; agent: number; document: number; kind: string; name: string; credential: number | null }>('SELECT connection, agent, document, kind, name, credential FROM grant_seen WHERE id = ?').get(id);
  if (own === undefined) return [];
  const offered = reading.sql<number[], Same>('SELECT holder, last_used_us AS lastUsedUs, NULL AS credential, 1 AS offered FROM grant_use WHERE grant_id = ? AND holder > 0 LIMIT ?').all(id, mostHolders);
  const copies = own.document === 0 ? [] : reading.sql<(string | number)[], Same>(
    'SELECT u.holder, u.last_used_us AS lastUsedUs, g.credential, 0 AS offered FROM grant_seen g JOIN grant_use u ON u.grant_id = g.id WHERE g.document > 0 AND g.document = ? AND g.kind = ? AND g.name = ? AND g.gone_us IS NULL LIMIT ?').all(own.document, own.kind, own.name, mostHolders);
  const sharers = own.credential === null ? [] : reading.sql<number[], Same>('SELECT agent AS holder, NULL AS lastUsedUs, credential, 0 AS offered FROM agent_credential WHERE credential = ? LIMIT ?').all(own.credential, mostHolders);
  const itself = own.agent === 0 ? null : reading.headOf(own.agent);
  const found = new Map<number, Same>();
  for (const one of [...(own.agent === 0 ? offered : []), ...copies, ...sharers]) {
    const head = one.holder > 0 ? reading.headOf(one.holder) : one.holder;
    if (head > 0 && head !== itself && !found.has(head)) found.set(head, one);
  }
  return [...found].slice(0, mostHolders).map(([head, one]) => ({
    agentId: publicId('agent', head), name: reading.agent(head).name, lastUsedAt: one.lastUsedUs === null ? null : iso(one.lastUsedUs),
    why: one.offered === 1 ? 'It is said to hold what this connection offers.' : one.credential !== null ? 'It has the same credential.' : 'The same document gives it.',
  }));
}

export function getGrant(reading: Reading, params: ParsedParams<'grants.get'>): GrantDetail {
  const id = rowId('grant', params.id);
  const [grant] = grantsOf(reading, [id], null);
  if (grant === undefined) throw new StoreError('not_found', `There is no grant with the identifier ${params.id.slice(0, 40)} any more: it went with its connection.`);
  const source = reading.sql<[number], NonNullable<GrantDetail['source']>>('SELECT format, text FROM grant_source WHERE grant_id = ?').get(id) ?? null;
  const changes = reading.sql<number[], { atUs: number; what: GrantDetail['changes'][number]['what']; text: string }>('SELECT at_us AS atUs, what, text FROM grant_change WHERE grant_id = ? ORDER BY id DESC LIMIT ?').all(id, mostChanges);
  return {
    grant, source, document: grant.documentId === null ? null : documentWith(reading, rowId('document', grant.documentId)), holders: holdersOf(reading, id),
    changes: changes.map(({ atUs, what, text }) => ({ at: iso(atUs), what, text })),
  };
}
