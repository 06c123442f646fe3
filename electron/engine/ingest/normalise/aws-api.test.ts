import { describe, expect, it } from 'vitest';
import { awsActionOf } from './aws-api.ts';
import { draftOf, span } from './test-records.ts';

const said = (attrs: Record<string, string>, more: object = {}) => draftOf(span({ 'rpc.system': 'aws-api', ...attrs }, more));

describe('the name of a cloud call', () => {
  it.each([
    ['S3', 'GetObject', 's3:GetObject'], ['', 'S3/GetObject', 's3:GetObject'], ['', 'com.amazonaws.s3/PutObject', 's3:PutObject'], ['CloudWatch Logs', 'PutLogEvents', 'logs:PutLogEvents'],
    ['Bedrock Runtime', 'Converse', 'bedrock:Converse'], ['Secrets Manager', 'GetSecretValue', 'secretsmanager:GetSecretValue'], ['Lambda', 'Invoke', 'lambda:Invoke'],
    ['S3', 'ListObjectsV2', 's3:ListObjectsV2'], ['SFN', 'StartExecution', 'states:StartExecution'],
  ])('of %s %s is the operation under its IAM prefix: %s', (service, method, action) => {
    expect(awsActionOf(service, method)).toBe(action);
  });

  it.each([['', ''], ['S3', ''], ['', 'GetObject'], ['S3', 'Get Object'], ['s3\u0000*', 'Get'], ['S3', 'Get*']])('is none of %j %j', (service, method) => {
    expect(awsActionOf(service, method)).toBeNull();
  });
});

describe('a span of an AWS SDK', () => {
  it('is a call that waits for an agent in its trace', () => {
    expect(said({ 'rpc.service': 'S3', 'rpc.method': 'GetObject' })).toMatchObject({ source: 'aws-sdk/span', role: 'activity', kind: 'tool_call', name: 's3:GetObject', status: 'ok', plain: true });
  });

  it.each(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'com.amazonaws.dynamodb.v20120810#AccessDeniedException'])('was denied where the answer is %s', (type) => {
    expect(said({ 'rpc.service': 'S3', 'rpc.method': 'DeleteObject', 'error.type': type }, { statusCode: 2 })).toMatchObject({ status: 'denied', error: { type } });
  });

  it.each(['ExpiredToken', 'SignatureDoesNotMatch', 'NoSuchKey', 'ThrottlingException'])('failed where the answer is %s: nobody refused a permission', (type) => {
    expect(said({ 'rpc.service': 'S3', 'rpc.method': 'GetObject', 'error.type': type }, { statusCode: 2 }).status).toBe('error');
  });

  it('stays a model call where the instrumentation tells of the model', () => {
    expect(said({ 'rpc.service': 'Bedrock Runtime', 'rpc.method': 'Converse', 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'claude' })).toMatchObject({ kind: 'model_call', name: 'claude', plain: undefined });
  });

  it('is plain where it names no operation', () => {
    expect(said({ 'rpc.service': 'S3' })).toMatchObject({ role: 'structure', plain: true });
  });
});
