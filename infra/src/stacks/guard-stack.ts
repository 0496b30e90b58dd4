import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import type { Settings } from '@portcullis/settings';
import { LocalBackend, S3Backend, TerraformElement, TerraformStack } from 'cdktf';
import type { Construct, Node } from 'constructs';

export interface GuardStackProps {
  readonly settings: Pick<Settings, 'region' | 'accountId' | 'tags' | 'state' | 'provider'>;
  /** The key of the Terraform state in its S3 bucket, unless the settings name a key. */
  readonly stateKey: string;
  /**
   * The text that replaces `{account}` in the key that the settings name. Two stacks of one account must not have the same key.
   * @default the account's id
   */
  readonly stateOwner?: string;
  /**
   * The role with which Terraform deploys to another account.
   * @default no role: Terraform's own credentials deploy the stack
   */
  readonly deployRoleArn?: string;
}

/** The base class of all stacks, with the Terraform state, the provider and the Terraform names of resources. */
export class GuardStack extends TerraformStack {
  constructor(scope: Construct, id: string, { settings, stateKey, stateOwner, deployRoleArn }: GuardStackProps) {
    super(scope, id);
    configureStackState(this, settings, stateKey, stateOwner ?? settings.accountId ?? '');
    configureStackProvider(this, settings, deployRoleArn);
  }

  /**
   * Returns a resource's Terraform name: the construct path, without the hash that CDKTF would add. No id has an underscore, so the names
   * are unique. As in CDKTF, the id `Default` does not appear in the name.
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

function configureStackState(
  stack: TerraformStack,
  { region, state }: GuardStackProps['settings'],
  stateKey: string,
  stateOwner: string,
): void {
  if (state === undefined) {
    // The path is relative to the stack's folder, in which Terraform runs.
    new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
    return;
  }
  new S3Backend(stack, {
    bucket: state.bucket,
    region: state.region,
    key: state.key?.replaceAll('{region}', region).replaceAll('{account}', stateOwner) ?? stateKey,
    encrypt: true,
  });
  // CDKTF's S3Backend has no property for `use_lockfile`.
  stack.addOverride('terraform.backend.s3.use_lockfile', state.locking);
}

/**
 * S3 blocks SSE-C on new buckets. With provider versions 6.22 to 6.39, every plan would show a change of this setting. For the other
 * reasons, see docs/decisions/0004-the-bindings-and-the-provider.md. Source: https://github.com/hashicorp/terraform-provider-aws/pull/47359
 */
const ACCEPTED_PROVIDERS = '>= 6.40.0, < 7.0.0';

function configureStackProvider(
  stack: TerraformStack,
  { region, accountId, tags, provider }: GuardStackProps['settings'],
  deployRoleArn: string | undefined,
): void {
  new AwsProvider(stack, 'aws', {
    region,
    ...(accountId !== undefined && { allowedAccountIds: [accountId] }),
    ...(deployRoleArn !== undefined && { assumeRole: [{ roleArn: deployRoleArn }] }),
    ...(Object.keys(tags).length > 0 && { defaultTags: [{ tags }] }),
    ...(provider?.endpoint !== undefined && stackProviderForEndpoint(provider.endpoint)),
  });
  // Without this override, CDKTF would require exactly the provider version of the bindings.
  stack.addOverride('terraform.required_providers.aws.version', provider?.version ?? ACCEPTED_PROVIDERS);
}

const SERVICES = [
  'cloudformation',
  'cloudtrail',
  'cloudwatch',
  'configservice',
  'ec2',
  'events',
  'iam',
  'kms',
  'lambda',
  'logs',
  's3',
  'scheduler',
  'sqs',
  'sts',
];

/**
 * Returns provider settings that send every call to a simulated AWS at this address. The credentials are invalid, so that Terraform never
 * sends real credentials to the address.
 */
function stackProviderForEndpoint(endpoint: string): object {
  return {
    accessKey: 'testing',
    secretKey: 'testing',
    s3UsePathStyle: true,
    skipCredentialsValidation: true,
    skipMetadataApiCheck: 'true',
    endpoints: [Object.fromEntries(SERVICES.map((service) => [service, endpoint]))],
  };
}
