import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { objectOf, parseObject, textOf } from '../json.js';
import { infraDependency } from '../provision/synthesise.js';
import { parseVersion, type Version } from './version.js';

const bindingsPackage = '@cdktf/provider-aws';

/** The version of the AWS provider that the CDKTF bindings were generated from, and that a synthesised stack asks for. */
export const bindings = async (): Promise<{ readonly version: Version }> => {
  const file = join(infraDependency(bindingsPackage), 'package.json');
  const text = textOf(objectOf(objectOf(parseObject(await readFile(file, 'utf8')), 'cdktf'), 'provider'), 'version');
  const version = parseVersion(text ?? '');
  if (version === undefined)
    throw new Error(`${file} does not say which version of the provider it was generated from`);
  return { version };
};
