/** The settings that the page itself obeys: theme and single keys. They live with the engine; the last ones known start the page. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { themeChoices, type ThemeChoice } from '../../shared/page-api.ts';
import { favours } from '../api/client.ts';
import { settingsQueries } from '../api/queries.ts';
import { setSingleKeys } from './keys.ts';
import { oneOf, stored } from './stored.ts';

const lastTheme = stored<ThemeChoice>('theme', oneOf(themeChoices), 'system');
const dark = window.matchMedia('(prefers-color-scheme: dark)');

const schemeOf = (choice: ThemeChoice, systemIsDark: boolean): 'light' | 'dark' => (choice === 'system' ? (systemIsDark ? 'dark' : 'light') : choice);

function subscribeSystem(listener: () => void): () => void {
  dark.addEventListener('change', listener);
  return () => dark.removeEventListener('change', listener);
}

export function useColourScheme(): 'light' | 'dark' {
  const choice = lastTheme.use();
  const systemIsDark = useSyncExternalStore(subscribeSystem, () => dark.matches);
  return schemeOf(choice, systemIsDark);
}

/** Before the first paint, so that no wrong ground flashes. */
export function applyColourScheme(): void {
  document.documentElement.setAttribute('data-mantine-color-scheme', schemeOf(lastTheme.get(), dark.matches));
}

/** Follows the engine's settings; called once, in the shell. */
export function useSettingsFollower(): void {
  const { data } = useQuery(settingsQueries.get());
  const theme = data?.theme;
  const singleKeys = data?.singleKeys;
  useEffect(() => {
    if (theme === undefined) return;
    lastTheme.set(theme);
    void favours.setTheme(theme);
  }, [theme]);
  useEffect(() => {
    if (singleKeys !== undefined) setSingleKeys(singleKeys);
  }, [singleKeys]);
}
