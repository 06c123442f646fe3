import { describe, expect, it } from 'vitest';
import { normalAlias, resourceAliases, telemetryAliases } from './aliases.ts';

describe('an alias', () => {
  it.each([
    ['a2a.card:https://Agents.Example.com/clerk/', 'a2a.card:https://agents.example.com/clerk'],
    ['a2a.card:https://agents.example.com/clerk/.well-known/agent-card.json', 'a2a.card:https://agents.example.com/clerk'],
    ['a2a.card:http://127.0.0.1:41241/.well-known/agent.json', 'a2a.card:http://127.0.0.1:41241'],
    ['a2a.card:https://agents.example.com:443/Clerk?x=1#y', 'a2a.card:https://agents.example.com/Clerk'],
    ['langgraph.assistant:FE096781-5601-53D2-B2F6-0D3403F7E9CA', 'langgraph.assistant:fe096781-5601-53d2-b2f6-0d3403f7e9ca'],
    ['service: shop/clerk ', 'service:shop/clerk'],
  ])('%s is told apart as %s', (alias, normal) => {
    expect(normalAlias(alias)).toBe(normal);
  });

  it.each(['', 'nothing', ':x', 'service:', 'a2a.card:not a url', 'a2a.card:javascript:alert(1)', `service:${'x'.repeat(2_000)}`])('%j names nothing', (alias) => {
    expect(normalAlias(alias)).toBeNull();
  });
});

describe('telemetry tells', () => {
  const uuid = 'fe096781-5601-53d2-b2f6-0d3403f7e9ca';

  it('an assistant by its id, an agent by its service and name, a service as a whole by its own', () => {
    expect(telemetryAliases({ key: uuid, name: 'clerk', service: 'shop', named: true })).toEqual([`langgraph.assistant:${uuid}`, 'service:shop/clerk']);
    expect(telemetryAliases({ key: 'shop', name: 'shop', service: 'shop', named: false })).toEqual(['service.name:shop']);
    expect(telemetryAliases({ key: 'x', name: 'x', service: '', named: true })).toEqual([]);
  });

  it('by its resource which agent the process runs', () => {
    expect(resourceAliases({ 'langgraph.assistant_id': uuid.toUpperCase(), 'gatehouse.agent.url': 'http://LOCALHOST:1/a/', 'a2a.agent.card_url': 5, 'service.name': 'shop' }))
      .toEqual([`langgraph.assistant:${uuid}`, 'a2a.card:http://localhost:1/a']);
  });
});
