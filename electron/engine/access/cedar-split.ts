/** Looks at the text of a policy set without parsing it. Texts and comments count as nothing; a text that never ends reaches to the end, so that nothing is looked at twice. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)|\/\/[^\n]*|[;()[\]{}]|\bif\b|!|-/gsu;

/** Cuts a policy set at the semicolons between policies, so that one broken policy does not hide the others. */
export function splitPolicies(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (const found of text.matchAll(tokens)) {
    if (found[0] !== ';') continue;
    pieces.push(text.slice(start, found.index + 1));
    start = found.index + 1;
  }
  pieces.push(text.slice(start));
  return pieces.map((piece) => piece.trim()).filter((piece) => piece.replace(/\/\/[^\n]*/gu, '').trim() !== '');
}

/** SECURITY: Cedar's parser goes one level of its stack down for each of these. A person's policy has a dozen. */
const MOST_NESTED = 100;
/** Of one policy; its parts are joined one inside of the other. */
const MOST_JOINED = 2_000;

/** Whether a policy of it is nested or joined so deeply that Cedar's parser is not to see it. */
export function isTooDeep(text: string): boolean {
  return splitPolicies(text).some((piece) => {
    let depth = 0;
    let open = 0;
    for (const [token] of piece.matchAll(tokens)) {
      if (token === '(' || token === '[' || token === '{') depth = Math.max(depth, (open += 1));
      else if (token === ')' || token === ']' || token === '}') open -= 1;
      else if (token === 'if' || token === '!' || token === '-') depth += 1;
      if (depth > MOST_NESTED) return true;
    }
    return (piece.match(/&&|\|\||[.+*]|\bthen\b/gu)?.length ?? 0) > MOST_JOINED;
  });
}

/** What stands behind the scope of one policy, word for word: its `when` and `unless` parts, without comments. null: there is no scope. */
export function clausesOf(policy: string): string | null {
  const plain = policy.replace(/"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)|\/\/[^\n]*/gsu, (token) => (token.startsWith('"') ? token : ''));
  let open = 0;
  for (const found of plain.matchAll(tokens)) {
    if (found[0] === '(') open += 1;
    if (found[0] !== ')') continue;
    open -= 1;
    // An annotation has parentheses of its own, and no effect before them.
    if (open === 0 && /\b(?:permit|forbid)\s*\(/u.test(plain.slice(0, found.index).replace(/"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)/gsu, '""'))) return plain.slice(found.index + 1).replace(/;\s*$/u, '').trim();
  }
  return null;
}
