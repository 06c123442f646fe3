import { ScreenHead } from '../../app/screen-head.tsx';

export default function OverviewScreen() {
  return <ScreenHead title="Overview" />;
}
