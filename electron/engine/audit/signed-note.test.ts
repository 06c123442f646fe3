import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointText, openNote, publicKeyOf, readCheckpoint, readVerifierKey, signNote, verifierKey } from './signed-note.ts';

/** The example that the format's own documentation gives. */
const neumann = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const saying = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const signed = `${saying}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
const { privateKey } = generateKeyPairSync('ed25519');
const key = { name: 'gatehouse.example/audit', publicKey: publicKeyOf(privateKey) };

describe('a signed note', () => {
  it('is opened as the documentation of the format has it', () => {
    const peter = readVerifierKey(neumann);
    if (peter === null) throw new Error('the key of the documentation was not read');
    expect(verifierKey(peter)).toBe(neumann);
    expect(openNote(signed, peter)).toBe(saying);
    expect(openNote(signed, key)).toBeNull();
    expect(openNote(signed.replace('answer', 'question'), peter)).toBeNull();
  });

  it('is opened by the key that signed it, also beside signatures of others', () => {
    const note = signNote(saying, key.name, privateKey);
    expect(openNote(note, key)).toBe(saying);
    const other = signNote(saying, 'witness', generateKeyPairSync('ed25519').privateKey);
    expect(openNote(`${note}${other.split('\n\n')[1] ?? ''}`, key)).toBe(saying);
    expect(readVerifierKey(verifierKey(key))).toEqual(key);
  });

  it('is not opened when any one byte of it is another', () => {
    const note = Buffer.from(signNote(saying, key.name, privateKey));
    fc.assert(fc.property(fc.nat(note.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const forged = Buffer.from(note);
      forged[at] = (forged[at] ?? 0) ^ by;
      // What is not UTF-8 any more is read with a mark for it, and so is another text too.
      expect(openNote(forged.toString(), key)).toBeNull();
    }));
  });

  it('is not signed where it could be read in two ways', () => {
    for (const text of ['no line break at its end', 'a\u0000b\n', 'a\rb\n', '\ud800\n']) expect(() => signNote(text, key.name, privateKey)).toThrow(TypeError);
    for (const name of ['', 'two words', 'a+b', 'a\nb']) expect(() => signNote('a\n', name, privateKey)).toThrow(TypeError);
    for (const text of ['', neumann.replace('c74f', 'c74e'), neumann.replace('+AR', '+AB'), 'a+b']) expect(readVerifierKey(text)).toBeNull();
    for (const note of ['', 'a\n', 'a\n\n', `${signed}x`, signed.replace('\n\n', '\n')]) expect(openNote(note, key)).toBeNull();
  });
});

describe('a checkpoint', () => {
  it('is read as it was written', () => {
    const checkpoint = { origin: 'gatehouse.example/audit', size: 12, root: Buffer.alloc(32, 7), extra: ['hour 2026-11-23T15:00:00Z'] };
    expect(readCheckpoint(checkpointText(checkpoint))).toEqual(checkpoint);
    expect(readCheckpoint(checkpointText({ ...checkpoint, extra: [] }))).toEqual({ ...checkpoint, extra: [] });
    for (const text of ['', 'a\n', 'a\n01\nx\n', `a\n1\n${Buffer.alloc(31).toString('base64')}\n`, `a\n1\n${Buffer.alloc(32).toString('base64')}`, `\n1\n${Buffer.alloc(32).toString('base64')}\n`]) expect(readCheckpoint(text)).toBeNull();
  });
});
