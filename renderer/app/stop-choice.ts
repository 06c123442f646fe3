/**
 * What a stop would be about: screens say what is chosen on them, and the header, the key, the palette and the screens'
 * own controls all open the plan through here. Nothing here stops anything.
 */
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { StopLevel } from '../../shared/domain.ts';
import type { StopScope } from '../../shared/stop.ts';
import { announce } from '../ui/announce.ts';
import { auditorReason, readOnlyNow } from '../ui/read-only.ts';
import { overlayNow, showOverlay } from './overlay-state.ts';

interface Named { id: string; name: string }

/** What is known around the choice: the plan offers these as scopes of their own. Names are hostile text. */
export interface StopContext { task?: Named; agent?: Named; connection?: Named; tag?: string }

export interface StopAsk {
  scope: StopScope;
  /** for the title, until the plan says it. */
  name: string;
  context: StopContext;
  /** null: the level that suits the scope. */
  level: StopLevel | null;
}

/** `several`: more than one agent is ticked; a plan is for one of them, so the person says which. */
export type StopChoice = { kind: 'one'; ask: StopAsk } | { kind: 'several'; agents: readonly Named[] };

export function stopOfAgent(agent: Named, around: Omit<StopContext, 'agent'> = {}, level: StopLevel | null = null): StopAsk {
  return { scope: { kind: 'agent', id: agent.id }, name: agent.name, context: { ...around, agent: { id: agent.id, name: agent.name } }, level };
}

export function stopOfTask(task: Named, around: Omit<StopContext, 'task'> = {}): StopAsk {
  return { scope: { kind: 'task', id: task.id }, name: task.name, context: { ...around, task: { id: task.id, name: task.name } }, level: null };
}

export function stopOfConnection(connection: Named): StopAsk {
  return { scope: { kind: 'connection', id: connection.id }, name: connection.name, context: { connection: { id: connection.id, name: connection.name } }, level: null };
}

export const stopOfTag = (tag: string): StopAsk => ({ scope: { kind: 'tag', tag }, name: tag, context: { tag }, level: null });
export const stopOfEverything: StopAsk = { scope: { kind: 'everything' }, name: 'everything', context: {}, level: null };

/** `choose`: nothing is chosen on the screen, the scope is asked first. */
export type StopOpened = { kind: 'plan'; ask: StopAsk } | { kind: 'choose'; agents: readonly Named[] };

let opened: StopOpened = { kind: 'choose', agents: [] };
export const stopOpened = (): StopOpened => opened;

type Read = () => StopChoice | null;
interface Source { read: Read; part: boolean }
const sources: Source[] = [];

/** A part of a screen knows more closely than the screen what is chosen; among equals the newest speaks. */
export function stopChoiceNow(): StopChoice | null {
  for (const part of [true, false]) {
    for (const source of sources.toReversed()) {
      const choice = source.part === part ? source.read() : null;
      if (choice !== null) return choice;
    }
  }
  return null;
}

/** Says what is chosen while the screen, or the part of one, is mounted; asked at the moment of the key, so it may look at the focus. */
export function useStopChoice(read: Read, { part = false }: { part?: boolean } = {}): void {
  const latest = useRef(read);
  useLayoutEffect(() => { latest.current = read; });
  useEffect(() => addStopSource({ read: () => latest.current(), part }), [part]);
}

export function addStopSource(source: Source): () => void {
  sources.push(source);
  return () => { sources.splice(sources.indexOf(source), 1); };
}

/** Every way to a stop leads through here, so that in auditor mode each of them says why there is none. */
function mayStop(): boolean {
  if (!readOnlyNow()) return true;
  announce(auditorReason, { urgent: true });
  return false;
}

/** Opens the plan; it stops nothing yet. */
export function openStopPlan(ask: StopAsk): void {
  if (!mayStop()) return;
  opened = { kind: 'plan', ask };
  showOverlay('stop');
}

/** Asks what to stop. `agents`: those that were ticked, offered first. */
export function openStopChooser(agents: readonly Named[] = []): void {
  if (!mayStop()) return;
  opened = { kind: 'choose', agents };
  showOverlay('stop');
}

/** The plan for what is chosen on the screen, else the question what to stop. Never over a plan that lies open. */
export function openStopOfScreen(): void {
  if (overlayNow() === 'stop') return;
  const choice = stopChoiceNow();
  if (choice === null) openStopChooser();
  else if (choice.kind === 'several') openStopChooser(choice.agents);
  else openStopPlan(choice.ask);
}
