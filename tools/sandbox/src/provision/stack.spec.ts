import { StackError, type StackProblem } from './problem.js';
import { readStack } from './stack.js';
import { createStackFolder, everyType, stackOf, type StackFolder } from './testing/stack-folder.js';

const destination = { region: 'eu-west-1', accountId: '123456789012' };

let folder: StackFolder;

beforeEach(async () => {
  folder = await createStackFolder();
});

afterEach(async () => {
  await folder.remove();
});

const problemsOf = async (stack: unknown): Promise<readonly StackProblem[]> => {
  await folder.write(stack);
  try {
    await readStack(folder.directory, destination);
    return [];
  } catch (error) {
    if (error instanceof StackError) return error.problems;
    throw error;
  }
};

const inShort = ({ code, path, text }: StackProblem): string => `${code} ${path} ${text}`;

const queue = { name: 'failures' };

describe('a stack', () => {
  it('of every type of resource is sound', async () => {
    expect(await problemsOf(everyType)).toEqual([]);
  });

  it('is read in an order in which it can be made', async () => {
    await folder.write(
      stackOf({
        aws_sqs_queue_policy: { p: { queue_url: '${aws_sqs_queue.q.url}', policy: '{}' } },
        aws_sqs_queue: { q: queue },
        aws_cloudwatch_log_group: { l: { name: 'l', depends_on: ['aws_sqs_queue_policy.p'] } },
      }),
    );

    const { resources } = await readStack(folder.directory, destination);

    expect(resources.map(({ address }) => address)).toEqual([
      'aws_sqs_queue.q',
      'aws_sqs_queue_policy.p',
      'aws_cloudwatch_log_group.l',
    ]);
  });

  it.each<{ name: string; stack: unknown; problems: string[] }>([
    {
      name: 'with a type of resource that nobody knows',
      stack: stackOf({ aws_instance: { web: { ami: 'ami-1' } } }),
      problems: ['unknown-type aws_instance.web aws_instance'],
    },
    {
      name: 'with a data source that nobody knows',
      stack: stackOf({}, { data: { aws_ami: { a: {} } } }),
      problems: ['unknown-type data.aws_ami.a aws_ami'],
    },
    {
      name: 'with an argument that nobody understands',
      stack: stackOf({ aws_sqs_queue: { q: { ...queue, fifo_queue: true } } }),
      problems: ['unknown-argument aws_sqs_queue.q.fifo_queue fifo_queue'],
    },
    {
      name: 'with an argument that nobody understands deep in a block',
      stack: stackOf({
        aws_s3_bucket_server_side_encryption_configuration: {
          e: {
            bucket: 'b',
            rule: [{}, { apply_server_side_encryption_by_default: { sse_algorithm: 'a', kms_key: 'k' } }],
          },
        },
      }),
      problems: [
        'unknown-argument aws_s3_bucket_server_side_encryption_configuration.e.rule[1].apply_server_side_encryption_by_default.kms_key kms_key',
      ],
    },
    {
      name: 'with tags, which would not be kept',
      stack: stackOf({ aws_sqs_queue: { q: { ...queue, tags: { Team: 'a' } } } }),
      problems: ['unknown-argument aws_sqs_queue.q.tags tags'],
    },
    {
      name: 'with a meta-argument that changes how many there are',
      stack: stackOf({ aws_sqs_queue: { q: { ...queue, count: 2 } } }),
      problems: ['unknown-argument aws_sqs_queue.q.count count'],
    },
    {
      name: 'without an argument that must be given',
      stack: stackOf({ aws_sqs_queue: { q: {} } }),
      problems: ['missing-argument aws_sqs_queue.q.name name'],
    },
    {
      name: 'with arguments of other types',
      stack: stackOf({
        aws_sqs_queue: { q: { name: 5, message_retention_seconds: 'long', sqs_managed_sse_enabled: 'yes' } },
      }),
      problems: [
        'bad-value aws_sqs_queue.q.name 5',
        'bad-value aws_sqs_queue.q.message_retention_seconds "long"',
        'bad-value aws_sqs_queue.q.sqs_managed_sse_enabled "yes"',
      ],
    },
    {
      name: 'with two blocks where one belongs',
      stack: stackOf({ aws_s3_bucket_versioning: { v: { bucket: 'b', versioning_configuration: [{}, {}] } } }),
      problems: ['bad-value aws_s3_bucket_versioning.v.versioning_configuration [{},{}]'],
    },
    {
      name: 'with a policy that is not JSON',
      stack: stackOf({ aws_sqs_queue_policy: { p: { queue_url: 'u', policy: '{' } } }),
      problems: ['bad-value aws_sqs_queue_policy.p.policy "{"'],
    },
    {
      name: "with a function whose package isn't there",
      stack: stackOf({
        aws_lambda_function: {
          f: {
            function_name: 'f',
            role: 'r',
            runtime: 'nodejs22.x',
            handler: 'main.handler',
            filename: 'assets/no.zip',
          },
        },
      }),
      problems: ['missing-file aws_lambda_function.f.filename assets/no.zip'],
    },
    {
      name: 'with a function call',
      stack: stackOf({ aws_sqs_queue: { q: { name: '${lower("Q")}' } } }),
      problems: ['not-plain-reference aws_sqs_queue.q.name ${lower("Q")}'],
    },
    {
      name: 'with a reference to what is not there',
      stack: stackOf({ aws_sqs_queue: { q: { name: '${aws_sqs_queue.other.name}' } } }),
      problems: ['unknown-reference aws_sqs_queue.q.name ${aws_sqs_queue.other.name}'],
    },
    {
      name: 'with a reference to an attribute that the type has not',
      stack: stackOf({ aws_sqs_queue: { q: queue, r: { name: '${aws_sqs_queue.q.colour}' } } }),
      problems: ['unknown-attribute aws_sqs_queue.r.name ${aws_sqs_queue.q.colour}'],
    },
    {
      name: 'with a reference to an argument that was not given',
      stack: stackOf({ aws_sqs_queue: { q: queue, r: { name: '${aws_sqs_queue.q.message_retention_seconds}' } } }),
      problems: ['unknown-attribute aws_sqs_queue.r.name ${aws_sqs_queue.q.message_retention_seconds}'],
    },
    {
      name: 'with a reference into a text',
      stack: stackOf({ aws_sqs_queue: { q: queue, r: { name: '${aws_sqs_queue.q.arn.region}' } } }),
      problems: ['unknown-attribute aws_sqs_queue.r.name ${aws_sqs_queue.q.arn.region}'],
    },
    {
      name: 'that waits for what is not there',
      stack: stackOf({ aws_sqs_queue: { q: { ...queue, depends_on: ['aws_sqs_queue.other'] } } }),
      problems: ['unknown-reference aws_sqs_queue.q.depends_on aws_sqs_queue.other'],
    },
    {
      name: 'with an output of what is not there',
      stack: stackOf({}, { output: { o: { value: '${aws_sqs_queue.other.name}' } } }),
      problems: ['unknown-reference output.o ${aws_sqs_queue.other.name}'],
    },
    {
      name: 'whose resources wait for each other',
      stack: stackOf({
        aws_sqs_queue: {
          q: { name: '${aws_sqs_queue.r.name}' },
          r: { name: 'r', depends_on: ['aws_sqs_queue.q'] },
        },
      }),
      problems: ['cycle aws_sqs_queue.q aws_sqs_queue.q → aws_sqs_queue.r → aws_sqs_queue.q'],
    },
    {
      name: 'with a block at the top that would be passed over',
      stack: stackOf({}, { module: { m: { source: './m' } } }),
      problems: ['unknown-block module module'],
    },
    {
      name: 'with another provider',
      stack: { provider: { aws: [{ region: 'eu-west-1' }], random: {} } },
      problems: ['unknown-block provider.random random'],
    },
    {
      name: 'with a second configuration of the provider',
      stack: { provider: { aws: [{ region: 'eu-west-1' }, { alias: 'other' }] } },
      problems: ['unknown-block provider.aws[1] {"alias":"other"}'],
    },
    {
      name: 'whose provider tags everything, which would not be done',
      stack: { provider: { aws: [{ region: 'eu-west-1', default_tags: [{ tags: { a: 'b' } }] }] } },
      problems: ['unknown-argument provider.aws.default_tags default_tags'],
    },
    {
      name: 'of another region',
      stack: { provider: { aws: [{ region: 'us-east-1' }] } },
      problems: ['bad-value provider.aws.region us-east-1'],
    },
    {
      name: 'of other accounts',
      stack: { provider: { aws: [{ region: 'eu-west-1', allowed_account_ids: ['111122223333'] }] } },
      problems: ['bad-value provider.aws.allowed_account_ids 111122223333'],
    },
    { name: 'of no region', stack: { provider: {} }, problems: ['missing-argument provider.aws.region region'] },
  ])('$name is refused', async ({ stack, problems }) => {
    expect((await problemsOf(stack)).map(inShort)).toEqual(problems);
  });

  it('is refused with all of its problems at once, each with what would be right', async () => {
    const problems = await problemsOf(
      stackOf({
        aws_instance: { web: {} },
        aws_sqs_queue: { q: { nmae: 'q', message_retention_seconds: '${f()}' }, r: { name: '${aws_x.y.z}' } },
      }),
    );

    expect(problems.map(inShort).sort()).toEqual([
      'missing-argument aws_sqs_queue.q.name name',
      'not-plain-reference aws_sqs_queue.q.message_retention_seconds ${f()}',
      'unknown-argument aws_sqs_queue.q.nmae nmae',
      'unknown-reference aws_sqs_queue.r.name ${aws_x.y.z}',
      'unknown-type aws_instance.web aws_instance',
    ]);
    expect(problems.find(({ code }) => code === 'unknown-argument')?.expected).toBe(
      'one of `name`, `message_retention_seconds`, `sqs_managed_sse_enabled`',
    );
  });

  it('may leave an argument out by writing null', async () => {
    expect(await problemsOf(stackOf({ aws_sqs_queue: { q: { ...queue, fifo_queue: null } } }))).toEqual([]);
  });

  it('may give a number or a flag by reference', async () => {
    const first = { ...queue, message_retention_seconds: 60, sqs_managed_sse_enabled: true };
    const second = {
      name: 'second',
      message_retention_seconds: '${aws_sqs_queue.first.message_retention_seconds}',
      sqs_managed_sse_enabled: '${aws_sqs_queue.first.sqs_managed_sse_enabled}',
    };

    expect(await problemsOf(stackOf({ aws_sqs_queue: { first, second } }))).toEqual([]);
  });

  it.each(['', '{', '[]', '"text"'])('that is no JSON object is refused: `%s`', async (text) => {
    expect(await problemsOf(text)).toEqual([expect.objectContaining({ code: 'not-a-stack' })]);
  });

  it('says what is wrong with it, a line for each problem', () => {
    const problem: StackProblem = { code: 'unknown-argument', path: 'aws_a.b.c', text: 'c', expected: 'one of `d`' };

    expect(new StackError('cdk.tf.json', [problem, problem]).message).toBe(
      [
        'cdk.tf.json cannot be provisioned directly',
        '  aws_a.b.c: unknown argument `c`: expected one of `d`',
        '  aws_a.b.c: unknown argument `c`: expected one of `d`',
      ].join('\n'),
    );
  });
});
