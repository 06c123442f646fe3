/** The connection test: line by line what is there, what is missing and what would fix it. Reads only. */
import type { TestCheck } from '../../../../shared/domain.ts';
import { plural } from '../../plural.ts';
import type { RuntimeFault } from '../connector.ts';
import { quoted } from '../foreign-json.ts';
import { misplacedCredential, schemeTexts, visibilityOf } from './facts.ts';
import type { Probed } from './facts.ts';

export type Line = TestCheck;

const fixes: Readonly<Partial<Record<RuntimeFault['kind'], string>>> = {
  unreachable: 'Check the address, and that the server runs and can be reached from this machine.',
  credential_missing: 'Give the connection a credential that the server accepts.',
  credential_refused: 'Give the connection a credential that the server accepts; this one was refused.',
  forbidden: 'Ask the server\'s owner to let this account list and read tasks.',
  throttled: 'Wait; ask the server\'s owner for a higher limit if it stays so.',
  garbage: 'Check that the address is that of an A2A agent.',
  runtime_error: 'Look at the server\'s own log.',
};

export function failedLine(id: string, title: string, fault: RuntimeFault, ms: number | null): Line {
  return { id, title, result: 'failed', detail: fault.message, fix: fixes[fault.kind] ?? null, ms };
}

export const skipped = (id: string, title: string, detail: string): Line => ({ id, title, result: 'skipped', detail, fix: null, ms: null });

export function cardLine({ card }: Probed, ms: number): Line {
  const by = card.provider === null ? '' : ` of ${quoted(card.provider, 60)}`;
  return { id: 'card', title: 'Agent card', result: 'ok', detail: `${quoted(card.name, 80)}${card.version === null ? '' : ` ${quoted(card.version, 40)}`}${by}, ${card.skills.length} skills, in the form of A2A ${card.form}.`, fix: null, ms };
}

export function versionLine({ way, card }: Probed): Line {
  const offered = card.interfaces.map((one) => `${one.binding} ${one.version}`).slice(0, 8).join(', ');
  if (way.t === 'none') return { id: 'version', title: 'Version and transport', result: 'failed', detail: `The card offers ${quoted(offered, 200)}; none of it can be used from here.`, fix: way.why === 'elsewhere' ? 'Give the connection the address that the card names, if it is the right one.' : 'The server must offer A2A 1.0 over JSON-RPC or HTTP+JSON.', ms: null };
  const { face, binding, speaks } = way.chosen;
  if (speaks === '0.3') return { id: 'version', title: 'Version and transport', result: 'missing', detail: `${binding}, A2A ${face.version}: this version has no list of tasks.`, fix: 'Ask for a server that speaks A2A 1.0.', ms: null };
  return { id: 'version', title: 'Version and transport', result: 'ok', detail: `${binding}, A2A ${face.version}.`, fix: null, ms: null };
}

export function credentialLine(probed: Probed): Line {
  const line = { id: 'credential', title: 'Credential', ms: null };
  const misplaced = misplacedCredential(probed);
  if (misplaced !== null) return { ...line, result: 'missing', detail: misplaced, fix: 'Set the header and the scheme of the connection as the card asks.' };
  if (probed.card.requirements.length === 0) return { ...line, result: 'info', detail: probed.hasCredential ? 'The card asks for none; one is sent all the same.' : 'The card asks for none, and none is sent.', fix: null };
  if (!probed.hasCredential) return { ...line, result: 'missing', detail: `The card asks for ${schemeTexts(probed.card).join(', ')}; none is set.`, fix: 'Give the connection a credential.' };
  return { ...line, result: probed.list?.t === 'offered' ? 'ok' : 'info', detail: probed.list?.t === 'offered' ? 'The server takes it.' : 'One is sent; nothing that needs it could be asked.', fix: null };
}

export function listLine({ list, way }: Probed, ms: number): Line {
  const line = { id: 'tasks', title: 'Task list', ms };
  if (way.t === 'none' || list === null) return skipped('tasks', 'Task list', 'There is no way to ask for it.');
  if (list.t === 'not_offered') return { ...line, result: 'missing', detail: way.chosen.speaks === '0.3' ? 'A2A 0.3 has none.' : 'The server does not offer ListTasks.', fix: 'Ask for a server that speaks A2A 1.0 and lists tasks.' };
  return { ...line, result: 'ok', detail: `${plural(list.total, 'task')} visible to this credential.`, fix: null };
}

export function visibilityLine(probed: Probed): Line {
  const { visibility, visibilityText } = visibilityOf(probed);
  return { id: 'visibility', title: 'Whose tasks are seen', result: visibility === 'all' ? 'ok' : 'info', detail: visibilityText, fix: visibility === 'own' ? 'Use a credential that the server lets see the tasks of everybody.' : null, ms: null };
}

export function signatureLine({ signature }: Probed): Line {
  const result = signature.state === 'verified' ? 'ok' : signature.state === 'invalid' ? 'failed' : 'info';
  const fix = signature.state === 'invalid' ? 'Ask the agent\'s owner which key signs the card, by another way than the card.' : signature.state === 'unverified' ? 'Pin the public key of the agent\'s owner for this connection.' : null;
  return { id: 'signature', title: 'Signature of the card', result, detail: signature.text, fix, ms: null };
}

export function streamLine({ card }: Probed): Line {
  return { id: 'streaming', title: 'Streaming', result: 'info', detail: card.streaming ? 'The server streams changes of tasks that go on.' : 'The server does not stream: changes are seen at the next poll.', fix: null, ms: null };
}
