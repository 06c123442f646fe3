/** Runs the pretend agents: first their past, told in one go, then live tasks at their own pace. */
import { setTimeout as sleep } from 'node:timers/promises';
import { companies } from './fleet.ts';
import type { Company, PretendAgent, Voice } from './fleet.ts';
import { planTask } from './plan.ts';
import type { TaskPlan } from './plan.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';
import { speakClaudeCode } from './speak-claude-code.ts';
import { speakGenAi } from './speak-genai.ts';
import { speakOpenInference } from './speak-openinference.ts';
import { openMouth } from './voice.ts';
import type { Mouth, Speech, WaitUntil } from './voice.ts';

export interface FleetOptions {
  readonly endpoint: string;
  readonly tokens: readonly { readonly company: Company['id']; readonly token: string }[];
  readonly seed: number;
  readonly pastHours: number;
  readonly live: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const speak: Record<Voice, (speech: Speech, plan: TaskPlan, random: Random) => Promise<void>> = {
  genai: speakGenAi, openinference: speakOpenInference, 'claude-code': speakClaudeCode,
};
const scopes: Record<Voice, string> = {
  genai: 'demo-fleet', openinference: '@arizeai/openinference-instrumentation-langchain', 'claude-code': 'com.anthropic.claude_code.events',
};

function nameSeed(name: string): number {
  let seed = 7;
  for (let at = 0; at < name.length; at += 1) seed = (seed * 31 + name.charCodeAt(at)) % 1_000_003;
  return seed;
}

interface Actor { readonly agent: PretendAgent; readonly random: Random; readonly mouth: Mouth }

function castActors(options: FleetOptions): Actor[] {
  return options.tokens.flatMap(({ company: id, token }) => {
    const company = companies.find((one) => one.id === id);
    return (company?.agents ?? []).filter((agent) => !agent.calledOnly).map((agent, index) => ({
      agent,
      random: seededRandom(options.seed * 7_919 + nameSeed(agent.name)),
      mouth: openMouth({
        endpoint: options.endpoint, token, scope: scopes[agent.voice], json: index % 2 === 1,
        service: agent.voice === 'claude-code' ? 'claude-code' : `${id}-agents`, serviceVersion: agent.voice === 'claude-code' ? agent.version : '2026.11',
      }),
    }));
  });
}

const versionAt = (agent: PretendAgent, at: number, now: number): string =>
  agent.newVersion && at >= now - agent.newVersion.hoursAgo * 3_600_000 ? agent.newVersion.version : agent.version;

/** Fewer tasks at night, so that the charts have a day in them. */
const hourWeight = (at: number): number => {
  const hour = new Date(at).getUTCHours();
  return hour >= 7 && hour < 18 ? 1 : 0.25;
};

/** Tells the past in order of time, flushing before the exporters' queues (8,192 records) could overflow. */
async function tellPast(actors: readonly Actor[], options: FleetOptions, now: number): Promise<number> {
  const atOnce: WaitUntil = async () => options.signal.throwIfAborted();
  const todo = actors.flatMap((actor) => {
    const plans: { actor: Actor; plan: TaskPlan }[] = [];
    for (let at = now - options.pastHours * 3_600_000; at < now - 5 * 60_000; at += (actor.agent.everyMinutes * 60_000 * (0.5 + actor.random.next())) / hourWeight(at)) {
      plans.push({ actor, plan: planTask(actor.agent.habit, actor.random, Math.round(at)) });
    }
    return plans;
  }).sort((a, b) => a.plan.startMs - b.plan.startMs);
  let told = 0;
  for (const { actor, plan } of todo) {
    await speak[actor.agent.voice]({ agent: actor.agent, version: versionAt(actor.agent, plan.startMs, now), mouth: actor.mouth, waitUntil: atOnce }, plan, actor.random);
    told += 1;
    if (told % 100 === 0) await Promise.all(actors.map((one) => one.mouth.flush()));
  }
  await Promise.all(actors.map((one) => one.mouth.flush()));
  return told;
}

async function liveForever(actor: Actor, signal: AbortSignal): Promise<void> {
  const waitUntil: WaitUntil = async (at) => { await sleep(Math.max(0, at - Date.now()), undefined, { signal }); };
  while (!signal.aborted) {
    await sleep(actor.agent.everySeconds * 1_000 * (0.3 + actor.random.next()), undefined, { signal });
    const plan = planTask(actor.agent.habit, actor.random, Date.now());
    await speak[actor.agent.voice]({ agent: actor.agent, version: versionAt(actor.agent, plan.startMs, plan.startMs), mouth: actor.mouth, waitUntil }, plan, actor.random);
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

export async function runFleet(options: FleetOptions): Promise<void> {
  const actors = castActors(options);
  try {
    const told = await tellPast(actors, options, Date.now());
    options.say(JSON.stringify({ told, agents: actors.length }));
    if (options.live) await Promise.all(actors.map((actor) => liveForever(actor, options.signal)));
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    await Promise.allSettled(actors.map((actor) => actor.mouth.close()));
  }
}
