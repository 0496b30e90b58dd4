/** The names by which the central account and its members know each other: each is made in one stack and needed in another. */
import type { Deployment } from './deployment.js';

/** The ids of the constructs of both guards; they end the names of what is theirs. */
export const GUARDS = { remediator: 'config-remediator', detector: 'cloudtrail-detector' } as const;

export type Guard = (typeof GUARDS)[keyof typeof GUARDS];

/** The name of a guard's role in the central account. Roles belong to the account and not to a region, and there may be a deployment in each. */
export const guardRoleName = ({ name, region }: Pick<Deployment, 'name' | 'region'>, guard: Guard): string =>
  `${name}-${guard}-${region}`;

/** The name of the role that a guard assumes in a member account. IAM takes 64 characters. */
export const memberRoleName = ({ name, region }: Pick<Deployment, 'name' | 'region'>, guard: Guard): string =>
  `${name}-member-${guard.replace(/^.*-/, '')}-${region}`;

/** The bus in the central account that the members forward to. */
export const memberBusName = ({ name }: Pick<Deployment, 'name'>): string => `${name}-members`;

export const roleArn = (partition: string, accountId: string, roleName: string): string =>
  `arn:${partition}:iam::${accountId}:role/${roleName}`;

export const eventBusArn = (partition: string, region: string, accountId: string, busName: string): string =>
  `arn:${partition}:events:${region}:${accountId}:event-bus/${busName}`;
