import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { ContentChoice } from '../../ui/content-choice.tsx';
import { Setting, Toggle } from './setting.tsx';
import type { SectionProps } from './use-settings.ts';

const themes = [{ value: 'system', label: 'As the system' }, { value: 'light', label: 'Light' }, { value: 'dark', label: 'Dark' }] as const;

export function AppearancePanel({ settings, change }: SectionProps) {
  return (
    <Panel title="Appearance and keys">
      <Setting name="Theme" says="Holds for the window, its menu and its title bar.">
        <Segmented label="Theme" name="theme" value={settings.theme} options={themes} onChange={(theme) => change.mutate({ theme })} />
      </Setting>
      <Setting name="Single letter keys" says="J, K, G then a letter, / and the like. Off: only keys with Ctrl, arrows, Enter and Escape work. They are always off while you type.">
        <Toggle label="Single letter keys" on={settings.singleKeys} onChange={(singleKeys) => change.mutate({ singleKeys })} />
      </Setting>
    </Panel>
  );
}

export function ContentPanel({ settings, change }: SectionProps) {
  return (
    <Panel title="Content of new connections" aside="each connection can differ">
      <ContentChoice value={settings.defaultContent} onChange={(defaultContent) => change.mutate({ defaultContent })} name="default-content" />
    </Panel>
  );
}
