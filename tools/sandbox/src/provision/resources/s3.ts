import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type BucketLocationConstraint,
  type BucketVersioningStatus,
  type ExpirationStatus,
  type S3Client,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { partitionOf } from '@portcullis/cloudtrail';
import { differencesOf, resourceType, unlessAbsent } from '../resource-type.js';

const emptyBucket = async (s3: S3Client, Bucket: string): Promise<void> => {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return;
    const { Errors: [refused] = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    if (refused !== undefined)
      throw new Error(`${refused.Key ?? 'an object'} cannot be deleted: ${refused.Code ?? ''}`);
  }
};

const bucket = resourceType({
  read: (args) => ({ bucket: args.text('bucket'), forceDestroy: args.optionalFlag('force_destroy') }),
  attributes: ['arn', 'id', 'bucket_domain_name', 'bucket_regional_domain_name', 'region'],
  find: async (args, { clients: { s3 }, region }) => {
    const there = await unlessAbsent(
      s3.send(new HeadBucketCommand({ Bucket: args.bucket })),
      'NotFound',
      'NoSuchBucket',
    );
    if (there === undefined) return undefined;
    return {
      attributes: {
        arn: `arn:${partitionOf(region).name}:s3:::${args.bucket}`,
        id: args.bucket,
        bucket_domain_name: `${args.bucket}.s3.amazonaws.com`,
        bucket_regional_domain_name: `${args.bucket}.s3.${region}.amazonaws.com`,
        region: there.BucketRegion ?? region,
      },
      differences: [],
    };
  },
  create: async ({ bucket: Bucket }, { clients: { s3 }, region }) => {
    // S3 refuses the one region that is its default as a constraint.
    const constraint = region === 'us-east-1' ? undefined : (region as BucketLocationConstraint);
    const CreateBucketConfiguration = constraint && { LocationConstraint: constraint };
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  },
  remove: async ({ bucket: Bucket, forceDestroy }, { clients: { s3 } }) => {
    if (forceDestroy === true) await emptyBucket(s3, Bucket);
    await s3.send(new DeleteBucketCommand({ Bucket }));
  },
});

const bucketPolicy = resourceType({
  read: (args) => ({ bucket: args.text('bucket'), policy: args.json('policy') }),
  attributes: ['id'],
  find: async (args, { clients: { s3 } }) => {
    const get = new GetBucketPolicyCommand({ Bucket: args.bucket });
    const answer = await unlessAbsent(s3.send(get), 'NoSuchBucketPolicy', 'NoSuchBucket');
    if (answer?.Policy === undefined) return undefined;
    const actual = { bucket: args.bucket, policy: JSON.parse(answer.Policy) as unknown };
    return { attributes: { id: args.bucket }, differences: differencesOf(args, actual) };
  },
  create: async ({ bucket: Bucket, policy }, { clients: { s3 } }) => {
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
  },
  remove: async ({ bucket: Bucket }, { clients: { s3 } }) => {
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  },
});

const lifecycle = resourceType({
  read: (args) => ({
    bucket: args.text('bucket'),
    rule: args.blocks('rule', (rule) => ({
      id: rule.text('id'),
      status: rule.text('status'),
      filter: rule.optionalBlock('filter', (filter) => ({ prefix: filter.optionalText('prefix') ?? '' })) ?? {
        prefix: '',
      },
      expiration: rule.optionalBlock('expiration', (expiration) => ({ days: expiration.optionalNumber('days') })),
      noncurrentVersionExpiration: rule.optionalBlock('noncurrent_version_expiration', (expiration) => ({
        noncurrentDays: expiration.optionalNumber('noncurrent_days'),
      })),
      abortIncompleteMultipartUpload: rule.optionalBlock('abort_incomplete_multipart_upload', (abort) => ({
        daysAfterInitiation: abort.optionalNumber('days_after_initiation'),
      })),
    })),
  }),
  attributes: ['id'],
  find: async (args, { clients: { s3 } }) => {
    const get = new GetBucketLifecycleConfigurationCommand({ Bucket: args.bucket });
    const answer = await unlessAbsent(s3.send(get), 'NoSuchLifecycleConfiguration', 'NoSuchBucket');
    if (answer?.Rules === undefined) return undefined;
    const rule = answer.Rules.map((each) => ({
      id: each.ID,
      status: each.Status,
      filter: { prefix: each.Filter?.Prefix ?? '' },
      expiration: each.Expiration && { days: each.Expiration.Days },
      noncurrentVersionExpiration: each.NoncurrentVersionExpiration && {
        noncurrentDays: each.NoncurrentVersionExpiration.NoncurrentDays,
      },
      abortIncompleteMultipartUpload: each.AbortIncompleteMultipartUpload && {
        daysAfterInitiation: each.AbortIncompleteMultipartUpload.DaysAfterInitiation,
      },
    }));
    return { attributes: { id: args.bucket }, differences: differencesOf(args, { bucket: args.bucket, rule }) };
  },
  create: async ({ bucket: Bucket, rule }, { clients: { s3 } }) => {
    const Rules = rule.map((each) => ({
      ID: each.id,
      Status: each.status as ExpirationStatus,
      Filter: { Prefix: each.filter.prefix },
      Expiration: each.expiration && { Days: each.expiration.days },
      NoncurrentVersionExpiration: each.noncurrentVersionExpiration && {
        NoncurrentDays: each.noncurrentVersionExpiration.noncurrentDays,
      },
      AbortIncompleteMultipartUpload: each.abortIncompleteMultipartUpload && {
        DaysAfterInitiation: each.abortIncompleteMultipartUpload.daysAfterInitiation,
      },
    }));
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
  },
  remove: async ({ bucket: Bucket }, { clients: { s3 } }) => {
    await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
  },
});

