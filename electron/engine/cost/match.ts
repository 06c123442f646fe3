/** How a name is compared with what an entry of the price book says of it. Names come in lower case. */
import type { ModelMatch } from '../../../shared/cost.ts';

/** How exactly a name fits: 0 equals it, 1 a pattern, 2 a regular expression; -1 not at all. */
export type Fit = (name: string) => number;

/**
 * `versions`: a pattern with an open end after a digit does not fit a name that goes on with another number: `claude-sonnet-5*` is not
 * `claude-sonnet-5-5`, a model that came later and may cost something else, but `claude-sonnet-5-20260101`. What a person writes is taken as written.
 */
export function fitOf(matches: readonly ModelMatch[], versions: 'apart' | 'as written' = 'as written'): Fit {
  const names = new Set<string>();
  const patterns: Fit[] = [];
  for (const match of matches) {
    if ('equals' in match) names.add(match.equals.toLowerCase());
    else if ('like' in match) patterns.push(versions === 'apart' ? sameVersion(match.like.toLowerCase()) : likeFit(match.like.toLowerCase()));
    else patterns.push(regexFit(match.regex));
  }
  return (name) => {
    if (names.has(name)) return 0;
    let best = -1;
    for (const fit of patterns) {
      const found = fit(name);
      if (found === 1) return 1;
      if (found > best) best = found;
    }
    return best;
  };
}

function sameVersion(like: string): Fit {
  const fit = likeFit(like);
  const inner = like.replaceAll('*', '');
  if (!/\d\*$/.test(like)) return fit;
  return (name) => (fit(name) < 0 || /^[-.]\d{1,2}(?=$|[-.:@_])/.test(name.slice(name.indexOf(inner) + inner.length)) ? -1 : 1);
}

/** Most patterns have a star at an end; they need no regular expression. */
function likeFit(like: string): Fit {
  const stars = like.split('*').length - 1;
  const inner = like.replaceAll('*', '');
  if (stars === 0) return (name) => (name === inner ? 1 : -1);
  if (stars === 1 && like.endsWith('*')) return (name) => (name.startsWith(inner) ? 1 : -1);
  if (stars === 1 && like.startsWith('*')) return (name) => (name.endsWith(inner) ? 1 : -1);
  if (stars === 2 && like.startsWith('*') && like.endsWith('*')) return (name) => (name.includes(inner) ? 1 : -1);
  return partsFit(like.split('*'));
}

/** SECURITY: walked piece by piece: `*a*a*a*` as a regular expression would take time without bound on a long name. */
function partsFit(pieces: readonly string[]): Fit {
  const [first = '', ...rest] = pieces;
  const last = rest.pop() ?? '';
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return -1;
    let at = first.length;
    const end = name.length - last.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return -1;
      at = found + piece.length;
    }
    return 1;
  };
}

function regexFit(source: string): Fit {
  const regex = new RegExp(source, 'i');
  return (name) => (regex.test(name) ? 2 : -1);
}

/**
 * SECURITY: a file from elsewhere can bring regular expressions, and names of models come from agents: one that backtracks without
 * bound would stop the engine. No repeated groups, no references back, and no more ways to try a name of 300 characters than some
 * ten million: an open repetition is 300 ways, a choice is two, and without `^` it may begin at 300 places. Null: it may be used.
 */
export function regexProblem(source: string): string | null {
  try {
    void new RegExp(source, 'i');
  } catch (error) {
    return error instanceof Error ? error.message : 'it is no regular expression';
  }
  const bare = source.replaceAll(/\\[^\dk]/g, 'x').replaceAll(/\[[^\]]*\]/g, 'x');
  if (/\\/.test(bare)) return 'it refers back to a group';
  if (/\)[*+{]/.test(bare)) return 'it repeats a group';
  const open = bare.match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0;
  const choices = bare.replaceAll('(?', '(').match(/[?|]/g)?.length ?? 0;
  const ways = Math.log2(300) * (open + (bare.startsWith('^') ? 0 : 1)) + choices;
  return ways > 25 ? 'it has too many ways to match' : null;
}
