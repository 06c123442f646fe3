/**
 * What people of the pretend companies know of their agents' powers: documents that the console imports, who answers for an agent, which agent uses
 * the MCP server, what was approved. Handed to whoever started the fleet, who says it to the console as a person would.
 */
export interface Papers {
  readonly documents: readonly {
    readonly name: string; readonly format: 'iam' | 'cedar' | 'oauth_scopes' | 'tools' | 'declared'; readonly role: 'identity' | 'boundary'; readonly enforcement: 'enforced' | 'log_only' | 'declared';
    readonly text: string; readonly agents: readonly string[]; readonly credential?: string;
  }[];
  readonly owners: readonly { readonly agent: string; readonly role: 'owner' | 'sponsor'; readonly name: string; readonly gone: boolean }[];
  /** agents that use the tools of the company's MCP server. */
  readonly holders: readonly string[];
  readonly baselines: readonly { readonly agent: string; readonly note: string }[];
  readonly budgets: readonly { readonly agent: string; readonly name: string; readonly per: 'day' | 'week' | 'month'; readonly currency: string; readonly softMicros: number; readonly hardMicros: number }[];
}

const role = 'arn:aws:iam::111122223333:role/norrland-agents';
const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** One role for two agents; of what it permits some is never used, some denied, some cut off by its boundary. */
const rolePolicy = json({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'ReadCasesAndArchive', Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: ['arn:aws:s3:::norrland-cases', 'arn:aws:s3:::norrland-cases/*', 'arn:aws:s3:::norrland-archive/*'] },
    { Sid: 'LedgerTables', Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], Resource: 'arn:aws:dynamodb:eu-north-1:111122223333:table/ledger-*' },
    { Sid: 'TellTheDesk', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:eu-north-1:111122223333:desk', Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
    { Sid: 'AllKeys', Effect: 'Allow', Action: 'kms:*', Resource: '*' },
    { Sid: 'NeverDeletePapers', Effect: 'Deny', Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'], Resource: '*' },
  ],
});
const boundary = json({ Version: '2012-10-17', Statement: [{ Sid: 'AtMost', Effect: 'Allow', Action: ['s3:*', 'dynamodb:*', 'sqs:SendMessage'], Resource: '*' }] });

const gatewayPolicies = `@id("routes")
permit (
  principal == Agent::"route-planner",
  action == Action::"routes.solve",
  resource
);

@id("small-bookings")
permit (
  principal in AgentGroup::"planners",
  action in [Action::"carrier.quote", Action::"carrier.book"],
  resource == Gateway::"carriers"
) when { context.amountEur <= 2000 };

@id("no-cancellations")
forbid (
  principal,
  action == Action::"carrier.cancel",
  resource
);
`;

const refundTools = json([
  { name: 'orders.search', description: 'Finds orders of a customer.', annotations: { readOnlyHint: true, openWorldHint: false } },
  { name: 'customer_mail.send', description: 'Writes to a customer.', annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true } },
  { name: 'ledger.reverse', description: 'Reverses a booking.', annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false } },
]);

const screenerTools = json([
  { name: 'sanctions.search', description: 'Searches the lists of sanctions.', annotations: { readOnlyHint: true, openWorldHint: true } },
  { name: 'registry.lookup', description: 'Looks a company up in its registry.', annotations: { readOnlyHint: true, openWorldHint: true } },
  { name: 'case.read', description: 'Reads the papers of a case.', annotations: { readOnlyHint: true, openWorldHint: false } },
]);
const analystTools = json([
  { name: 'warehouse.query', description: 'Asks the warehouse.', annotations: { readOnlyHint: true, openWorldHint: false } },
  { name: 'sheet.write', description: 'Writes cells of the month\'s sheet.', annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false } },
  { name: 'ledger.export', description: 'Exports bookings.', annotations: { readOnlyHint: true, openWorldHint: false } },
  { name: 'archive.read', description: 'Reads an archived month.', annotations: { readOnlyHint: true, openWorldHint: false } },
  { name: 'archive.clean', description: 'Removes an archived month.', annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false } },
]);
const triageTools = json([{ name: 'queue.assign', description: 'Gives a mail to a team.', annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false } }]);

