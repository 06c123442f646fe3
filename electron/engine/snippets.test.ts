import { describe, expect, it } from 'vitest';
import { snippet } from '../../shared/domain.ts';
import { makeToken } from './token.ts';
import { makeSnippets } from './snippets.ts';

const endpoint = 'http://127.0.0.1:14318';
const { token } = makeToken();
const snippets = makeSnippets(endpoint, token);

describe('set-up texts', () => {
  it('exist for every agent that the contract names', () => {
    expect(snippets.map((one) => one.id).sort()).toEqual([...snippet.shape.id.options].sort());
  });

  it.each(snippets.map((one) => [one.id, one] as const))('%s: real endpoint, real token, nothing left to fill in', (_id, one) => {
    const whole = [one.text, ...one.notes].join('\n');
    expect(whole).toContain(token);
    expect(one.text).toContain(endpoint);
    expect(whole).not.toMatch(/\{TOKEN\}|<[^>]*>|YOUR[_-]|TODO|\bundefined\b|example\.com/i);
    expect(snippet.safeParse(one).success).toBe(true);
  });

  it('Gemini CLI: speaks HTTP and keeps prompts to itself', () => {
    const gemini = snippets.find((one) => one.id === 'gemini-cli');
    expect(JSON.parse(gemini?.text ?? '')).toEqual({ telemetry: { enabled: true, target: 'local', otlpProtocol: 'http', otlpEndpoint: endpoint, logPrompts: false } });
  });

  it('Codex: full address of the logs, inline tables on one line each', () => {
    const codex = snippets.find((one) => one.id === 'codex');
    expect(codex?.text).toContain(`endpoint = "${endpoint}/v1/logs"`);
    expect(codex?.text.split('\n')).toHaveLength(3);
  });
});

describe('makeToken', () => {
  it('is long, random and known afterwards by its hash only', () => {
    const one = makeToken();
    expect(one.token).toMatch(/^gh_[A-Za-z0-9_-]{43}$/);
    expect(makeToken().token).not.toBe(one.token);
    expect(one.ends).toBe(one.token.slice(-4));
    expect(one.hash).toHaveLength(32);
  });
});
