/**
 * Anthropic's own SDK, scope `com.anthropic.sdk.*`: GenAI names with `cache_write` for the cache, whose input figure contains reads and
 * writes. A stream that its caller dropped ends UNSET without any answer: it was cut off, it did not succeed.
 */
import type { Adapter, Draft } from '../draft.ts';
import type { SpanRecord } from '../record.ts';
import { drafts, runFrom } from './build.ts';
import { genaiSort, genaiSpan } from './genai.ts';
import { nameOf, one } from './read.ts';

function cutOff(record: SpanRecord, draft: Draft): boolean {
  return draft.kind === 'model_call' && draft.status === 'ok' && !draft.statusExplicit && draft.usage === undefined && one(record.attrs, 'gen_ai.response.id') === '';
}

export const anthropicSdkAdapter: Adapter = {
  id: 'anthropic-sdk',
  wanted: ['anthropic.session.id', 'anthropic.tool.name'],
  span: (record) => {
    const draft = genaiSpan(record, { source: 'anthropic-sdk/span' }, genaiSort(record.attrs));
    const run = runFrom(record.attrs, ['anthropic.session.id'], []) ?? draft.run;
    const name = draft.kind === 'tool_call' && draft.name === '' ? (nameOf(record.attrs, ['anthropic.tool.name']) ?? '') : draft.name;
    if (cutOff(record, draft)) return drafts({ ...draft, run, status: 'interrupted', statusExplicit: true });
    return drafts({ ...draft, run, name });
  },
};
