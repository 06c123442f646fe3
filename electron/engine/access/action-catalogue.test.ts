import { describe, expect, test } from 'vitest';
import { actionsMatching, allActions, catalogueAbout } from './action-catalogue.ts';

const classes = (name: string): string[] => actionsMatching(name).flatMap((action) => action.classes.map((one) => `${one.class} ${one.reversibility}`));

describe('the catalogue of AWS actions', () => {
  test('says where it is from and how old it is', () => {
    expect(catalogueAbout()).toMatchObject({ license: 'MIT', actions: allActions().length });
    expect(catalogueAbout().source).toMatch(/^@cloud-copilot\/iam-data \d/u);
    expect(catalogueAbout().date).toMatch(/^20\d\d-\d\d-\d\d$/u);
    expect(allActions().length).toBeGreaterThan(20_000);
  });

  test('gives every action a class', () => {
    expect(allActions().filter((action) => action.classes.length === 0)).toEqual([]);
  });

  test.each([
    ['s3:GetObject', ['read read_only']], ['s3:PutObject', ['write unknown']], ['s3:DeleteObject', ['delete irreversible']], ['s3:PutBucketPolicy', ['administer unknown']], ['s3:PutObjectTagging', ['write reversible']],
    ['iam:PassRole', ['administer reversible']], ['sts:AssumeRole', ['administer reversible']], ['iam:CreateAccessKey', ['write reversible', 'administer reversible']], ['iam:DeleteUser', ['delete irreversible', 'administer irreversible']],
    ['lambda:InvokeFunction', ['execute unknown']], ['ssm:SendCommand', ['execute unknown']], ['ses:SendEmail', ['write irreversible']], ['ec2:RunInstances', ['execute unknown', 'spend externally_reversible']], ['ec2:TerminateInstances', ['delete irreversible']], ['ec2:StopInstances', ['write reversible']],
    ['ec2:RevokeSecurityGroupIngress', ['write reversible', 'network reversible']], ['kms:Decrypt', ['read read_only']], ['kms:ScheduleKeyDeletion', ['delete irreversible']], ['dynamodb:PartiQLDelete', ['delete irreversible']], ['dynamodb:BatchWriteItem', ['write unknown', 'delete irreversible']],
    ['bedrock:InvokeModel', ['execute unknown', 'spend irreversible']], ['logs:StartQuery', ['read read_only']],
  ])('%s is %j', (name, expected) => {
    expect(classes(name)).toEqual(expected);
  });

  test('finds by pattern without regard to case', () => {
    expect(actionsMatching('S3:get*').length).toBeGreaterThan(20);
    expect(actionsMatching('S3:get*').every(({ full }) => full.startsWith('s3:Get'))).toBe(true);
    expect(actionsMatching('*:*').length).toBe(allActions().length);
    expect(actionsMatching('s3:NoSuchThing')).toEqual([]);
    expect(actionsMatching('constructor:toString')).toEqual([]);
  });
});
