/**
 * SECURITY: the engine gets the few variables that a program needs to run here, and nothing else: no keys that a person's
 * shell exports for other programs, no NODE_OPTIONS or LD_PRELOAD that would run another's code in it.
 */
const allowed = new Set([
  'PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR',
  'SYSTEMROOT', 'WINDIR', 'USERPROFILE', 'USERNAME', 'APPDATA', 'LOCALAPPDATA', 'PATHEXT', 'COMSPEC',
]);

/**
 * glibc gives each thread a heap of its own, and what one lets go no other takes: with one for all the engine's threads and those of its libraries it holds 16 MB
 * less (measured with a million activities), with two 10 less and threads wait for each other less often. Other systems do not read it. `scripts/gatehouse.mjs`
 * says the same for the command line.
 */
const ours = { MALLOC_ARENA_MAX: '2' };

export function engineEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = { ...ours };
  for (const [name, value] of Object.entries(env)) {
    const upper = name.toUpperCase();
    if (value !== undefined && (allowed.has(upper) || upper.startsWith('LC_'))) kept[name] = value;
  }
  return kept;
}
