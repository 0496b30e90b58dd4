import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { LocalBackend, S3Backend, TerraformElement, TerraformStack } from 'cdktf';
import type { Construct, Node } from 'constructs';
import type { Settings } from './settings/settings.js';

export interface GuardStackProps {
  readonly settings: Pick<Settings, 'region' | 'accountId' | 'tags' | 'state' | 'provider'>;
  /** Where the state is in its bucket, unless the settings say otherwise. */
  readonly stateKey: string;
  /**
   * What `{account}` in the settings' key stands for: two stacks of one account must not share a state.
   * @default the account's id
   */
  readonly stateOwner?: string;
  /**
   * The role to deploy with, in another account.
   * @default whoever runs Terraform
   */
  readonly deployRoleArn?: string;
}

/** A stack of ours: where it keeps its state, with which provider, and how its resources are called. */
export class GuardStack extends TerraformStack {
  constructor(scope: Construct, id: string, { settings, stateKey, stateOwner, deployRoleArn }: GuardStackProps) {
    super(scope, id);
    keepState(this, settings, stateKey, stateOwner ?? settings.accountId ?? '');
    useProvider(this, settings, deployRoleArn);
  }

  /**
   * The path of a construct, without the hash that is usual: what a plan names is what the code names. Ids hold no
   * underscore, so that no two paths become one name. `Default` is how the constructs framework says that there is only one.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    return node.scopes
      .slice(node.scopes.indexOf(this) + 1)
      .map((scope) => scope.node.id)
      .filter((id) => id !== 'Default')
      .join('_');
  }
}

const keepState = (stack: TerraformStack, { region, state }: GuardStackProps['settings'], stateKey: string, stateOwner: string): void => {
  if (state === undefined) {
    // Beside the output folder, from where Terraform runs in it: the path is the same on every machine.
    new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
    return;
  }
  new S3Backend(stack, {
    bucket: state.bucket,
    region: state.region,
    key: state.key?.replaceAll('{region}', region).replaceAll('{account}', stateOwner) ?? stateKey,
    encrypt: true,
  });
  // Younger than cdktf's S3Backend.
  stack.addOverride('terraform.backend.s3.use_lockfile', state.locking);
};

/**
 * Why these: docs/decisions/0004-the-bindings-and-the-provider.md. From 6.22 to 6.39, the provider plans on every run to lift the block on SSE-C that S3 puts on
 * new buckets. Source: https://github.com/hashicorp/terraform-provider-aws/pull/47359
 */
const ACCEPTED_PROVIDERS = '>= 6.40.0, < 7.0.0';

const useProvider = (
  stack: TerraformStack,
  { region, accountId, tags, provider }: GuardStackProps['settings'],
  deployRoleArn: string | undefined,
): void => {
  new AwsProvider(stack, 'aws', {
    region,
    ...(accountId !== undefined && { allowedAccountIds: [accountId] }),
    ...(deployRoleArn !== undefined && { assumeRole: [{ roleArn: deployRoleArn }] }),
    ...(Object.keys(tags).length > 0 && { defaultTags: [{ tags }] }),
    ...(provider?.endpoint !== undefined && standIn(provider.endpoint)),
  });
  // cdktf would write the one version that the bindings were generated from.
  stack.addOverride('terraform.required_providers.aws.version', provider?.version ?? ACCEPTED_PROVIDERS);
};

const SERVICES = ['cloudtrail', 'cloudwatch', 'configservice', 'ec2', 'events', 'iam', 'kms', 'lambda', 'logs', 's3', 'sqs', 'sts'];

/** Everything a stack talks to, at one address, with keys that open nothing: the real ones stay at home. */
const standIn = (endpoint: string): object => ({
  accessKey: 'testing',
  secretKey: 'testing',
  s3UsePathStyle: true,
  skipCredentialsValidation: true,
  skipMetadataApiCheck: 'true',
  endpoints: [Object.fromEntries(SERVICES.map((service) => [service, endpoint]))],
});
