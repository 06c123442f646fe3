import { describe, expect, it } from 'vitest';
import { boundedMessage } from './plain-text.ts';
import { slackBody } from './slack.ts';
import { testMessage } from './test-messages.ts';

interface Body { readonly text: string; readonly blocks: readonly { readonly type: string; readonly text?: { readonly type: string; readonly text: string }; readonly elements?: readonly { readonly type: string; readonly text: string }[] }[] }

const bodyOf = (...about: Parameters<typeof testMessage>): Body => slackBody(boundedMessage(testMessage(...about))) as Body;

describe('what Slack is sent', () => {
  it('is plain text alone', () => {
    const { blocks } = bodyOf();
    expect(blocks.map((one) => one.type)).toEqual(['header', 'section', 'context']);
    expect(blocks.flatMap((one) => [one.text, ...one.elements ?? []]).filter((one) => one !== undefined).map((one) => one.type)).toEqual(['plain_text', 'plain_text', 'plain_text']);
  });

  it('mentions nobody and links nowhere, in its blocks or in what is shown without them', () => {
    const evil = '<!channel> <@U123> <https://evil.example|click> @here [pay](https://evil.example) & so on';
    const body = bodyOf({ title: evil, text: evil, agent: evil });
    const written = JSON.stringify(body);
    expect(written).not.toMatch(/[<>]/);
    expect(written).not.toMatch(/&(?!amp;|lt;|gt;)/);
    expect(body.text).not.toMatch(/@|:\/\/|\]\(/);
    expect(body).toMatchObject({ mrkdwn: false, link_names: false, parse: 'none', unfurl_links: false, unfurl_media: false });
  });

  it('keeps Slack\'s limits, also of what becomes longer by being escaped, and cuts no entity in two', () => {
    const long = '&<>'.repeat(100_000);
    const { blocks } = bodyOf({ title: long, text: long, rule: long, agent: long });
    const [header, section, context] = [blocks[0]?.text?.text ?? '', blocks[1]?.text?.text ?? '', blocks[2]?.elements?.[0]?.text ?? ''];
    expect([header.length <= 150, section.length <= 3_000, context.length <= 3_000]).toEqual([true, true, true]);
    expect(section.length).toBeGreaterThan(2_000);
    for (const text of [header, section, context]) expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
  });

  it('says when it is over, and needs no text', () => {
    const { blocks } = bodyOf({ text: '' }, { event: 'over' });
    expect(blocks.map((one) => one.type)).toEqual(['header', 'context']);
    expect(blocks[0]?.text?.text).toBe('Over: payer: send_payment failed');
  });
});
