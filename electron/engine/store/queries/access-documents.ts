/** Grant documents that people imported. */
import type { GrantDocument } from '../../../../shared/access.ts';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { iso, rowId, type Reading } from './reading.ts';

interface DocumentRow {
  readonly id: number; readonly name: string; readonly format: GrantDocument['format']; readonly role: GrantDocument['role']; readonly enforcement: GrantDocument['enforcement']; readonly credential: number | null; readonly credentialName: string | null;
  readonly understood: GrantDocument['understood']; readonly bytes: number; readonly addedUs: number; readonly addedBy: string;
}

const select = `SELECT d.id, d.name, d.format, d.role, d.enforcement, d.credential, k.name AS credentialName, d.understood, d.bytes, d.added_us AS addedUs, d.added_by AS addedBy FROM grant_document d LEFT JOIN credential k ON k.id = d.credential`;
/** The newest; more are found by their agents. */
const mostDocuments = 1_000;

interface Given { readonly document: number; readonly agent: number; readonly n: number }
const given = 'SELECT g.document, g.agent, sum(g.n) AS n FROM';
const grouped = 'g.document > 0 AND g.n > 0 GROUP BY g.document, g.agent';

function documentsOf(reading: Reading, rows: readonly DocumentRow[], all: boolean): GrantDocument[] {
  const held = Map.groupBy(all ? reading.sql<[], Given>(`${given} grant_held g WHERE ${grouped}`).all()
    : reading.sql<[string], Given>(`${given} json_each(?) d CROSS JOIN grant_held g ON g.document = d.value WHERE ${grouped}`).all(JSON.stringify(rows.map((row) => row.id))), (one) => one.document);
  const names = new Map(all ? reading.sql<[], [number, string]>('SELECT holder, name FROM access_row WHERE holder > 0').raw().all() : []);
  return rows.map((row) => {
    const own = held.get(row.id) ?? [];
    const agents = [...new Set(own.map((one) => reading.headOf(one.agent)))];
    return {
      id: publicId('document', row.id), name: row.name, format: row.format, role: row.role, enforcement: row.enforcement, credential: row.credential === null ? null : { id: publicId('credential', row.credential), name: row.credentialName ?? '' },
      agents: agents.map((id) => ({ id: publicId('agent', id), name: names.get(id) ?? reading.agent(id).name })), grants: own.reduce((sum, one) => sum + one.n, 0), understood: row.understood, addedAt: iso(row.addedUs), addedBy: row.addedBy, bytes: row.bytes,
    };
  });
}

export function documentWith(reading: Reading, id: number): GrantDocument | null {
  const row = reading.sql<[number], DocumentRow>(`${select} WHERE d.id = ?`).get(id);
  return row === undefined ? null : (documentsOf(reading, [row], false)[0] ?? null);
}

export function listDocuments(reading: Reading, params: ParsedParams<'access.documents'>): Result<'access.documents'> {
  const of = params.agentId === undefined ? null : JSON.stringify(reading.sourcesOf(rowId('agent', params.agentId)));
  const rows = of === null
    ? reading.sql<[], DocumentRow>(`${select} WHERE d.removed_us IS NULL ORDER BY d.id DESC LIMIT ${mostDocuments}`).all()
    : reading.sql<[string], DocumentRow>(`${select} WHERE d.removed_us IS NULL AND d.id IN (SELECT g.document FROM json_each(?) a CROSS JOIN grant_seen g ON g.agent = a.value WHERE g.document > 0 AND g.gone_us IS NULL) ORDER BY d.id DESC LIMIT ${mostDocuments}`).all(of);
  return { rows: documentsOf(reading, rows, of === null) };
}

export function getDocument(reading: Reading, params: ParsedParams<'access.document'>): Result<'access.document'> {
  const id = rowId('document', params.id);
  const document = documentWith(reading, id);
  const held = reading.sql<[number], { text: string; problems: string }>('SELECT text, problems FROM grant_document WHERE id = ?').get(id);
  if (document === null || held === undefined) throw new StoreError('not_found', `There is no document with the identifier ${params.id.slice(0, 40)}.`);
  return { document, text: held.text, problems: JSON.parse(held.problems) as string[] };
}
