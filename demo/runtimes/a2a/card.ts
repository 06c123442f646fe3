/** What the demo's A2A agent says about itself. Nothing here is true of any company. */
import type { AgentCard } from '@a2a-js/sdk';

export interface CardChoices {
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly needsToken: boolean;
  /** `1.0`, `both`, or a server that only knows 0.3. */
  readonly speaks: '1.0' | 'both' | '0.3';
  readonly streaming: boolean;
  /** offers HTTP+JSON and no JSON-RPC. */
  readonly restOnly: boolean;
}

function skill(id: string, name: string, description: string, tags: readonly string[], examples: readonly string[] = []): AgentCard['skills'][number] {
  return { id, name, description, tags: [...tags], examples: [...examples], inputModes: [], outputModes: [], securityRequirements: [] };
}

function interfaces({ url, speaks, restOnly }: CardChoices): AgentCard['supportedInterfaces'] {
  const at = (protocolVersion: string): AgentCard['supportedInterfaces'] => [
    ...(restOnly ? [] : [{ url: `${url}/rpc`, protocolBinding: 'JSONRPC', tenant: '', protocolVersion }]),
    { url: `${url}/rest`, protocolBinding: 'HTTP+JSON', tenant: '', protocolVersion },
  ];
  return speaks === '1.0' ? at('1.0') : speaks === '0.3' ? at('0.3') : [...at('1.0'), ...at('0.3')];
}

export function demoCard(choices: CardChoices): AgentCard {
  return {
    name: choices.name,
    description: 'Places orders with suppliers, checks their invoices and asks before money moves.',
    version: choices.version,
    provider: { organization: 'Halden Shipping', url: 'https://halden.example' },
    supportedInterfaces: interfaces(choices),
    capabilities: { streaming: choices.streaming, pushNotifications: false, extensions: [], extendedAgentCard: choices.needsToken },
    securitySchemes: choices.needsToken ? { bearer: { scheme: { $case: 'httpAuthSecurityScheme', value: { description: 'A token of the supplier desk', scheme: 'bearer', bearerFormat: '' } } } } : {},
    securityRequirements: choices.needsToken ? [{ schemes: { bearer: { list: [] } } }] : [],
    defaultInputModes: ['text/plain', 'application/json'],
    defaultOutputModes: ['text/plain'],
    skills: [
      skill('order-parts', 'Order parts', 'Orders spare parts from a known supplier. Asks a person before an order above the limit goes out.', ['purchasing'], ['Order 40 shaft seals']),
      skill('check-invoice', 'Check invoice', 'Compares an invoice with its order and says where they differ.', ['finance']),
      skill('track-shipment', 'Track shipment', 'Asks the carriers where a shipment is.', ['logistics']),
    ],
    signatures: [],
  };
}

/** What only somebody with a token is told. */
export function extendedCard(card: AgentCard): AgentCard {
  return { ...card, skills: [...card.skills, skill('change-supplier', 'Change supplier record', 'Changes bank account and address of a supplier.', ['master data'])] };
}
