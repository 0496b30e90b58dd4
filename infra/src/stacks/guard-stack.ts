import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import type { Settings } from '@portcullis/settings';
import { LocalBackend, S3Backend, TerraformElement, TerraformStack } from 'cdktf';
import type { Construct, Node } from 'constructs';

export interface GuardStackProps {
  readonly settings: Pick<Settings, 'region' | 'accountId' | 'tags' | 'state' | 'provider'>;
  /** The key of the Terraform state in its S3 bucket, if the settings name no key. */
  readonly stateKey: string;
  /**
   * The text that replaces `{account}` in the settings' key. Two stacks of one account need different texts, because they must not share a
   * Terraform state.
   * @default the account's id
   */
  readonly stateOwner?: string;
  /**
   * The role in another account to deploy with.
   * @default the credentials that Terraform runs with
   */
  readonly deployRoleArn?: string;
}

/** The base class of all stacks. It configures the Terraform state, the provider and the Terraform names of resources. */
export class GuardStack extends TerraformStack {
  constructor(scope: Construct, id: string, { settings, stateKey, stateOwner, deployRoleArn }: GuardStackProps) {
    super(scope, id);
    configureStateBackend(this, settings, stateKey, stateOwner ?? settings.accountId ?? '');
    configureAwsProvider(this, settings, deployRoleArn);
  }

  /**
   * Returns the path of a construct without CDKTF's usual hash, so that a plan shows the names in the code. No id has an underscore, so two
   * paths never give the same name. `Default` is the framework's id for an only child.
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

function configureStateBackend(
  stack: TerraformStack,
  { region, state }: GuardStackProps['settings'],
  stateKey: string,
  stateOwner: string,
): void {
  if (state === undefined) {
    // Terraform runs in the folder of the stack, so this relative path is the same on every machine.
    new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
    return;
  }
  new S3Backend(stack, {
    bucket: state.bucket,
    region: state.region,
    key: state.key?.replaceAll('{region}', region).replaceAll('{account}', stateOwner) ?? stateKey,
    encrypt: true,
  });
  // cdktf's S3Backend has no property for this newer argument.
  stack.addOverride('terraform.backend.s3.use_lockfile', state.locking);
}

/**
 * docs/decisions/0004-the-bindings-and-the-provider.md gives the reasons. With provider versions 6.22 to 6.39, every plan removes the block
 * on SSE-C that S3 sets on new buckets. Source: https://github.com/hashicorp/terraform-provider-aws/pull/47359
 */
const ACCEPTED_PROVIDERS = '>= 6.40.0, < 7.0.0';

function configureAwsProvider(
  stack: TerraformStack,
  { region, accountId, tags, provider }: GuardStackProps['settings'],
  deployRoleArn: string | undefined,
): void {
  new AwsProvider(stack, 'aws', {
    region,
    ...(accountId !== undefined && { allowedAccountIds: [accountId] }),
    ...(deployRoleArn !== undefined && { assumeRole: [{ roleArn: deployRoleArn }] }),
    ...(Object.keys(tags).length > 0 && { defaultTags: [{ tags }] }),
    ...(provider?.endpoint !== undefined && simulatedAwsProvider(provider.endpoint)),
  });
  // Without this override, cdktf would require exactly the provider version that the bindings were generated from.
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
 * Returns provider settings that send every call to one address, with invalid credentials so that real credentials are never sent there.
 */
function simulatedAwsProvider(endpoint: string): object {
  return {
    accessKey: 'testing',
    secretKey: 'testing',
    s3UsePathStyle: true,
    skipCredentialsValidation: true,
    skipMetadataApiCheck: 'true',
    endpoints: [Object.fromEntries(SERVICES.map((service) => [service, endpoint]))],
  };
}
