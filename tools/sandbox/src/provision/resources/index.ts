import type { ResourceType } from '../resource-type.js';
import { cloudTrailResources } from './cloudtrail.js';
import { cloudWatchResources } from './cloudwatch.js';
import { configResources } from './config.js';
import { eventBridgeResources } from './event-bridge.js';
import { iamResources } from './iam.js';
import { lambdaResources } from './lambda.js';
import { logsResources } from './logs.js';
import { s3Resources } from './s3.js';
import { sqsResources } from './sqs.js';

/** Every type of resource that can be provisioned directly, by Terraform's name for it. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries({
    ...cloudTrailResources,
    ...cloudWatchResources,
    ...configResources,
    ...eventBridgeResources,
    ...iamResources,
    ...lambdaResources,
    ...logsResources,
    ...s3Resources,
    ...sqsResources,
  }),
);
