/** The exact command of a local server as people see it and agree to it: one text, the same on every screen and in the check of the consent. */

/** The parts of a target that run a program. */
export interface ProgramTarget {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: readonly string[];
}

const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/;
/** What an eye takes for nothing, for a line's end or for another order of the letters. */
const deceiving = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|[^\S ]/gu;

/** As a shell's user would write it; SECURITY: what cannot be seen is written out, so that two commands never look the same. */
function quoted(word: string): string {
  if (plainWord.test(word)) return word;
  deceiving.lastIndex = 0;
  if (!deceiving.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replace(deceiving, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
  return `$'${escaped}'`;
}

/** `cd DIR && env NAME... COMMAND ARG...`; of the environment only names are said, never values. */
export function commandLineOf({ command, args, cwd, env }: ProgramTarget): string {
  const line = [command, ...args].map(quoted).join(' ');
  const withEnv = env.length === 0 ? line : `${env.map((name) => `${name}=$${name}`).join(' ')} ${line}`;
  return cwd === undefined ? withEnv : `cd ${quoted(cwd)} && ${withEnv}`;
}
