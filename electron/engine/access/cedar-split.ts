/** Cuts a policy set at the semicolons between policies, so that one broken policy does not hide the others. Texts and comments are left whole. */
export function splitPolicies(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (const found of text.matchAll(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|;/gsu)) {
    if (found[0] !== ';') continue;
    pieces.push(text.slice(start, found.index + 1));
    start = found.index + 1;
  }
  pieces.push(text.slice(start));
  return pieces.map((piece) => piece.trim()).filter((piece) => piece.replace(/\/\/[^\n]*/gu, '').trim() !== '');
}
