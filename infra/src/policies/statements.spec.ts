import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readEc2Statements, denyEc2WritesStatement } from './statements.js';

function denied(action: string): boolean {
  return denyEc2WritesStatement().Action.some((pattern) => new RegExp(`^${pattern.replace('*', '.*')}$`).test(action));
}

describe('the explicit Deny of EC2 writes', () => {
  // The SDK's EC2 client has one file for each EC2 operation, with the name of the operation. `ofApp` resolves the SDK version that the
  // functions use.
  const ofApp = createRequire(createRequire(__filename).resolve('@portcullis/cloudtrail-detector/package.json'));
  const commands = join(dirname(ofApp.resolve('@aws-sdk/client-ec2/package.json')), 'dist-types', 'commands');
  const operations = readdirSync(commands).flatMap((file) => /^(\w+)Command\.d\.ts$/.exec(file)?.[1] ?? []);

  it('the explicit Deny covers every EC2 operation whose name does not begin with Describe, Get, List or Search', () => {
    const writes = operations.filter((operation) => !/^(Describe|Get|List|Search)/.test(operation));

    expect(writes.length).toBeGreaterThan(450);
    expect(writes.filter((operation) => !denied(`ec2:${operation}`))).toEqual([]);
  });

  it('the explicit Deny covers no EC2 operation whose name begins with Describe, Get, List or Search', () => {
    const reads = operations.filter((operation) => /^(Describe|Get|List|Search)/.test(operation));

    expect(reads.filter((operation) => denied(`ec2:${operation}`))).toEqual([]);
    const reading = readEc2Statements({ name: 'portcullis', region: 'eu-west-1', accountId: '111122223333', partition: 'aws' });
    expect(reading.flatMap(({ Action }) => Action).filter(denied)).toEqual([]);
  });
});
