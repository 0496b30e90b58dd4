import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { isObject, objectOf, textOf } from './json.js';

/** What Lambda knows of a function, as its API answers it (`FunctionConfiguration`). */
export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly runtime: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryLimitInMB: number;
  readonly environment: Readonly<Record<string, string>>;
}

const numberOf = (value: unknown, key: string, otherwise: number): number => {
  const member = isObject(value) ? value[key] : undefined;
  return typeof member === 'number' ? member : otherwise;
};

/** Reads Lambda's answer to CreateFunction or UpdateFunctionConfiguration; undefined when it names no function. */
export const functionConfigurationFrom = (answer: unknown): FunctionConfiguration | undefined => {
  const name = textOf(answer, 'FunctionName');
  const arn = textOf(answer, 'FunctionArn');
  if (name === undefined || arn === undefined) return undefined;
  const variables = objectOf(objectOf(answer, 'Environment'), 'Variables');
  return {
    name,
    // An answer to Publish=true ends in the version's number.
    arn: arn.split(':').slice(0, 7).join(':'),
    roleArn: textOf(answer, 'Role') ?? '',
    runtime: textOf(answer, 'Runtime') ?? '',
    handler: textOf(answer, 'Handler') ?? '',
    timeoutSeconds: numberOf(answer, 'Timeout', 3),
    memoryLimitInMB: numberOf(answer, 'MemorySize', 128),
    environment: Object.fromEntries(
      Object.entries(variables).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
    ),
  };
};

/** The name in a function's ARN, qualified or not. */
export const functionNameInArn = (arn: string): string => /:function:([^:]+)/.exec(arn)?.[1] ?? arn;

/** Code on disk, as a function's process sees it. */
export interface UnpackedCode {
  readonly taskRoot: string;
  remove(): Promise<void>;
}

/** Unpacks a deployment package into a folder of its own. Rejects when the archive names a path outside it. */
export const unpackCode = async (zip: Uint8Array, functionName: string): Promise<UnpackedCode> => {
  const files = Object.entries(unzipSync(zip)).filter(([name]) => !name.endsWith('/'));
  const outside = files.find(([name]) => isAbsolute(name) || normalize(name).split(sep).includes('..'));
  if (outside !== undefined) {
    throw new Error(`the deployment package of \`${functionName}\` names \`${outside[0]}\`, a path outside itself`);
  }
  const taskRoot = await mkdtemp(join(tmpdir(), `portcullis-sandbox-${functionName.replace(/\W/g, '-')}-`));
  for (const [name, content] of files) {
    const path = join(taskRoot, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return { taskRoot, remove: () => rm(taskRoot, { recursive: true, force: true }) };
};
