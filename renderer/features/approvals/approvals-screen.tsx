import { useQuery } from '@tanstack/react-query';
import { approvalQueries } from '../../api/queries.ts';
import { ScreenHead } from '../../app/screen-head.tsx';
import { InertName } from '../../ui/agent-text-view.tsx';
import { FromQuery } from '../../ui/blocks.tsx';
import { plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';

/** What waits for a person's answer. */
export default function ApprovalsScreen() {
  const waiting = useQuery(approvalQueries.waiting());
  return (
    <>
      <ScreenHead title="Approvals" context={waiting.data === undefined ? undefined : `${plural(waiting.data.waiting, 'approval')} waiting`} />
      <FromQuery query={waiting} what="Reading approvals" failed="The approvals could not be read.">
        {({ rows }) => <Panel title={`Waiting, ${rows.length}`}><ul>{rows.map((one) => <li key={one.id}><InertName text={one.title} /></li>)}</ul></Panel>}
      </FromQuery>
    </>
  );
}
