import { expect, it } from 'vitest';
import { safeCopy, safeJson } from './safe-copy.ts';

it('leaves out what opens doors, wherever it stands, and keeps what tells', () => {
  const run = {
    run_id: 'r-1', kwargs: {
      input: { question: 'Pay?', max_tokens: 5 },
      webhook: 'https://hooks.example.com/run?token=abc',
      config: { configurable: {
        'x-user-token': 'one', 'x-forwarded-for': '10.0.0.1', authorization: 'Bearer two', 'user-agent': 'curl', openai_api_key: 'three', thread_id: 't-1', model: 'big',
        langgraph_auth_user: { identity: 'ada', display_name: 'Ada', permissions: ['admin'], token: 'four', raw: { jwt: 'five' } },
        langgraph_auth_user_id: 'ada',
      } },
      context: { tools: [{ name: 'search', apiKey: 'six', headers: { Cookie: 'seven' } }], password: 'eight', accessToken: 'nine' },
    },
  };
  const text = safeJson(run);
  for (const secret of ['one', '10.0.0.1', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'abc']) expect(text).not.toContain(`${secret}"`);
  expect(safeCopy(run)).toMatchObject({
    run_id: 'r-1', kwargs: { webhook: 'https://hooks.example.com/run', input: { question: 'Pay?', max_tokens: 5 }, config: { configurable: { 'user-agent': 'curl', thread_id: 't-1', model: 'big', langgraph_auth_user: { identity: 'ada', display_name: 'Ada' }, langgraph_auth_user_id: 'ada' } } },
  });
});

it('ends in a record that is nested without end', () => {
  let deep: unknown = 'bottom';
  for (let level = 0; level < 10_000; level++) deep = { deep };
  expect(safeJson(deep)).toContain('left out by Gatehouse');
});
