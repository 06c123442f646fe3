import { useCallback } from 'react';
import { formatUtc } from '../../ui/format.ts';
import { useClock } from '../../ui/now.ts';
import { sinceWords, whenWords } from './failure-words.ts';

/** Since when, without what nobody needs; the exact time is one hover or focus away. */
export function Since({ iso }: { iso: string }) {
  const text = useClock(useCallback((now: number) => sinceWords(new Date(iso), new Date(now)), [iso]));
  return <time dateTime={iso} data-tip={formatUtc(new Date(iso))}>{text}</time>;
}

/** When something happened, in a column of such times. */
export function When({ iso }: { iso: string }) {
  const text = useClock(useCallback((now: number) => whenWords(new Date(iso), new Date(now)), [iso]));
  return <time dateTime={iso} data-tip={formatUtc(new Date(iso))}>{text}</time>;
}
