import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { partitionOf, type Partition } from '@portcullis/cloudtrail';
import { given, type DataSource } from './resource-type.js';

const callerIdentity: DataSource = {
  attributes: ['account_id', 'arn', 'id', 'user_id'],
  read: async ({ clients: { sts } }) => {
    const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
    const account = given(Account, 'Account');
    return { account_id: account, arn: given(Arn, 'Arn'), id: account, user_id: given(UserId, 'UserId') };
  },
};

// `region` is what provider 6 calls the `name` of 5.
const region: DataSource = {
  attributes: ['id', 'name', 'region'],
  read: (place) => Promise.resolve({ id: place.region, name: place.region, region: place.region }),
};

/** The domain that a partition's endpoints end in. Source: the AWS SDKs' partition metadata. */
const DNS_SUFFIXES: Readonly<Record<Partition['name'], string>> = {
  aws: 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
  'aws-us-gov': 'amazonaws.com',
};

const partition: DataSource = {
  attributes: ['dns_suffix', 'id', 'partition', 'reverse_dns_prefix'],
  read: (place) => {
    const { name } = partitionOf(place.region);
    const suffix = DNS_SUFFIXES[name];
    const reversed = suffix.split('.').reverse().join('.');
    return Promise.resolve({ dns_suffix: suffix, id: name, partition: name, reverse_dns_prefix: reversed });
  },
};

/** Every data source that can be read directly, by Terraform's name for it. */
export const dataSources: ReadonlyMap<string, DataSource> = new Map([
  ['aws_caller_identity', callerIdentity],
  ['aws_region', region],
  ['aws_partition', partition],
]);
