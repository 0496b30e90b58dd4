/** A simulated AWS: runs moto, and adds the behaviour of AWS that moto lacks. */
import { CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { partitionOf } from '@portcullis/cloudtrail';
import type { Call, GroupStates } from './simulated-aws/call.js';
import { Identities, type Credentials } from './simulated-aws/identities.js';
import { LocalAws } from './simulated-aws/local-aws.js';
import { startMoto, type Moto } from './simulated-aws/moto.js';
import { ConfigAggregator } from './simulated-aws/config-aggregator.js';
import { ConfigRecorder } from './simulated-aws/config-recorder.js';
import { Courier } from './delivery/courier.js';
import type { Delivery } from './delivery/delivery.js';
import { EventBuses } from './delivery/event-buses.js';
import { LambdaFunctions } from './delivery/lambda-functions.js';
import { Faults } from './delivery/faults.js';
import { Work } from './delivery/work.js';
import type { DeployedFunction, Deployment, AwsLocation } from './deployment/deployment.js';
import { json } from './json.js';

// Turns off a warning that every client of the AWS SDK prints on Node.js 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export interface SandboxOptions {
  /** @default eu-west-1 */
  readonly region?: string | undefined;
  /** @default a free port */
  readonly port?: number | undefined;
  /** Receives a message when the sandbox installs moto. @default drops the message */
  readonly log?: (line: string) => void;
}

/** A client class of the AWS SDK. */
export type ClientClass<T> = new (configuration: { endpoint: string; region: string; credentials: Credentials; maxAttempts: number }) => T;

/** An event that listeners receive: a finished call, a finished delivery, or an event that was not delivered. */
type SandboxEvent =
  | { readonly type: 'call'; readonly call: Call }
  | { readonly type: 'delivery-finished'; readonly delivery: Delivery }
  | { readonly type: 'not-delivered'; readonly reason: string };

/** An evaluation of a resource in AWS Config. */
export interface Evaluation {
  readonly resourceId: string | undefined;
  /** COMPLIANT, NON_COMPLIANT or NOT_APPLICABLE. */
  readonly compliance: string | undefined;
  readonly annotation: string | undefined;
  /** The id of the delivery whose function sent the evaluation. */
  readonly during: number | undefined;
}

/** The default account id of users. */
export const ACCOUNT_ID = '123456789012';

