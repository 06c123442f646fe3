/** What is known of the very server: its features, whose work it shows, what an administrator should act on. Pure. */
import type { RuntimeFacts } from '../connector.ts';
import type { Features } from './features.ts';
import { cancelRunsLever, capabilities, disableCronsLever, revokeKeysLever, suspendAssistantLever } from './declaration.ts';
import { leftPending } from './stuck.ts';
import type { OpenWork } from './tell-thread.ts';

type Finding = RuntimeFacts['findings'][number];

export interface Seen {
  readonly identities: ReadonlySet<string>;
  readonly work: readonly OpenWork[];
  readonly nowUs: number;
}

export function factsOf(features: Features, seen: Seen): RuntimeFacts {
  const { info } = features;
  const { visibility, text } = visibilityOf(features, seen.identities);
  return {
    product: info.langgraph_py_version !== null ? 'LangGraph Agent Server (Python)' : info.context === 'js' ? 'LangGraph Agent Server (JavaScript)' : 'LangGraph Agent Server',
    version: info.version ?? null, visibility, visibilityText: text,
    capabilities: capabilities.map((one) => (one.name === 'activity' && features.protocolStreams && features.open === true ? { ...one, how: 'stream' } : one)),
    levers: [...(features.crons === null ? [] : [disableCronsLever]), suspendAssistantLever, cancelRunsLever, revokeKeysLever],
    findings: [...doorFindings(features), ...workFindings(features, seen)],
  };
}

function visibilityOf(features: Features, identities: ReadonlySet<string>): { visibility: RuntimeFacts['visibility']; text: string } {
  if (features.open === true) return { visibility: 'all', text: 'The server asks nobody who they are, so everybody sees everything.' };
  const people = [...identities].sort();
  if (people.length > 1) return { visibility: 'all', text: `It sees work of several people (${people.slice(0, 5).join(', ')}${people.length > 5 ? ', …' : ''}), not only its own. Threads that the server's own rules hide from it cannot be noticed.` };
  return { visibility: 'unknown', text: 'The server\'s own rules decide which threads this credential sees, and do not say so. Work of others may be hidden; a key whose rules filter nothing sees all.' };
}

function doorFindings({ open, studioDoor }: Features): Finding[] {
  const findings: Finding[] = [];
  if (open === true) findings.push({ id: 'no-auth', severity: 'attention', text: 'The server asks for no credential: whoever reaches its address can read every thread, start runs and delete them. Set up `auth` in langgraph.json, or keep it behind a gateway.' });
  if (studioDoor === true) findings.push({ id: 'studio-door', severity: 'attention', text: 'Whoever sends the header `x-auth-scheme: langsmith` is let in without a key. Set `"disable_studio_auth": true` under `auth` in langgraph.json.' });
  return findings;
}

function workFindings({ info, protocolStreams, open, crons }: Features, { work, nowUs }: Seen): Finding[] {
  const findings: Finding[] = [];
  if (info.context === 'js' && isBelow(info.version ?? '', [0, 14, 2])) findings.push({ id: 'cancel-not-passed-on', severity: 'attention', text: `Servers of version ${info.version ?? ''} do not stop JavaScript graphs when a run is cancelled (mended in 0.14.2, says its maker). Update it.` });
  if (work.length > 0 && work.every((one) => one.status === 'pending') && leftPending(work, nowUs).length > 0) {
    findings.push({ id: 'dead-workers', severity: 'failed', text: 'Runs wait and none is worked on, although the server answers: its workers are dead or lost. On the development server every delete of a running run loses one for good; restart it.' });
  }
  if (protocolStreams && open === false) {
    findings.push({ id: 'streams-open', severity: 'info', text: 'On servers of this kind any key can follow the protocol stream of any thread whose id it knows, and whoever opens it first lends its identity to runs that are started on it after that. Gatehouse therefore does not open these streams here.' });
  }
  if (crons !== null && crons.length > 0) findings.push({ id: 'crons', severity: 'info', text: `${crons.length === 1 ? 'One schedule starts' : `${crons.length} schedules start`} runs by themselves: ${crons.slice(0, 5).map((cron) => cron.schedule).join('; ')}${crons.length > 5 ? '; …' : ''}.` });
  return findings;
}

/** Only for versions of the production server (0.x); others are counted in another way. */
function isBelow(version: string, limit: readonly number[]): boolean {
  const parts = /^(0)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (parts === undefined) return false;
  for (const [index, most] of limit.entries()) {
    const part = parts[index] ?? 0;
    if (part !== most) return part < most;
  }
  return false;
}
