import { setParams } from '../../app/navigation.ts';
import { Segmented } from '../../ui/segmented.tsx';
import type { MatrixBy } from './access-view.ts';

type View = MatrixBy | 'graph';
const options: readonly { value: View; label: string }[] = [{ value: 'resource', label: 'By resource' }, { value: 'class', label: 'By class' }, { value: 'graph', label: 'Graph' }];

/** The same grants in three ways: what is touched, in which way, and who leads to whom. Columns of one are none of another. */
export function ViewSwitch({ value }: { value: View }) {
  return <Segmented label="View" name="access-view" value={value} options={options} onChange={(by) => setParams({ by: by === 'resource' ? null : by, after: null, column: null })} />;
}
