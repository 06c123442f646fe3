/** One sentence about the agent, not about the console: it changes when the state does, never by the second. */
import type { OrderFact } from '../store/stop-commands.ts';
import type { Verdict } from './judge-input.ts';

const clockOf = (us: number): string => new Date(us / 1_000).toTimeString().slice(0, 8);

export function headlineOf(verdict: Verdict, fact: OrderFact): string {
  const answered = answers(fact);
  switch (verdict.state) {
    case 'stopping': return fact.answeredUs === null ? 'Levers are being pulled.' : `${answered} Whether it stopped is being checked.`;
    case 'verified': return `Stopped, verified ${clockOf(verdict.verifiedUs ?? 0)}: ${decapitalised(verdict.grounds[0] ?? `no act for ${fact.silenceS} s.`)}`;
    case 'still_acting': return `${fact.answeredUs === null ? '' : `${answered} `}${whom(fact)} not stopped.`;
    case 'unverified': return `Unverified: ${decapitalised(verdict.grounds[0] ?? 'nothing outside the lever could be checked.')}`;
  }
}

function answers({ levers }: OrderFact): string {
  const pulled = levers.filter((one) => one.state !== 'skipped');
  const silent = pulled.filter((one) => one.state !== 'reported').length;
  if (pulled.length === 0) return 'No lever could be pulled.';
  if (silent === 0) return pulled.length === 1 ? 'The lever answered.' : 'Every lever answered.';
  return `${silent} of ${pulled.length} levers did not answer well.`;
}

const whom = ({ scope, plan }: OrderFact): string => (scope.kind === 'task' ? 'The task has' : plan.agents.length > 1 ? `${plan.agents.length} agents: at least one has` : 'The agent has');

const decapitalised = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);
