import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config/index.js';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { guardFunctionName, guardLogGroupName, guardRoleName, type Guard, type Settings } from '@portcullis/settings';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.js';
import { HANDLER, type FunctionPackage } from '../packages/function-package.js';
import { Alarms, guardAlarms, type Alarm } from './alarms.js';
import { createFailureQueue, constructFailureQueueName } from './failure-queue.js';
import { sendFailuresStatements, writeLogsStatement, serviceTrustPolicy, type Statement } from '../policies/statements.js';
import { createIamRolePolicies } from '../policies/role-policies.js';

export interface GuardFunctionProps {
  readonly deployment: Deployment;
  readonly settings: Pick<Settings, 'runtime' | 'architecture' | 'memory' | 'logRetentionDays' | 'permissionsBoundary' | 'alarms'>;
  /** What the function does, in one sentence. */
  readonly description: string;
  readonly package: FunctionPackage;
  readonly timeoutSeconds: number;
  /**
   * The number of invocations of the function that can run at once. Lambda reserves this concurrency for the function.
   * @default no reservation: the function can use the account's unreserved concurrency
   */
  readonly reservedConcurrency?: number;
  /** The statements of the function's role. The construct adds the statements for the log and the failed events. */
  readonly statements: readonly Statement[];
  /**
   * Environment variables that only this function has.
   * @default none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Alarms that only this function has.
   * @default none
   */
  readonly alarms?: Readonly<Record<string, Alarm>>;
}

/** One function with its role, log group, failure queue and alarms. The function's name ends with the construct's id. */
export class GuardFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: IamRole;
  readonly functionName: string;
  /** The name of the queue for events that the function failed to process. */
  readonly failuresName: string;

  constructor(scope: Construct, id: Guard, props: GuardFunctionProps) {
    super(scope, id);
    const { deployment, settings } = props;
    const functionName = guardFunctionName(deployment, id);
    this.functionName = functionName;
    this.failuresName = constructFailureQueueName(functionName);

    const logGroup = new CloudwatchLogGroup(this, 'logs', {
      name: guardLogGroupName(deployment, id),
      retentionInDays: settings.logRetentionDays,
      kmsKeyId: deployment.kmsKeyArn,
    });
    const failures = createFailureQueue(this, 'failures', this.failuresName, deployment);

    const roleName = guardRoleName(deployment, id);
    this.role = new IamRole(this, 'role', {
      name: roleName,
      description: props.description,
      assumeRolePolicy: serviceTrustPolicy('lambda.amazonaws.com'),
      permissionsBoundary: settings.permissionsBoundary,
    });
    const policies = createIamRolePolicies(this, {
      deployment,
      role: this.role,
      roleName,
      statements: [...props.statements, writeLogsStatement(logGroup.arn), ...sendFailuresStatements(failures.arn, deployment)],
    });

    this.function = new LambdaFunction(this, 'function', {
      functionName,
      description: props.description,
      role: this.role.arn,
      runtime: settings.runtime,
      architectures: [settings.architecture],
      handler: HANDLER,
      memorySize: settings.memory,
      timeout: props.timeoutSeconds,
      reservedConcurrentExecutions: props.reservedConcurrency,
      filename: new TerraformAsset(this, 'package', { path: props.package.file, type: AssetType.FILE }).path,
      sourceCodeHash: props.package.sha256,
      environment: {
        variables: {
          POWERTOOLS_LOG_LEVEL: 'INFO',
          POWERTOOLS_METRICS_NAMESPACE: 'Portcullis',
          POWERTOOLS_SERVICE_NAME: id,
          ...props.environment,
        },
      },
      // The function can be invoked as soon as it exists, so the log group and the role's policies must exist before the function.
      dependsOn: [logGroup, ...policies],
    });

    // A failure destination gets the event, the error and the stack trace. A `dead_letter_config` would send only the event.
    new LambdaFunctionEventInvokeConfig(this, 'failed-invocations', {
      functionName: this.function.functionName,
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: failures.arn } },
      // Lambda refuses the destination if the role has no permission to send to the queue.
      dependsOn: [policies[0]],
    });

    new Alarms(this, 'alarms', {
      deployment,
      alarms: { ...guardAlarms(id, functionName, this.failuresName), ...props.alarms },
      actions: settings.alarms.actions,
    });
  }
}