const limits = (nowMs: number): string => json({
  grants: [
    { kind: 'network', name: 'Registries', actions: ['connect'], resources: ['registry.example:443', 'sanctions.example:443'], class: 'network', reversibility: 'read_only', expires: new Date(nowMs + 5 * 86_400_000).toISOString() },
    { kind: 'data_store', name: 'Applicants', actions: ['read'], resources: ['warehouse.applicants'], class: 'read', reversibility: 'read_only', dataClass: 'personal' },
    { kind: 'budget', name: 'Model spend', actions: ['spend'], resources: ['120 EUR a day'], class: 'spend', reversibility: 'irreversible' },
  ],
});

export function papersAt(nowMs: number): Papers {
  return {
    documents: [
      { name: 'Norrland agents: role policy', format: 'iam', role: 'identity', enforcement: 'enforced', text: rolePolicy, agents: ['kyc-screener', 'ledger-analyst'], credential: role },
      { name: 'Norrland agents: boundary', format: 'iam', role: 'boundary', enforcement: 'enforced', text: boundary, agents: ['kyc-screener', 'ledger-analyst'], credential: role },
      { name: 'Brightwater gateway policies', format: 'cedar', role: 'identity', enforcement: 'log_only', text: gatewayPolicies, agents: ['route-planner', 'carrier-quoter'] },
      { name: 'Graph scopes of the order mailbox', format: 'oauth_scopes', role: 'identity', enforcement: 'enforced', text: 'User.Read.All Mail.ReadWrite Mail.Send', agents: ['order-triage'], credential: 'app order-mailbox' },
      { name: 'Tools of the refund runner', format: 'tools', role: 'identity', enforcement: 'declared', text: refundTools, agents: ['refund-runner'] },
      { name: 'Tools of the KYC screener', format: 'tools', role: 'identity', enforcement: 'declared', text: screenerTools, agents: ['kyc-screener'] },
      { name: 'Tools of the ledger analyst', format: 'tools', role: 'identity', enforcement: 'declared', text: analystTools, agents: ['ledger-analyst'] },
      { name: 'Tools of order triage', format: 'tools', role: 'identity', enforcement: 'declared', text: triageTools, agents: ['order-triage'] },
      { name: 'Limits of the KYC screener', format: 'declared', role: 'identity', enforcement: 'declared', text: limits(nowMs), agents: ['kyc-screener'] },
    ],
    owners: [
      { agent: 'refund-runner', role: 'owner', name: 'Ingrid Solheim', gone: false }, { agent: 'refund-runner', role: 'sponsor', name: 'Halden Finance', gone: false }, { agent: 'order-triage', role: 'owner', name: 'Ada Berg', gone: false },
      { agent: 'ledger-analyst', role: 'owner', name: 'Per Lindqvist', gone: true }, { agent: 'claude-code', role: 'owner', name: 'Marta Kowalczyk', gone: false }, { agent: 'carrier-quoter', role: 'sponsor', name: 'Brightwater Operations', gone: false },
    ],
    holders: ['order-triage'],
    baselines: [{ agent: 'order-triage', note: 'Reviewed with the mailbox team.' }, { agent: 'ledger-analyst', note: 'Quarterly review.' }],
    // The one is past its soft limit with its past alone, the other stays well within.
    budgets: [{ agent: 'ledger-analyst', name: 'Ledger analysis', per: 'month', currency: 'USD', softMicros: 12_000_000, hardMicros: 30_000_000 }, { agent: 'claude-code', name: 'Claude Code', per: 'month', currency: 'USD', softMicros: 60_000_000, hardMicros: 90_000_000 }],
  };
}
