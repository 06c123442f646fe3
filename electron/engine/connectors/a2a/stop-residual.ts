/** Authority that a cancelled task leaves behind, as far as the card tells of it. Pure. */
import { quoted } from '../foreign-json.ts';
import type { Survey } from '../stopping.ts';
import type { Card, SecurityScheme } from './card.ts';

type Residual = Survey['residual'][number];

const kinds: Readonly<Record<SecurityScheme['kind'], { readonly title: string; readonly close: string }>> = {
  oauth2: { title: 'Callers\' OAuth access', close: 'Take tokens and grants back at the authorization server that issued them.' },
  openIdConnect: { title: 'Callers\' sign-ins (OpenID Connect)', close: 'End their sessions at the identity provider.' },
  http: { title: 'Callers\' tokens', close: 'Take them back where they were issued (the identity provider, or the server\'s own list).' },
  apiKey: { title: 'Callers\' API keys', close: 'Delete or change the keys where the server gets them from.' },
  mutualTLS: { title: 'Callers\' certificates', close: 'Revoke them at the authority that issued them, and make sure that the server asks it.' },
  unknown: { title: 'Callers\' credentials of a kind that is not known here', close: 'Take them back where they were issued.' },
};

export function residualOf(card: Card): readonly Residual[] {
  const own: Residual = {
    id: 'a2a.own-authority', title: 'What the agent itself may use', startedUs: null, endsUs: null, close: 'At the systems that the agent works with.',
    detail: 'Its credentials at tools and models are not on its card. Cancelling a task takes none of them away.',
  };
  if (card.requirements.length === 0) {
    return [{ id: 'a2a.open-door', title: 'Anybody who reaches the server', detail: 'The card asks callers for nothing: whoever reaches the server can start new tasks at once.', startedUs: null, endsUs: null, close: 'Close its address, or make it ask for a credential.' }, own];
  }
  const needed = card.schemes.filter(({ name }) => card.requirements.some((way) => way.some(({ scheme }) => scheme === name)));
  const callers = needed.map(({ name, kind }): Residual => ({
    id: `a2a.scheme.${name.slice(0, 100)}`, title: `${kinds[kind].title} (${quoted(name, 60)})`, startedUs: null, endsUs: null, close: kinds[kind].close,
    detail: 'Who holds one can start new tasks. The card tells neither who that is nor until when they are valid.',
  }));
  return [...callers, own];
}
