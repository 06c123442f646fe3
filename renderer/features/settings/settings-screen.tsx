import { ScreenHead } from '../../app/screen-head.tsx';

export default function SettingsScreen() {
  return <ScreenHead title="Settings" />;
}
