import { generateAgentCardSignature } from '@a2a-js/sdk';
import type { AgentCard } from '@a2a-js/sdk';
import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { chooseInterface, readCard } from './card.ts';
import { cardAddresses } from './card-source.ts';
import { checkSignature } from './signature.ts';

const url = 'https://desk.example/.well-known/agent-card.json';
const base = new URL('https://desk.example');

const card10 = {
  name: 'Supplier desk', description: 'Orders parts.', version: '2.3.0', provider: { organization: 'Halden Shipping', url: 'https://halden.example' },
  supportedInterfaces: [
    { url: 'https://desk.example/rest', protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' }, { url: 'https://desk.example/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
    { url: 'https://desk.example/rpc', protocolBinding: 'JSONRPC', protocolVersion: '0.3' }, { url: 'desk.example:443', protocolBinding: 'GRPC', protocolVersion: '1.0' },
  ],
  capabilities: { streaming: true, extendedAgentCard: true }, defaultInputModes: ['text/plain'], defaultOutputModes: ['text/plain'],
  securitySchemes: { bearer: { httpAuthSecurityScheme: { scheme: 'bearer', description: 'a token' } }, key: { apiKeySecurityScheme: { location: 'header', name: 'X-Desk-Key' } } },
  securityRequirements: [{ schemes: { bearer: { list: ['tasks.read'] } } }, { schemes: { key: { list: [] } } }],
  skills: [{ id: 'order', name: 'Order parts', description: 'Orders spare parts.', tags: ['buying'] }],
};

const card03 = {
  name: 'Supplier desk', description: 'Orders parts.', version: '2.3.0', url: 'https://desk.example/rpc', preferredTransport: 'JSONRPC', protocolVersion: '0.3.0',
  additionalInterfaces: [{ url: 'https://desk.example/rest', transport: 'HTTP+JSON' }, { url: 'https://desk.example/rpc', transport: 'JSONRPC' }],
  capabilities: { streaming: true }, supportsAuthenticatedExtendedCard: true, defaultInputModes: ['text/plain'], defaultOutputModes: ['text/plain'],
  securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, key: { type: 'apiKey', in: 'header', name: 'X-Desk-Key' } }, security: [{ bearer: ['tasks.read'] }, { key: [] }],
  skills: [{ id: 'order', name: 'Order parts', description: 'Orders spare parts.', tags: ['buying'] }],
};

const leaked = {
  ...card10,
  securitySchemes: { bearer: { scheme: { $case: 'httpAuthSecurityScheme', value: { scheme: 'bearer', description: 'a token', bearerFormat: '' } } }, key: { scheme: { $case: 'apiKeySecurityScheme', value: { location: 'header', name: 'X-Desk-Key', description: '' } } } },
};

describe('the shapes of a card', () => {
  it.each([['1.0', card10, '1.0'], ['1.0 as the SDK leaks it', leaked, '1.0'], ['0.3', card03, '0.3']] as const)('reads %s', (_name, wire, form) => {
    const card = readCard(url, wire);
    expect(card).toMatchObject({
      form, name: 'Supplier desk', version: '2.3.0', streaming: true, extended: true,
      schemes: [{ name: 'bearer', kind: 'http', detail: 'bearer' }, { name: 'key', kind: 'apiKey', detail: 'X-Desk-Key', where: 'header' }],
      requirements: [[{ scheme: 'bearer', scopes: ['tasks.read'] }], [{ scheme: 'key', scopes: [] }]],
      skills: [{ id: 'order', name: 'Order parts', description: 'Orders spare parts.', tags: ['buying'] }], skillsRefused: 0,
    });
    // Only the 1.0 form is signed.
    expect(card.core.securitySchemes['bearer']?.scheme?.$case).toBe(form === '1.0' ? 'httpAuthSecurityScheme' : undefined);
  });

  it('takes OAuth, OpenID Connect and mutual TLS for what they are, and says unknown of the rest', () => {
    const schemes = { a: { oauth2SecurityScheme: { flows: {} } }, b: { type: 'openIdConnect', openIdConnectUrl: 'https://x.example' }, c: { mtlsSecurityScheme: {} }, d: { type: 'magic' } };
    expect(readCard(url, { ...card10, securitySchemes: schemes }).schemes.map(({ kind }) => kind)).toEqual(['oauth2', 'openIdConnect', 'mutualTLS', 'unknown']);
  });

  it.each([null, [], 'a card', {}, { name: 'x' }, { name: 'x', supportedInterfaces: [] }, { name: 7, url: 'https://x.example' }, { ...card10, skills: 7, name: '' }])('refuses what is no card: %j', (wire) => {
    expect(() => readCard(url, wire)).toThrow(expect.objectContaining({ kind: 'garbage' }));
  });

  it('counts skills that cannot be read and bounds a flood of them', () => {
    expect(readCard(url, { ...card10, skills: [...card10.skills, 'prose', { description: 'nameless' }] })).toMatchObject({ skills: [{ id: 'order' }], skillsRefused: 2 });
    const flood = readCard(url, { ...card10, skills: Array.from({ length: 10_000 }, (_, n) => ({ id: `s${n}`, name: `s${n}` })) });
    expect([flood.skills.length, flood.skillsRefused]).toEqual([500, 9_500]);
  });
});

