import { ScreenHead } from '../../app/screen-head.tsx';

export default function ConnectionsScreen() {
  return <ScreenHead title="Connections" />;
}
