/** A scope as one word: orders of the same scope are found by it. */
import type { StopScope } from '../../../shared/stop.ts';

export function scopeKey(scope: StopScope): string {
  if (scope.kind === 'everything') return scope.kind;
  return scope.kind === 'tag' ? `tag:${scope.tag.toLowerCase()}` : `${scope.kind}:${scope.id}`;
}
