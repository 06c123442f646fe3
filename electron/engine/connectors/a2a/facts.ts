/** What one A2A server can do and show, in words for people. Pure. */
import type { Capability, Lever } from '../../../../shared/domain.ts';
import type { RuntimeFacts } from '../connector.ts';
import { quoted } from '../foreign-json.ts';
import type { Card, Chosen, NoWay } from './card.ts';
import type { SignatureState } from './signature.ts';
import type { WireTask } from './task.ts';

/** One small question; work that somebody else began is to be seen within two seconds. */
export const pollEveryMs = 1_000;

/** What a look at the task list said; null: there was no way to look. */
export type ListState = { readonly t: 'offered'; readonly total: number; readonly tasks: readonly WireTask[] } | { readonly t: 'not_offered' } | null;

export interface Probed {
  readonly card: Card;
  readonly way: { readonly t: 'found'; readonly chosen: Chosen } | { readonly t: 'none'; readonly why: NoWay };
  readonly list: ListState;
  readonly signature: SignatureState;
  /** null: not offered; false: offered, but not given to us. */
  readonly extended: boolean | null;
  readonly hasCredential: boolean;
  readonly header: string;
  readonly scheme: 'bearer' | 'plain';
  readonly address: URL;
}

export const cancelLever: Lever = {
  id: 'a2a.cancel', level: 'cancel', kind: 'cut', title: 'Cancel the task (CancelTask)', reach: 'task',
  step: 'cut', undo: 'none', undoText: 'A cancelled task cannot be continued.', repeatable: true, idleOnly: false, wanted: true, pulled: true,
  doesNotStop: [
    'An agent that ignores the cancellation works on to its own end; the call then hangs until that end (measured: 4.5 s) or for ever, so Gatehouse waits 5 s and asks for the task.',
    'An agent may report the task as cancelled and work on (measured: 4.3 s of further work): the report alone proves nothing.',
    'New tasks: the protocol cannot suspend an agent or take away a credential.',
    'Tasks that this credential cannot see.',
  ],
};

/** Told, not pulled: where callers' credentials come from is outside of the protocol. */
export const callersLever: Lever = {
  id: 'a2a.revoke-callers', level: 'revoke', kind: 'catalogue', title: 'Take the callers\' credentials back at the identity provider that issued them', reach: 'connection',
  step: 'revoke', undo: 'none', undoText: 'Done by a person at the identity provider; credentials that were taken back must be issued anew.', repeatable: true, idleOnly: false, wanted: false, pulled: false,
  doesNotStop: [
    'Work that has begun: it goes on without the caller.',
    'What the agent itself may use: its own credentials are not on its card.',
    'A server that checks tokens by itself: it takes them until they run out.',
  ],
};

const no = (name: Capability['name'], text: string): Capability => ({ name, state: 'no', how: null, lagMs: null, text });
const unknown = (name: Capability['name'], text: string): Capability => ({ name, state: 'unknown', how: null, lagMs: null, text });

export const declaredCapabilities: readonly Capability[] = [
  { name: 'discover', state: 'yes', how: 'poll', lagMs: 15_000, text: 'The agent card.' },
  unknown('activity', 'Tasks, their states and messages, where the server lists tasks (A2A 1.0) and as far as the credential sees them. Not in the protocol: model calls, tool calls, replies that are no task.'),
  { name: 'grants', state: 'partly', how: 'poll', lagMs: 15_000, text: 'Skills: prose of the agent about itself, not permissions.' },
  no('usage', 'A2A says nothing about models or tokens.'),
  no('cost', 'A2A says nothing about money.'),
  unknown('approvals', 'Tasks that ask for input or a sign-in, where the server lists tasks.'),
];

export const noWayTexts: Readonly<Record<NoWay, string>> = {
  elsewhere: 'The card names another host for its work than the one that this connection may ask; the credential is not sent there. Give the connection that address if it is the right one.',
  grpc_only: 'The agent is only offered over gRPC, which Gatehouse does not speak; JSON-RPC and HTTP+JSON it does.',
  unknown_version: 'The card offers no version and transport that Gatehouse speaks (A2A 1.0 or 0.3, JSON-RPC or HTTP+JSON).',
};

function whyNoTasks({ way, list }: Pick<Probed, 'way' | 'list'>): string | null {
  if (way.t === 'none') return noWayTexts[way.why];
  if (way.chosen.speaks === '0.3') return 'The server speaks A2A 0.3, which has no list of tasks: only whoever started a task knows its id.';
  return list?.t === 'not_offered' ? 'The server does not offer a list of tasks (ListTasks): only whoever started a task knows its id.' : null;
}

export function capabilitiesOf(probed: Probed): readonly Capability[] {
  const why = whyNoTasks(probed);
  return declaredCapabilities.map((one): Capability => {
    if (one.name === 'activity') {
      if (why !== null) return no('activity', why);
      const how = probed.card.streaming ? 'Changes come by stream and by poll.' : 'The server streams nothing: changes come by poll.';
      return { name: 'activity', state: 'partly', how: probed.card.streaming ? 'stream' : 'poll', lagMs: pollEveryMs, text: `Tasks, their states and messages. ${how} Not in the protocol: model calls, tool calls, times of earlier messages, replies that are no task.` };
    }
    if (one.name === 'approvals') return why === null ? { name: 'approvals', state: 'yes', how: 'poll', lagMs: pollEveryMs, text: 'Tasks that ask for input can be answered; a sign-in must be done where the agent says.' } : no('approvals', why);
    return one;
  });
}

const ownerNames = ['owner', 'user', 'userId', 'user_id', 'account', 'createdBy', 'created_by', 'principal', 'subject'];

