import * as fc from 'fast-check';
import { choices, compiledBaselines, spelt, type Choose } from '../testing/baselines.js';
import type { FileProblem } from './problem.js';
import { readBaselineFile } from './read-baseline-file.js';

/** Pieces of text that break YAML or a baseline in many ways. */
const PIECES = [
  ...['', ' ', '\n', '\n  ', '\t', '\r\n', ':', ': ', '- ', '? ', ', ', '#', '---\n', '...\n', '%YAML 1.1\n'],
  ...['[', ']', '{', '}', '"', "'", '|', '>', '@', '`', '!', '!!str ', '&a ', '*a', '<<: *a', '\\', '\uFEFF', '\u2028', '\ud800'],
  ...['null', 'true', '-1', '0x10', '.nan', '1e999', '2027-02-30', '10.0.0.1', '::/0', 'sg-1', 'sg-abc12345'],
  ...['ingress', 'egress', 'permit', 'IpProtocol', 'IpRanges', '__proto__', 'tags: {}', 'compare: access'],
  ...['limits', 'services: all', 'ssh', 'onlyFrom: {}', 'securityGroups', 'notWiderThan', 'all: true', 'except', 'within', 'repair'],
];

/** Returns the text after inserting or replacing a few pieces. */
const damaged = (text: string, choose: Choose): string => {
  let result = text;
  for (let n = choose(4); n >= 0; n--) {
    const at = choose(result.length + 1);
    result = result.slice(0, at) + String(PIECES[choose(PIECES.length)]) + result.slice(at + choose(12));
  }
  return result;
};

const expectToBeWellTold = (problems: readonly FileProblem[], text: string): void => {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  let before = { line: 1, column: 1 };
  for (const { line, column, text: found, message, expected, path } of problems) {
    expect(line > before.line || (line === before.line && column >= before.column)).toBe(true);
    const rest = String(lines[line - 1]).slice(column - 1);
    if (found !== 'absent') expect(rest.slice(0, found.length)).toBe(found.replace(/…$/, rest.charAt(found.length - 1)));
    for (const words of [message, expected, path]) expect(words).not.toMatch(/[\n\r\u001b]/);
    expect(message).not.toMatch(/^[A-Z]/);
    before = { line, column };
  }
};

const expectToBeRead = (text: string): void => {
  const read = readBaselineFile(text);
  if (read.ok) return;
  expect(read.problems).not.toEqual([]);
  expectToBeWellTold(read.problems, text);
};

it('readBaselineFile accepts a random text, or returns problems that point to the invalid texts, in text order', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(fc.constantFrom(...PIECES)).map((all) => all.join('')),
      ),
      (text) => {
        expectToBeRead(text);
      },
    ),
    { numRuns: 150 },
  );
});

it('readBaselineFile accepts a randomly damaged file, or returns problems that point to the invalid texts, in text order', () => {
  fc.assert(
    fc.property(compiledBaselines, choices, (compiled, choose) => {
      expectToBeRead(damaged(spelt(compiled, choose), choose));
    }),
    { numRuns: 100 },
  );
});

it('readBaselineFile accepts random values of `groups`, `ingress` and `permit`, or returns problems in text order', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (groups, ingress, permit) => {
      expectToBeRead(JSON.stringify({ version: 1, baselines: [{ name: 'a', groups, ingress, permit: [permit] }] }));
      expectToBeRead(JSON.stringify({ version: 1, baselines: [], limits: [{ name: 'a', groups, ingress, permit: [permit] }] }));
    }),
    { numRuns: 100 },
  );
});

it('readBaselineFile accepts random values in the bounds of a limit and in `within`, or returns problems in text order', () => {
  const part = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('all', ['ssh'], [{ IpProtocol: '-1' }], 'any', ['sg-abc12345'], [{ CidrIp: '10.0.0.0/8' }], 16, {}),
  );
  const world = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];

  fc.assert(
    fc.property(part, part, part, part, part, (services, IpRanges, securityGroups, ipv4, within) => {
      const onlyFrom = { IpRanges, securityGroups, notWiderThan: { ipv4 } };
      const limits = [{ name: 'l', groups: { all: true }, ingress: [{ services, onlyFrom }], egress: [{ services, onlyTo: ipv4 }] }];
      const baseline = { name: 'a', groups: { ids: ['sg-abc12345'] }, ingress: world, ignore: [{ descriptionPrefix: 'x', within }] };
      expectToBeRead(JSON.stringify({ version: 1, baselines: [baseline], limits }));
    }),
    { numRuns: 100 },
  );
});
