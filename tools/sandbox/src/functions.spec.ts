import { strToU8, zipSync } from 'fflate';
import type { FunctionConfiguration } from './deployed-function.js';
import { createFunctions, type Functions } from './functions.js';
import { packageWith } from './testing/packages.js';

const configuration: FunctionConfiguration = {
  name: 'guard',
  arn: 'arn:aws:lambda:eu-west-1:123456789012:function:guard',
  roleArn: 'arn:aws:iam::123456789012:role/guard',
  runtime: 'nodejs22.x',
  handler: 'main.handler',
  timeoutSeconds: 10,
  memoryLimitInMB: 128,
  environment: { COLOUR: 'blue' },
};

let functions: Functions;

beforeEach(async () => {
  functions = await createFunctions({
    region: 'eu-west-1',
    endpoint: () => 'http://127.0.0.1:1',
    credentialsFor: () =>
      Promise.resolve({ accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' }),
  });
});

afterEach(() => functions.stop());

const deploy = (source: string, more: Partial<FunctionConfiguration> = {}): Promise<void> =>
  functions.deploy({ ...configuration, ...more }, packageWith(source));

describe('a deployed function', () => {
  it('is run with the event and what Lambda tells of the invocation', async () => {
    await deploy(`export const handler = async (event, context) => ({
      event, name: context.functionName, arn: context.invokedFunctionArn, id: context.awsRequestId,
      memory: context.memoryLimitInMB, remaining: context.getRemainingTimeInMillis(),
    });`);

    const attempt = await functions.invoke('guard', { a: 1 });

    expect(attempt.result).toMatchObject({
      event: { a: 1 },
      name: 'guard',
      arn: configuration.arn,
      id: attempt.requestId,
      memory: '128',
    });
    const { remaining } = attempt.result as { remaining: number };
    expect(remaining).toBeGreaterThan(5000);
    expect(remaining).toBeLessThanOrEqual(10_000);
  });

  it('sees the deployed environment and what Lambda adds, and nothing of this process', async () => {
    process.env.SECRET_OF_THE_DEVELOPER = 'secret';
    await deploy('export const handler = async () => process.env;');

    const { result } = await functions.invoke('guard', {});
    delete process.env.SECRET_OF_THE_DEVELOPER;

    expect(result).toMatchObject({
      COLOUR: 'blue',
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
      AWS_SESSION_TOKEN: 'session',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_LAMBDA_FUNCTION_NAME: 'guard',
    });
    expect(result).not.toHaveProperty('SECRET_OF_THE_DEVELOPER');
  });

  it('has the lines it wrote kept with the invocation in which it wrote them', async () => {
    await deploy(`export const handler = async (event) => {
      console.log('out', event); console.error('err', event); process.stdout.write('unended');
    };`);

    const [first, second] = [await functions.invoke('guard', 1), await functions.invoke('guard', 2)];

    expect([...first.logs].sort()).toEqual(['err 1', 'out 1', 'unended']);
    expect([...second.logs].sort()).toEqual(['err 2', 'out 2', 'unended']);
  });

  it('has every line kept, however many it wrote at its very end', async () => {
    await deploy(`export const handler = async () => {
      for (let line = 0; line < 20000; line += 1) console.log(line + ' '.repeat(100) + line);
    };`);

    expect((await functions.invoke('guard', {})).logs).toHaveLength(20_000);
  });

  it('resolves to null when it returns nothing', async () => {
    await deploy('export const handler = async () => undefined;');

    expect((await functions.invoke('guard', {})).result).toBeNull();
  });

  it('fails with the name and message of what it threw', async () => {
    await deploy(`export const handler = async () => { throw new TypeError('no such thing'); };`);

    expect((await functions.invoke('guard', {})).error).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'no such thing',
    });
  });

  it('is stopped after its timeout, and starts anew', async () => {
    await deploy(
      'export const handler = (event) => (event.hang ? new Promise(() => setInterval(() => {}, 1000)) : 1);',
      {
        timeoutSeconds: 1,
      },
    );

    const hung = await functions.invoke('guard', { hang: true });

    expect(hung.error).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(hung.error?.errorMessage).toContain('Task timed out after 1.00 seconds');
    expect((await functions.invoke('guard', {})).result).toBe(1);
  });

  it('that ends its process fails, and starts anew', async () => {
    await deploy(`export const handler = async (event) => { if (event.die) process.exit(3); return 1; };`);

    expect((await functions.invoke('guard', { die: true })).error).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect((await functions.invoke('guard', {})).result).toBe(1);
  });

  it('keeps its process from one invocation to the next', async () => {
    await deploy('let runs = 0; export const handler = async () => (runs += 1);');
    await functions.invoke('guard', {});

    expect((await functions.invoke('guard', {})).result).toBe(2);
  });

  it('runs one invocation at a time', async () => {
    await deploy(`let running = 0;
      export const handler = async () => {
        running += 1;
        await new Promise((resolve) => setImmediate(resolve));
        const seen = running;
        running -= 1;
        return seen;
      };`);

    const attempts = await Promise.all([1, 2, 3].map((event) => functions.invoke('guard', event)));

    expect(attempts.map(({ result }) => result)).toEqual([1, 1, 1]);
  });

  it('runs its new code once that is deployed', async () => {
    await deploy('export const handler = async () => "old";');
    await functions.invoke('guard', {});
    await deploy('export const handler = async () => "new";');

    expect((await functions.invoke('guard', {})).result).toBe('new');
  });

  it('runs with its new settings once those are deployed', async () => {
    await deploy('export const handler = async () => process.env.COLOUR;');
    await functions.invoke('guard', {});
    await functions.configure({ ...configuration, environment: { COLOUR: 'red' } });

    expect((await functions.invoke('guard', {})).result).toBe('red');
  });

  it('knows for which delivery it is running', async () => {
    await deploy('export const handler = async () => 1;');
    const seen: (number | undefined)[] = [];

    await functions.invoke('guard', {}, 7, () => seen.push(functions.runningCause('guard')));

    expect(seen).toEqual([7]);
    expect(functions.runningCause('guard')).toBeUndefined();
  });
});

describe('a function that cannot run', () => {
  it.each<readonly [string, Partial<FunctionConfiguration>, string]>([
    ['for its module is not there', { handler: 'index.handler' }, 'Runtime.ImportModuleError'],
    ['for its handler is not exported', { handler: 'main.other' }, 'Runtime.HandlerNotFound'],
    ['for it is not one of Node.js', { runtime: 'python3.13' }, 'Sandbox.Runtime'],
  ])('fails, %s', async (_why, more, errorType) => {
    await deploy('export const handler = async () => 1;', more);

    expect((await functions.invoke('guard', {})).error).toMatchObject({ errorType });
  });

  it('fails, for nobody deployed it', async () => {
    expect((await functions.invoke('nobody', {})).error).toMatchObject({ errorType: 'ResourceNotFoundException' });
  });

  it('is refused when its package reaches outside its folder', async () => {
    const zip = zipSync({ '../outside.mjs': strToU8('') });

    await expect(functions.deploy(configuration, zip)).rejects.toThrow(
      'the deployment package of `guard` names `../outside.mjs`, a path outside itself',
    );
  });
});
