import { formatPath, yamlValueAt } from './path.js';

it.each([
  [[], ''],
  [['version'], 'version'],
  [['baselines', 0, 'ingress', 12, 'IpRanges', 0, 'CidrIp'], 'baselines[0].ingress[12].IpRanges[0].CidrIp'],
  [['baselines', 0, 'a.b'], 'baselines[0]["a.b"]'], // a key that contains a dot
  [['', '<<', 'x'], '[""]["<<"].x'],
])('formatPath(%j) is %j', (path, text) => {
  expect(formatPath(path)).toBe(text);
});

it.each([
  [['a', 1, 'b'], 2],
  [['a', 5, 'b'], undefined],
  [['a', 'length'], 2],
  [['toString'], undefined], // an inherited key
  [['a', 1, 'b', 'c'], undefined],
])('yamlValueAt, for the path %j, returns %j', (path, value) => {
  expect(yamlValueAt({ a: [1, { b: 2 }] }, path)).toBe(value);
});
