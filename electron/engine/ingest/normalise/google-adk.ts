/**
 * Google ADK, scope `gcp.vertex.agent`. Its spans get their attributes when the work has succeeded: a model call or tool span without
 * any broke before. Cached and thought tokens stand only inside the JSON of the response; output leaves thoughts out.
 */
import type { Adapter, Draft } from '../draft.ts';
import type { Attrs, SpanRecord } from '../record.ts';
import { drafts, runFrom } from './build.ts';
import { genaiSort, genaiSpan } from './genai.ts';
import type { Sort } from './genai.ts';
import { genai } from './genai-names.ts';
import { one, tokens } from './read.ts';
import { usageOf } from './usage.ts';

const responseKey = 'gcp.vertex.agent.llm_response';

function adkSort(record: SpanRecord): Sort {
  if (record.name === 'call_llm' || record.name.startsWith('generate_content')) return 'model';
  if (record.name.startsWith('execute_tool ')) return 'tool';
  return genaiSort(record.attrs);
}

/** The counts stand near the end of a text that may be long and cut: it is searched, not parsed. */
function countIn(response: string, name: string): number | undefined {
  const at = response.lastIndexOf(`"${name}":`);
  if (at < 0) return undefined;
  const from = at + name.length + 3;
  let end = from;
  while (end < response.length && end - from < 13 && response.charCodeAt(end) >= 0x30 && response.charCodeAt(end) <= 0x39) end += 1;
  return end === from ? undefined : Number(response.slice(from, end));
}

function usage(attrs: Attrs): Draft['usage'] {
  const response = one(attrs, responseKey);
  return usageOf(
    {
      input: tokens(attrs, genai.input), output: tokens(attrs, genai.output), cacheRead: tokens(attrs, genai.cacheRead) ?? countIn(response, 'cachedContentTokenCount'),
      cacheWrite: undefined, reasoning: tokens(attrs, genai.reasoning) ?? countIn(response, 'thoughtsTokenCount'),
    },
    { inputHasCache: true, outputHasReasoning: false },
  );
}

export const adkAdapter: Adapter = {
  id: 'google-adk',
  wanted: [responseKey, 'gcp.vertex.agent.session_id'],
  span: (record) => {
    const { attrs } = record;
    const draft = genaiSpan(record, { source: 'google-adk/span' }, adkSort(record));
    const run = draft.run ?? runFrom(attrs, [], ['gcp.vertex.agent.session_id']);
    const empty = draft.role === 'activity' && draft.status === 'ok' && one(attrs, 'gen_ai.tool.name') === '' && one(attrs, 'gen_ai.request.model') === '';
    if (empty) return drafts({ ...draft, run, status: 'error', statusExplicit: false });
    return drafts({ ...draft, run, usage: draft.kind === 'model_call' ? usage(attrs) : undefined });
  },
};
