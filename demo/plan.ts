/** What a pretend agent is going to do in one task, before anything is said about it. Pure and seeded. */
import type { Random } from './random.ts';

export interface ModelStep {
  readonly kind: 'model';
  readonly ms: number;
  /** all input, cached part included */
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
  readonly says: string;
}

/** An operation of a cloud's SDK inside a tool, `S3/GetObject`. */
export interface CloudCall { readonly call: string; readonly denied?: true }

export interface ToolStep {
  readonly kind: 'tool';
  readonly ms: number;
  readonly tool: string;
  readonly args: string;
  readonly result: string;
  readonly end: 'ok' | 'error' | 'denied' | 'interrupted';
  readonly error?: { readonly type: string; readonly message: string };
  readonly cloud?: CloudCall;
}

/** Work handed to another agent of the fleet. */
export interface HandoffStep {
  readonly kind: 'handoff';
  readonly to: string;
  readonly steps: readonly (ModelStep | ToolStep)[];
}

export type Step = ModelStep | ToolStep | HandoffStep;

export interface TaskPlan {
  readonly startMs: number;
  readonly prompt: string;
  readonly steps: readonly Step[];
  readonly fails: boolean;
}

export interface Habit {
  readonly tools: readonly { readonly name: string; readonly args: (random: Random) => string; readonly result: string; readonly cloud?: CloudCall }[];
  readonly prompts: readonly string[];
  /** model calls in a task, from and to */
  readonly rounds: readonly [number, number];
  readonly inputTokens: readonly [number, number];
  readonly outputTokens: readonly [number, number];
  readonly toolFailure: number;
  readonly errors: readonly { readonly type: string; readonly message: string }[];
  readonly denial?: number;
  readonly interruption?: number;
  /** share of tasks that end failed */
  readonly taskFailure: number;
  readonly says: readonly string[];
  readonly handsOffTo?: string;
}

function modelStep(habit: Habit, random: Random, round: number): ModelStep {
  const input = random.int(...habit.inputTokens) + round * random.int(200, 900);
  const output = random.int(...habit.outputTokens);
  return {
    kind: 'model', ms: random.int(600, 6_500), input, cached: round === 0 ? 0 : Math.floor(input * 0.7), output,
    reasoning: random.chance(0.4) ? Math.floor(output * 0.4) : 0, says: random.pick(habit.says),
  };
}

function toolStep(habit: Habit, random: Random): ToolStep {
  const tool = random.pick(habit.tools);
  const dice = random.next();
  const denied = habit.denial ?? 0;
  const interrupted = habit.interruption ?? 0;
  const end = dice < habit.toolFailure ? 'error' : dice < habit.toolFailure + denied ? 'denied' : dice < habit.toolFailure + denied + interrupted ? 'interrupted' : 'ok';
  if (tool.cloud?.denied === true) return { kind: 'tool', ms: random.int(40, 400), tool: tool.name, args: tool.args(random), result: tool.result, end: 'error', error: { type: 'AccessDenied', message: 'Access Denied' }, cloud: tool.cloud };
  const error = end === 'error' ? random.pick(habit.errors) : undefined;
  return { kind: 'tool', ms: random.int(40, 2_400), tool: tool.name, args: tool.args(random), result: tool.result, end, ...(error ? { error } : {}), ...(tool.cloud !== undefined && end === 'ok' ? { cloud: tool.cloud } : {}) };
}

/** One task of an agent with this habit, starting at `startMs` (epoch milliseconds). */
export function planTask(habit: Habit, random: Random, startMs: number): TaskPlan {
  const steps: Step[] = [];
  const rounds = random.int(...habit.rounds);
  for (let round = 0; round < rounds; round += 1) {
    steps.push(modelStep(habit, random, round));
    if (round === rounds - 1) break;
    if (habit.handsOffTo && round === 0) {
      steps.push({ kind: 'handoff', to: habit.handsOffTo, steps: [modelStep(habit, random, 0), toolStep(habit, random), modelStep(habit, random, 1)] });
    } else {
      steps.push(toolStep(habit, random));
    }
  }
  return { startMs, prompt: random.pick(habit.prompts), steps, fails: random.chance(habit.taskFailure) };
}

/** Milliseconds from start to end, with a short pause after each step. */
export const stepPauseMs = 120;
export function planLengthMs(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + stepPauseMs + (step.kind === 'handoff' ? planLengthMs(step.steps) : step.ms), 0);
}
