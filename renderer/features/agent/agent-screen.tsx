import { ScreenHead } from '../../app/screen-head.tsx';

export default function AgentScreen() {
  return <ScreenHead title="Agent" />;
}
