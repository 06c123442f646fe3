import { ScreenHead } from '../../app/screen-head.tsx';

export default function StopScreen() {
  return <ScreenHead title="Stop orders" />;
}
