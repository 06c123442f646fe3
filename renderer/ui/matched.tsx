import { inertText, boxLabel } from './agent-text.ts';
import classes from './matched.module.css';

/** Where each term of the typed text begins in the candidate; null when one is missing. */
export function matchTerms(candidate: string, typed: string): { at: number; length: number }[] | null {
  const text = candidate.toLowerCase();
  const hits: { at: number; length: number }[] = [];
  for (const term of typed.toLowerCase().split(/\s+/).filter((part) => part !== '')) {
    const at = text.indexOf(term);
    if (at < 0) return null;
    hits.push({ at, length: term.length });
  }
  return hits;
}

/** Better first: at the very start, then at the start of a word, then anywhere; shorter before longer. */
export function matchRank(candidate: string, typed: string): number {
  const first = matchTerms(candidate, typed)?.[0];
  if (first === undefined) return 3;
  if (first.at === 0) return 0;
  return /[\s\-_/.:]/.test(candidate[first.at - 1] ?? '') ? 1 : 2;
}

/** Text with the typed part underlined. The text may be a runtime's: invisible characters become boxes. */
export function Matched({ text, typed }: { text: string; typed: string }) {
  const hit = typed === '' ? undefined : matchTerms(text, typed)?.[0];
  const clean = (part: string) => inertText(part, 200).segments.map((segment) => (segment.kind === 'box' ? `[${boxLabel(segment)}]` : segment.kind === 'break' ? ' ' : segment.text)).join('');
  if (hit === undefined) return <bdi dir="ltr">{clean(text)}</bdi>;
  return <bdi dir="ltr">{clean(text.slice(0, hit.at))}<mark className={classes.mark}>{clean(text.slice(hit.at, hit.at + hit.length))}</mark>{clean(text.slice(hit.at + hit.length))}</bdi>;
}
