/** An IAM statement written from its reading: as good as its source, in a policy of Version 2012-10-17, whatever version it came from. */
import { conditionOf } from './condition-text.ts';
import type { Json } from './json-document.ts';
import { bare, isNegated } from './normalised.ts';
import type { Normalised } from './normalised.ts';

export type Statement = { [key: string]: Json };

/** Of a reading that was understood. `sid`: IAM takes letters and digits only. */
export function statementOf({ effect, actions, resources, conditions }: Pick<Normalised, 'effect' | 'actions' | 'resources' | 'conditions'>, sid: string | null): Statement {
  const condition = conditionBlock(conditions);
  return {
    ...(sid === null ? {} : { Sid: sid }), Effect: effect === 'deny' ? 'Deny' : 'Allow', ...patterns('Action', actions), ...patterns('Resource', resources), ...(condition === null ? {} : { Condition: condition }),
  };
}

const patterns = (name: string, list: readonly string[]): Statement => (list.length > 0 && list.every(isNegated) ? { [`Not${name}`]: list.map(bare) } : { [name]: [...list] });

function conditionBlock(conditions: readonly string[]): Json {
  const block: { [operator: string]: { [key: string]: Json } } = {};
  for (const condition of conditions.map(conditionOf)) if (condition && condition.key !== 'principal') (block[condition.operator] ??= {})[condition.key] = [...condition.values];
  return Object.keys(block).length === 0 ? null : block;
}
