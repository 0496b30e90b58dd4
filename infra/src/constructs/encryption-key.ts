import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.js';
import { encryptionKeyStatements } from '../policies/resource-policies.js';
import { iamPolicyDocument } from '../policies/statements.js';

/** A customer-managed KMS key for the logs, the queues and the log buckets. */
export class EncryptionKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    const key = new KmsKey(this, 'key', {
      description: `Encrypts the logs, queues and log buckets of ${deployment.name}`,
      enableKeyRotation: true,
      // The longest waiting period that KMS allows, because the deletion of a key is irreversible.
      deletionWindowInDays: 30,
      policy: iamPolicyDocument(encryptionKeyStatements(deployment)),
    });
    new KmsAlias(this, 'alias', { name: `alias/${deployment.name}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}
