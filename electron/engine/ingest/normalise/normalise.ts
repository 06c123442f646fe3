/** Chooses the adapter for a record, by scope and service, and asks it. Runs some ten thousand times a second: the choice is kept. */
import type { Adapter, Normalised } from '../draft.ts';
import type { LogRecord, ResourceInfo, ScopeInfo, SpanRecord } from '../record.ts';
import { plainSpan, refused } from './build.ts';
import { genaiLog } from './genai.ts';
import { chooseAdapter, wanted } from './sources.ts';

/** Attribute keys that some adapter reads: the decoder may drop every other one. */
export const wantedAttributes: ReadonlySet<string> = wanted;

/** Senders choose these names freely: the memory of choices is bounded. */
const keptChoices = 500;
const choices = new Map<string, Adapter>();

/** Records of one body share these objects: most choices are one comparison. */
let lastScope: ScopeInfo | undefined;
let lastResource: ResourceInfo | undefined;
let lastAdapter: Adapter | undefined;

function adapterFor(record: SpanRecord | LogRecord): Adapter {
  if (lastAdapter !== undefined && record.scope === lastScope && record.resource === lastResource) return lastAdapter;
  lastScope = record.scope;
  lastResource = record.resource;
  lastAdapter = chosenFor(record);
  return lastAdapter;
}

function chosenFor(record: SpanRecord | LogRecord): Adapter {
  const at = `${record.scope.name}\n${record.resource.service}`;
  const kept = choices.get(at);
  if (kept !== undefined) return kept;
  const adapter = chooseAdapter(record.scope.name, record.resource.service);
  if (choices.size >= keptChoices) choices.clear();
  choices.set(at, adapter);
  return adapter;
}

/** Pure, and never throws: a record that cannot be read is refused with a reason. */
export function normalise(record: SpanRecord | LogRecord): Normalised {
  const adapter = adapterFor(record);
  if (record.signal === 'log') return adapter.log === undefined ? genaiLog(record) : adapter.log(record);
  if (record.spanId === '' || record.traceId === '') return refused('span without an id');
  if (record.startUs === 0 && record.endUs === 0) return refused('span without a time');
  return adapter.span === undefined ? plainSpan(record) : adapter.span(record);
}
