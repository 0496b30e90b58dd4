/** Builds the names of resources for the stacks and for the command line. */

/** The settings that determine the names of a deployment's resources. */
export interface DeploymentName {
  /** The prefix of every name. */
  readonly name: string;
  readonly region: string;
}

/** The names of the two Lambda functions in metrics and constructs. */
export const GUARDS = { remediator: 'config-remediator', detector: 'cloudtrail-detector' } as const;

export type Guard = (typeof GUARDS)[keyof typeof GUARDS];

export function guardFunctionName({ name }: Pick<DeploymentName, 'name'>, guard: Guard): string {
  return `${name}-${guard}`;
}

/**
 * Returns the name of a function's log group. Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 */
export function guardLogGroupName(deployment: Pick<DeploymentName, 'name'>, guard: Guard): string {
  return `/aws/lambda/${guardFunctionName(deployment, guard)}`;
}

/**
 * Returns the name of a function's role in the central account. The name contains the region, because roles are global and each region can
 * have a deployment.
 */
export function guardRoleName({ name, region }: DeploymentName, guard: Guard): string {
  return `${name}-${guard}-${region}`;
}

/** Returns the name of the role with which EventBridge Scheduler invokes the remediator when the waiting time of an approval ends. */
export function approvalRoleName({ name, region }: DeploymentName): string {
  return `${name}-approval-${region}`;
}

/** Returns the name of the schedule group that contains the schedules for approvals. */
export function approvalScheduleGroupName({ name }: Pick<DeploymentName, 'name'>): string {
  return `${name}-approvals`;
}

/** Returns the name of the role that a function assumes in a member account. IAM allows 64 characters, so the name contains only the end of
 * the function's name. */
export function memberRoleName({ name, region }: DeploymentName, guard: Guard): string {
  return `${name}-member-${guard.replace(/^.*-/, '')}-${region}`;
}

/** Returns the name of the StackSet that deploys the member stacks of a region. */
export function memberStackSetName({ name, region }: DeploymentName): string {
  return `${name}-members-${region}`;
}

/** Returns the name of the event bus in the central account. Member accounts forward their events to this bus. */
export function memberBusName({ name }: Pick<DeploymentName, 'name'>): string {
  return `${name}-members`;
}
