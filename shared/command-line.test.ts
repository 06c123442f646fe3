import { describe, expect, it } from 'vitest';
import { commandLineOf } from './command-line.ts';

const line = (command: string, ...args: string[]): string => commandLineOf({ command, args, env: [] });

describe('commandLineOf', () => {
  it('writes plain words plainly', () => {
    expect(line('npx', '-y', '@scope/server@1.2.3', '--root=/srv')).toBe('npx -y @scope/server@1.2.3 --root=/srv');
  });

  it('says the folder and the names of the environment, not its values', () => {
    expect(commandLineOf({ command: 'node', args: ['s.js'], cwd: '/srv/my files', env: ['API_KEY', 'LANG'] })).toBe("cd '/srv/my files' && API_KEY=$API_KEY LANG=$LANG node s.js");
  });

  it('tells different commands apart', () => {
    const commands = [['a b'], ['a', 'b'], ["a' 'b"], ['a\u200Bb'], ['ab'], ['a\\u{200b}b'], ['a\nb'], ['a\\nb'], ['a\u202Eb'], ['a\u00A0b'], [''], ['ab\u3164'], ['ab\u2800'], ['ab\uFE0F'], ['a\u034Fb'], ['ab\u{E0101}']];
    const shown = commands.map((args) => line('run', ...args));
    expect(new Set(shown).size).toBe(commands.length);
    expect(line('run', 'a\u202Eb')).toBe("run $'a\\u{202e}b'");
    for (const text of shown) expect(text).toMatch(/^[\x20-\x7e]*$/);
  });
});
