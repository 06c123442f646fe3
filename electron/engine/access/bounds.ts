/** SECURITY: a document is a stranger's text: what is read from it is bounded in size, depth and number. */
export const MOST_TEXT = 1_000_000;
/** Of a policy that is evaluated: several times what AWS or a Cedar engine takes. */
export const MOST_POLICY_TEXT = 200_000;
export const MOST_READINGS = 2_000;
/** In one list of actions or resources. */
export const MOST_PATTERNS = 600;
export const MOST_NAME = 300;
export const MOST_PROBLEM = 300;
export const MOST_PROBLEMS = 200;
export const MOST_DEPTH = 32;

export const clipped = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** A text of the source inside a sentence of ours. */
export const quoted = (text: string): string => `"${clipped(text, 120)}"`;

/** Within one document a kind and a name are one grant: a name that comes again gets a number. */
export function uniqueNames(): (kind: string, name: string) => string {
  const seen = new Set<string>();
  return (kind, name) => {
    const base = clipped(name.trim() || 'without a name', MOST_NAME - 8);
    let unique = base;
    for (let times = 2; seen.has(`${kind} ${unique}`); times += 1) unique = `${base} (${times})`;
    seen.add(`${kind} ${unique}`);
    return unique;
  };
}

/** Problems to be shown: clipped, and how many more there are. */
export function bounded(problems: readonly string[]): string[] {
  const shown = [...new Set(problems)];
  const kept = shown.slice(0, MOST_PROBLEMS).map((problem) => clipped(problem, MOST_PROBLEM));
  return shown.length > MOST_PROBLEMS ? [...kept, `${shown.length - MOST_PROBLEMS} more.`] : kept;
}
