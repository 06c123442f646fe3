/** A set-up text as it may stand on a screen that others see: the token is dots and its last four characters. */
export function maskToken(text: string, token: string): string {
  if (token === '') return text;
  const masked = `••••••••${token.slice(-4)}`;
  const forms = new Set([token, encodeURIComponent(token), JSON.stringify(token).slice(1, -1)]);
  return [...forms].toSorted((a, b) => b.length - a.length).reduce((rest, form) => rest.replaceAll(form, masked), text);
}
