/** The links of the chain person, agent, sub-agent, tool, credential, each with what says so. What nothing says is a link without a name. */
import type { IdentityCard } from '../../../../shared/access.ts';
import type { IdentityKind } from '../../../../shared/domain.ts';
import { publicId } from '../ids.ts';
import type { Reading } from './reading.ts';

type Link = IdentityCard['chain'][number];

export function identitySays(kind: IdentityKind, of: string | null): string {
  switch (kind) {
    case 'own': return of === null ? 'It acts with an identity of its own.' : `It acts with an identity of its own: ${of}.`;
    case 'delegated': return of === null ? 'It acts on behalf of a person, who is not named.' : `It acts on behalf of ${of}.`;
    case 'borrowed': return of === null ? 'It acts with a person\'s own account: what it does looks as if that person had done it.' : `It acts with the account of ${of}: what it does looks as if that person had done it.`;
    case 'shared': return of === null ? 'It acts with a credential that others use too.' : `It acts with a credential that others use too: ${of}.`;
    case 'unknown': return 'Nothing that it tells says on whose authority it acts.';
  }
}

export interface PersonFacts { readonly kind: IdentityKind; readonly of: string | null; readonly people: readonly { readonly name: string; readonly kind: IdentityKind }[]; readonly evidence: readonly { readonly attribute: string; readonly value: string }[] }

export function personLink({ kind, of, people, evidence }: PersonFacts): Link {
  const [newest] = people;
  const name = newest?.name ?? (kind === 'delegated' || kind === 'borrowed' ? of : null);
  if (name === null) return { role: 'person', name: null, refId: null, more: 0, says: kind === 'own' ? 'It acts for itself: its records name no person.' : 'Its records name no person.', evidence: null };
  const said = evidence.find((one) => one.value === name);
  const how = newest?.kind ?? kind;
  return { role: 'person', name, refId: null, more: Math.max(0, new Set(people.map((one) => one.name)).size - 1), says: how === 'borrowed' ? 'Whose own account it uses.' : 'On whose behalf it acts.', evidence: said === undefined ? null : `${said.attribute} = ${said.value}` };
}

export function agentLink(reading: Reading, id: number, role: 'agent' | 'sub_agent', more: number, says: string): Link {
  return { role, name: reading.agent(id).name, refId: publicId('agent', reading.headOf(id)), more, says, evidence: null };
}

export const toolLink = (name: string, more: number): Link => ({ role: 'tool', name, refId: null, more, says: more === 0 ? 'The tool that it calls.' : 'The tool that it called last.', evidence: null });

export interface CredentialFacts { readonly kind: IdentityKind; readonly of: string | null; readonly credentials: readonly { readonly id: number; readonly name: string; readonly evidence: string }[] }

export function credentialLink({ kind, of, credentials }: CredentialFacts): Link {
  const [first] = credentials;
  if (first !== undefined) return { role: 'credential', name: first.name, refId: publicId('credential', first.id), more: credentials.length - 1, says: 'It holds it, as the evidence says.', evidence: first.evidence };
  if (kind === 'own' && of !== null) return { role: 'credential', name: of, refId: null, more: 0, says: 'It signs in as this.', evidence: null };
  return { role: 'credential', name: null, refId: null, more: 0, says: 'With which credential its calls reach their targets is not told.', evidence: null };
}
