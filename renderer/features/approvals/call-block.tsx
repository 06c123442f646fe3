import { inertText } from '../../ui/agent-text.ts';
import { InertName, InertValue } from '../../ui/agent-text-view.tsx';
import type { ApprovalDetail } from '../../../shared/domain.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { plural } from '../../ui/format.ts';
import { callParameters } from './request-parts.ts';
import classes from './approvals.module.css';

type Action = ApprovalDetail['actions'][number];

/** One call that waits, whole: its name, and every parameter in a row of its own, so that no value can pass for another. */
export function CallBlock({ action, number, of }: { action: Action; number: number; of: number }) {
  const call = callParameters(action.parameters);
  const invisible = call.invisible + inertText(action.name).invisible + inertText(action.description ?? '').invisible;
  const title = of === 1 ? 'The call as it will be made' : `Call ${number} of ${of} as it will be made`;
  return (
    <div className={classes.call} role="group" aria-label={`${title}, from the agent, inert`}>
      <div className={classes.callHead}>
        <span aria-hidden="true" className={classes.quote}>&rdquo;</span>
        <span>{title}, from the agent, shown inert</span>
        <CopyButton value={action.parameters} label={`Copy the parameters of ${of === 1 ? 'the call' : `call ${number}`}`} className={classes.callCopy} />
      </div>
      <div className={classes.callName}><InertName text={action.name} most={200} /></div>
      {action.description !== null && action.description !== '' && <div className={classes.callSays}><InertValue text={action.description} quoted={false} /></div>}
      {call.rows.length === 0 ? <p className={classes.callNone}>without parameters</p> : (
        <dl className={classes.parameters}>
          {call.rows.map((row, index) => (
            <div key={index} className={classes.parameter}>
              <dt>{row.name === null ? <span className={classes.muted}>{call.isJson ? 'the value' : 'not JSON'}</span> : <InertName text={row.name} most={200} />}{row.again && <span className={classes.again}>named twice</span>}</dt>
              <dd><InertValue text={row.text} quoted={row.quoted} /></dd>
            </div>
          ))}
        </dl>
      )}
      <div className={classes.callFoot}>
        <span>{call.rows.length === 1 ? 'its one parameter' : `all ${plural(call.rows.length, 'parameter')}`}, {plural(call.characters, 'character')}</span>
        {invisible > 0 && <span className={classes.wait}>{plural(invisible, 'invisible character')} made visible</span>}
      </div>
    </div>
  );
}
