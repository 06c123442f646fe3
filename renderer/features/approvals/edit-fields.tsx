import { InertName } from '../../ui/agent-text-view.tsx';
import type { ApprovalDetail } from '../../../shared/domain.ts';
import { plural } from '../../ui/format.ts';
import { canEditCall, editedCalls, type Draft } from './answer-draft.ts';
import { ChangesTable } from './changes-table.tsx';
import classes from './approvals.module.css';

/** The parameters of each call as JSON, checked while they are typed; below it what differs from what the agent asked. */
export function EditFields({ detail, draft, onDraft }: { detail: ApprovalDetail; draft: Draft; onDraft: (draft: Draft) => void }) {
  const edited = editedCalls(detail, draft);
  const set = (index: number, text: string): void => onDraft({ ...draft, edits: detail.actions.map((_action, at) => (at === index ? text : draft.edits[at] ?? null)) });
  return (
    <>
      {detail.actions.map((action, index) => {
        if (!canEditCall(detail, index)) return null;
        const call = edited.find((one) => one.index === index);
        return (
          <div key={index}>
            <label className={classes.label}>
              <span>Parameters of <strong><InertName text={action.name} most={80} /></strong>, as JSON</span>
              <textarea className={`${classes.response} ${classes.json}`} rows={9} spellCheck={false} maxLength={1_000_000} value={draft.edits[index] ?? ''} aria-invalid={call !== undefined && call.fault !== null} onChange={(event) => set(index, event.currentTarget.value)} />
            </label>
            {call !== undefined && call.fault !== null && <p className={classes.fault}>{call.fault}</p>}
            {call !== undefined && call.fault === null && (call.changes.length === 0
              ? <p className={classes.muted}>As the agent asked: nothing differs.</p>
              : <><p className={classes.label}>{plural(call.changes.length, 'value')} will differ</p><ChangesTable label={`Changes to ${action.name}`} changes={call.changes} was="The agent asked" is="You send" /></>)}
          </div>
        );
      })}
    </>
  );
}
