/** What connectors collected and discovered, as the assembler takes it: after the content level, with the runtime's own text beside it. */
import type { ContentLevel } from '../../../shared/domain.ts';
import type { AgentClaim, Draft } from '../ingest/draft.ts';
import type { CollectedJob, FoundGrant } from '../ingest/collected.ts';
import { withoutContent } from '../ingest/outline.ts';
import { payloadKinds, type PayloadContext, type PayloadRef } from '../ingest/payload.ts';
import { maskJson, maskText } from '../ingest/redact.ts';
import type { Told } from './assemble/assembler.ts';
import { wholeUs } from './bounded.ts';
import { tellingIds } from './hash.ts';
import type { BlockFiller } from './payloads.ts';

const longestRaw = 4 * 1024 * 1024;
const noContext: PayloadContext = { source: new Uint8Array(0), resourceStart: 0, resourceEnd: 0, scopeStart: 0, scopeEnd: 0 };

/** SECURITY: the content level holds for what is asked of a runtime as for what is sent to us. */
export function toldOf(job: CollectedJob, filler: BlockFiller): Told[] {
  const { connection, service, content, receivedUs } = job;
  return job.batch.records.map(({ draft, raw }) => {
    const payload = content === 'none' || draft.role === 'structure' ? null : filler.place(payloadOf(content === 'redacted' ? maskJson(whole(raw)) : Buffer.from(whole(raw))));
    const kept = afterLevel(inTime(draft, receivedUs), content);
    return { connection, service, serviceVersion: '', draft: kept, ids: tellingIds(kept), payload, receivedUs };
  });
}

function inTime(draft: Draft, receivedUs: number): Draft {
  const startUs = wholeUs(draft.startUs, receivedUs);
  return { ...draft, startUs, ...(draft.endUs === undefined ? {} : { endUs: wholeUs(draft.endUs, startUs) }) };
}

function whole(raw: string): string {
  if (raw.length <= longestRaw) return raw;
  return JSON.stringify({ note: `The record is ${raw.length} characters long, too long to be kept; this is how it begins.`, begins: raw.slice(0, 65_536) });
}

function payloadOf(source: Uint8Array): PayloadRef {
  return { kind: payloadKinds.runtimeJson, source, start: 0, end: source.length, context: noContext };
}

export function afterLevel(draft: Draft, content: ContentLevel): Draft {
  if (content === 'full') return draft;
  return content === 'none' ? withoutContent(draft) : masked(draft);
}

/** Every text that may hold what somebody said; ids stay what they are. */
function masked(draft: Draft): Draft {
  const { error, agent, identity, taskName } = draft;
  return {
    ...draft,
    name: maskText(draft.name),
    ...(taskName === undefined ? {} : { taskName: maskText(taskName) }),
    ...(agent === undefined ? {} : { agent: maskedClaim(agent) }),
    ...(identity === undefined ? {} : { identity: { ...identity, of: maskText(identity.of) } }),
    ...(error === undefined ? {} : { error: maskedError(error) }),
  };
}

export function maskedClaim<C extends AgentClaim>(claim: C): C {
  return claim.name === undefined ? claim : { ...claim, name: maskText(claim.name) };
}

/** SECURITY: what a runtime says of its tools is its text, and may hold what a configuration holds. Names stay: calls are compared with them. */
export function maskedGrant(grant: FoundGrant): FoundGrant {
  const { description, source } = grant;
  return { ...grant, description: description === null ? null : maskText(description), ...(source === undefined ? {} : { source: { ...source, text: maskJson(source.text).toString('utf8') } }) };
}

function maskedError(error: NonNullable<Draft['error']>): NonNullable<Draft['error']> {
  return {
    ...(error.type === undefined ? {} : { type: maskText(error.type) }),
    ...(error.message === undefined ? {} : { message: maskText(error.message) }),
    ...(error.stackTop === undefined ? {} : { stackTop: maskText(error.stackTop) }),
  };
}

/** A sample of what was refused is the runtime's text too. */
export function sampleOf(sample: string | null, content: ContentLevel): string | null {
  if (sample === null || content === 'none') return null;
  return content === 'redacted' ? maskText(sample.slice(0, 2_000)) : sample;
}
