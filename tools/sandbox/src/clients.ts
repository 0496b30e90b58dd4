import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type { Credentials } from './identities.js';

/** One SDK client of each service, all for one endpoint and one caller. */
export interface Clients {
  readonly ec2: EC2Client;
  readonly config: ConfigServiceClient;
  readonly cloudTrail: CloudTrailClient;
  readonly cloudWatch: CloudWatchClient;
  readonly eventBridge: EventBridgeClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
}

/** Clients that say each thing once: a retry would hide from a test what the sandbox answered first. */
export const createClients = (endpoint: string, region: string, credentials: Credentials): Clients => {
  const settings = { endpoint, region, credentials, maxAttempts: 1 };
  return {
    ec2: new EC2Client(settings),
    config: new ConfigServiceClient(settings),
    cloudTrail: new CloudTrailClient(settings),
    cloudWatch: new CloudWatchClient(settings),
    eventBridge: new EventBridgeClient(settings),
    iam: new IAMClient(settings),
    lambda: new LambdaClient(settings),
    logs: new CloudWatchLogsClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sqs: new SQSClient(settings),
    sts: new STSClient(settings),
  };
};

export const destroyClients = (clients: Clients): void => {
  for (const client of Object.values<{ destroy(): void }>({ ...clients })) client.destroy();
};

/** The clients of every caller, made when first asked for. */
export interface ClientsOf {
  of(credentials: Credentials): Clients;
  destroy(): void;
}

export const createClientsOf = (endpoint: string, region: string): ClientsOf => {
  const made = new Map<string, Clients>();
  return {
    of: (credentials) => {
      const clients = made.get(credentials.accessKeyId) ?? createClients(endpoint, region, credentials);
      made.set(credentials.accessKeyId, clients);
      return clients;
    },
    destroy: () => {
      for (const clients of made.values()) destroyClients(clients);
    },
  };
};