const publicAccessBlock = resourceType({
  read: (args) => ({
    bucket: args.text('bucket'),
    blockPublicAcls: args.optionalFlag('block_public_acls'),
    blockPublicPolicy: args.optionalFlag('block_public_policy'),
    ignorePublicAcls: args.optionalFlag('ignore_public_acls'),
    restrictPublicBuckets: args.optionalFlag('restrict_public_buckets'),
  }),
  attributes: ['id'],
  find: async (args, { clients: { s3 } }) => {
    const get = new GetPublicAccessBlockCommand({ Bucket: args.bucket });
    const answer = await unlessAbsent(s3.send(get), 'NoSuchPublicAccessBlockConfiguration', 'NoSuchBucket');
    const block = answer?.PublicAccessBlockConfiguration;
    if (block === undefined) return undefined;
    return {
      attributes: { id: args.bucket },
      differences: differencesOf(args, {
        bucket: args.bucket,
        blockPublicAcls: block.BlockPublicAcls,
        blockPublicPolicy: block.BlockPublicPolicy,
        ignorePublicAcls: block.IgnorePublicAcls,
        restrictPublicBuckets: block.RestrictPublicBuckets,
      }),
    };
  },
  create: async (args, { clients: { s3 } }) => {
    await s3.send(
      new PutPublicAccessBlockCommand({
        Bucket: args.bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: args.blockPublicAcls,
          BlockPublicPolicy: args.blockPublicPolicy,
          IgnorePublicAcls: args.ignorePublicAcls,
          RestrictPublicBuckets: args.restrictPublicBuckets,
        },
      }),
    );
  },
  remove: async ({ bucket: Bucket }, { clients: { s3 } }) => {
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  },
});

const encryption = resourceType({
  read: (args) => ({
    bucket: args.text('bucket'),
    rule: args.blocks('rule', (rule) => ({
      applyByDefault: rule.optionalBlock('apply_server_side_encryption_by_default', (byDefault) => ({
        sseAlgorithm: byDefault.text('sse_algorithm'),
      })),
    })),
  }),
  attributes: ['id'],
  find: async (args, { clients: { s3 } }) => {
    const get = new GetBucketEncryptionCommand({ Bucket: args.bucket });
    const answer = await unlessAbsent(s3.send(get), 'ServerSideEncryptionConfigurationNotFoundError', 'NoSuchBucket');
    if (answer?.ServerSideEncryptionConfiguration === undefined) return undefined;
    const { Rules = [] } = answer.ServerSideEncryptionConfiguration;
    return {
      attributes: { id: args.bucket },
      differences: differencesOf(args, {
        bucket: args.bucket,
        rule: Rules.map(({ ApplyServerSideEncryptionByDefault: byDefault }) => ({
          applyByDefault: byDefault && { sseAlgorithm: byDefault.SSEAlgorithm },
        })),
      }),
    };
  },
  create: async ({ bucket: Bucket, rule }, { clients: { s3 } }) => {
    const Rules = rule.map(({ applyByDefault }) => ({
      // Whatever text names an algorithm, S3 is the judge of it.
      ApplyServerSideEncryptionByDefault: applyByDefault && {
        SSEAlgorithm: applyByDefault.sseAlgorithm as ServerSideEncryption,
      },
    }));
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  },
  remove: async ({ bucket: Bucket }, { clients: { s3 } }) => {
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
  },
});

const versioning = resourceType({
  read: (args) => ({
    bucket: args.text('bucket'),
    versioningConfiguration: args.optionalBlock('versioning_configuration', (block) => ({
      status: block.text('status'),
    })),
  }),
  attributes: ['id'],
  find: async (args, { clients: { s3 } }) => {
    const get = new GetBucketVersioningCommand({ Bucket: args.bucket });
    const answer = await unlessAbsent(s3.send(get), 'NoSuchBucket');
    // A bucket whose versioning was never set has no status; one where it was taken back is suspended, and never without again.
    if (answer?.Status === undefined || answer.Status === 'Suspended') return undefined;
    const actual = { bucket: args.bucket, versioningConfiguration: { status: answer.Status } };
    return { attributes: { id: args.bucket }, differences: differencesOf(args, actual) };
  },
  create: async ({ bucket: Bucket, versioningConfiguration }, { clients: { s3 } }) => {
    // Whatever text names a status, S3 is the judge of it.
    const Status = versioningConfiguration?.status as BucketVersioningStatus | undefined;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  },
  remove: async ({ bucket: Bucket }, { clients: { s3 } }) => {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }));
  },
});

export const s3Resources = {
  aws_s3_bucket_lifecycle_configuration: lifecycle,
  aws_s3_bucket: bucket,
  aws_s3_bucket_policy: bucketPolicy,
  aws_s3_bucket_public_access_block: publicAccessBlock,
  aws_s3_bucket_server_side_encryption_configuration: encryption,
  aws_s3_bucket_versioning: versioning,
};
