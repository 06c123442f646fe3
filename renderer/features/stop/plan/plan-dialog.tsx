/** The stop plan: what would be done, in which order, what stays alive. Nothing leaves before its one red button or Ctrl Enter. */
import { Button } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useState } from 'react';
import type { StopLevel } from '../../../../shared/domain.ts';
import type { PlanLever, StopPlan } from '../../../../shared/stop.ts';
import { useEngineState } from '../../../api/client.ts';
import { placeHash } from '../../../app/navigation.ts';
import type { StopAsk } from '../../../app/stop-choice.ts';
import { inertString } from '../../../ui/agent-text.ts';
import { InertName } from '../../../ui/agent-text-view.tsx';
import { announce } from '../../../ui/announce.ts';
import { ErrorBlock, Loading } from '../../../ui/blocks.tsx';
import { copyText } from '../../../ui/copy-button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { plural } from '../../../ui/format.ts';
import { Kbd } from '../../../ui/kbd.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { StateShape } from '../../../ui/state-shapes.tsx';
import { Age } from '../../../ui/time.tsx';
import { LeversTable } from './levers-table.tsx';
import { buttonName, defaultLevel, emptyForm, hasTyped, levelNotes, levels, planAsJson, scopeKey, scopeTitle, summaryOf, tickedOf, withTick, type Form, type Ticks } from './plan-model.ts';
import { ReasonFields } from './reason-fields.tsx';
import { ResidualPanel } from './residual-panel.tsx';
import type { ScopeOption } from './scope-options.ts';
import { useFire, type Fire } from './use-fire.ts';
import { usePlan, type Planning } from './use-plan.ts';
import { useScopes } from './use-scopes.ts';
import { useScrolls } from './use-scrolls.ts';
import classes from './plan.module.css';

const noTicks: Ticks = new Map();

/** Where it runs, what is open and how long ago it acted; of several agents how many there are. */
function Context({ plan }: { plan: StopPlan }) {
  const names = [...new Set(plan.agents.flatMap((agent) => agent.connectionNames))];
  const where = plan.agents.length > 1 ? `${plural(plan.agents.length, 'agent')}, ${plural(names.length, 'connection')}` : names.map((name) => inertString(name, 40)).join(', ');
  return <>{where === '' ? '' : `${where}. `}{plan.tasksOpen === 0 ? 'No task open' : `${plural(plan.tasksOpen, 'task')} open`}, {plan.lastActAt === null ? 'no act seen' : <>last act <Age iso={plan.lastActAt} /> ago</>}</>;
}

interface ChoicesProps { options: readonly ScopeOption[]; scope: string; onScope: (option: ScopeOption) => void; level: StopLevel; onLevel: (level: StopLevel) => void }

function Choices({ options, scope, onScope, level, onLevel }: ChoicesProps) {
  const choose = (key: string): void => {
    const option = options.find((one) => one.key === key);
    if (option !== undefined) onScope(option);
  };
  return (
    <div className={classes.choices}>
      <span className={classes.choice}><span className={classes.label} aria-hidden="true">Scope</span><span className={classes.segments}><Segmented label="Scope" name="stop-scope" value={scope} options={options.map((option) => ({ value: option.key, label: option.label }))} onChange={choose} /></span></span>
      <span className={classes.choice}><span className={classes.label} aria-hidden="true">Level</span><span className={classes.segments}><Segmented label="Level" name="stop-level" value={level} options={levels} onChange={onLevel} /></span></span>
      <span className={classes.levelNote}>{levelNotes[level]}</span>
    </div>
  );
}

