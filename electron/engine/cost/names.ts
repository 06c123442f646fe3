/** Names of providers, models and service tiers as telemetry spells them, brought to one spelling. All of it is hostile text of any length. */

const mostLength = 300;

export function plain(text: string): string {
  return text.slice(0, mostLength).trim().toLowerCase();
}

/** Names that say nothing of a special price. Anthropic tells `standard`, OpenAI `default` and `auto`, AWS and Google `on_demand`. */
const usual: ReadonlySet<string> = new Set(['', 'standard', 'default', 'auto', 'on_demand', 'on-demand', 'standard_only', 'normal', 'usual', 'unspecified', 'service_tier_unspecified', 'null', 'none']);

/** '' for the usual tier. */
export function tierOf(text: string): string {
  if (text === '') return text;
  const tier = plain(text);
  return usual.has(tier) ? '' : tier;
}

/**
 * The names under which a model is looked up, fullest first. Paths of Google (`publishers/google/models/x`), ARNs and vendors before a
 * slash (`anthropic/x`) are taken off, and what Claude Code adds for its long context (`x[1m]`).
 */
export function modelNames(model: string): readonly string[] {
  const full = plain(model).replace(/\[1m\]$/, '');
  const names = [full];
  for (let at = full.indexOf('/'); at >= 0; at = full.indexOf('/', at + 1)) names.push(full.slice(at + 1));
  return names.filter((name) => name !== '').slice(0, 6);
}

/** Names that only Amazon Bedrock gives: `us.anthropic.claude-x`, `amazon.nova-pro-v1:0`, an ARN. */
const bedrock = /^(?:arn:aws[a-z-]*:bedrock:|(?:[a-z-]{2,8}\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|writer|qwen|openai|nvidia|minimax|moonshot|moonshotai|zai|google|luma|stability|twelvelabs)\.[a-z])/;

/** Who serves a model by its name alone: `anthropic/claude-x`, `bedrock/us.anthropic.claude-x`, `us.anthropic.claude-x`; '' where it does not say. */
export function vendorIn(model: string): string {
  const name = plain(model);
  if (bedrock.test(name)) return 'aws.bedrock';
  const at = name.indexOf('/');
  return at < 0 ? '' : name.slice(0, at);
}