describe('which way is taken', () => {
  it('prefers 1.0 over 0.3 and JSON-RPC over HTTP+JSON', () => {
    expect(chooseInterface(readCard(url, card10), base)).toMatchObject({ t: 'found', chosen: { binding: 'JSONRPC', speaks: '1.0' } });
    expect(chooseInterface(readCard(url, { ...card10, supportedInterfaces: card10.supportedInterfaces.toSpliced(1, 1) }), base)).toMatchObject({ chosen: { binding: 'HTTP+JSON', speaks: '1.0' } });
    expect(chooseInterface(readCard(url, card03), base)).toMatchObject({ chosen: { binding: 'JSONRPC', speaks: '0.3' } });
  });

  it('never takes one on another host, and says why there is none', () => {
    const at = (one: object) => chooseInterface(readCard(url, { ...card10, supportedInterfaces: [one] }), base);
    expect(at({ url: 'https://evil.example/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0' })).toEqual({ t: 'none', why: 'elsewhere' });
    expect(at({ url: 'http://desk.example/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0' })).toEqual({ t: 'none', why: 'elsewhere' });
    expect(at({ url: 'desk.example:443', protocolBinding: 'GRPC', protocolVersion: '1.0' })).toEqual({ t: 'none', why: 'grpc_only' });
    expect(at({ url: 'https://desk.example/rpc', protocolBinding: 'JSONRPC', protocolVersion: '9.0' })).toEqual({ t: 'none', why: 'unknown_version' });
  });

  it('looks for the card where a person may have pointed', () => {
    expect(cardAddresses('https://desk.example/cards/desk.json')).toEqual(['https://desk.example/cards/desk.json']);
    expect(cardAddresses('https://desk.example/?x=1')).toEqual(['https://desk.example/.well-known/agent-card.json', 'https://desk.example/.well-known/agent.json']);
    expect(cardAddresses('https://desk.example/agents/desk/')[0]).toBe('https://desk.example/agents/desk/.well-known/agent-card.json');
    expect(cardAddresses('https://desk.example/agents/desk/').at(-1)).toBe('https://desk.example/.well-known/agent-card.json');
  });
});

describe('the signature', async () => {
  const pair = await generateKeyPair('ES256');
  const key = { ...await exportJWK(pair.publicKey), kid: 'desk-1', alg: 'ES256' };
  const other = { ...await exportJWK((await generateKeyPair('ES256')).publicKey), kid: 'desk-1', alg: 'ES256' };
  const signed = async (wire: object): Promise<Record<string, unknown>> => {
    const { signatures } = await generateAgentCardSignature(pair.privateKey, { alg: 'ES256', kid: 'desk-1', typ: 'JOSE', jku: 'https://evil.example/keys' })(readCard(url, wire).core as AgentCard);
    return { ...wire, signatures };
  };

  it('verifies with the pinned key, also in the leaked shape', async () => {
    expect(await checkSignature(readCard(url, await signed(card10)), [key])).toMatchObject({ state: 'verified', namesKeyAddress: true });
    expect(await checkSignature(readCard(url, await signed(leaked)), [other, key])).toMatchObject({ state: 'verified' });
  });

  it('does not verify when one character was changed, or with another key of the same name', async () => {
    const wire = await signed(card10);
    expect(await checkSignature(readCard(url, { ...wire, description: 'Orders parts!' }), [key])).toMatchObject({ state: 'invalid' });
    expect(await checkSignature(readCard(url, { ...wire, skills: [...card10.skills, { id: 'x', name: 'Pay', description: '', tags: [] }] }), [key])).toMatchObject({ state: 'invalid' });
    expect(await checkSignature(readCard(url, wire), [other])).toMatchObject({ state: 'invalid' });
  });

  it('proves nothing without a pinned key, in the form of 0.3, or without a signature', async () => {
    expect(await checkSignature(readCard(url, await signed(card10)), [])).toMatchObject({ state: 'unverified' });
    expect(await checkSignature(readCard(url, { ...card03, signatures: (await signed(card10))['signatures'] }), [key])).toMatchObject({ state: 'unverified' });
    expect(await checkSignature(readCard(url, card10), [key])).toMatchObject({ state: 'unsigned' });
  });

  it('takes a signature that is none for invalid', async () => {
    expect(await checkSignature(readCard(url, { ...card10, signatures: [{ protected: 'eyJhbGciOiJub25lIn0', signature: 'AA' }, { protected: '###', signature: 'AA' }] }), [key])).toMatchObject({ state: 'invalid' });
  });
});
