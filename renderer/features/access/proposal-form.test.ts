import { expect, it } from 'vitest';
import { usualForm } from './proposal-form.ts';

it.each([
  [[], 'allow_list'], [['tool', 'tool', 'statement'], 'allow_list'], [['statement', 'statement', 'tool'], 'iam'],
  [['policy'], 'cedar'], [['scope', 'network'], 'allow_list'], [['policy', 'statement'], 'iam'], [['policy', 'policy', 'statement', 'tool'], 'cedar'],
] as const)('for %j the form is %s', (kinds, form) => { expect(usualForm(kinds)).toBe(form); });
