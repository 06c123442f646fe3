const extensions = ['json', 'cedar', 'txt', 'pem'] as const;

/**
 * SECURITY: agent names stand in proposed file names. No folder, no leading dot, no sign that a file system or a shell
 * reads otherwise, and only extensions that nothing runs.
 */
export function suggestedName(name: string): { file: string; extension: (typeof extensions)[number] } {
  const asked = /\.([a-z]+)$/.exec(name)?.[1];
  const extension = extensions.find((one) => one === asked) ?? 'txt';
  const stem = (asked === extension ? name.slice(0, -extension.length - 1) : name).replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/\.{2,}/g, '.').replace(/^[.-]+/, '').slice(0, 80).replace(/[.-]+$/, '');
  return { file: `${stem === '' ? 'gatehouse' : stem}.${extension}`, extension };
}
