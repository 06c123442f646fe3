import { ScreenHead } from '../../app/screen-head.tsx';

export default function AgentsScreen() {
  return <ScreenHead title="Agents" />;
}
