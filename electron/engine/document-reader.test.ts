import { describe, expect, it } from 'vitest';
import { readDocument } from './access/read-document.ts';
import { documentReader } from './document-reader.ts';

const never = new AbortController().signal;
const scopes = { format: 'oauth_scopes' as const, role: 'identity' as const, text: 'Mail.Send User.Read' };

describe('reading a document on a thread of its own', () => {
  it('says what the reader says', async () => {
    expect(await documentReader().read(scopes, never)).toEqual(readDocument(scopes));
  });

  it('gives up on one that takes too long, and reads the next one', async () => {
    const reader = documentReader({ withinMs: 1, memoryMb: 256 });
    await expect(reader.read(scopes, never)).rejects.toThrow('could not be read within 0.001 s. Nothing was kept.');
    expect((await documentReader().read(scopes, never)).readings).toHaveLength(2);
  });

  it('ends with whoever asked', async () => {
    const asked = new AbortController();
    const reading = documentReader().read(scopes, asked.signal);
    asked.abort(new Error('the page is gone'));
    await expect(reading).rejects.toThrow('the page is gone');
  });
});
