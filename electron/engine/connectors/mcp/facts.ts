/** What is said of a server: what can be seen through it, what could be stopped through it, what somebody should look at. */
import type { Capability, Lever } from '../../../../shared/domain.ts';
import { plural } from '../../plural.ts';
import type { Declaration, RuntimeFacts, TargetOf } from '../connector.ts';
import { quoted } from '../foreign-json.ts';
import { onThisMachine } from '../this-machine.ts';
import type { Protection } from './oauth.ts';
import { countTools } from './reading.ts';
import type { Reading } from './reading.ts';

/** The lists are all that a server tells; a tool that goes or changes its claims is to be seen within a minute. */
export const discoverEveryMs = 60_000;
/** Its program is started and ended for each look. */
export const startEveryMs = 300_000;
export const pollEveryMs = 30_000;

const no = (name: Capability['name'], text: string): Capability => ({ name, state: 'no', how: null, lagMs: null, text });

const never: readonly Capability[] = [
  no('discover', 'An MCP server does not tell which agents use it.'),
  no('activity', 'MCP shows nobody the calls of others: what was called is seen in the telemetry of the agent that called it.'),
  no('usage', 'MCP knows no tokens.'),
  no('cost', 'MCP knows no prices.'),
  no('approvals', 'A server asks the client that calls it, nobody else.'),
];

/** The token goes to the endpoint as its holder; nothing here reaches what other clients hold. */
const revokeLever: Lever = {
  id: 'mcp.revoke-token', level: 'revoke', kind: 'catalogue', title: 'Take the token back at its authorization server', reach: 'connection',
  step: 'revoke', undo: 'none', undoText: 'A token that was taken back does not come back; a new one must be asked for.', repeatable: true, idleOnly: false, wanted: false, pulled: false,
  doesNotStop: [
    'Tokens that other clients hold: the endpoint takes the token itself, and Gatehouse has only its own.',
    'A call that is under way.',
    'A server that checks tokens by itself: it takes them until they run out.',
  ],
};

export const declaration: Declaration = {
  kind: 'mcp',
  title: 'MCP server',
  capabilities: [...never, { name: 'grants', state: 'unknown', how: 'poll', lagMs: discoverEveryMs, text: 'Tools, resources and prompts that the server offers to this credential. What an agent may call of them is set in the agent.' }],
  levers: [],
  pollEveryMs,
  discoverEveryMs,
  auth: { header: 'authorization', scheme: 'bearer' },
};

const visibilityText = 'Only what the server offers to this credential; calls are never seen, whoever makes them.';

export function waitingFacts(): RuntimeFacts {
  return {
    product: null, version: null, visibility: 'unknown', visibilityText, levers: [],
    capabilities: [...never, { name: 'grants', state: 'unknown', how: null, lagMs: null, text: 'Waits for consent to start its command.' }],
    findings: [{ id: 'consent', severity: 'attention', text: 'It is started only after somebody has consented to exactly its command.' }],
  };
}

interface FactsInput {
  readonly target: TargetOf<'mcp'>;
  readonly reading: Reading;
  readonly protection: Protection | null;
  /** no credential is set, and none was asked for. */
  readonly open: boolean;
  readonly changes: RuntimeFacts['findings'];
}

export function factsOf({ target, reading, protection, open, changes }: FactsInput): RuntimeFacts {
  const { server, protocol, complete } = reading;
  return {
    product: server.name === null ? 'MCP server' : `${server.name} (MCP ${protocol})`,
    version: server.version,
    visibility: 'own',
    visibilityText,
    capabilities: [...never, grantsCapability(reading, complete, target.transport)],
    levers: protection?.revocation ? [revokeLever] : [],
    findings: [...changes, ...offerFindings(reading), ...(open && target.transport === 'http' ? [openFinding(target.url)] : []), ...protectionFindings(protection)],
  };
}

function grantsCapability(reading: Reading, complete: boolean, transport: TargetOf<'mcp'>['transport']): Capability {
  const base = { name: 'grants' as const, how: 'poll' as const, lagMs: transport === 'http' ? discoverEveryMs : startEveryMs };
  if (!complete) return { ...base, state: 'partly', text: 'Part of the lists could not be read; what is missing from them is not taken for gone.' };
  if (!reading.offersTools) return { ...base, state: 'yes', text: 'The server says that it has no tools.' };
  return { ...base, state: 'yes', text: 'As the server declares them; nothing enforces the claims, and what an agent may call is set in the agent.' };
}

function offerFindings({ offers }: Reading): RuntimeFacts['findings'] {
  const { all, unclaimed, destructive, contradicting } = countTools(offers);
  const hidden = offers.filter((offer) => offer.hidden).map(({ grant }) => quoted(grant.name));
  const findings: RuntimeFacts['findings'][number][] = [];
  if (hidden.length > 0) findings.push({ id: 'hidden-text', severity: 'attention', text: `${hidden.slice(0, 5).join(', ')}${hidden.length > 5 ? ` and ${hidden.length - 5} more` : ''}: the name or description carries characters that a person does not see and a model reads.` });
  if (contradicting > 0) findings.push({ id: 'contradicting-claims', severity: 'attention', text: `${plural(contradicting, 'tool claims', 'tools claim')} to be both read only and destructive.` });
  if (unclaimed > 0) findings.push({ id: 'unclaimed-tools', severity: 'info', text: `${unclaimed} of ${plural(all, 'tool')} ${unclaimed === 1 ? 'does' : 'do'} not say what ${unclaimed === 1 ? 'it does' : 'they do'}; by the protocol the worst holds: destructive, and in touch with the outside.` });
  if (destructive > 0) findings.push({ id: 'destructive-tools', severity: 'info', text: `${plural(destructive, 'tool is', 'tools are')} declared destructive.` });
  return findings;
}

function openFinding(url: string): RuntimeFacts['findings'][number] {
  const local = onThisMachine(new URL(url));
  return { id: 'open-server', severity: local ? 'info' : 'attention', text: 'It lists its tools to whoever asks: no credential was needed. Whether a call needs one was not tried.' };
}

function protectionFindings(protection: Protection | null): RuntimeFacts['findings'] {
  if (!protection) return [];
  const findings: RuntimeFacts['findings'][number][] = protection.remarks.map((text, i) => ({ id: `oauth-remark-${i}`, severity: 'attention', text }));
  if (protection.issuers.length > 0) findings.push({ id: 'oauth', severity: 'info', text: protectionText(protection) });
  return findings;
}

export function protectionText({ issuers, scopes, revocation }: Protection): string {
  const from = `Tokens come from ${issuers.slice(0, 3).map((one) => quoted(one, 200)).join(', ')}`;
  const known = scopes.length === 0 ? '; it names no scopes' : `; it knows the scopes ${scopes.slice(0, 20).map((one) => quoted(one)).join(', ')}${scopes.length > 20 ? ` and ${scopes.length - 20} more` : ''}`;
  return `${from}${known}. ${revocation === null ? 'No place to take a token back is offered.' : `A token can be taken back at ${quoted(revocation, 200)}.`}`;
}
