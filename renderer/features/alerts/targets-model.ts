import type { AlertTarget, TargetDraft } from '../../../shared/alerts.ts';

/** The target as it stands, to be saved again with something changed; its credential stays where it rests. */
export function draftOf({ name, config, quiet, enabled }: AlertTarget): TargetDraft {
  return { name, config, quiet, enabled };
}
