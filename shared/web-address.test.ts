import { describe, expect, it } from 'vitest';
import { addressProblem, shownAddress } from './web-address.ts';

const elsewhere = 'give it as the credential';

describe('an address that is kept', () => {
  it('holds no user, however it is spelled', () => {
    for (const address of ['https://ada@host', 'https://ada:pw@host/x', 'https:////ada:pw@host/x', 'https:/ada:pw@host', 'https:ada:pw@host', 'https:\\\\ada:pw@host', ' https://a\tda:pw@host', 'HTTPS://ada:pw@host', 'https://%61da:pw@host?x=1']) {
      expect(addressProblem(address, elsewhere)).toContain('no user or password');
      expect(shownAddress(address)).not.toMatch(/pw|da@/);
    }
  });

  it('holds no parameter whose name says that it is a secret', () => {
    for (const name of ['api_key', 'apikey', 'apiKey', 'tavilyApiKey', 'key', 'access_token', 'X-Amz-Signature', 'X-Amz-Security-Token', 'X-Amz-Credential', 'subscription-key', 'sig', 'code', 'client_secret', 'password', 'PASSWD', 'auth', 'api%5Fkey', 'key2', 'user[token', 'Authorization']) {
      for (const mark of ['?', '?a=1&', '?a=1;', '#', '?#']) {
        const address = `https://host.example/mcp${mark}${name}=hush-hush&b=2`;
        expect(addressProblem(address, elsewhere)).toContain('looks like a secret');
        expect(addressProblem(address, elsewhere)).not.toContain('hush');
        expect(shownAddress(address)).toBe(address.replace('hush-hush', '…'));
      }
    }
  });

  it('may say all else', () => {
    for (const address of ['https://host', 'http://127.0.0.1:2024/a/b', 'https://host/@team/x', 'https://host/x?who=a@b', 'https://host/?tenant=7&region=eu', 'https://host/?monkeys=3', 'https://host/?design=x', 'https://host/?keyboard=1', 'https://host/?api_key=', 'https://host/?keys', 'https://host/in?sig={credential}', 'https://host/%E0%A4%A?x=%']) {
      expect(addressProblem(address, elsewhere)).toBeNull();
      expect(shownAddress(address)).toBe(address);
    }
  });
});