/** What a person must know before the press: warnings of the plan, and which runtime could not be asked. */
function Notes({ plan, planning }: { plan: StopPlan; planning: Planning }) {
  const [frame, tabIndex] = useScrolls();
  // The planner's own sentence about a connection says more than that it failed.
  const failed = (plan.survey?.failed ?? []).filter((one) => !plan.warnings.some((text) => text.includes(one.connectionName) && text.includes(one.text)));
  if (plan.warnings.length === 0 && failed.length === 0 && planning.error === null) return null;
  return (
    <ul ref={frame} className={classes.notes} tabIndex={tabIndex}>
      {plan.warnings.map((text) => <li key={text} className={classes.note}><StateShape state="attention" className={classes.wait} /><span><InertName text={text} most={400} /></span></li>)}
      {failed.map((one) => <li key={one.connectionName} className={classes.note}><StateShape state="not_seen" className={classes.muted} /><span><strong><InertName text={one.connectionName} most={60} /> could not be asked</strong>, its part is from the history: <InertName text={one.text} most={300} /></span></li>)}
      {planning.error !== null && <li className={classes.note}><StateShape state="attention" className={classes.wait} /><span><strong>The plan was not read again.</strong> {inertString(planning.error instanceof Error ? planning.error.message : '', 300)} What stands here can still be fired. <button type="button" className={classes.link} onClick={planning.again}>Read again</button></span></li>}
    </ul>
  );
}

function Fault({ fire, onClose }: { fire: Fire; onClose: () => void }) {
  if (fire.fault === null) return null;
  if (fire.fault.sure) return <p className={classes.fault} role="alert"><StateShape state="attention" className={classes.wait} /><span><strong>{fire.fault.orders ? 'This press sent nothing.' : 'Nothing was sent.'}</strong> {inertString(fire.fault.text, 600)}{fire.fault.orders && <> <a className={classes.link} href={placeHash({ screen: 'stop' })} onClick={onClose}>Stop orders</a></>}</span></p>;
  return (
    <div className={classes.unsure}>
      <ErrorBlock error={fire.fault.error} what="It is not known whether the stop was sent." kept="The engine may have begun before its answer was lost: look at the stop orders before you send it again. What you typed is still here." />
      <a className={classes.link} href={placeHash({ screen: 'stop' })} onClick={onClose}>Stop orders</a>
    </div>
  );
}

function NoLevers({ name }: { name: string }) {
  return <div className={classes.none}><strong>No lever reaches {inertString(name, 48)} from here.</strong> It is only watched: what it sends is read, but nothing that we are connected to can stop it. Connect its runtime (LangGraph, A2A), or stop it where it runs.</div>;
}

interface BodyProps { planning: Planning; name: string; ticks: Ticks; onTick: (lever: PlanLever) => void; form: Form; onForm: (change: Partial<Form>) => void }

function Body({ planning, name, ticks, onTick, form, onForm }: BodyProps) {
  const away = useEngineState();
  const plan = planning.plan ?? (planning.error === null ? planning.before : null);
  return (
    <>
      {away.state !== 'ready' && <p className={classes.fault} role="alert"><StateShape state="not_seen" className={classes.muted} /><span><strong>The engine is away: nothing can be sent now.</strong> {away.text} What you typed stays here.</span></p>}
      {plan !== null && <Notes plan={plan} planning={planning} />}
      {plan === null && planning.error !== null && <ErrorBlock error={planning.error} what="The plan could not be made." kept="Nothing was sent. It is made again by itself as soon as the engine is back." retry={planning.again} />}
      {plan === null && planning.error === null && <div className={classes.levers}><Loading what="Making the plan" rows={4} height={43} /></div>}
      {plan !== null && (plan.levers.length === 0 ? <NoLevers name={name} /> : <LeversTable levers={plan.levers} ticks={ticks} onTick={onTick} busy={planning.plan === null} />)}
      <div className={classes.below}>
        {plan === null ? <span /> : <ResidualPanel plan={plan} planning={planning} />}
        <ReasonFields plan={plan} form={form} onForm={onForm} />
      </div>
    </>
  );
}

