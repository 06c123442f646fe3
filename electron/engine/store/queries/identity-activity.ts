/** Of one activity: who performed it, on whose behalf, and by which of its grants. */
import type { IdentityCard } from '../../../../shared/access.ts';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { IDENTITY, identityWord, KIND } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { heldIndex, opens } from './access-calls.ts';
import { grantsOf } from './grants.ts';
import { credentialsOf } from './identity.ts';
import { agentLink, credentialLink, personLink, toolLink } from './identity-chain.ts';
import { rowId, type Reading } from './reading.ts';

interface Row { readonly id: number; readonly task: number; readonly agent: number; readonly kind: number; readonly name: number; readonly parent: number | null }
interface Told { readonly agent: number; readonly kind: number; readonly of: string; readonly attribute: string }

const mostGrants = 20;
/** So many activities upwards are looked at for the agents between. */
const mostSteps = 100;

/** Agents around it, the outermost first: those of the activities that it happened inside, and the task's own. */
function agentsAround(reading: Reading, row: Row): number[] {
  const found: number[] = [];
  const note = (agent: number): void => { const head = reading.headOf(agent); if (agent !== 0 && !found.includes(head)) found.unshift(head); };
  note(row.agent);
  const one = reading.sql<[number], { agent: number; parent: number | null }>('SELECT agent, parent FROM activity WHERE id = ?');
  for (let at = row.parent, steps = 0; at !== null && at !== 0 && steps < mostSteps; steps += 1) {
    const around = one.get(at);
    if (around === undefined) break;
    note(around.agent);
    at = around.parent;
  }
  const task = reading.sql<[number], { root: number; loose: number }>('SELECT root_agent AS root, loose_agent AS loose FROM task WHERE id = ?').get(row.task);
  if (task !== undefined) note(task.root || task.loose);
  return found;
}

/** As its own records say; else as all others of the task say alike. */
function authorityOf(reading: Reading, row: Row): Told | null {
  const told = reading.sql<[number], Told>('SELECT agent, kind, of, attribute FROM task_authority WHERE task = ? LIMIT 50').all(row.task);
  const sources = new Set(reading.sourcesOf(row.agent));
  const own = told.filter((one) => sources.has(one.agent));
  const [first, ...others] = own.length > 0 ? own : told;
  return first === undefined || others.some(({ kind, of }) => kind !== first.kind || of !== first.of) ? null : first;
}

function grantsBehind(reading: Reading, row: Row): Result<'identity.activity'>['grants'] {
  if (row.kind !== KIND.tool_call) return [];
  const head = reading.headOf(row.agent);
  const { held, index } = heldIndex(reading, head);
  const ids = index(reading.texts.of(row.name)).flatMap((at) => { const grant = held[at]; return grant !== undefined && opens(grant) ? [grant.id] : []; });
  return grantsOf(reading, ids.slice(0, mostGrants), head);
}

function chainOf(reading: Reading, row: Row, told: Told | null): IdentityCard['chain'] {
  const around = agentsAround(reading, row);
  const kind = told === null ? 'unknown' : identityWord(told.kind);
  const people = told !== null && (told.kind === IDENTITY.delegated || told.kind === IDENTITY.borrowed) && told.of !== '' ? [{ name: told.of, kind }] : [];
  const [first, ...inner] = around;
  const last = inner.at(-1);
  const credentials = credentialsOf(reading, reading.sourcesOf(row.agent));
  return [
    personLink({ kind, of: told?.of ?? null, people, evidence: told === null ? [] : [{ attribute: told.attribute, value: told.of }] }),
    ...(first === undefined ? [] : [agentLink(reading, first, 'agent', 0, last === undefined ? 'Performed it.' : 'Was asked first.')]),
    ...(last === undefined ? [] : [agentLink(reading, last, 'sub_agent', inner.length - 1, 'Performed it.')]),
    ...(row.kind === KIND.tool_call ? [toolLink(reading.texts.of(row.name), 0)] : []), credentialLink({ kind, of: told?.of ?? null, credentials }),
  ];
}

export function activityIdentity(reading: Reading, params: ParsedParams<'identity.activity'>): Result<'identity.activity'> {
  const row = reading.sql<[number], Row>('SELECT id, task, agent, kind, name, parent FROM activity WHERE id = ?').get(rowId('activity', params.id));
  if (row === undefined) throw new StoreError('not_found', `The activity ${params.id.slice(0, 40)} is no longer in the history: the retention or somebody removed it.`);
  const told = authorityOf(reading, row);
  const person = told !== null && (told.kind === IDENTITY.delegated || told.kind === IDENTITY.borrowed);
  const account = told !== null && told.kind !== IDENTITY.delegated && told.of !== '' ? told.of : null;
  return {
    performedBy: { agentId: publicId('agent', reading.headOf(row.agent)), name: reading.agent(row.agent).name, account },
    onBehalfOf: person && told.of !== '' ? { name: told.of, kind: identityWord(told.kind), evidence: `${told.attribute} = ${told.of}` } : null,
    chain: chainOf(reading, row, told), grants: grantsBehind(reading, row),
  };
}
