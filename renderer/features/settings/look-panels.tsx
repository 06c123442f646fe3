import { Button } from '@mantine/core';
import { placeHash } from '../../app/navigation.ts';
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

/** What is told to the desktop, and what was chosen about credentials. */
export function ApprovalsPanel({ settings, change }: SectionProps) {
  return (
    <Panel title="Approvals and credentials">
      <Setting name="Notify of approvals" says="A desktop notification when an agent begins to wait for a person. It names the agent and what it asks, cleaned of anything that a desktop could read as a link.">
        <Toggle label="Notify of approvals" on={settings.notifyApprovals} onChange={(notifyApprovals) => change.mutate({ notifyApprovals })} />
      </Setting>
      <Setting
        name={settings.weakVault ? 'Credentials may be kept weakly' : 'Credentials are kept in the keyring only'}
        says={settings.weakVault ? 'Chosen by a person, because this system had no keyring: whoever can read this account’s files can read them. Taking it back refuses new ones; those kept already stay until they are changed or their connection is removed.' : 'Where this system has no keyring, keeping one is refused and you are asked each time. Nothing is kept weakly by itself.'}
      >
        {settings.weakVault ? <Button onClick={() => change.mutate({ weakVault: false })}>Take back</Button> : <span>Nothing to take back</span>}
      </Setting>
      <Setting name="Decisions and changes" says="Who decided what, and what the console did to runtimes: chained, sealed and checked on the Audit screen.">
        <Button component="a" href={placeHash({ screen: 'audit', params: { view: 'log' } })}>Open the audit log</Button>
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
