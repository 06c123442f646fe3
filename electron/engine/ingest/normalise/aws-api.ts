/**
 * Calls of an AWS SDK (`rpc.system = aws-api`): what an agent did with its cloud credential, whatever its framework calls a tool. Named by the
 * operation with its service's IAM prefix, `s3:GetObject`, so that use can be held against what is granted. An application that is no agent makes the same
 * spans: each stays plain until something of an agent is known in its trace.
 */
import type { Adapter, Normalised } from '../draft.ts';
import type { SpanRecord } from '../record.ts';
import { drafts, plainSpan, spanDraft } from './build.ts';
import { lastException, spanOutcome } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { asText, cleanName, one } from './read.ts';

const source = 'aws-sdk/span';

/** Where the SDK's name of a service, without spaces and in small letters, is not its IAM prefix. From AWS's service authorization reference. */
const prefixes: ReadonlyMap<string, string> = new Map(Object.entries({
  bedrockruntime: 'bedrock', bedrockagent: 'bedrock', bedrockagentruntime: 'bedrock', bedrockagentcorecontrol: 'bedrock-agentcore', bedrockagentcore: 'bedrock-agentcore',
  cloudwatchlogs: 'logs', eventbridge: 'events', cloudwatchevents: 'events', sfn: 'states', costexplorer: 'ce', sesv2: 'ses', elasticloadbalancingv2: 'elasticloadbalancing',
  cognitoidentityprovider: 'cognito-idp', cognitoidentity: 'cognito-identity', apigatewayv2: 'apigateway', rdsdata: 'rds-data', redshiftdata: 'redshift-data',
  ssoadmin: 'sso', iotdataplane: 'iotdata', dynamodbstreams: 'dynamodb', configservice: 'config', databasemigrationservice: 'dms', sagemakerruntime: 'sagemaker', efs: 'elasticfilesystem',
  opensearch: 'es', elasticsearchservice: 'es', ecrpublic: 'ecr-public', wafv2: 'wafv2', stepfunctions: 'states', simplesystemsmanagement: 'ssm', applicationautoscaling: 'application-autoscaling',
  resourcegroupstaggingapi: 'tag', cloudcontrol: 'cloudformation', lexruntimev2: 'lex', pinpointsmsvoicev2: 'sms-voice',
}));

/** The answer that says no. An expired or badly signed request was not refused for want of a permission. */
const deniedTypes: ReadonlySet<string> = new Set([
  'AccessDenied', 'AccessDeniedException', 'AccessDeniedFault', 'UnauthorizedOperation', 'UnauthorizedOperationException', 'AuthorizationError', 'AuthorizationErrorException', 'UnauthorizedException',
  'NotAuthorized', 'ForbiddenException', 'AllAccessDisabled',
]);

export function isAwsCall(attrs: SpanRecord['attrs']): boolean {
  return attrs['rpc.system'] === 'aws-api' || attrs['rpc.system.name'] === 'aws-api';
}

/** null: it names no operation. What permits an operation may be called otherwise (`s3:ListObjectsV2`): that is for whoever compares. Older conventions name service and method apart, newer ones as `S3/GetObject`. */
export function awsActionOf(service: string, method: string): string | null {
  const slash = method.lastIndexOf('/');
  const operation = cleanName(slash < 0 ? method : method.slice(slash + 1));
  const said = slash < 0 ? service : method.slice(0, slash);
  // `com.amazonaws.s3/GetObject`: the last part names the service.
  const plain = said.slice(said.lastIndexOf('.') + 1).replace(/[\s_-]+/gu, '').toLowerCase();
  if (operation === '' || plain === '' || !/^[a-z0-9]{1,64}$/u.test(plain) || !/^\w{1,128}$/u.test(operation)) return null;
  return `${prefixes.get(plain) ?? plain}:${operation}`;
}

function outcomeOf(record: SpanRecord): Outcome {
  const outcome = spanOutcome(record, false);
  if (outcome.status !== 'error') return outcome;
  const thrown = lastException(record.events)?.['exception.type'];
  const types = [one(record.attrs, 'error.type'), asText(thrown), one(record.attrs, 'aws.error.code')];
  // `com.amazonaws.dynamodb.v20120810#AccessDeniedException`, `Client.UnauthorizedOperation`: the last part names the answer.
  return types.some((type) => deniedTypes.has(type.slice(Math.max(type.lastIndexOf('.'), type.lastIndexOf('#'), type.lastIndexOf('$')) + 1))) ? { ...outcome, status: 'denied' } : outcome;
}

export function awsSpan(record: SpanRecord): Normalised {
  const name = awsActionOf(one(record.attrs, 'rpc.service'), one(record.attrs, 'rpc.method'));
  if (name === null) return plainSpan(record);
  return drafts(spanDraft(source, record, outcomeOf(record), { role: 'activity', kind: 'tool_call', name, plain: true }));
}

export const awsAdapter: Adapter = { id: 'aws-sdk', wanted: ['rpc.system', 'rpc.system.name', 'rpc.service', 'rpc.method', 'aws.error.code'], span: awsSpan };
