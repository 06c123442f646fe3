/** What is masked before storage must not change what is counted: masks hit e-mail addresses and secrets, never ids, names or figures. */
import { expect, test } from 'vitest';
import { assemble } from './test-assemble.ts';
import { captureNames, readCapture } from './test-captures.ts';
import type { Row } from './test-assemble.ts';

const facts = ({ key, kind, name, status, agent, usage, run, cost, error }: Row): unknown => ({ key, kind, name, status, agent, usage, run, cost, errorType: error?.type });

test.each(captureNames())('%s reads the same at every content level', (name) => {
  const full = assemble(readCapture(name)).rows.map(facts);
  expect(full.length).toBeGreaterThan(0);
  expect(assemble(readCapture(name, ['traces', 'logs'], 'redacted')).rows.map(facts)).toEqual(full);
  expect(assemble(readCapture(name, ['traces', 'logs'], 'none')).rows.map(facts)).toEqual(full);
});
