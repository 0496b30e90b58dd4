/** The names by which the central account and its members know each other: each is made in one stack and needed in another. */
import { partitionOf } from '@portcullis/cloudtrail';
import type { Deployment } from './deployment.js';
import type { Settings } from './settings/settings.js';

/** The ids of the constructs of both guards; they end the names of what is theirs. */
export const GUARDS = { remediator: 'config-remediator', detector: 'cloudtrail-detector' } as const;

export type Guard = (typeof GUARDS)[keyof typeof GUARDS];

export const guardFunctionName = ({ name }: Pick<Deployment, 'name'>, guard: Guard): string => `${name}-${guard}`;

/** The log group that Lambda writes a guard's log to. Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html */
export const guardLogGroupName = (deployment: Pick<Deployment, 'name'>, guard: Guard): string =>
  `/aws/lambda/${guardFunctionName(deployment, guard)}`;

/** The name of a guard's role in the central account. Roles belong to the account and not to a region, and there may be a deployment in each. */
export const guardRoleName = ({ name, region }: Pick<Deployment, 'name' | 'region'>, guard: Guard): string => `${name}-${guard}-${region}`;

/** The name of the role that a guard assumes in a member account. IAM takes 64 characters. */
export const memberRoleName = ({ name, region }: Pick<Deployment, 'name' | 'region'>, guard: Guard): string =>
  `${name}-member-${guard.replace(/^.*-/, '')}-${region}`;

/** The bus in the central account that the members forward to. */
export const memberBusName = ({ name }: Pick<Deployment, 'name'>): string => `${name}-members`;

export const roleArn = (partition: string, accountId: string, roleName: string): string =>
  `arn:${partition}:iam::${accountId}:role/${roleName}`;

export const eventBusArn = (partition: string, region: string, accountId: string, busName: string): string =>
  `arn:${partition}:events:${region}:${accountId}:event-bus/${busName}`;

/**
 * The role to deploy with in a member: unless the settings name another, the one that AWS Organizations makes in every account that it creates.
 * Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
 */
export const deployRoleArn = ({ deployRoleArn: named }: NonNullable<Settings['organization']>, region: string, memberId: string): string =>
  named?.replace('{account}', memberId) ??
  // The provider needs it before it can read a data source.
  roleArn(partitionOf(region).name, memberId, 'OrganizationAccountAccessRole');