/** Starts a sandbox in about a second. @throws {MotoUnavailableError} */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = new Sandbox(options);
  try {
    await sandbox.start();
    return sandbox;
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

export class Sandbox {
  readonly region: string;
  readonly accountId = ACCOUNT_ID;
  readonly partition: string;
  /** How calls fail and events get lost. A test can replace the faults at any time. */
  faults = new Faults();
  /** The deployed stacks. A call that tampers with a stack changes the deployment of this stack. */
  readonly deployments: Deployment[] = [];
  readonly work = new Work();
  readonly identities: Identities;
  readonly functions = new LambdaFunctions(this);
  readonly courier = new Courier(this);
  readonly recorder = new ConfigRecorder(this);
  readonly eventBuses = new EventBuses(this);
  /** The aggregator `organization` of AWS Config. The aggregator is empty until a test calls `update`. */
  readonly aggregator = new ConfigAggregator(this, 'organization');
  private readonly aws = new LocalAws(this);
  /** Every finished API call, in order of arrival. */
  readonly calls: readonly Call[] = this.aws.calls;
  readonly deliveries: readonly Delivery[] = this.courier.deliveries;
  private readonly listeners = new Set<(event: SandboxEvent) => void>();
  private readonly clients = new Map<string, { destroy(): void }>();
  private moto: Moto | undefined;

  constructor(private readonly options: SandboxOptions) {
    this.region = options.region ?? 'eu-west-1';
    this.partition = partitionOf(this.region).name;
    this.identities = new Identities(this.partition);
  }

  async start(): Promise<void> {
    this.moto = await startMoto({
      port: this.options.port,
      log: this.options.log ?? (() => undefined),
      before: this.aws.before.bind(this.aws),
      after: this.aws.after.bind(this.aws),
      failed: this.work.fail.bind(this.work),
    });
    // Makes moto load EC2 now, so that the first call of a person is not slow.
    await this.ec2().send(new DescribeSecurityGroupsCommand({}));
  }

  /** `http://127.0.0.1:PORT`, for every service. */
  get endpoint(): string {
    return this.running.endpoint;
  }

  /** Every evaluation that AWS Config accepted, oldest first. */
  get evaluations(): readonly Evaluation[] {
    const accepted = this.calls.filter(
      ({ operation, status, parameters }) => operation === 'PutEvaluations' && status === 200 && parameters.TestMode !== true,
    );
    return accepted.flatMap(({ parameters, during }) =>
      json.list(parameters, 'Evaluations').map((each) => ({
        resourceId: json.text(each, 'ComplianceResourceId'),
        compliance: json.text(each, 'ComplianceType'),
        annotation: json.text(each, 'Annotation'),
        during,
      })),
    );
  }

  /** Deploys functions and rules. Replaces an earlier deployment of the same stack. */
  async deploy(deployment: Deployment): Promise<void> {
    // Creates the resources first. After the deployment is registered, calls on its resources no longer reach moto.
    if (!deployment.isInMoto) await this.makeNamed(deployment);
    const { accountId, region, names } = deployment;
    const others = this.deployments.filter(
      (other) => other.accountId !== accountId || other.region !== region || !other.names.some((name) => names.includes(name)),
    );
    this.deployments.splice(0, this.deployments.length, ...others, deployment);
    for (const deployed of deployment.functions) await this.functions.deploy(deployed);
    this.recorder.discover(deployment);
    for (const { name } of deployment.configRules) {
      // Without Terraform, the Config rule does not exist in moto until the sandbox issues a result token for the rule.
      await this.issueResultToken(name, deployment);
      this.recorder.evaluate(name);
    }
  }

  /** Returns the access key of an IAM user. Every call for the same user returns the same key. */
  person(name: string, accountId: string = ACCOUNT_ID): Credentials {
    return this.identities.person(name, accountId);
  }

  /**
   * Returns a client of the AWS SDK, by default with the credentials of `administrator`. The client does not retry, because a retry would
   * hide the first response.
   */
  client<T extends { destroy(): void }>(Client: ClientClass<T>, credentials = this.person('administrator'), region = this.region): T {
    const key = `${Client.name} ${credentials.accessKeyId} ${region}`;
    const known = this.clients.get(key);
    if (known instanceof Client) return known;
    const made = new Client({ endpoint: this.endpoint, region, credentials, maxAttempts: 1 });
    this.clients.set(key, made);
    return made;
  }

  ec2(credentials?: Credentials): EC2Client {
    return this.client(EC2Client, credentials);
  }

  /**
   * Returns environment variables for the AWS CLI, the AWS SDKs and Terraform's AWS provider, by default with the credentials of
   * `administrator`.
   */
  environment({ accessKeyId, secretAccessKey, sessionToken } = this.person('administrator')): Readonly<Record<string, string>> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    };
  }

  readonly emit = (event: SandboxEvent): void => {
    for (const listener of this.listeners) listener(event);
  };

  /** Calls the listener for each later event. Returns a function that ends the subscription. */
  onEvent(listener: (event: SandboxEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Returns every group of an account in a region, even if a policy or a fault would make a Describe call fail. */
  async groups({ accountId: account, region }: Pick<AwsLocation, 'accountId' | 'region'> = this): Promise<GroupStates> {
    return (await this.ask({ groups: { account, region } })) as GroupStates;
  }

  /** Returns a result token. A function needs the token to send evaluations of a rule to AWS Config. */
  async issueResultToken(rule: string, { accountId: account, region }: AwsLocation): Promise<string> {
    return String(await this.ask({ token: { account, region, rule } }));
  }

  /** Asks the Python program a question. `ANSWERS` in python/aws/server.py lists the questions. */
  ask(question: object): Promise<unknown> {
    return this.running.ask(question);
  }

  /** Resolves when all deliveries and their effects have ended. Rejects if functions invoke each other in an endless loop. */
  settle(): Promise<void> {
    return this.work.settled();
  }

  /** Stops moto and the functions. Resolves when moto and all functions have ended. */
  async stop(): Promise<void> {
    for (const client of this.clients.values()) client.destroy();
    await this.functions.stop();
    await this.moto?.stop();
    this.moto = undefined;
  }

  private get running(): Moto {
    if (this.moto === undefined) throw new Error('the sandbox is not running');
    return this.moto;
  }

  /** Creates the queues, log groups and schedule groups of a deployment in moto, because functions and people use these resources. */
  private async makeNamed({ accountId, region, queueNames, logGroupNames, scheduleGroupNames }: Deployment): Promise<void> {
    const person = this.person('administrator', accountId);
    const [sqs, logs] = [this.client(SQSClient, person, region), this.client(CloudWatchLogsClient, person, region)];
    for (const QueueName of queueNames) await sqs.send(new CreateQueueCommand({ QueueName }));
    for (const logGroupName of logGroupNames) await logs.send(new CreateLogGroupCommand({ logGroupName })).catch(ignoreIfExists);
    const scheduler = this.client(SchedulerClient, person, region);
    for (const Name of scheduleGroupNames) await scheduler.send(new CreateScheduleGroupCommand({ Name })).catch(ignoreIfExists);
  }

  /** Writes the output of a function to the function's log group, with the function's role, as Lambda does. */
  async keepLogs({ roleArn, name, arn }: DeployedFunction, lines: readonly string[]): Promise<void> {
    const stream = { logGroupName: `/aws/lambda/${name}`, logStreamName: 'sandbox' };
    if (lines.length === 0 || !this.deployments.some((each) => each.logGroupNames.includes(stream.logGroupName))) return;
    const logs = this.client(CloudWatchLogsClient, this.identities.session(roleArn, 'lambda'), arn.split(':')[3]);
    const logEvents = lines.map((message) => ({ timestamp: Date.now(), message }));
    await logs
      .send(new CreateLogStreamCommand(stream))
      .catch(ignoreIfExists)
      .then(() => logs.send(new PutLogEventsCommand({ ...stream, logEvents })))
      .catch(ignoreServiceError);
  }

  /** Sends the record of a failed invocation to a queue, with the function's role. Sends nothing to destinations of other services. */
  async sendToDestination(functionArn: string, destination: string, record: object): Promise<void> {
    const [, , service, region, accountId = '', queueName = ''] = destination.split(':');
    if (service !== 'sqs') return;
    const { roleArn = '' } = this.functions.settings(functionArn) ?? {};
    const QueueUrl = `${this.endpoint}/${accountId}/${queueName}`;
    const sqs = this.client(SQSClient, this.identities.session(roleArn, 'lambda'), region);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(record) })).catch(ignoreServiceError);
  }
}

function ignoreIfExists(error: unknown): void {
  if (!(error instanceof Error && ['ResourceAlreadyExistsException', 'ConflictException'].includes(error.name))) throw error;
}

/** Ignores an error that AWS returned, as Lambda does, and throws any other error. */
function ignoreServiceError(error: unknown): void {
  if (!(error instanceof Error && '$metadata' in error)) throw error;
}
