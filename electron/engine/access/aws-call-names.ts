/**
 * Calls of AWS are told by the name of the operation (`s3:ListObjectsV2`); what permits them may be called otherwise (`s3:ListBucket`). Only
 * where AWS's service authorization reference and the API reference of the service say so; every other call is permitted under its own name.
 */
const permittedBy: Readonly<Record<string, readonly string[]>> = {
  's3:ListObjects': ['s3:ListBucket'], 's3:ListObjectsV2': ['s3:ListBucket'], 's3:ListObjectVersions': ['s3:ListBucketVersions'], 's3:HeadBucket': ['s3:ListBucket'], 's3:HeadObject': ['s3:GetObject'], 's3:ListBuckets': ['s3:ListAllMyBuckets'], 's3:SelectObjectContent': ['s3:GetObject'], 's3:CopyObject': ['s3:GetObject', 's3:PutObject'],
  's3:DeleteObjects': ['s3:DeleteObject'], 's3:CreateMultipartUpload': ['s3:PutObject'], 's3:UploadPart': ['s3:PutObject'], 's3:UploadPartCopy': ['s3:GetObject', 's3:PutObject'], 's3:CompleteMultipartUpload': ['s3:PutObject'], 's3:ListMultipartUploads': ['s3:ListBucketMultipartUploads'], 's3:ListParts': ['s3:ListMultipartUploadParts'],
  's3:GetBucketLifecycleConfiguration': ['s3:GetLifecycleConfiguration'], 's3:PutBucketLifecycleConfiguration': ['s3:PutLifecycleConfiguration'], 's3:DeleteBucketLifecycle': ['s3:PutLifecycleConfiguration'], 's3:GetBucketEncryption': ['s3:GetEncryptionConfiguration'], 's3:PutBucketEncryption': ['s3:PutEncryptionConfiguration'], 's3:GetBucketReplication': ['s3:GetReplicationConfiguration'], 's3:PutBucketReplication': ['s3:PutReplicationConfiguration'],
  'lambda:Invoke': ['lambda:InvokeFunction'], 'lambda:InvokeAsync': ['lambda:InvokeFunction'], 'lambda:InvokeWithResponseStream': ['lambda:InvokeFunction'],
  'bedrock:Converse': ['bedrock:InvokeModel'], 'bedrock:ConverseStream': ['bedrock:InvokeModelWithResponseStream'], 'sqs:SendMessageBatch': ['sqs:SendMessage'], 'sqs:DeleteMessageBatch': ['sqs:DeleteMessage'], 'sqs:ChangeMessageVisibilityBatch': ['sqs:ChangeMessageVisibility'], 'sns:PublishBatch': ['sns:Publish'],
  'kms:ReEncrypt': ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
};

/** All of them are needed. */
export const actionsNeeded = (call: string): readonly string[] => (Object.hasOwn(permittedBy, call) ? permittedBy[call] ?? [call] : [call]);

/** `service:Operation`, as calls of AWS are named here. */
export const isAwsCall = (name: string): boolean => /^[a-z0-9-]+:[A-Za-z0-9]+$/u.test(name);
