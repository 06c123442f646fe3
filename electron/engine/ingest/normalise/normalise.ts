/** Chooses the adapter for a record, by scope and service, and asks it. Runs some ten thousand times a second: the choice is kept. */
import type { Adapter, Normalised } from '../draft.ts';
import type { LogRecord, SpanRecord } from '../record.ts';
import { refused } from './build.ts';
import { chooseAdapter, wanted } from './sources.ts';

/** Attribute keys that some adapter reads: the decoder may drop every other one. */
export const wantedAttributes: ReadonlySet<string> = wanted;

/** Senders choose these names freely: the memory of choices is bounded. */
const keptChoices = 500;
const choices = new Map<string, Adapter>();

function adapterFor(record: SpanRecord | LogRecord): Adapter {
  const at = `${record.scope.name}\n${record.resource.service}`;
  const kept = choices.get(at);
  if (kept !== undefined) return kept;
  const adapter = chooseAdapter(record.scope.name, record.resource.service);
  if (choices.size >= keptChoices) choices.clear();
  choices.set(at, adapter);
  return adapter;
}

const noSpans: Normalised = { t: 'aside', reason: 'internal span of the agent' };
const noLogs: Normalised = { t: 'aside', reason: 'not an agent record' };

/** Pure, and never throws: a record that cannot be read is refused with a reason. */
export function normalise(record: SpanRecord | LogRecord): Normalised {
  const adapter = adapterFor(record);
  if (record.signal === 'log') return adapter.log === undefined ? noLogs : adapter.log(record);
  if (record.spanId === '' || record.traceId === '') return refused('span without an id');
  if (record.startUs === 0 && record.endUs === 0) return refused('span without a time');
  return adapter.span === undefined ? noSpans : adapter.span(record);
}