function owners(tasks: readonly WireTask[]): number {
  return new Set(tasks.flatMap((task) => ownerNames.flatMap((name) => (typeof task.metadata[name] === 'string' ? [task.metadata[name]] : [])))).size;
}

export function visibilityOf(probed: Pick<Probed, 'list' | 'card' | 'hasCredential' | 'way'>): Pick<RuntimeFacts, 'visibility' | 'visibilityText'> {
  const { list, card, hasCredential } = probed;
  if (list?.t !== 'offered') return { visibility: 'unknown', visibilityText: `No tasks can be listed here. ${whyNoTasks(probed) ?? ''}`.trim() };
  if (!hasCredential && card.requirements.length === 0) return { visibility: 'all', visibilityText: 'The server asks nobody who they are, so it shows everybody the same tasks: all of them.' };
  if (owners(list.tasks) > 1) return { visibility: 'all', visibilityText: 'The list names tasks of several accounts, so it is not limited to this credential\'s own.' };
  if (list.total > 0) return { visibility: 'unknown', visibilityText: `The list shows tasks that Gatehouse did not start. Whether these are everybody's or only those of the account behind this credential, A2A does not tell.` };
  return { visibility: 'own', visibilityText: 'The list is empty for this credential. A2A servers show a caller only what it may see, on most servers its own tasks: work that others started may run unseen. A credential of an operator that the server lets see all tasks would show it.' };
}

type Finding = RuntimeFacts['findings'][number];

function signatureFindings({ signature }: Probed): Finding[] {
  const severity = signature.state === 'invalid' ? 'failed' : 'info';
  const found: Finding[] = [{ id: `a2a.signature.${signature.state}`, severity, text: signature.text }];
  if (signature.namesKeyAddress) found.push({ id: 'a2a.signature.key-address', severity: 'info', text: 'The signature names an address for its key. Whoever writes the card chooses that address, so Gatehouse does not fetch it; pin the key instead.' });
  return found;
}

export function schemeTexts(card: Card): readonly string[] {
  return card.schemes.map((one) => `${quoted(one.name, 40)} (${one.kind}${one.detail === null ? '' : ` ${quoted(one.detail, 60)}`}${one.where === null || one.where === 'header' ? '' : `, in the ${one.where}`})`);
}

/** The card wants the credential elsewhere than where we put it; null: it fits, or it cannot be told. */
export function misplacedCredential({ card, hasCredential, header, scheme }: Probed): string | null {
  if (!hasCredential || card.requirements.length === 0) return null;
  const needed = card.schemes.filter((one) => card.requirements.some((way) => way.some((need) => need.scheme === one.name)));
  const fits = needed.some((one) => {
    if (one.kind === 'apiKey') return one.where === 'header' && one.detail?.toLowerCase() === header && scheme === 'plain';
    return header === 'authorization' && one.kind !== 'mutualTLS';
  });
  if (fits || needed.length === 0) return null;
  const key = needed.find((one) => one.kind === 'apiKey' && one.where === 'header' && one.detail !== null);
  return key ? `The card asks for an API key in the header ${quoted(key.detail ?? '', 60)}, but the connection sends its credential in ${quoted(header)}${scheme === 'bearer' ? ' as a bearer token' : ''}. Set the connection's header and the scheme "plain".` : 'The card asks for a kind of sign-in that this connection does not do.';
}

export function findingsOf(probed: Probed): readonly Finding[] {
  const { card, way, list, hasCredential, address } = probed;
  const found = signatureFindings(probed);
  if (card.requirements.length > 0) found.push({ id: 'a2a.security', severity: 'info', text: `The card asks callers for: ${schemeTexts(card).join(', ') || 'schemes that it does not describe'}.` });
  else if (list?.t === 'offered' && !hasCredential) found.push({ id: 'a2a.open', severity: 'attention', text: 'The server asks nobody who they are: whoever reaches it can start, read, answer and cancel tasks.' });
  else found.push({ id: 'a2a.no-security', severity: 'info', text: 'The card asks callers for nothing: it names no scheme that they must sign in with.' });
  if (way.t === 'none') found.push({ id: `a2a.way.${way.why}`, severity: 'attention', text: noWayTexts[way.why] });
  else if (way.chosen.speaks === '0.3') found.push({ id: 'a2a.version.0.3', severity: 'attention', text: 'The server speaks A2A 0.3, which has no list of tasks: what the agent does cannot be seen here.' });
  else if (list?.t === 'not_offered') found.push({ id: 'a2a.list.not-offered', severity: 'attention', text: 'The server does not offer a list of tasks: what the agent does cannot be seen here.' });
  const misplaced = misplacedCredential(probed);
  if (misplaced !== null) found.push({ id: 'a2a.credential.misplaced', severity: 'attention', text: misplaced });
  if (hasCredential && address.protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(address.hostname)) found.push({ id: 'a2a.plain-http', severity: 'attention', text: 'The credential goes over plain HTTP: whoever is on the way can read it.' });
  if (probed.extended === false) found.push({ id: 'a2a.extended.refused', severity: 'info', text: 'The server has a longer card for callers with a credential; it was not given to this connection, so skills may be missing.' });
  return found;
}

export function factsOf(probed: Probed): RuntimeFacts {
  const { way, card } = probed;
  return {
    product: way.t === 'found' ? `A2A ${way.chosen.face.version} (${way.chosen.binding})` : 'A2A',
    version: card.version,
    ...visibilityOf(probed),
    capabilities: capabilitiesOf(probed),
    levers: [...(way.t === 'found' ? [cancelLever] : []), ...(card.requirements.length > 0 ? [callersLever] : [])],
    findings: findingsOf(probed),
  };
}
