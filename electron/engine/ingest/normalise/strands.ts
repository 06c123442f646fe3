/**
 * Strands Agents. GenAI names, old and new at once; the provider is the service's own name, so it is not read. `invoke_agent` carries
 * the usage of the agent object's whole life; only `chat` spans are counted. The agent, session and user stand on `invoke_agent` alone.
 * Its tracer is named after the service, so the cycle and event-time attributes betray it.
 */
import type { Adapter } from '../draft.ts';
import { drafts } from './build.ts';
import { genaiSpan } from './genai.ts';

export const strandsMarks = ['gen_ai.event.start_time', 'agent_loop.cycle_id', 'event_loop.cycle_id'] as const;

export const strandsAdapter: Adapter = {
  id: 'strands',
  wanted: strandsMarks,
  span: (record) => drafts(genaiSpan(record, { source: 'strands/span', providerIsService: true })),
};