function SavePlan({ plan, ticks }: { plan: StopPlan | null; ticks: Ticks }) {
  const [said, setSaid] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    if (plan === null) return;
    const done = await copyText(planAsJson(plan, ticks));
    setSaid(done ? 'Copied as JSON' : 'Not copied');
    announce(done ? 'The plan is in the clipboard as JSON' : 'Not copied: the system refused the clipboard');
  };
  return <Button disabled={plan === null} onClick={() => { void save(); }} onBlur={() => setSaid(null)}>{said ?? 'Save plan'}</Button>;
}

interface FootProps { leave: () => void; name: string; planning: Planning; ticks: Ticks; fire: Fire }

function Foot({ leave, name, planning, ticks, fire }: FootProps) {
  const { plan } = planning;
  const sums = plan === null ? null : summaryOf(tickedOf(plan, ticks));
  const words = plan?.needs.second === true ? `Order the stop of ${name}` : `Stop ${name} now`;
  return (
    <>
      <span className={classes.ways}>
        <Button rightSection={<Kbd keys="escape" />} onClick={leave}>Cancel</Button>
        <SavePlan plan={plan} ticks={ticks} />
      </span>
      <span className={classes.summary} role="status">
        {fire.sending ? 'The order is written first, then the levers are pulled.' : fire.misses !== null && (plan?.levers.length ?? 0) > 0 ? <><span>{sums?.levers}</span><span className={classes.wait}>{fire.misses}</span></> : <><span>{sums?.levers}</span><span>{sums?.undo}</span></>}
      </span>
      <button type="button" className={classes.fire} disabled={!fire.ready} onClick={fire.fire}>
        <IconHandStop size={16} stroke={1.75} aria-hidden="true" /><span>{fire.sending ? 'Sending…' : words}</span><Kbd keys="mod+enter" />
      </button>
    </>
  );
}

export function PlanDialog({ ask, onClose }: { ask: StopAsk; onClose: () => void }) {
  const [scope, setScope] = useState<{ scope: StopAsk['scope']; name: string }>({ scope: ask.scope, name: ask.name });
  const [chosenLevel, setLevel] = useState<StopLevel | null>(ask.level);
  const [form, setForm] = useState(emptyForm);
  const key = scopeKey(scope.scope);
  // What was ticked by hand belongs to its scope: a wider stop starts as its own plan proposes it.
  const [ticksOf, setTicksOf] = useState<ReadonlyMap<string, Ticks>>(new Map());
  const ticks = ticksOf.get(key) ?? noTicks;
  const level = chosenLevel ?? defaultLevel(scope.scope);
  const planning = usePlan(scope.scope, level);
  const known = useScopes(ask.context);
  const options = known.some((option) => option.key === key) ? known : [{ key, label: inertString(scope.name, 24), scope: scope.scope, name: scope.name }, ...known];
  const fire = useFire(planning, ticks, form, onClose);
  const scopeName = planning.plan?.scopeName ?? scope.name;
  const name = buttonName(scope.scope, inertString(scopeName));
  return (
    <Dialog
      title={<>Stop <InertName text={scopeTitle(scope.scope, scopeName)} most={64} /></>} subject={planning.plan === null ? undefined : <Context plan={planning.plan} />} icon={<IconHandStop size={18} stroke={1.75} className={classes.hand} aria-hidden="true" />}
      onClose={onClose} onConfirm={fire.fire} unsaved={hasTyped(form)} width={998} height="min(748px, calc(100vh - 24px))" flush foot={(leave) => <Foot leave={leave} name={name} planning={planning} ticks={ticks} fire={fire} />}
    >
      <div className={classes.body}>
        <Choices options={options} scope={key} onScope={(option) => setScope({ scope: option.scope, name: option.name })} level={level} onLevel={setLevel} />
        <Fault fire={fire} onClose={onClose} />
        <Body planning={planning} name={name} ticks={ticks} onTick={(lever) => setTicksOf(new Map(ticksOf).set(key, withTick(ticks, lever)))} form={form} onForm={(change) => setForm((now) => ({ ...now, ...change }))} />
      </div>
    </Dialog>
  );
}
