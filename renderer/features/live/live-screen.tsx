import { ScreenHead } from '../../app/screen-head.tsx';

export default function LiveScreen() {
  return <ScreenHead title="Live" />;
}
