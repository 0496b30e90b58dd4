import * as fc from 'fast-check';
import { InvalidBaselineError, parseCompiledBaseline } from './compiled.js';
import { renderCompiledBaseline } from './file/render.js';
import { compiledBaselines } from './testing/baselines.js';

const whole = {
  format: 'portcullis-baseline',
  version: 1,
  baselines: [
    {
      name: 'web',
      groups: { ids: ['sg-abc12345'] },
      mode: 'enforce',
      compare: 'rules',
      ingress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      egress: [],
      permit: [
        {
          direction: 'ingress',
          permission: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '198.51.100.0/24' }] },
          until: '2027-01-31',
          reason: 'CHG-1234',
        },
      ],
      ignore: [{ tag: { key: 'elbv2.k8s.aws/cluster' } }],
    },
  ],
} as const;

const [web] = whole.baselines;
const [permit] = web.permit;

const problems = (value: unknown): string[] => {
  try {
    parseCompiledBaseline(typeof value === 'string' ? value : JSON.stringify(value));
  } catch (error) {
    if (error instanceof InvalidBaselineError) return error.problems.map(({ path, text }) => `${path}: ${text}`);
    throw error;
  }
  throw new Error('there was no problem');
};

const withWeb = (changes: object): object => ({ ...whole, baselines: [{ ...web, ...changes }] });

it('reads a whole compiled baseline', () => {
  expect(parseCompiledBaseline(JSON.stringify(whole))).toEqual(whole);
});

it('keeps apart egress that is closed and egress that is not looked at', () => {
  const [closed] = parseCompiledBaseline(JSON.stringify(whole)).baselines;
  const [open] = parseCompiledBaseline(JSON.stringify(withWeb({ egress: undefined }))).baselines;

  expect(closed?.egress).toEqual([]);
  expect(open).not.toHaveProperty('egress');
});

it('reads a text without baselines, which guards nothing', () => {
  expect(parseCompiledBaseline(JSON.stringify({ ...whole, baselines: [] })).baselines).toEqual([]);
});

it.each([
  ['no JSON', 'version: 1', [': version: 1']],
  ['nothing', '', [': ']],
  ['not an object', '[]', [': list of 0']],
  ['the file, not yet compiled', { version: 1, baselines: [] }, ['format: absent']],
  ['another version', { ...whole, version: 2 }, ['version: 2']],
  ['no baselines', { ...whole, baselines: undefined }, ['baselines: absent']],
  ['a baseline that is none', { ...whole, baselines: [null] }, ['baselines[0]: null']],
  ['ingress that is not written', withWeb({ ingress: undefined }), ['baselines[0].ingress: absent']],
  ['an unknown way to select', withWeb({ groups: { ids: ['sg-abc12345'], tag: {} } }), ['baselines[0].groups.tag: object']],
  ['a selection by no tag', withWeb({ groups: { ids: [], tags: {} } }), ['baselines[0].groups.tags: object']],
  ['a tag that is no text', withWeb({ groups: { ids: [], tags: { a: 1 } } }), ['baselines[0].groups.tags.a: 1']],
  ['a selection by no name', withWeb({ groups: { ids: [], names: [] } }), ['baselines[0].groups.names: list of 0']],
  ['no VPC', withWeb({ groups: { ids: [], vpcs: ['vpc-1'] } }), ['baselines[0].groups.vpcs[0]: "vpc-1"']],
  ['a selection of nothing', withWeb({ groups: { ids: [] } }), ['baselines[0].groups: object']],
  ['an unknown key', withWeb({ after: 'x' }), ['baselines[0].after: "x"']],
  ['no such mode', withWeb({ mode: 'off' }), ['baselines[0].mode: "off"']],
  ['a comparison of a newer release', withWeb({ compare: 'routes' }), ['baselines[0].compare: "routes"']],
  ['no group id', withWeb({ groups: { ids: ['web'] } }), ['baselines[0].groups.ids[0]: "web"']],
  ['groups that are a list', withWeb({ groups: [] }), ['baselines[0].groups: list of 0']],
  [
    'a permission that EC2 refuses',
    withWeb({ ingress: [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 2, IpRanges: [{ CidrIp: '10.0.0.0' }] }] }),
    ['baselines[0].ingress[0].IpRanges[0].CidrIp: "10.0.0.0"'],
  ],
  ['a permit of nothing', withWeb({ permit: [{ direction: 'ingress' }] }), ['baselines[0].permit[0].permission: absent']],
  [
    'a permit that EC2 refuses',
    withWeb({ permit: [{ ...permit, permission: { IpProtocol: '-1' } }] }),
    ['baselines[0].permit[0].permission: absent'],
  ],
  ['a permit until no day', withWeb({ permit: [{ ...permit, until: '2027-02-30' }] }), ['baselines[0].permit[0].until: "2027-02-30"']],
  [
    'a permit of neither direction',
    withWeb({ permit: [{ ...permit, direction: undefined, reason: 7 }] }),
    ['baselines[0].permit[0].direction: absent', 'baselines[0].permit[0].reason: 7'],
  ],
  ['an empty clause', withWeb({ ignore: [{}] }), ['baselines[0].ignore[0]: object']],
  [
    'a clause that means two things',
    withWeb({ ignore: [{ sourceGroup: 'sg-abc12345', prefixList: 'pl-abc12345' }] }),
    ['baselines[0].ignore[0]: object'],
  ],
  [
    'a clause that would ignore everything',
    withWeb({ ignore: [{ descriptionPrefix: '' }] }),
    ['baselines[0].ignore[0].descriptionPrefix: ""'],
  ],
  ['a tag without a key', withWeb({ ignore: [{ tag: { value: 'x' } }] }), ['baselines[0].ignore[0].tag.key: absent']],
  [
    'several things at once',
    { ...withWeb({ name: '', mode: null }), version: '1' },
    ['version: "1"', 'baselines[0].name: ""', 'baselines[0].mode: null'],
  ],
])('refuses %s and says where', (_, value, expected) => {
  expect(problems(value)).toEqual(expected);
});

it('says what was found and what would be right in one line for each problem', () => {
  const parse = () => parseCompiledBaseline(JSON.stringify(withWeb({ name: '', mode: 'off' })));

  expect(parse).toThrow(
    '`baselines[0].name`: found `""`, expected a name of 1 to 64 letters, digits, `.`, `_`, `/` and `-` that begins with a letter or digit; ' +
      '`baselines[0].mode`: found `"off"`, expected `enforce` or `report`',
  );
});

it('keeps the reason why a text is not JSON as the cause', () => {
  let caught: unknown;
  try {
    parseCompiledBaseline('{');
  } catch (error) {
    caught = error;
  }

  expect(caught).toBeInstanceOf(InvalidBaselineError);
  expect(caught).toHaveProperty('cause.name', 'SyntaxError');
});

it('throws nothing but its own error, whatever the text holds', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(problems(text)).not.toEqual([]);
    }),
  );
});

it('throws nothing but its own error when any one value is something else', () => {
  fc.assert(
    fc.property(compiledBaselines, fc.nat(), fc.jsonValue(), (compiled, n, other) => {
      const text = renderCompiledBaseline(compiled);
      const values = [...text.matchAll(/"[^"\\]*"(?!:)|\[\]/g)];
      const at = values[n % values.length];
      const changed = `${text.slice(0, at?.index)}${JSON.stringify(other)}${text.slice(Number(at?.index) + String(at?.[0]).length)}`;

      try {
        parseCompiledBaseline(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidBaselineError);
      }
    }),
  );
});
